"""What must be there before something at a path."""

from deskprov.formats.file_system import needs_at


def test_folders_above_may_be_links() -> None:
    assert needs_at("/srv/share/a") == ["folders//srv/share", "links//srv/share", "folders//srv", "links//srv"]
    assert needs_at("/srv") == []


def test_whom_it_belongs_to_comes_first() -> None:
    assert needs_at("/srv", owner="ana", group="staff") == ["users/ana", "groups/staff"]
