# Runs on the machine: removes a printer, and the port that deskprov made for it when no other printer uses that.
[CmdletBinding(SupportsShouldProcess)]
param([Parameter(Mandatory)][string]$Name)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

$printer = Get-Printer | Where-Object { $_.Name -eq $Name }
if (-not $printer) { return }
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }

$port = $printer.PortName
Remove-Printer -Name $Name
if ($port -notlike 'deskprov *' -or @(Get-Printer | Where-Object { $_.PortName -eq $port }).Count) { return }
if (@(Get-PrinterPort | Where-Object { $_.Name -eq $port }).Count) { Remove-PrinterPort -Name $port }
