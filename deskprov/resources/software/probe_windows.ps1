# Runs on the machine: what it has for everyone: programs by the uninstall keys of both views, packages of Chocolatey
# by its folder, or apps, those included that wait for new users.

$Views = 'HKLM:\SOFTWARE\Microsoft\Windows\CurrentVersion\Uninstall',
    'HKLM:\SOFTWARE\WOW6432Node\Microsoft\Windows\CurrentVersion\Uninstall'

function look($kind) {
    switch ($kind) {
        'programs' { return , @(Get-Program) }
        'packages' { return Get-Package }
        'apps' { return , @(Get-App) }
    }
}

# One entry that cannot be read, for values of a wrong type are met there, does not hide the others.
function Get-Program {
    foreach ($view in $Views) {
        if (-not (Test-Path -LiteralPath $view)) { continue }
        foreach ($key in Get-ChildItem -LiteralPath $view -ErrorAction Stop) {
            try { $about = Get-ItemProperty -LiteralPath $key.PSPath -ErrorAction Stop }
            catch { continue }
            if ($about.DisplayName) { , @("$($about.DisplayName)", "$($about.DisplayVersion)") }
        }
    }
}

function Get-Package {
    $packages = @{}
    $root = if ($env:ChocolateyInstall) { $env:ChocolateyInstall } else { Join-Path -Path $env:ProgramData -ChildPath 'chocolatey' }
    $lib = Join-Path -Path $root -ChildPath 'lib'
    if (-not (Test-Path -LiteralPath $lib)) { return $packages }
    foreach ($folder in Get-ChildItem -LiteralPath $lib -ErrorAction Stop) {
        $about = Join-Path -Path (Join-Path -Path $lib -ChildPath $folder.Name) -ChildPath "$($folder.Name).nuspec"
        if (-not (Test-Path -LiteralPath $about)) { continue }
        foreach ($line in Get-Content -LiteralPath $about -ErrorAction Stop) {
            if ($line -match '<version>\s*([^<\s]+)\s*</version>') {
                $packages["$($folder.Name)".ToLowerInvariant()] = $Matches[1]
                break
            }
        }
    }
    $packages
}

function Get-App {
    foreach ($package in Get-AppxPackage -AllUsers -ErrorAction Stop) { "$($package.Name)" }
    foreach ($package in Get-AppxProvisionedPackage -Online -ErrorAction Stop) { "$($package.DisplayName)" }
}
