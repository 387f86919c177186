# Runs on the machine: what values are in the registries of people, all questions at once.
#
# Of whoever is not logged on a copy is loaded. Where only cmdlets may run none is, because what it is read with could not
# be given back, so that it would stay loaded.

#include deskprov.formats.windows_registry/value_windows.ps1
#include deskprov.formats.windows_registry/hives_windows.ps1
#include deskprov.formats.windows_registry/copies_windows.ps1

$SecondsForAll = 60

# For each question what each person has: `found`, and in a word why it was `left`, or what copy is `stuck`. Of whom it is
# `in use` what an earlier run left loaded is that.
function look($questions) {
    $methods = $ExecutionContext.SessionState.LanguageMode -eq 'FullLanguage'
    $leftOver = if ($methods) { @(Clear-LeftOver $SecondsToUnloadCopy)[0] }
    $until = (Get-Date).AddSeconds($SecondsForAll)
    $answers = @(foreach ($question in $questions) {
        $who, $path, $name = $question
        @{ who = $who; path = $path; name = $name; people = @() }
    })
    foreach ($who in 'default-user', 'every-user') {
        $asked = @($answers | Where-Object { $_.who -eq $who })
        if (-not $asked.Count) { continue }
        foreach ($person in Get-InTurn @(Get-Person $who)) {
            $seen = if ((Get-Date) -gt $until) { @{ left = 'late' } } else { Get-Seen $person $asked $methods }
            if ($seen.left -eq 'in use') { $seen.stuck = $leftOver }
            for ($i = 0; $i -lt $asked.Count; $i++) {
                $asked[$i].people += @{
                    name = $person.name; left = "$($seen.left)"; stuck = "$($seen.stuck)"
                    found = if ($seen.found) { $seen.found[$i] }
                }
            }
        }
    }
    , @(foreach ($answer in $answers) { , @($answer.people) })
}

function Get-Seen($person, $asked, $methods) {
    if (-not (Test-Loaded $person)) {
        if (-not $methods) { return @{ left = 'cmdlets' } }
        return Get-SeenInCopy $person $asked
    }
    try { $found = Get-Found $person.sid $asked $methods }
    catch [System.Security.SecurityException] { return @{ left = 'denied' } }
    # who has logged off meanwhile would seem to have nothing
    if (Test-Loaded $person) { @{ found = $found } } else { @{ left = 'in use' } }
}

# By the number of the question.
function Get-Found($hive, $asked, $methods) {
    $found = @{}
    for ($i = 0; $i -lt $asked.Count; $i++) {
        $path, $name = $asked[$i].path, $asked[$i].name
        if (-not $methods) { $found[$i] = Get-ValueByCmdlet "$Users\$hive\$path" $name }
        else { $found[$i] = Get-Value (Get-Item -LiteralPath $Users) "$hive\$path" $name }
    }
    $found
}

function Get-SeenInCopy($person, $asked) {
    $copy = Mount-Copy $person
    if ($copy.left) { return @{ left = $copy.left } }
    $seen = @{}
    try { $seen.found = Get-Found $copy.name $asked $true }
    catch [System.Security.SecurityException] { $seen.left = 'denied' }
    finally { if (-not (Dismount-Copy $copy.name)) { $seen.stuck = $copy.name } }
    $seen
}
