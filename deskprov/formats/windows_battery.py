"""How Windows says what a battery does, for those who ask about machines and those who examine them."""

DISCHARGING = (1, 4, 5)
"""Win32_Battery.BatteryStatus: discharging, low, critical. All others have the mains or charge:
learn.microsoft.com/windows/win32/cimwin32prov/win32-battery."""
