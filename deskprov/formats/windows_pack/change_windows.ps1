# Makes many small changes in one run, as the modules of ansible.windows would, each in a run of its own.
#
# An item that fails does not stop the others, only those that need it. How each went stands in $Ansible.Result.items.

[CmdletBinding(SupportsShouldProcess)]
param(
    [Parameter(Mandatory)] [object[]]$Items,
    [int[]]$Failed = @()
)

$ErrorActionPreference = 'Stop'
$Ansible.Changed = $false

$MessageLength = 200
$Environment = 'HKLM:\SYSTEM\CurrentControlSet\Control\Session Manager\Environment'

# True when something was changed, or would be.
function Set-One($item) {
    switch ($item.kind) {
        'registry' {
            if ($item.state -eq 'absent') { return Clear-Value $item.path $item.name }
            return Set-Value $item.path $item.name $item.type (ConvertTo-Data $item.type $item.data)
        }
        'environment' {
            if ($item.state -eq 'absent') { return Clear-Value $Environment $item.name }
            return Set-Value $Environment $item.name 'string' $item.value
        }
        'folder' { return New-Folder $item.path }
        'file' { return Set-File $item.dest $item.content }
        'setting' {
            $gone = $item.state -eq 'absent'
            return Set-Setting $item.path $item.section $item.key "$($item.value)" $gone
        }
        'no file' { return Clear-File $item.Path $Ansible.CheckMode }
        'no folder' { return Clear-Folder $item.Path $item.WithContent $Ansible.CheckMode }
        'access' {
            # in check mode what it is about may not have been made
            if ($Ansible.CheckMode -and -not (Test-Path -LiteralPath $item.Path)) { return $true }
            return Set-Access $item.Path $item $item.Replace $item.Inherit $Ansible.CheckMode
        }
    }
    throw "no item is of the kind $($item.kind)"
}

function Set-Value($path, $name, $kind, $data) {
    $there = Test-Path -LiteralPath $path
    if ($there) {
        $key = Get-Item -LiteralPath $path
        if (($key.Property -contains $name) -and ("$($key.GetValueKind($name))" -eq $kind)) {
            $before = @($key.GetValue($name, $null, 'DoNotExpandEnvironmentNames'))
            if (Test-Same $before @($data)) { return $false }
        }
    }
    if ($Ansible.CheckMode) { return $true }
    if (-not $there) { $null = New-Item -Path $path -Force }
    $null = New-ItemProperty -LiteralPath $path -Name $name -PropertyType $kind -Value $data -Force
    $true
}

# A key stays when its last value has gone.
function Clear-Value($path, $name) {
    if (-not (Test-Path -LiteralPath $path)) { return $false }
    if ((Get-Item -LiteralPath $path).Property -notcontains $name) { return $false }
    if ($Ansible.CheckMode) { return $true }
    Remove-ItemProperty -LiteralPath $path -Name $name -Force
    $true
}

function New-Folder($path) {
    if ([System.IO.Directory]::Exists($path)) { return $false }
    if ([System.IO.File]::Exists($path)) { throw "path $path is not a directory" }
    if ($Ansible.CheckMode) { return $true }
    $null = [System.IO.Directory]::CreateDirectory($path)
    $true
}

# UTF-8 without a mark, and no end of a line is changed.
function Set-File($path, $content) {
    $bytes = (New-Object -TypeName System.Text.UTF8Encoding -ArgumentList $false).GetBytes([string]$content)
    $above = [System.IO.Path]::GetDirectoryName($path)
    if ([System.IO.Directory]::Exists($path)) { throw "path $path is a folder" }
    if (-not [System.IO.Directory]::Exists($above)) { throw "Destination directory '$above' does not exist" }
    if ([System.IO.File]::Exists($path)) {
        $before = [System.Convert]::ToBase64String([System.IO.File]::ReadAllBytes($path))
        if ($before -ceq [System.Convert]::ToBase64String($bytes)) { return $false }
    }
    if ($Ansible.CheckMode) { return $true }
    Write-Beside $path $bytes
    $true
}

#include deskprov.formats.windows_pack/data_windows.ps1
#include deskprov.formats.windows_ini/ini_windows.ps1
#include deskprov.formats.windows_files/beside_windows.ps1
#include deskprov.formats.windows_files/place_windows.ps1
#include deskprov.formats.windows_files/removal_windows.ps1
#include deskprov.formats.windows_files/rules_windows.ps1

$failures = @{}
foreach ($number in $Failed) { $failures[$number] = $true }
$announce = $false
$answers = foreach ($item in $Items) {
    $answer = @{ number = [int]$item.number; changed = $false; failed = $false; skipped = $false; msg = '' }
    $unmet = @(@($item.number) + @($item.needs) | Where-Object { $failures.ContainsKey([int]$_) })
    if ($unmet.Count) { $answer.skipped = $true }
    else {
        try {
            $answer.changed = Set-One $item
            if ($answer.changed -and $item.kind -eq 'environment') { $announce = $true }
        }
        catch {
            $message = $_.Exception.Message
            if ($message.Length -gt $MessageLength) { $message = $message.Substring(0, $MessageLength) }
            $answer.failed, $answer.msg = $true, $message
            $failures[$answer.number] = $true
        }
    }
    if ($answer.changed) { $Ansible.Changed = $true }
    $answer
}

# To take away a variable that is not there changes nothing, and tells every program that variables have changed.
if ($announce -and -not $Ansible.CheckMode) {
    [System.Environment]::SetEnvironmentVariable('DESKPROV_ANNOUNCED', $null, 'Machine')
}
$Ansible.Result = @{ items = @($answers) }
