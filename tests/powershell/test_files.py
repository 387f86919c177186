"""The probe of files and folders and the scripts that remove and close them, really run: on files of Linux, with
stand-ins for access rights, which only Windows has.
"""

import hashlib
from pathlib import Path
from typing import Any

import pytest

from deskprov.formats.windows_access import Rule, access_task
from deskprov.formats.windows_files import above_probe, file_probe, missing_above
from deskprov.model.facts import ProbeError
from deskprov.model.plan import Action, Change
from deskprov.model.platform import Platform, validated
from deskprov.model.probe import Probe
from deskprov.model.resource import Resource
from deskprov.model.source import Source
from deskprov.model.task import Task
from deskprov.resources import BY_NAME, on_platform
from tests.powershell import CONSTRAINED, FULL, ask
from tests.powershell.change import Changed, change

pytestmark = pytest.mark.powershell

HOSTILE = "a\"b'c`d$(e) {{ 7 * 7 }} \U0001f5a8 ñ \\ # <&>\r\n"
SDDL = "O:BAG:SYD:AI(A;;0x1200a9;;;BU)(A;OICIID;FA;;;SY)(A;OICIID;FA;;;BA)"
WINDOWS = {"Get-Acl": {"Sddl": SDDL}}


@pytest.fixture
def there(tmp_path: Path) -> Path:
    """A folder with files of every kind, and links."""
    there = tmp_path / "there it's $HOME"
    (there / "full/below").mkdir(parents=True)
    (there / "[empty]").mkdir()
    (there / "outside").mkdir()
    (there / "outside/kept.txt").write_text("kept")
    (there / "text.txt").write_bytes(HOSTILE.encode())
    (there / "latin.txt").write_bytes("ñ".encode("latin-1"))
    (there / "bytes.bin").write_bytes(b"a\0b")
    (there / "large.txt").write_text("x" * 65537)
    (there / "full/a.txt").write_text("a")
    (there / "full/below/.hidden").write_text("b")
    (there / "full/below/link").symlink_to(there / "outside")
    (there / "full/nowhere").symlink_to(there / "none")
    (there / "link").symlink_to(there / "outside")
    return there


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_a_folder_that_is_missing_above_a_file_is_seen(tmp_path: Path, there: Path, mode: str) -> None:
    names = ["text.txt", "[empty]", "full", "none", "none/below"]
    look = above_probe("C:\\x").script
    told = ask(tmp_path, [Probe(look, str(there / name)) for name in names], {}, mode=mode)
    assert told == [False, True, True, False, False]
    denied = {"Get-Item": {"raises": "Access to the path is denied."}}
    assert isinstance(ask(tmp_path, [Probe(look, str(there / "full"))], denied, mode=mode)[0], ProbeError)
    assert above_probe("C:\\Example\\Below\\a.txt").argument == "C:\\Example\\Below"
    assert above_probe("C:\\a.txt").argument == "C:\\"
    [missing] = missing_above("C:\\Example\\a.txt", False)
    assert (missing.words, missing.unless) == ("there is no folder C:\\Example", ("folders/C:\\Example",))
    assert missing_above("C:\\Example\\a.txt", ProbeError("Access denied")) == []


@pytest.mark.parametrize("mode", [FULL, CONSTRAINED])
def test_what_is_there(tmp_path: Path, there: Path, mode: str) -> None:
    names = ["text.txt", "latin.txt", "bytes.bin", "large.txt", "full", "link", "none", "none/below"]
    contents = [(there / name).read_bytes() for name in names[:4]]
    probes = [file_probe(str(there / name), "ab" if name.count(".") else "") for name in names]
    right = file_probe(str(there / "text.txt"), hashlib.sha256(contents[0]).hexdigest())
    *told, same = ask(tmp_path, [*probes, right], WINDOWS, mode=mode)
    about = dict.fromkeys(("size", "entries", "target", "sha256", "text"))
    for found, content, text in zip(told, contents, (HOSTILE, None, None, None), strict=False):
        of_content = {"size": len(content), "sha256": hashlib.sha256(content).hexdigest(), "text": text}
        assert found == {**about, "kind": "file", "sddl": SDDL, **of_content}
    assert told[4] == {**about, "kind": "folder", "entries": 3, "sddl": SDDL}
    assert told[5] == {**about, "kind": "link", "target": str(there / "outside"), "sddl": None}
    assert told[6:] == [None, None]
    assert isinstance(same, dict)
    assert same["text"] is None


def test_rights_that_cannot_be_read_hide_nothing_else(tmp_path: Path, there: Path) -> None:
    refused = {"Get-Acl": {"raises": "Attempted to perform an unauthorized operation."}}
    [told] = ask(tmp_path, [file_probe(str(there / "[empty]"))], refused)
    assert isinstance(told, dict)
    assert (told["kind"], told["entries"], told["sddl"]) == ("folder", 0, None)


def test_a_refusal_is_not_an_absence(tmp_path: Path) -> None:
    windows = {**WINDOWS, "Get-Item": {"raises": "Access to the path is denied."}}
    [told] = ask(tmp_path, [file_probe("C:\\Share")], windows)
    assert isinstance(told, ProbeError)


def removal(kind: str, path: Path, **spec: Any) -> Task:
    stated = {"path": f"C:\\{path.name}", "state": "absent", **spec}
    options = validated(BY_NAME[kind].Options, stated, Platform.WINDOWS)
    resource = Resource(kind, stated["path"], options.model_copy(update={"path": str(path)}), Source("a.yml", 1))
    [task] = on_platform(BY_NAME[kind], Platform.WINDOWS).tasks(Change(resource, Action.DELETE))
    return task


def ended(done: Changed) -> tuple[bool, str]:
    return done.changed, done.failed


def test_an_empty_folder_goes_and_a_full_one_only_when_that_is_asked_for(tmp_path: Path, there: Path) -> None:
    assert ended(change(tmp_path, removal("folders", there / "[empty]"))) == (True, "")
    assert ended(change(tmp_path, removal("folders", there / "[empty]"))) == (False, "")
    assert not (there / "[empty]").exists()
    kept = change(tmp_path, removal("folders", there / "full"))
    assert not kept.changed
    assert "holds 3 files or folders" in kept.failed
    whole = removal("folders", there / "full", remove_content=True)
    assert ended(change(tmp_path, whole, check=True)) == (True, "")
    assert (there / "full/below/.hidden").exists()
    assert ended(change(tmp_path, whole)) == (True, "")
    assert not (there / "full").exists()
    assert (there / "outside/kept.txt").exists(), "what a link leads to stays"


def test_what_is_something_else_is_not_removed(tmp_path: Path, there: Path) -> None:
    for name in ("text.txt", "link"):
        kept = change(tmp_path, removal("folders", there / name, remove_content=True))
        assert not kept.changed
        assert "is no folder" in kept.failed
        assert (there / name).exists()
    kept = change(tmp_path, removal("files", there / "full"))
    assert not kept.changed
    assert "is a folder" in kept.failed


def test_a_file_and_a_link_that_leads_nowhere_go(tmp_path: Path, there: Path) -> None:
    task = removal("files", there / "text.txt")
    assert ended(change(tmp_path, task, check=True)) == (True, "")
    assert ended(change(tmp_path, task)) == (True, "")
    assert ended(change(tmp_path, task)) == (False, "")
    assert ended(change(tmp_path, removal("files", there / "full/nowhere"))) == (True, "")
    assert not (there / "text.txt").exists()
    assert not (there / "full/nowhere").is_symlink()


RIGHTS = """
function Get-LocalUser { [CmdletBinding()] param() [pscustomobject]@{ Name = 'ana'; SID = 'S-1-5-21-1-2-3-1002' } }
function Get-LocalGroup { [CmdletBinding()] param() [pscustomobject]@{ Name = 'Lehrer'; SID = 'S-1-5-21-1-2-3-1005' } }
function Get-Acl { [CmdletBinding()] param([string]$LiteralPath) [pscustomobject]@{ Sddl = $State.sddl } }
function Get-Item {
    [CmdletBinding()]
    param([string]$LiteralPath, [switch]$Force)
    $item = [pscustomobject]@{ PSIsContainer = $State.folder }
    $set = { param($rights) $State.sddl = $rights.sddl }
    $item | Add-Member -MemberType ScriptMethod -Name SetAccessControl -Value $set
    $item
}
function New-Object {
    param([string]$TypeName)
    $rights = [pscustomobject]@{ sddl = '' }
    $set = { param($sddl, $sections) $this.sddl = "$TypeName $sections $sddl" }
    $rights | Add-Member -MemberType ScriptMethod -Name SetSecurityDescriptorSddlForm -Value $set.GetNewClosure()
    $rights
}
"""
"""FileSystemInfo.SetAccessControl and ObjectSecurity.SetSecurityDescriptorSddlForm, as learn.microsoft.com/dotnet/api
has them for .NET Framework 4.8; what was set is shown with its class and sections."""


def close(folder: Path, task: Task, sddl: str, *, is_folder: bool = True, check: bool = False) -> tuple[bool, str, str]:
    state = {"sddl": sddl, "folder": is_folder}
    done = change(folder, task, stubs=RIGHTS, state=state, check=check)
    return done.changed, done.failed, done.state["sddl"]


def test_rules_are_set_and_the_same_again_is_nothing_to_do(tmp_path: Path) -> None:
    rules = [Rule(who="ANA", may="change"), Rule(who="administrators", may="full"), Rule(who="lehrer", may="read")]
    own = "(A;OICI;0x1301bf;;;S-1-5-21-1-2-3-1002)(A;OICI;FA;;;BA)(A;OICI;0x1200a9;;;S-1-5-21-1-2-3-1005)"
    task = access_task("C:\\Share", rules, False)
    made = f"System.Security.AccessControl.DirectorySecurity Access D:P{own}"
    assert close(tmp_path, task, SDDL) == (True, "", made)
    assert close(tmp_path, task, SDDL, check=True) == (True, "", SDDL)
    done = f"O:BAG:SYD:PAI{own}"
    assert close(tmp_path, task, done) == (False, "", done)
    opened = close(tmp_path, access_task("C:\\Share", None, True), done)
    assert opened == (True, "", f"System.Security.AccessControl.DirectorySecurity Access D:{own}")


def test_built_in_groups_go_by_sid_even_those_without_a_short_one(tmp_path: Path) -> None:
    """Their names are translated, and none of this computer's is the English one."""
    rules = [Rule(who="Distributed COM Users", may="read"), Rule(who="System Managed Accounts Group", may="read")]
    own = "(A;OICI;0x1200a9;;;S-1-5-32-562)(A;OICI;0x1200a9;;;S-1-5-32-581)"
    made = f"System.Security.AccessControl.DirectorySecurity Access D:P{own}"
    assert close(tmp_path, access_task("C:\\Share", rules, False), SDDL) == (True, "", made)


def test_rules_of_a_file_have_nothing_below_and_unknown_names_are_said(tmp_path: Path) -> None:
    one = access_task("C:\\a.txt", [Rule(who="everyone", may="read")], None)
    made = "System.Security.AccessControl.FileSecurity Access D:(A;;0x1200a9;;;WD)"
    assert close(tmp_path, one, SDDL, is_folder=False) == (True, "", made)
    changed, failed, kept = close(tmp_path, access_task("C:\\a.txt", [Rule(who="bob", may="read")], None), SDDL)
    assert (changed, kept) == (False, SDDL)
    assert failed == "There is no account or group bob on this computer."
