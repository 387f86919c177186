# Makes this PC reachable for deskprov. From a stick, as an administrator:
#     powershell -NoProfile -ExecutionPolicy Bypass -File D:\deskprov-windows.ps1
# or pasted whole into an administrator's PowerShell. Safe to run twice; -Undo takes back what it made, and nothing else.
# Written by deskprov for Windows PowerShell 5.1. It holds no password, and no key that opens anything: the private key in
# it signs enrolments, until the day it ends.
param([string]$Name, [switch]$Undo, [switch]$Again, [switch]$Unattended)

$ErrorActionPreference = 'Stop'
$ProgressPreference = 'SilentlyContinue'
$Memory = 'HKLM:\SOFTWARE\deskprov-bootstrap'

function main($block) {
    $order = ConvertFrom-Json -InputObject $block
    $say = $order.texts
    try {
        Test-Here
        if ($Undo) { Undo-Everything } elseif ($Unattended) { Enable-AfterSetup } else { Enable-Everything }
    }
    catch {
        Write-Host ($say.stopped -f $_.Exception.Message)
        if ($Unattended -and (Test-SetupAccount)) { Write-Host ($say.setup_left -f $SetupAccount) }
        if ($PSCommandPath) { exit 1 }
    }
}

function Enable-Everything {
    Write-Host ($say.title -f $env:COMPUTERNAME, $order.site)
    if ([DateTimeOffset]::UtcNow.ToUnixTimeSeconds() -gt $order.ends) { Write-Host ($say.expired -f $order.ends_words) }
    if ((Get-Before 'Enrolled') -and -not $Again) { throw $say.enrolled }
    $final = Get-FinalName
    if (-not (Test-Path -LiteralPath $Memory)) { New-Item -Path $Memory -Force | Out-Null }
    Set-FinalName $final
    Disable-Sleep
    Write-Enrolment $final $(if ($order.transport -eq 'ssh') { Open-Ssh } else { Open-WinRm $final })
}

function Enable-AfterSetup {
    try { Enable-Everything }
    finally { Clear-SetupCopy }
    Remove-SetupAccount
}

function Undo-Everything {
    if (-not (Test-Path -LiteralPath $Memory)) {
        Write-Host $say.undo_nothing
        return
    }
    Close-WinRm
    Close-Ssh
    Undo-Account
    Enable-Sleep
    Undo-FinalName
    foreach ($file in @((Get-Before 'Files') -split '\|')) {
        if ($file -and (Test-Path -LiteralPath $file)) { Remove-Item -LiteralPath $file }
    }
    Remove-Item -LiteralPath $Memory -Recurse
    Write-Host $say.undo_done
}

# What was there before this script first came, each thing once: -Undo goes by it. Nothing in it is secret.
function Save-Before($what, $value) {
    if ($null -eq (Get-Before $what)) { Set-Memory $what $value }
}

function Set-Memory($what, $value) {
    New-ItemProperty -LiteralPath $Memory -Name $what -Value "$value" -PropertyType String -Force | Out-Null
}

function Get-Before($what) {
    if (Test-Path -LiteralPath $Memory) { (Get-ItemProperty -LiteralPath $Memory).$what }
}

function Remove-Value($path, $what) {
    if ($null -ne (Get-ItemProperty -LiteralPath $path).$what) { Remove-ItemProperty -LiteralPath $path -Name $what }
}
