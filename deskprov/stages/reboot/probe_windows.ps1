# Runs on the machine: what deskprov itself left there: what to reboot for, in which life it was noted, and an undo.

$Note = 'HKLM:\SOFTWARE\deskprov\Reboot'

function look($argument) {
    $found = @{ noted_in = ''; noted = @(); unconfirmed = (Test-Path -LiteralPath "$env:SystemRoot\deskprov\undo\saved.json") }
    if (Test-Path -LiteralPath $Note) {
        $noted = Get-ItemProperty -LiteralPath $Note -ErrorAction Stop
        $found.noted_in = "$($noted.BootId)"
        $found.noted = @($noted.Reasons)
    }
    $found
}
