"""The file of batches: ours and ssh-keygen's, too."""

import subprocess
from datetime import UTC, datetime
from pathlib import Path

import pytest

from deskprov.adapters.ssh.key_pairs import OpenSshKeys
from deskprov.formats import enrolment_signers
from deskprov.model.enrolment import NAMESPACE, Batch

BEGINS, ENDS = datetime(2026, 11, 25, 9, tzinfo=UTC), datetime(2026, 12, 9, 9, tzinfo=UTC)
PAIR = OpenSshKeys().new_pair("batch-1")
BATCH = Batch("batch-1", PAIR.public.rpartition(" ")[0], BEGINS, ENDS)


def test_what_is_written_is_read() -> None:
    text = f"{enrolment_signers.HEADING}\n{enrolment_signers.line(BATCH)}\n"
    assert enrolment_signers.read(text) == ({"batch-1": BATCH}, [])


@pytest.mark.parametrize(
    "spoiled",
    [
        "batch-1 ssh-ed25519 AAAA",
        enrolment_signers.line(BATCH).replace("deskprov-enrolment", "*"),
        enrolment_signers.line(BATCH).replace("batch-1", "../batch"),
        enrolment_signers.line(BATCH).replace("20261209", "20261399"),
        enrolment_signers.line(BATCH)[:-9],
        enrolment_signers.line(BATCH) + " and more",
    ],
)
def test_any_other_line_is_a_problem_with_its_place(spoiled: str) -> None:
    batches, [problem] = enrolment_signers.read(f"# heading\n{spoiled}\n")
    assert not batches
    assert str(problem).startswith("inventory_hosts/enrolment_signers.txt:2:1: ")


def test_a_name_stands_for_one_key() -> None:
    line = enrolment_signers.line(BATCH)
    batches, problems = enrolment_signers.read(f"{line}\n{line}\n")
    assert batches == {"batch-1": BATCH}
    assert [problem.source.line for problem in problems] == [2]


@pytest.mark.parametrize(("moment", "taken"), [("20261201", True), ("20261124", False), ("20261210", False)])
def test_ssh_keygen_reads_it_the_same_way(tmp_path: Path, moment: str, taken: bool) -> None:
    (tmp_path / "signers").write_text(f"{enrolment_signers.line(BATCH)}\n")
    key, text = tmp_path / "key", tmp_path / "text"
    key.write_text(PAIR.private)
    key.chmod(0o600)
    text.write_text("an enrolment")
    subprocess.run(["ssh-keygen", "-q", "-Y", "sign", "-f", key, "-n", NAMESPACE, text], check=True)
    verify = ["ssh-keygen", "-Y", "verify", "-f", tmp_path / "signers", "-I", "batch-1", "-n", NAMESPACE]
    verify += ["-O", f"verify-time={moment}Z", "-s", tmp_path / "text.sig"]
    done = subprocess.run(verify, input=b"an enrolment", capture_output=True, check=False)
    assert (done.returncode == 0) is taken, done.stderr
