# Says who may use a file or folder: rules set on it itself, and whether it inherits those of the folder above.
#
# Only the list of rules is written: an owner is neither needed nor touched.

[CmdletBinding(SupportsShouldProcess)]
param([string]$Path, [string[]]$Who = @(), [string[]]$Known = @(), [string[]]$Masks = @(), [bool]$Replace, [string]$Inherit)

function Get-Sid($name) {
    foreach ($one in @(Get-LocalUser -ErrorAction Stop) + @(Get-LocalGroup -ErrorAction Stop)) {
        if ($one.Name -eq $name) { return "$($one.SID)" }
    }
    throw "There is no account or group $name on this computer."
}

$Ansible.Changed = $false
$item = Get-Item -LiteralPath $Path -Force -ErrorAction Stop
$descriptor = "$((Get-Acl -LiteralPath $Path -ErrorAction Stop).Sddl)"
if ($descriptor -notmatch 'D:(?<flags>[A-Z]*)(?<rules>(\([^)]*\))*)') { throw "The access rights of $Path cannot be read." }
$flags, $rules = $Matches.flags, $Matches.rules
$closed = $flags -match 'P'
$own = @([regex]::Matches($rules, '\([^)]*\)') | ForEach-Object { $_.Value } | Where-Object { $_ -notmatch '^\([^;]*;[A-Z]*ID' })

$wanted = $own
if ($Replace) {
    $below = if ($item.PSIsContainer) { 'OICI' } else { '' }
    $wanted = @(for ($n = 0; $n -lt $Who.Count; $n++) {
        $sid = if ($Known[$n]) { $Known[$n] } else { Get-Sid $Who[$n] }
        '(A;{0};{1};;;{2})' -f $below, $Masks[$n], $sid
    })
}
$close = if ($Inherit -eq 'as it is') { $closed } else { $Inherit -eq 'off' }
if ($close -eq $closed -and "$($wanted | Sort-Object)" -eq "$($own | Sort-Object)") { return }
$Ansible.Changed = $true
if ($Ansible.CheckMode) { return }
$kind = if ($item.PSIsContainer) { 'DirectorySecurity' } else { 'FileSecurity' }
$security = New-Object -TypeName "System.Security.AccessControl.$kind"
$security.SetSecurityDescriptorSddlForm("D:$(if ($close) { 'P' })$(-join $wanted)", 'Access')
$item.SetAccessControl($security)
