# Whether this can be done here, and what the PC will be called.

$CodeIntegrity = 'HKLM:\SYSTEM\CurrentControlSet\Control\CI\Policy'
$Windows = 'HKLM:\SOFTWARE\Microsoft\Windows NT\CurrentVersion'
$ComputerName = 'HKLM:\SYSTEM\CurrentControlSet\Control\ComputerName\ComputerName'
$ElevatedLabels = 'S-1-16-12288', 'S-1-16-16384'
$NameList = 'deskprov-names.csv'

# By the labels of integrity, high and system, whose SIDs are the same in every language: "Well-known SIDs".
function Test-Here {
    $groups = (whoami.exe /groups /fo csv /nh) -join ' '
    if (-not @($ElevatedLabels | Where-Object { $groups -match "\b$_\b" }).Count) { throw $say.not_elevated }
    if ((Get-ItemProperty -LiteralPath $CodeIntegrity -ErrorAction SilentlyContinue).SkuPolicyRequired -eq 1) {
        throw $say.s_mode
    }
    $edition = (Get-ItemProperty -LiteralPath $Windows).EditionID
    if ($edition -like 'Core*' -and -not $Undo) { Write-Host ($say.home -f $edition) }
}

# The name given, else that of the list on the stick for this serial number, else what the person types, else its own.
function Get-FinalName {
    $wanted = $Name
    if (-not $wanted) { $wanted = Get-ListedName }
    if (-not $wanted -and -not $Unattended) { $wanted = Read-Host -Prompt ($say.name_question -f (Get-PendingName)) }
    if (-not $wanted) { $wanted = Get-PendingName }
    $wanted = $wanted.Trim()
    if ($wanted -notmatch '^[A-Za-z0-9]([A-Za-z0-9-]{0,13}[A-Za-z0-9])?$' -or $wanted -match '^[0-9]+$') {
        throw ($say.name_bad -f $wanted)
    }
    $wanted
}

function Get-ListedName {
    $list = Join-Path -Path (Get-Folder) -ChildPath $NameList
    if (-not (Test-Path -LiteralPath $list)) { return }
    $serial = Get-Serial
    $found = @(ConvertFrom-Csv -InputObject @(Get-Content -LiteralPath $list) | Where-Object { $serial -and $_.serial -eq $serial })
    if ($found.Count -gt 1) { throw ($say.name_twice -f $serial, $NameList) }
    if (-not $found.Count) { Write-Host ($say.name_unlisted -f $serial, $NameList) }
    $found.name
}

# Where the script lies, or where whoever pasted it stands.
function Get-Folder {
    if ($PSScriptRoot) { $PSScriptRoot } else { (Get-Location).Path }
}

# The name that it has from the next start on.
function Get-PendingName {
    (Get-ItemProperty -LiteralPath $ComputerName).ComputerName
}

function Set-FinalName($final) {
    $now = Get-PendingName
    if ($now -eq $final) { return }
    Save-Before 'Name' $now
    Rename-Computer -NewName $final -Force -WarningAction SilentlyContinue
    Write-Host ($say.renamed -f $final)
}

function Undo-FinalName {
    $before = Get-Before 'Name'
    if (-not $before -or $before -eq (Get-PendingName)) { return }
    Rename-Computer -NewName $before -Force -WarningAction SilentlyContinue
    Write-Host ($say.renamed -f $before)
}
