"""The probe of accounts and groups, and the scripts that change them, really run on stand-ins for Windows."""

from pathlib import Path
from typing import Any

import pytest

from deskprov.model.facts import Answer, Observation, ProbeError, Sight
from deskprov.model.plan import Action, Change
from deskprov.model.platform import Platform, validated
from deskprov.model.resource import Resource
from deskprov.model.source import Source
from deskprov.model.task import Task
from deskprov.resources import BY_NAME, on_platform
from tests.powershell import CONSTRAINED, FULL, ask
from tests.powershell.change import Changed, change

pytestmark = pytest.mark.powershell

SID = "S-1-5-21-1-2-3"
HOSTILE = "a\"b'c`d$(e) {{ 7 * 7 }} \U0001f5a8 ñ \\ # <&>"


def user(name: str, rid: int, **other: Any) -> dict[str, Any]:
    """The form of Get-LocalUser: learn.microsoft.com/dotnet/api/microsoft.powershell.commands.localuser."""
    about = {"Name": name, "SID": f"{SID}-{rid}", "FullName": "", "Enabled": True, "AccountExpires": None}
    return {**about, "PasswordLastSet": "2026-11-02T08:00:00Z", "PasswordRequired": True, **other}


def in_group(group: str, name: str, domain: str = "PC-1") -> dict[str, Any]:
    """The form of Win32_GroupUser, learn.microsoft.com/windows/win32/cimwin32prov/win32-groupuser, when it is asked
    for one group.
    """
    only = f'GroupComponent="Win32_Group.Domain=\\"PC-1\\",Name=\\"{group}\\""'
    return {"only_if": only, "PartComponent": {"Domain": domain, "Name": name}}


WINDOWS: dict[str, Any] = {
    "Get-LocalUser": [
        user("Administrador", 500, Enabled=False, PasswordLastSet=None),
        user("ana", 1002, FullName=HOSTILE, AccountExpires="2027-06-30T02:30:00+03:00"),
        user("nuevo", 1003, PasswordLastSet=None, PasswordRequired=False),
    ],
    "Get-LocalGroup": [
        {"Name": "Administradores", "SID": "S-1-5-32-544", "Description": "Acceso completo"},
        {"Name": "Usuarios", "SID": "S-1-5-32-545", "Description": None},
        {"Name": "Music 'room'", "SID": f"{SID}-1005", "Description": HOSTILE},
    ],
    "Win32_GroupUser": [
        in_group("Administradores", "Administrador"),
        in_group("Administradores", f"{SID}-1099", domain=""),
        {**in_group("Administradores", ""), "PartComponent": None},
        in_group("Administradores", "ana", domain="EXAMPLE"),
        in_group("Usuarios", "ana"),
        in_group("Music 'room'", "ana"),
    ],
    "Win32_UserAccount": [
        {"SID": f"{SID}-1002", "PasswordExpires": False},
        {"SID": f"{SID}-1003", "PasswordExpires": True},
    ],
    "Win32_UserProfile": [{"SID": f"{SID}-1002", "LocalPath": "C:\\Users\\ana"}],
}
"""A Spanish Windows. Among the administrators are an account of a domain, and two members that no longer exist: CIM
gives such a one without this computer's name, or not at all (learn.microsoft.com: Get-LocalGroupMember fails, 1789)."""

ANA = {
    "full_name": HOSTILE,
    "role": "standard",
    "groups": frozenset({"Users", "MUSIC 'room'"}),
    "home": "C:\\Users\\ana",
    "expires": "2027-06-29",
    "has_password": True,
    "disabled": False,
    "password_never_expires": True,
}


PROBE = on_platform(BY_NAME["users"], Platform.WINDOWS).probes(None)


def answers(folder: Path, windows: dict[str, Any], mode: str = FULL) -> list[Answer]:
    return ask(folder, PROBE, windows, mode=mode)


def seen(answer: list[Answer], kind: str, **spec: Any) -> Observation:
    options = validated(BY_NAME[kind].Options, spec, Platform.WINDOWS)
    return on_platform(BY_NAME[kind], Platform.WINDOWS).observe(options, answer)


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_a_spanish_windows_with_members_that_no_longer_exist(tmp_path: Path, mode: str) -> None:
    told = answers(tmp_path, WINDOWS, mode)
    assert seen(told, "users", name="Ana", groups=["Users", "MUSIC 'room'"]) == ANA
    assert seen(told, "groups", name="music 'ROOM'") == {"description": HOSTILE, "members": frozenset()}
    administrators = seen(told, "groups", name="Administrators", members=["example\\ANA"])
    assert isinstance(administrators, dict)
    assert administrators["members"] == {"example\\ANA", f"{SID}-1099"}
    assert seen(told, "groups", name="none") is Sight.ABSENT
    some = [seen(told, "users", name=name) for name in ("ADMINISTRADOR", "nuevo")]
    assert [[one["role"], one["disabled"], one["has_password"]] for one in some if isinstance(one, dict)] == [
        ["administrator", True, True],
        ["neither", False, False],
    ]


def test_each_part_survives_the_refusals_of_others(tmp_path: Path) -> None:
    denied = {"raises": "Access denied "}
    partly = {**WINDOWS, "Win32_GroupUser": denied, "Win32_UserProfile": denied, "Win32_UserAccount": denied}
    unknown = dict.fromkeys(("role", "groups", "home", "password_never_expires"), Sight.NOT_REPORTED)
    assert seen(answers(tmp_path, partly), "users", name="ana") == {**ANA, **unknown}


@pytest.mark.parametrize("refused", ["Get-LocalUser", "Get-LocalGroup"])
def test_a_refusal_is_not_an_absence(tmp_path: Path, refused: str) -> None:
    told = answers(tmp_path, {**WINDOWS, refused: {"raises": "Access denied "}})
    assert isinstance(told[0], ProbeError)
    assert seen(told, "users", name="ana") is seen(told, "groups", name="ana") is Sight.NOT_REPORTED


def test_one_account_and_one_group_are_lists_of_one(tmp_path: Path) -> None:
    one = {**WINDOWS, "Get-LocalUser": WINDOWS["Get-LocalUser"][1], "Get-LocalGroup": WINDOWS["Get-LocalGroup"][1]}
    assert seen(answers(tmp_path, one), "users", name="ana") == {**ANA, "groups": frozenset({"Usuarios"})}


ACCOUNTS = """
function Get-LocalUser { [CmdletBinding()] param() $State.users }
function Get-LocalGroup { [CmdletBinding()] param() $State.groups }
function Get-CimInstance { [CmdletBinding()] param([string]$ClassName) $State.profiles }
function Remove-Row($table, $sid) { $State.$table = @($State.$table | Where-Object { $_.SID -ne $sid }) }
function Remove-LocalUser { [CmdletBinding()] param([string]$SID) Remove-Row 'users' $SID }
function Remove-LocalGroup { [CmdletBinding()] param([string]$SID) Remove-Row 'groups' $SID }
function Remove-CimInstance { [CmdletBinding()] param($InputObject) Remove-Row 'profiles' $InputObject.SID }
function New-Object {
    param([string]$TypeName, [string]$ArgumentList)
    if ($TypeName -ne 'System.DirectoryServices.DirectoryEntry') { throw $TypeName }
    $entry = [pscustomobject]@{ at = $ArgumentList }
    $put = { param($name, $value) $State.put = "$($this.at) $name=$value" }
    $entry | Add-Member -MemberType ScriptMethod -Name Put -Value $put
    $entry | Add-Member -MemberType ScriptMethod -Name SetInfo -Value { $State.set = $State.put }
    $entry
}
"""
"""As the pages of Microsoft.PowerShell.LocalAccounts and CimCmdlets for 5.1 have them, on `$State`; the entry of a
directory as learn.microsoft.com/windows/win32/adsi/winnt-user-object has it."""

STATE: dict[str, Any] = {
    "users": [user("Administrador", 500), user("ana", 1002, LastLogon=None), user("bob", 1003, LastLogon="2026-11-02")],
    "groups": WINDOWS["Get-LocalGroup"],
    "profiles": [
        {"SID": f"{SID}-1002", "LocalPath": "C:\\Users\\ana", "Loaded": False},
        {"SID": f"{SID}-1003", "LocalPath": "C:\\Users\\bob", "Loaded": True},
    ],
    "put": "",
    "set": "",
}


def task(kind: str, action: Action, spec: dict[str, Any], last: int = -1) -> Task:
    options = validated(BY_NAME[kind].Options, spec, Platform.WINDOWS)
    resource = Resource(kind, spec["name"], options, Source("profiles/a.yml", 1))
    return on_platform(BY_NAME[kind], Platform.WINDOWS).tasks(Change(resource, action))[last]


def removal(kind: str, **spec: Any) -> Task:
    return task(kind, Action.DELETE, {**spec, "state": "absent"})


def names(done: Changed, table: str) -> list[str]:
    return [each["Name"] for each in done.state[table]]


def test_a_group_goes_and_one_of_windows_stays(tmp_path: Path) -> None:
    gone = change(tmp_path, removal("groups", name="MUSIC 'room'"), stubs=ACCOUNTS, state=STATE)
    assert (gone.changed, gone.failed, names(gone, "groups")) == (True, "", ["Administradores", "Usuarios"])
    again = change(tmp_path, removal("groups", name="MUSIC 'room'"), stubs=ACCOUNTS, state=gone.state)
    assert (again.changed, again.failed) == (False, "")
    checked = change(tmp_path, removal("groups", name="MUSIC 'room'"), stubs=ACCOUNTS, state=STATE, check=True)
    assert (checked.changed, checked.state) == (True, STATE)
    kept = change(tmp_path, removal("groups", name="usuarios"), stubs=ACCOUNTS, state=STATE)
    assert (kept.changed, kept.state) == (False, STATE)
    assert "part of Windows and stays" in kept.failed


def test_an_account_goes_with_its_profile_and_one_of_windows_stays(tmp_path: Path) -> None:
    gone = change(tmp_path, removal("users", name="ANA", remove_home=True), stubs=ACCOUNTS, state=STATE)
    assert (gone.changed, gone.failed, names(gone, "users")) == (True, "", ["Administrador", "bob"])
    assert [one["LocalPath"] for one in gone.state["profiles"]] == ["C:\\Users\\bob"]
    again = change(tmp_path, removal("users", name="ANA", remove_home=True), stubs=ACCOUNTS, state=gone.state)
    assert (again.changed, again.failed, again.state) == (False, "", gone.state)
    checked = change(tmp_path, removal("users", name="ana"), stubs=ACCOUNTS, state=STATE, check=True)
    assert (checked.changed, checked.state) == (True, STATE)
    kept = change(tmp_path, removal("users", name="administrador"), stubs=ACCOUNTS, state=STATE)
    assert (kept.changed, kept.state) == (False, STATE)
    assert "part of Windows and stays" in kept.failed


def test_the_profile_of_who_is_logged_in_stays_and_so_does_the_account(tmp_path: Path) -> None:
    kept = change(tmp_path, removal("users", name="bob", remove_home=True), stubs=ACCOUNTS, state=STATE)
    assert (kept.changed, kept.state) == (False, STATE)
    assert "bob is logged in" in kept.failed


def test_a_password_is_to_be_changed_only_while_nobody_has_logged_in(tmp_path: Path) -> None:
    spec = {"password": "first", "change_password_at_first_login": True}
    new, used = (task("users", Action.ENSURE, {"name": name, **spec}) for name in ("ana", "bob"))
    done = change(tmp_path, new, stubs=ACCOUNTS, state=STATE)
    assert (done.changed, done.failed, done.state["set"]) == (True, "", "WinNT://PC-1/ana,user PasswordExpired=1")
    checked = change(tmp_path, new, stubs=ACCOUNTS, state=STATE, check=True)
    assert (checked.changed, checked.state) == (True, STATE)
    kept = change(tmp_path, used, stubs=ACCOUNTS, state=STATE)
    assert (kept.changed, kept.failed, kept.state) == (False, "", STATE)


OWN = """
$env:USERDOMAIN = 'PC-1'
function Set-LocalUser {
    param([string]$SID, [string]$FullName, [securestring]$Password, [bool]$PasswordNeverExpires)
    $user = $State.users | Where-Object { $_.SID -eq $SID }
    if ($PSBoundParameters.ContainsKey('FullName')) { $user.FullName = $FullName }
    if ($Password) {
        $user.PasswordLastSet = (New-Object System.Net.NetworkCredential '', $Password).Password.Length
    }
    $flag = $PSBoundParameters.ContainsKey('PasswordNeverExpires')
    if ($flag) { $State.flags.PasswordExpires = -not $PasswordNeverExpires }
}
function Disable-LocalUser([string]$SID) { ($State.users | Where-Object { $_.SID -eq $SID }).Enabled = $false }
function Enable-LocalUser([string]$SID) { ($State.users | Where-Object { $_.SID -eq $SID }).Enabled = $true }
function Get-LocalUser { $State.users }
function Get-CimInstance { param([string]$ClassName, [string]$Filter, [string[]]$Property) $State.flags }
"""
"""As the pages of Microsoft.PowerShell.LocalAccounts for 5.1 have them, on `$State`."""


def test_accounts_of_windows_itself_are_set_up_by_their_sids(tmp_path: Path) -> None:
    decoy = user("Administrator", 1009)
    state = {
        "users": [decoy, user("Administrador", 500, PasswordLastSet=None)],
        "flags": {"SID": f"{SID}-500", "PasswordExpires": True},
    }
    spec = {"name": "Administrator", "full_name": HOSTILE, "disabled": True, "password_never_expires": True}
    with_password = {"secrets": {"Password": HOSTILE}, "stubs": OWN}
    made = task("users", Action.ENSURE, {**spec, "password": "first"})
    checked = change(tmp_path, made, **with_password, state=state, check=True)
    assert (checked.changed, checked.failed, checked.state) == (True, "", state)
    done = change(tmp_path, made, **with_password, state=state)
    assert (done.changed, done.failed, done.said) == (True, "", [])
    kept, own = done.state["users"]
    assert kept == decoy
    assert (own["FullName"], own["Enabled"], own["PasswordLastSet"]) == (
        HOSTILE,
        False,
        len(HOSTILE.encode("utf-16")) // 2 - 1,
    )
    assert done.state["flags"]["PasswordExpires"] is False
    again = change(tmp_path, made, **with_password, state=done.state)
    assert (again.changed, again.failed, again.state) == (False, "", done.state)
    back = change(tmp_path, task("users", Action.ENSURE, {**spec, "disabled": False}), stubs=OWN, state=done.state)
    assert (back.changed, back.state["users"][1]["Enabled"]) == (True, True)
    none = change(tmp_path, task("users", Action.ENSURE, {"name": "Guest"}), stubs=OWN, state=state)
    assert none.failed == "This computer has no account that is Windows' own Guest."
    ours = f"$env:USERNAME = 'Administrador'\n{OWN}"
    refused = change(tmp_path, task("users", Action.ENSURE, spec), stubs=ours, state=state)
    assert "could lock itself out" in refused.failed
    assert (refused.changed, refused.state) == (False, state)


MEMBERS = """
function Get-LocalGroup { $State.groups }
function Get-CimInstance {
    param([string]$ClassName, [string]$Filter)
    if ($Filter -like '*Administradores*') {
        foreach ($each in $State.members) {
            $domain, $name = $each -split '\\\\'
            [pscustomobject]@{ PartComponent = [pscustomobject]@{ Domain = $domain; Name = $name } }
        }
    }
}
function Add-LocalGroupMember {
    [CmdletBinding()]
    param([string]$SID, [string]$Member)
    if ($Member -like 'NOWHERE*') {
        Write-Error -Message "Principal $Member was not found." -ErrorId 'PrincipalNotFound' -ErrorAction Stop
    }
    $State.members = @($State.members) + $Member
    $State.at = $SID
}
"""
"""As the pages of Microsoft.PowerShell.LocalAccounts and CimCmdlets for 5.1 have them, on `$State`; the errors' ids are
those that Add-LocalGroupMember's source gives them (github.com/PowerShell/PowerShell, LocalAccounts)."""


def test_members_from_a_domain_come_to_those_that_are_there(tmp_path: Path) -> None:
    state = {"groups": WINDOWS["Get-LocalGroup"], "members": ["EXAMPLE\\ana", "", "PC-1\\bob"], "at": ""}
    spec = {"name": "Administrators", "members": ["example\\ANA", "EXAMPLE\\Domain $(users) 'ñ'"]}
    made = task("groups", Action.ENSURE, spec)
    checked = change(tmp_path, made, stubs=MEMBERS, state=state, check=True)
    assert (checked.changed, checked.failed, checked.state) == (True, "", state)
    done = change(tmp_path, made, stubs=MEMBERS, state=state)
    assert (done.changed, done.failed, done.state["at"]) == (True, "", "S-1-5-32-544")
    assert done.state["members"] == [*state["members"], "EXAMPLE\\Domain $(users) 'ñ'"]
    again = change(tmp_path, made, stubs=MEMBERS, state=done.state)
    assert (again.changed, again.failed, again.state) == (False, "", done.state)
    unknown = task("groups", Action.ENSURE, {"name": "Administrators", "members": ["NOWHERE\\x"]})
    refused = change(tmp_path, unknown, stubs=MEMBERS, state=state)
    assert refused.failed.startswith("Windows knows no NOWHERE\\x. Is this computer in that domain")
    missing = change(tmp_path, task("groups", Action.ENSURE, {**spec, "name": "none"}), stubs=MEMBERS, state=state)
    assert (missing.changed, missing.failed) == (False, "There is no group none.")
