"""The record on screen: complete, readable, and harmless whatever a machine or a person wrote into it."""

import io
import json
import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from msgspec.structs import replace
from rich.console import Console, RenderableType

from deskprov.formats.sizes import size
from deskprov.model.asset import FIELDS, Asset, AssetKind, LifeState, fields_with
from deskprov.model.facts import Disk, EncryptedVolume, Facts, VolumeState
from deskprov.model.history import (
    AssetEvent,
    EventKind,
    FactChange,
    HostRun,
    RunDetail,
    RunState,
    RunSummary,
    SeenSoftware,
    SeenUser,
    Sightings,
    StepRecord,
)
from deskprov.model.inventory import Connection, Host
from deskprov.model.ports.assets import AssetChange
from deskprov.model.result import Outcome, Status
from deskprov.model.run import StepState
from deskprov.presenters.asset_detail import asset_view, detail_json, software_lines
from deskprov.presenters.assets import (
    assets_json,
    assets_lines,
    assets_view,
    changes_view,
    export_csv,
    export_json,
    exported_fields,
    fields_view,
    import_summary,
)
from deskprov.presenters.host_history import history_json, history_view
from deskprov.presenters.moments import ago, at, zone
from deskprov.presenters.runs import run_json, run_view, runs_json, runs_lines, runs_view

NOW = datetime(2026, 11, 24, 21, 0, tzinfo=UTC)
WEST = zone("America/Los_Angeles")
HOSTILE = "\x1b]0;x\x07\x1b[2J\u202e\x9b31m[bold]=1\t\n"

ASSET = Asset(
    host="room12-03",
    tag="GV-0042",
    serial="EX4711",
    kind=AssetKind.LAPTOP,
    maker="Example Computers",
    model="Slate 14",
    price=Decimal("499.00"),
    currency="USD",
    building="Main",
    room="12",
    cart="C3",
    assigned_to="p-1001",
    due=date(2027, 6, 10),
    state=LifeState.ASSIGNED,
    site_fields={"bulb_hours": 3},
    last_seen=NOW - timedelta(minutes=3),
)
FACTS = Facts(
    reboot_wanted=("updates of Windows", "its new name"),
    hostname="room12-03",
    cpu="Example 9",
    cpu_count=8,
    memory=8 * 2**30,
    disks=(Disk("/dev/sda1", "/", "ext4", 256 * 2**30, 100 * 2**30),),
    battery_percent=80,
    battery_health_percent=91,
    os="Debian GNU/Linux",
    os_version="12",
    kernel="6.1.0-30-amd64",
    tpm="2.0",
    secure_boot=False,
    encryption=(EncryptedVolume("C:\\", VolumeState.NOT_ARMED),),
    administrators=("tech", "EXAMPLE\\ana"),
    unanswered=("Win32_Tpm: Access denied",),
    architecture="x86_64",
)
SEEN = Sightings(
    NOW - timedelta(minutes=3),
    FACTS,
    [SeenSoftware("vim", "9.0", NOW, NOW), SeenSoftware("nano", "7.2", NOW, NOW, present=False)],
    [SeenUser("tech", "Technician", True, NOW, NOW), SeenUser("old", "", False, NOW, NOW, present=False)],
)
SUMMARY = RunSummary(
    run="20261124-205700-aaaaaa",
    verb="setup",
    at=NOW - timedelta(minutes=3),
    ended=NOW - timedelta(minutes=2),
    by="robin",
    controller="controller-1",
    targets=["place:main"],
    hosts=["room12-03", "room12-04"],
    commit="c0ffee" * 6,
    dirty=True,
    state=RunState.ENDED,
    outcome=Outcome.FAILED,
    outcomes={"failed": 1, "ok": 1},
)
LISTED = Host("room12-03", Connection("192.0.2.3"))
RUN = HostRun(
    host="room12-03",
    summary=SUMMARY,
    profile="staff-laptop",
    profile_hash="5eed" * 16,
    outcome=Outcome.FAILED,
    seconds=12.3,
    message="One step failed.",
    hint="Correct the name of the package.",
    steps=[
        StepRecord("groups/staff", "create", StepState.DONE, NOW, NOW, Status.CHANGED, verified=True),
        StepRecord("software/vimm", "create", StepState.DONE, NOW, NOW, Status.FAILED, message="no such package"),
        StepRecord("files//etc/motd", "update", StepState.STARTED, NOW),
        StepRecord("links//etc/x", "create", StepState.INTENDED),
    ],
)
EVENTS = [
    AssetEvent(NOW, "robin", EventKind.EDITED, detail={"room": ["11", "12"], "cart": ["", "C3"], "slot": ["7", ""]}),
    AssetEvent(NOW, "deskprov", EventKind.IDENTITY_MISMATCH, "serial: the record says A, the machine B"),
    AssetEvent(NOW, "robin", EventKind.IMPORTED, detail={"tag": [None, "GV-0042"]}),
]
KNOWN = fields_with({"bulb_hours": "number"})


def rendered(view: RenderableType, width: int = 120) -> str:
    console = Console(file=io.StringIO(), width=width, force_terminal=True, color_system=None, highlight=False)
    console.print(view)
    return console.file.getvalue()


def cells_of(line: str) -> list[str]:
    return re.split(r" {2,}", line.strip())


SCREEN = """\
room12-03  GV-0042  laptop  assigned  last seen 3 min ago

Identity
  serial            EX4711
  maker             Example Computers
  model             Slate 14

Money
  price             499.00
  currency          USD

Place
  building          Main
  room              12
  cart              C3

People
  assigned to       p-1001
  due               2027-06-10

Site
  bulb hours        3

Machine, as it was 3 min ago
  system            Debian GNU/Linux 12 x86_64
  kernel            6.1.0-30-amd64
  processor         Example 9 × 8
  memory            8.0 GiB
  disk              /: 100.0 GiB free of 256.0 GiB (/dev/sda1, ext4)
  battery           80 %, holds 91 % of what it held new
  reboot            is wanted for updates of Windows, its new name
  TPM               2.0
  secure boot       off
  encryption        C:\\ encrypted, not armed
  administrators    tech, EXAMPLE\\ana
  not answered      Win32_Tpm: Access denied
  calls itself      room12-03
  software          1 package; --software lists them
  accounts          tech (administrator)

Last run
  ✗ failed  setup as staff-laptop  3 min ago by robin, 12.3 s  20261124-205700-aaaaaa
    One step failed.
    Correct the name of the package.
    ✓ groups/staff  changed, verified
    ✗ software/vimm  failed  no such package
    ? files//etc/motd  begun, and no word since
    ? links//etc/x  not begun

Earlier runs
  ✓ done  setup as staff-laptop  3 min ago by robin, 12.3 s  20261124-205700-aaaaaa

Life
  2026-11-24 13:00  edited: room 11 → 12, cart C3, slot 7 → (empty)  (robin)
  2026-11-24 13:00  IDENTITY MISMATCH: serial: the record says A, the machine B  (deskprov)
  2026-11-24 13:00  imported  (robin)

Next: deskprov verify room12-03 --profile staff-laptop
"""


def test_a_technician_finds_everything_on_one_screen() -> None:
    runs = [RUN, replace(RUN, outcome=Outcome.OK)]
    assert rendered(asset_view(ASSET, SEEN, EVENTS, runs, KNOWN, NOW, WEST, LISTED)) == SCREEN


@pytest.mark.parametrize(
    ("host", "runs", "command"),
    [
        (Host("room12-03", Connection("192.0.2.3"), profile="lab"), [RUN], "deskprov verify room12-03"),
        (LISTED, [replace(RUN, profile=""), RUN], f"deskprov verify room12-03 --profile {RUN.profile}"),
        (LISTED, [], "deskprov verify room12-03 --profile PROFILE"),
        (None, [RUN], "deskprov host add room12-03 --address ADDRESS --asset-tag GV-0042"),
    ],
)
def test_the_next_command_works_as_it_stands(host: Host | None, runs: list[HostRun], command: str) -> None:
    said = rendered(asset_view(ASSET, SEEN, EVENTS, runs, KNOWN, NOW, WEST, host))
    assert said.endswith(f"\nNext: {command}\n")


def test_an_asset_that_is_no_machine_yet() -> None:
    text = rendered(asset_view(Asset(tag="GV-1"), None, [], [], KNOWN, NOW, WEST, None))
    assert text == (
        "GV-1  computer  stock  last seen never\n\nNext: deskprov host add NAME --address ADDRESS --asset-tag GV-1\n"
    )


def test_the_stable_json_of_an_asset() -> None:
    data = detail_json(ASSET, SEEN, EVENTS, [RUN], KNOWN)
    assert list(data)[:6] == ["host", "asset", "facts", "software", "users", "runs"]
    assert (data["asset"]["tag"], data["asset"]["price"], data["asset"]["site_fields"]) == (
        "GV-0042",
        "499.00",
        {"bulb_hours": 3},
    )
    assert data["facts"]["disks"] == [
        {"device": "/dev/sda1", "mount": "/", "filesystem": "ext4", "size": 256 * 2**30, "free": 100 * 2**30}
    ]
    assert data["software"][0]["name"] == "vim"
    [run] = data["runs"]
    assert {"run", "at", "by", "verb", "profile", "commit", "outcome", "results"} <= run.keys()
    assert run["results"][1] == {
        "resource": "software/vimm",
        "action": "create",
        "state": "done",
        "status": "failed",
        "verified": False,
        "message": "no such package",
        "reason": "",
    }
    assert json.loads(json.dumps(data)) == data


def test_runs_on_screen() -> None:
    running = replace(SUMMARY, state=RunState.RUNNING, outcome=None, hosts=[f"pc-{n}" for n in range(5)])
    text = rendered(runs_view([SUMMARY, running], NOW))
    assert [cells_of(line) for line in text.splitlines()[1:]] == [
        ["20261124-205700-aaaaaa", "3 min ago", "setup", "robin", "room12-03, room12-04", "✗ failed, 1 ok"],
        ["20261124-205700-aaaaaa", "3 min ago", "setup", "robin", "pc-0, pc-1 and 3 more", "… running"],
    ]
    assert "deskprov setup HOST" in rendered(runs_view([], NOW))


def test_a_run_on_screen() -> None:
    never = HostRun("room12-04", SUMMARY)
    assert rendered(run_view(RunDetail(SUMMARY, [RUN, never]), WEST)) == (
        "20261124-205700-aaaaaa  setup  ✗ failed, 1 ok\n"
        "  by         robin on controller-1\n"
        "  began      2026-11-24 12:57\n"
        "  ended      2026-11-24 12:58\n"
        "  asked for  place:main\n"
        "  site       commit c0ffeec0ffee, with changes not in git\n"
        "\n"
        "room12-03  ✗ failed  staff-laptop 5eed5eed5eed  12.3 s\n"
        "    One step failed.\n"
        "    Correct the name of the package.\n"
        "    ✓ groups/staff  changed, verified\n"
        "    ✗ software/vimm  failed  no such package\n"
        "    ? files//etc/motd  begun, and no word since\n"
        "    ? links//etc/x  not begun\n"
        "\n"
        "room12-04  ? not come to\n"
    )
    data = run_json(RunDetail(SUMMARY, [RUN, never]))
    assert [host["host"] for host in data["hosts"]] == ["room12-03", "room12-04"]
    assert data["hosts"][1]["outcome"] is None


def test_a_past_is_one_list() -> None:
    changes = [FactChange(NOW - timedelta(hours=1), "os_version", "11", "12")]
    assert rendered(history_view("room12-03", [RUN], EVENTS[:1], changes, WEST, 10)) == (
        "room12-03\n"
        "  2026-11-24 13:00  edited: room 11 → 12, cart C3, slot 7 → (empty)  (robin)\n"
        "  2026-11-24 12:57  setup ✗ failed  20261124-205700-aaaaaa (robin)\n"
        "  2026-11-24 12:00  os version: 11 → 12\n"
    )
    assert len(rendered(history_view("room12-03", [RUN], EVENTS, changes, WEST, 2)).splitlines()) == 3
    assert history_json("room12-03", [RUN], EVENTS, changes)["fact_changes"][0]["after"] == "12"


def test_lists_for_a_terminal_and_for_a_pipe() -> None:
    heads, cells, count = rendered(assets_view([ASSET], NOW)).splitlines()
    assert heads.split() == ["Host", "Tag", "Serial", "Kind", "State", "Place", "With", "Last", "seen"]
    assert cells_of(cells)[-3:] == ["Main, room 12, cart C3", "p-1001", "3 min ago"]
    assert count == "1 asset"
    assert assets_lines([ASSET], UTC) == [
        "room12-03\tGV-0042\tEX4711\tlaptop\tassigned\tMain, room 12, cart C3\tp-1001\t2026-11-24T20:57:00+00:00"
    ]
    assert runs_lines([SUMMARY], UTC) == [
        "20261124-205700-aaaaaa\t2026-11-24T20:57:00+00:00\tsetup\trobin\troom12-03,room12-04\tfailed"
    ]
    assert "asset add" in rendered(assets_view([], NOW))


def test_changes_are_shown_before_they_are_stored() -> None:
    changes = [AssetChange(ASSET, replace(ASSET, room="14", cart="")), AssetChange(None, Asset(tag="GV-2"))]
    assert rendered(changes_view(changes)) == (
        "  ~ room12-03\n    room: 12 → 14\n    cart: C3 → (empty)\n  + GV-2\n    tag: GV-2\n"
    )
    assert import_summary(changes) == "1 new, 1 changed"
    assert import_summary([]) == "nothing to change"
    assert "and 10 more" in rendered(changes_view([AssetChange(None, Asset(tag=str(n))) for n in range(30)]))


def test_people_are_left_out_of_exports_unless_asked_for() -> None:
    person = replace(ASSET, language="es", agreement="Loan 7")
    public, everything = (exported_fields(KNOWN, personal=wanted) for wanted in (False, True))
    for text in (export_csv([person], public), export_json([person], public)):
        assert "GV-0042" in text
        assert not any(word in text for word in ("p-1001", "Loan 7", "assigned_to", "agreement"))
    for text in (export_csv([person], everything), export_json([person], everything)):
        assert all(word in text for word in ("p-1001", "Loan 7", "bulb_hours"))


def test_practice_machines_are_no_assets_of_an_export() -> None:
    practice = replace(ASSET, practice=True)
    assert "GV-0042" not in export_csv([practice], KNOWN) + export_json([practice], KNOWN)
    assert "PRACTICE" in rendered(asset_view(practice, None, [], [], KNOWN, NOW, WEST, None))


def hostile_views() -> Sequence[RenderableType]:
    asset = replace(ASSET, host=HOSTILE, tag=HOSTILE, room=HOSTILE, site_fields={"bulb_hours": HOSTILE})
    facts = replace(FACTS, hostname=HOSTILE, cpu=HOSTILE, disks=(Disk(HOSTILE, HOSTILE, HOSTILE, 1, 1),))
    users = [SeenUser(HOSTILE, HOSTILE, True, NOW, NOW)]
    seen = Sightings(NOW, facts, [SeenSoftware(HOSTILE, HOSTILE, NOW, NOW)], users)
    summary = replace(
        SUMMARY, run=HOSTILE, verb=HOSTILE, by=HOSTILE, hosts=[HOSTILE], targets=[HOSTILE], commit=HOSTILE
    )
    step = replace(RUN.steps[1], resource=HOSTILE, message=HOSTILE)
    run = replace(RUN, host=HOSTILE, summary=summary, message=HOSTILE, hint=HOSTILE, profile=HOSTILE, steps=[step])
    event = AssetEvent(NOW, HOSTILE, EventKind.NOTE, HOSTILE)
    edited = AssetEvent(NOW, HOSTILE, EventKind.EDITED, detail={HOSTILE: [HOSTILE, HOSTILE], "list": HOSTILE})
    change = FactChange(NOW, HOSTILE, [{"a": HOSTILE}], HOSTILE)
    return [
        asset_view(asset, seen, [event, edited], [run, run], fields_with({"bulb_hours": "text"}), NOW, WEST, None),
        assets_view([asset], NOW),
        "\n".join(assets_lines([asset], UTC)).replace("\t", " "),
        "\n".join(software_lines(seen)).replace("\t", " "),
        changes_view([AssetChange(ASSET, asset), AssetChange(None, asset)]),
        runs_view([summary], NOW),
        "\n".join(runs_lines([summary], UTC)).replace("\t", " "),
        run_view(RunDetail(summary, [run]), WEST),
        history_view(HOSTILE, [run], [event, edited], [change], WEST, 50),
    ]


@pytest.mark.parametrize("view", hostile_views())
def test_nothing_hostile_reaches_the_terminal(view: RenderableType) -> None:
    text = view if isinstance(view, str) else rendered(view, width=4000)
    assert text.replace("\n", "").isprintable()
    assert r"\x1b]0;x\x07" in text
    assert "[bold]" in text


def test_json_of_hostile_text_is_ascii_and_complete() -> None:
    asset = replace(ASSET, maker=HOSTILE)
    text = json.dumps(assets_json([asset]))
    assert text.isascii()
    assert json.loads(text)["assets"][0]["asset"]["maker"] == HOSTILE
    assert "=1" not in export_csv([replace(ASSET, maker="=1")], FIELDS).replace("'=1", "")
    assert runs_json([SUMMARY])["runs"][0]["outcomes"] == {"failed": 1, "ok": 1}


@pytest.mark.parametrize(
    ("seconds", "words"),
    [
        (-5, "just now"),
        (9, "just now"),
        (59, "59 s ago"),
        (180, "3 min ago"),
        (7200, "2 h ago"),
        (86400, "1 day ago"),
        (5 * 86400, "5 days ago"),
        (70 * 86400, "2026-09-15"),
    ],
)
def test_how_long_ago(seconds: int, words: str) -> None:
    assert ago(NOW - timedelta(seconds=seconds), NOW) == words


def test_moments_of_the_site() -> None:
    assert ago(None, NOW) == "never"
    assert at(NOW, WEST) == "2026-11-24 13:00"
    assert zone("Nowhere/Land") is UTC


@pytest.mark.parametrize(
    ("count", "words"), [(0, "0 B"), (1023, "1023 B"), (1024, "1.0 KiB"), (8 * 2**30, "8.0 GiB"), (2**51, "2048.0 TiB")]
)
def test_sizes(count: int, words: str) -> None:
    assert size(count) == words


def test_every_field_is_explained() -> None:
    text = rendered(fields_view(KNOWN), width=200)
    assert all(name in text for name in KNOWN)
    assert "(personal)" in text


def test_the_name_of_a_run_is_never_cut() -> None:
    long = replace(SUMMARY, by="robin.the-technician", hosts=["a-machine-of-room-12", "another-of-room-12", "front"])
    for width in (80, 50):
        assert any(line.startswith(SUMMARY.run) for line in rendered(runs_view([long], NOW), width).splitlines())
        assert "…" not in rendered(runs_view([long], NOW), width)
    one = rendered(runs_view([replace(SUMMARY, hosts=["room-12-laptop-03"])], NOW), 80).splitlines()
    assert any("room-12-laptop-03" in line for line in one)
    assert max(map(len, one)) <= 80
