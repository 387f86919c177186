# Runs on the machine: makes a printer with a TCP port of its own, or corrects it.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)][string]$Name,
    [Parameter(Mandatory)][string]$Address,
    [Parameter(Mandatory)][int]$Port,
    [Parameter(Mandatory)][string]$Driver
)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

#include deskprov.resources.printers/protected_windows.ps1

$Ours = 'deskprov'
$OfWindows = 'Microsoft IPP Class Driver'

function Remove-Unused($old) {
    if ($old -notlike "$Ours *" -or @(Get-Printer | Where-Object { $_.PortName -eq $old }).Count) { return }
    if (@(Get-PrinterPort | Where-Object { $_.Name -eq $old }).Count) { Remove-PrinterPort -Name $old }
}

if ($Driver -ne $OfWindows -and (Test-Protected)) {
    throw "This computer is in Windows protected print mode, which takes no driver but '$OfWindows'. Take the driver out of printers.yml for this printer, or the mode off this computer."
}
$wanted = "$Ours ${Address}:$Port"
$there = Get-PrinterPort | Where-Object { $_.Name -eq $wanted }
$printer = Get-Printer | Where-Object { $_.Name -eq $Name }
if ($printer -and $printer.DriverName -eq $Driver -and $printer.PortName -eq $wanted -and $there) { return }
if (-not (Get-PrinterDriver | Where-Object { $_.Name -eq $Driver }) -and $Driver -ne $OfWindows) {
    throw "There is no driver '$Driver' on this computer. Install it first, as software, or leave the driver out for the one of Windows."
}
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }

if (-not (Get-PrinterDriver | Where-Object { $_.Name -eq $Driver })) { Add-PrinterDriver -Name $Driver }
if (-not $there) { Add-PrinterPort -Name $wanted -PrinterHostAddress $Address -PortNumber $Port }
if ($printer) {
    $before = $printer.PortName
    Set-Printer -Name $Name -DriverName $Driver -PortName $wanted
    Remove-Unused $before
}
else { Add-Printer -Name $Name -DriverName $Driver -PortName $wanted }
