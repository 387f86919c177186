# Runs on the machine: what deskprov itself left there: what to reboot for, in which life it was noted, and an undo: one
# that is still to come, and what one has taken back.

$Note = 'HKLM:\SOFTWARE\deskprov\Reboot'

function look($argument) {
    $undo = "$env:SystemRoot\deskprov\undo"
    $found = @{ noted_in = ''; noted = @(); unconfirmed = (Test-Path -LiteralPath "$undo\saved.json"); taken_back = @() }
    if (Test-Path -LiteralPath "$undo\undone.json") {
        $undone = ConvertFrom-Json -InputObject (Get-Content -LiteralPath "$undo\undone.json" -Raw -Encoding UTF8 -ErrorAction Stop)
        $found.taken_back = @($undone.changes)
    }
    if (Test-Path -LiteralPath $Note) {
        $noted = Get-ItemProperty -LiteralPath $Note -ErrorAction Stop
        $found.noted_in = "$($noted.BootId)"
        $found.noted = @($noted.Reasons)
    }
    $found
}
