# After a fresh installation by the answer file: its account goes, and so do the copies of it that Windows has kept.

$SetupAccount = 'deskprov-setup'
$Winlogon = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion\Winlogon'
$AnswerFiles = '\Panther\unattend.xml', '\Panther\Unattend\unattend.xml', '\Panther\unattend-original.xml', '\System32\Sysprep\unattend.xml'

function Remove-SetupTrace {
    foreach ($name in 'AutoAdminLogon', 'AutoLogonCount', 'DefaultPassword', 'DefaultUserName') {
        Remove-Value $Winlogon $name
    }
    foreach ($file in $AnswerFiles) {
        $path = "$env:SystemRoot$file"
        if (Test-Path -LiteralPath $path) { Remove-Item -LiteralPath $path -Force }
    }
    if (@(Get-LocalUser | Where-Object { $_.Name -eq $SetupAccount }).Count) { Remove-LocalUser -Name $SetupAccount }
    Write-Host ($say.setup_gone -f $SetupAccount)
}
