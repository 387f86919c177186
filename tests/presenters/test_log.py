"""What a check of the log tells people and programs."""

from deskprov.model.log import LogCheck, LogFlaw, LogHead
from deskprov.presenters.log import log_json, log_view
from tests.presenters.test_results import text

HEAD = LogHead(7, "ab" * 32)


def test_a_whole_log_tells_its_head_and_what_it_proves() -> None:
    told = text(log_view(LogCheck(7, HEAD)))
    assert "The log is whole: 7 entries." in told
    assert f"Head {HEAD}" in told
    assert "Only a head noted outside of this computer" in told
    assert "goes back to 7-abababababababab" in text(log_view(LogCheck(9, HEAD, noted=LogHead.read(HEAD.short))))


def test_an_altered_log_tells_the_first_bad_entry_first() -> None:
    flaws = (LogFlaw(3, "it is missing"), LogFlaw(None, "the run 4 is in the record, and no entry tells of it"))
    told = text(log_view(LogCheck(7, HEAD, flaws)))
    assert "was altered" in told
    assert told.index("Entry 3: it is missing") < told.index("Not logged: the run 4")


def test_many_flaws_are_counted() -> None:
    flaws = tuple(LogFlaw(number, "it was altered") for number in range(1, 15))
    assert "and 4 more" in text(log_view(LogCheck(20, HEAD, flaws)))


def test_an_empty_log() -> None:
    assert "nothing was changed yet" in text(log_view(LogCheck(0, None)))


def test_programs_get_the_whole_head() -> None:
    told = log_json(LogCheck(7, HEAD, (LogFlaw(3, "it is missing"),), LogHead(3, "0" * 16)))
    assert told == {
        "ok": False,
        "entries": 7,
        "head": str(HEAD),
        "noted": "3-0000000000000000",
        "flaws": [{"entry": 3, "message": "it is missing"}],
    }
