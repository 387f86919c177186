# Runs on the machine: the Wi-Fi networks that it knows for every account, by the files in which the WLAN service keeps
# them. The password in them is encrypted, and is not read.

function look($argument) { return , @(Get-Network) }

function Get-Network {
    $folder = "$env:ProgramData\Microsoft\Wlansvc\Profiles\Interfaces"
    if (-not (Test-Path -LiteralPath $folder)) { return }
    foreach ($file in Get-ChildItem -LiteralPath $folder -Filter '*.xml' -Recurse -File -ErrorAction Stop) {
        $values = @{}
        foreach ($line in Get-Content -LiteralPath $file.FullName -Encoding UTF8 -ErrorAction Stop) {
            if ($line -match '^\t<name>(.*)</name>\s*$') { $values.name = $Matches[1] }
            elseif ($line -match '<(authentication|nonBroadcast|connectionMode)>([^<]*)<') {
                if (-not $values.ContainsKey($Matches[1])) { $values[$Matches[1]] = $Matches[2] }
            }
        }
        if (-not $values.name) { continue }
        $name = $values.name.Replace('&lt;', '<').Replace('&gt;', '>').Replace('&quot;', '"').Replace('&apos;', "'")
        , @($name.Replace('&amp;', '&'), "$($values.authentication)", ($values.nonBroadcast -eq 'true'),
            ($values.connectionMode -eq 'auto'))
    }
}
