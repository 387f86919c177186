"""From a bare machine to a verified record, and everything after that."""

import pytest

from tests.end_to_end.bench import Bench, statuses

pytestmark = pytest.mark.practice

OFFICE = """\
groups:
  - name: staff-share
    gid: 4200
users:
  - name: tech
    full_name: Technician
    role: administrator
    groups: [staff-share]
    password: tech-password
folders:
  - path: /srv/share
    group: staff-share
    mode: "2775"
files:
  - path: /srv/share/welcome.txt
    content: |
      Welcome to the front office.
    mode: "0644"
links:
  - path: /srv/hello
    target: /srv/share/welcome.txt
software:
  - tree
"""
KEYS = [
    "groups/staff-share",
    "users/tech",
    "folders//srv/share",
    "files//srv/share/welcome.txt",
    "links//srv/hello",
    "software/tree",
]


@pytest.fixture(scope="module")
def office(bench: Bench) -> Bench:
    """The machine after its first setup."""
    bench.env["BENCH_TECH_PASSWORD"] = "correct horse battery staple"
    bench.profile("office", OFFICE)
    run = bench.data("setup", "practice-1", "--profile", "office", "--yes", "--json")
    assert statuses(run, "practice-1") == dict.fromkeys(KEYS, "changed")
    [host] = run["hosts"]
    assert (host["outcome"], host["verified"]) == ("ok", True)
    return bench


def test_the_machine_is_as_the_profile_says(office: Bench) -> None:
    assert office.on("practice-1", "getent", "group", "staff-share").startswith(b"staff-share:x:4200:")
    assert b"Technician" in office.on("practice-1", "getent", "passwd", "tech")
    assert office.on("practice-1", "id", "-nG", "tech").split() == [b"tech", b"sudo", b"staff-share"]
    assert office.on("practice-1", "stat", "-c", "%a %G", "/srv/share") == b"2775 staff-share\n"
    assert office.on("practice-1", "cat", "/srv/hello") == b"Welcome to the front office.\n"
    assert b"tree v" in office.on("practice-1", "tree", "--version")


def test_the_password_works(office: Bench) -> None:
    check = "import crypt,spwd,sys; h=spwd.getspnam('tech').sp_pwdp; print(crypt.crypt(sys.stdin.read(), h) == h)"
    assert office.on("practice-1", "python3", "-c", check, stdin=b"correct horse battery staple") == b"True\n"


def test_the_second_time_there_is_nothing_to_do(office: Bench) -> None:
    run = office.data("setup", "practice-1", "--profile", "office", "--yes", "--json")
    assert statuses(run, "practice-1") == dict.fromkeys(KEYS, "ok")
    assert run["hosts"][0]["verified"]


def test_the_record_holds_facts_software_users_and_runs(office: Bench) -> None:
    record = office.data("asset", "show", "practice-1", "--json")
    assert record["host"] == "practice-1"
    assert record["facts"]["os"].startswith("Debian")
    assert "tree" in {entry["name"] for entry in record["software"]}
    assert "tech" in {entry["name"] for entry in record["users"]}
    newest = record["runs"][0]
    assert (newest["verb"], newest["profile"], newest["outcome"]) == ("setup", "office", "ok")
    assert {result["resource"] for result in newest["results"]} == set(KEYS)


def test_drift_is_found_and_mended(office: Bench) -> None:
    office.on("practice-1", "chmod", "0600", "/srv/share/welcome.txt")
    office.on("practice-1", "tee", "-a", "/srv/share/welcome.txt", stdin=b"Out of order\n")
    plan = office.data("plan", "practice-1", "--profile", "office", "--json", "--detailed-exitcode", status=2)
    [change] = plan["hosts"][0]["changes"]
    assert (change["resource"], change["action"]) == ("files//srv/share/welcome.txt", "update")
    assert change["source"]["file"] == "profiles/office.yml"
    said = office.run("plan", "practice-1", "--profile", "office")
    assert "-Out of order" in said
    assert "0600 → 0644" in said
    verified = office.data("verify", "practice-1", "--profile", "office", "--json")
    assert verified["hosts"][0]["outcome"] == "drift"
    run = office.data("apply", "practice-1", "--profile", "office", "--yes", "--json")
    assert statuses(run, "practice-1")["files//srv/share/welcome.txt"] == "changed"
    assert office.on("practice-1", "cat", "/srv/share/welcome.txt") == b"Welcome to the front office.\n"


def test_a_package_that_does_not_exist_fails_alone(office: Bench) -> None:
    office.profile("broken", OFFICE + "  - nosuchpackage\n  - hello\n")
    run = office.data("setup", "practice-1", "--profile", "broken", "--yes", "--json", status=1)
    results = {result["resource"]: result for result in run["hosts"][0]["results"]}
    assert results["software/nosuchpackage"]["status"] == "failed"
    assert "no package nosuchpackage" in results["software/nosuchpackage"]["message"]
    assert results["software/hello"]["status"] == "changed"
    assert run["hosts"][0]["outcome"] == "failed"


def test_what_left_the_profile_is_shown_and_removed_only_with_clean(office: Bench) -> None:
    office.profile("smaller", OFFICE.replace("  - path: /srv/hello\n    target: /srv/share/welcome.txt\n", "  []\n"))
    plan = office.data("plan", "practice-1", "--profile", "smaller", "--json")
    left_over = {change["resource"] for change in plan["hosts"][0]["left_over"]}
    assert "links//srv/hello" in left_over
    run = office.data("setup", "practice-1", "--profile", "smaller", "--yes", "--json")
    assert "links//srv/hello" not in statuses(run, "practice-1")
    assert office.on("practice-1", "readlink", "/srv/hello") == b"/srv/share/welcome.txt\n"
    run = office.data("setup", "practice-1", "--profile", "smaller", "--clean", "--yes", "--json")
    assert statuses(run, "practice-1")["links//srv/hello"] == "changed"
    assert office.machines.command("practice-1", ["test", "-e", "/srv/hello"]).returncode == 1
    after = office.data("plan", "practice-1", "--profile", "smaller", "--json")
    assert after["hosts"][0]["left_over"] == []


IN_THE_WAY = """\
folders:
  - path: /srv/real
files:
  - path: /srv/way/pipe
    state: absent
  - path: /srv/way/folder
    state: absent
  - path: /srv/way/old
    state: absent
  - path: /srv/linked/note
    content: below a link
links:
  - path: /srv/way/file
    target: /srv/real
  - path: /srv/linked
    target: real
    owner: tech
"""


def test_what_is_in_the_way_stays_and_what_is_below_a_link_arrives(office: Bench) -> None:
    office.on("practice-1", "mkdir", "-p", "/srv/way/folder")
    office.on("practice-1", "mkfifo", "/srv/way/pipe")
    office.on("practice-1", "ln", "-s", "/nowhere", "/srv/way/old")
    office.on("practice-1", "tee", "/srv/way/file", stdin=b"dear to somebody\n")
    office.profile("way", IN_THE_WAY)
    run = office.data("setup", "practice-1", "--profile", "way", "--yes", "--json", status=1)
    results = {result["resource"]: result for result in run["hosts"][0]["results"]}
    assert {key for key, result in results.items() if result["status"] == "failed"} == {
        "files//srv/way/pipe",
        "files//srv/way/folder",
        "links//srv/way/file",
    }
    assert "remove it yourself" in results["files//srv/way/pipe"]["message"]
    assert office.on("practice-1", "ls", "-F", "/srv/way") == b"file\nfolder/\npipe|\n"
    assert office.on("practice-1", "cat", "/srv/way/file", "/srv/real/note") == b"dear to somebody\nbelow a link"
    assert office.on("practice-1", "stat", "-c", "%F %U", "/srv/linked") == b"symbolic link tech\n"


def test_a_password_is_never_written_over_unless_asked_for(office: Bench) -> None:
    office.on("practice-1", "chpasswd", stdin=b"tech:chosen by the person\n")
    office.run("setup", "practice-1", "--profile", "office", "--yes")
    check = "import crypt,spwd,sys; h=spwd.getspnam('tech').sp_pwdp; print(crypt.crypt(sys.stdin.read(), h) == h)"
    assert office.on("practice-1", "python3", "-c", check, stdin=b"chosen by the person") == b"True\n"
    office.run("setup", "practice-1", "--profile", "office", "--yes", "--reset", "users/tech")
    assert office.on("practice-1", "python3", "-c", check, stdin=b"correct horse battery staple") == b"True\n"


def test_without_a_yes_and_without_a_person_nothing_is_changed(office: Bench) -> None:
    office.profile("more", "folders:\n  - path: /srv/never\n")
    said = office.run("setup", "practice-1", "--profile", "more", status=64)
    assert "--yes" in said
    assert office.machines.command("practice-1", ["test", "-e", "/srv/never"]).returncode == 1
