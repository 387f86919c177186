# Sets the rules of a file or folder, and whether it inherits those of the folder above. Included by scripts; returns
# whether something changes. Only the list of rules is written: an owner is neither needed nor touched.

function Set-Access($path, $stated, $replace, $inherit, $check) {
    $item = Get-Item -LiteralPath $path -Force -ErrorAction Stop
    $descriptor = "$((Get-Acl -LiteralPath $path -ErrorAction Stop).Sddl)"
    if ($descriptor -notmatch 'D:(?<flags>[A-Z]*)(?<rules>(\([^)]*\))*)') {
        throw "The access rights of $path cannot be read."
    }
    $flags, $rules = $Matches.flags, $Matches.rules
    $closed = $flags -match 'P'
    $own = @([regex]::Matches($rules, '\([^)]*\)') | ForEach-Object { $_.Value } | Where-Object { $_ -notmatch '^\([^;]*;[A-Z]*ID' })
    $wanted = if ($replace) { Get-Wanted $stated $item.PSIsContainer } else { $own }
    $close = if ($inherit -eq 'as it is') { $closed } else { $inherit -eq 'off' }
    if ($close -eq $closed -and "$($wanted | Sort-Object)" -eq "$($own | Sort-Object)") { return $false }
    if ($check) { return $true }
    $kind = if ($item.PSIsContainer) { 'DirectorySecurity' } else { 'FileSecurity' }
    $security = New-Object -TypeName "System.Security.AccessControl.$kind"
    $null = $security.SetSecurityDescriptorSddlForm("D:$(if ($close) { 'P' })$(-join $wanted)", 'Access')
    $null = $item.SetAccessControl($security)
    $true
}

function Get-Wanted($stated, $isFolder) {
    $below = if ($isFolder) { 'OICI' } else { '' }
    for ($n = 0; $n -lt $stated.Who.Count; $n++) {
        $sid = if ($stated.Known[$n]) { $stated.Known[$n] } else { Get-Sid $stated.Who[$n] }
        '(A;{0};{1};;;{2})' -f $below, $stated.Masks[$n], $sid
    }
}

function Get-Sid($name) {
    foreach ($one in @(Get-LocalUser -ErrorAction Stop) + @(Get-LocalGroup -ErrorAction Stop)) {
        if ($one.Name -eq $name) { return "$($one.SID)" }
    }
    throw "There is no account or group $name on this computer."
}
