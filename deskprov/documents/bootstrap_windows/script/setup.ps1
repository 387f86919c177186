# After a fresh installation by the answer file: its account goes, and so do the copies of it that Windows has kept.

$SetupAccount = 'deskprov-setup'
$Winlogon = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon'
$AnswerFiles = '\Panther\unattend.xml', '\Panther\Unattend\unattend.xml', '\Panther\unattend-original.xml', '\System32\Sysprep\unattend.xml'

# Also when the script stops half-way: Windows must not log that account on again.
function Clear-SetupCopy {
    foreach ($name in 'AutoAdminLogon', 'AutoLogonCount', 'DefaultPassword', 'DefaultUserName') {
        Remove-Value $Winlogon $name
    }
    foreach ($file in $AnswerFiles) {
        $path = "$env:SystemRoot$file"
        if (Test-Path -LiteralPath $path) { Remove-Item -LiteralPath $path -Force }
    }
}

function Test-SetupAccount { @(Get-LocalUser | Where-Object { $_.Name -eq $SetupAccount }).Count -gt 0 }

function Remove-SetupAccount {
    if (Test-SetupAccount) { Remove-LocalUser -Name $SetupAccount }
    Write-Host ($say.setup_gone -f $SetupAccount)
}
