# Runs on the machine: every local account and every local group with its members' SIDs, without any password.
#
# Where the members of a group, the flags or the profiles cannot be had, they are nothing, and the rest is told.

#include deskprov.formats.windows_accounts/members_windows.ps1

$Seconds = 15

function look($argument) {
    $accounts = @(Get-LocalUser -ErrorAction Stop)
    $flags = Get-Flag
    $profiles = Get-Profile
    @{
        users = @(foreach ($account in $accounts) { Get-Account $account $flags $profiles })
        groups = @(Get-Group $accounts)
    }
}

function Get-Account($account, $flags, $profiles) {
    $sid = "$($account.SID)"
    @{
        name = "$($account.Name)"
        sid = $sid
        full_name = "$($account.FullName)"
        disabled = -not $account.Enabled
        expires = Get-Day $account.AccountExpires
        password_set = [bool]$account.PasswordLastSet
        password_required = [bool]$account.PasswordRequired
        password_expires = $flags.$sid
        home = if ($null -ne $profiles) { "$($profiles.$sid)" }
    }
}

# The day in UTC, as numbers: a text of it would be in the calendar of the machine's region.
function Get-Day($when) {
    if (-not $when) { return 'never' }
    $day = ([datetime]$when).ToUniversalTime()
    , @($day.Year, $day.Month, $day.Day)
}

function Get-Flag {
    $found = @{}
    try {
        $asked = @{
            ClassName = 'Win32_UserAccount'; Filter = 'LocalAccount=TRUE'; Property = @('SID', 'PasswordExpires')
            OperationTimeoutSec = $Seconds; ErrorAction = 'Stop'
        }
        foreach ($account in Get-CimInstance @asked) { $found["$($account.SID)"] = [bool]$account.PasswordExpires }
    }
    catch { $found = @{} }
    $found
}

function Get-Profile {
    $found = @{}
    try {
        $asked = @{
            ClassName = 'Win32_UserProfile'; Property = @('SID', 'LocalPath')
            OperationTimeoutSec = $Seconds; ErrorAction = 'Stop'
        }
        foreach ($one in Get-CimInstance @asked) { $found["$($one.SID)"] = "$($one.LocalPath)" }
    }
    catch { return }
    $found
}

function Get-Group($accounts) {
    $sids = @{}
    foreach ($account in $accounts) { $sids["$($account.Name)"] = "$($account.SID)" }
    foreach ($group in Get-LocalGroup -ErrorAction Stop) {
        $members = Get-GroupMember $group.Name $sids
        @{
            name = "$($group.Name)"
            sid = "$($group.SID)"
            description = "$($group.Description)"
            members = $members.own
            others = $members.others
        }
    }
}

# The SIDs of the local accounts in a group; of others `DOMAIN\name`, and of who no longer exists the SID, as far as CIM
# has it.
function Get-GroupMember($name, $sids) {
    $own = @()
    $others = @()
    try {
        foreach ($member in Get-Membership $name) {
            $name = "$($member.Name)"
            if ("$($member.Domain)" -eq $env:COMPUTERNAME) { if ($sids[$name]) { $own += $sids[$name] } }
            elseif ("$($member.Domain)") { $others += "$($member.Domain)\$name" }
            elseif ($name) { $others += $name }
        }
    }
    catch { return }
    @{ own = $own; others = $others }
}
