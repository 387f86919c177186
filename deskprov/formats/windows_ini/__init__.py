"""Settings in INI files of Windows: functions of PowerShell that two scripts share, one setting or many in a run."""
