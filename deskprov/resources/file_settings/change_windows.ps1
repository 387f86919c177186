# Runs on the machine: writes one key in a section of an INI file, or takes it out.
[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)][string]$Path,
    [Parameter(Mandatory)][string]$Section,
    [Parameter(Mandatory)][string]$Key,
    [string]$Value = '',
    [bool]$Remove
)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

#include deskprov.formats.windows_ini/ini_windows.ps1
#include deskprov.formats.windows_files/beside_windows.ps1
#include deskprov.formats.windows_files/place_windows.ps1

$Ansible.Changed = Set-Setting $Path $Section $Key $Value $Remove
