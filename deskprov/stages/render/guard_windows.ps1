(Get-ItemProperty -LiteralPath 'HKLM:\SOFTWARE\Microsoft\Cryptography').MachineGuid
(Get-CimInstance -ClassName Win32_ComputerSystemProduct -Property UUID -OperationTimeoutSec 10).UUID
(Get-CimInstance -ClassName Win32_BIOS -Property SerialNumber -OperationTimeoutSec 10).SerialNumber
