# Part of scripts: the uninstall keys of programs with this title; one that ends in * is how it begins.
$Views = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall',
    'HKLM:\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall'

function Get-Program($wanted) {
    if (-not $wanted) { return }
    foreach ($view in $Views) {
        if (-not (Test-Path -LiteralPath $view)) { continue }
        foreach ($key in Get-ChildItem -LiteralPath $view) {
            $title = "$($key.GetValue('DisplayName'))"
            $same = $title -eq $wanted
            if ($wanted.EndsWith('*')) { $same = $title.StartsWith($wanted.TrimEnd('*'), 'OrdinalIgnoreCase') }
            if ($same) { $key }
        }
    }
}
