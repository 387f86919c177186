"""Which files a PC fetches, and what comes of it when it cannot."""

import yaml
from msgspec.structs import replace

from deskprov.formats.large_files import transfer
from deskprov.model.profile import ShippedContent
from deskprov.model.serving import LARGE
from deskprov.model.task import ResourceTasks, ServedFile, ShippedFile, Task
from deskprov.stages.render import fetched, run_playbook

SHIPPED = {
    "files/large": ShippedContent("ab" * 32, None, LARGE),
    "files/small": ShippedContent("cd" * 32, None, LARGE - 1),
}


def push(path: str, module: str = "ansible.windows.win_copy") -> Task:
    return Task("Write the file", module, {"dest": "C:\\a", "src": ShippedFile(path)})


def entry(number: int, *tasks: Task) -> ResourceTasks:
    return ResourceTasks(number, f"files/{number}", "", list(tasks))


def test_only_what_is_large_and_would_be_pushed_to_windows_is_fetched() -> None:
    others = [
        push("files/small"),
        push("files/large", "ansible.builtin.copy"),
        Task("Write the file", "ansible.windows.win_copy", {"dest": "C:\\a", "content": "x"}),
    ]
    assert fetched([entry(1, *others)], SHIPPED) == [entry(1, *others)]
    assert transfer(others, SHIPPED) == ""
    assert transfer([push("files/large")] * 2, SHIPPED).startswith("2.0 MiB: the PC fetches it from deskprov; ")


def test_the_push_comes_second_and_is_made_only_if_nothing_came() -> None:
    quiet = replace(push("files/large"), changed_when=False)
    one, two = fetched([entry(1, push("files/large")), entry(2, quiet, push("files/large"))], SHIPPED)
    fetch, slow = one.tasks
    assert fetch.arguments["parameters"] == {
        "Path": "C:\\a",
        "Sha256": "ab" * 32,
        "Size": LARGE,
        **{word.title(): ServedFile("files/large", "001-1", word) for word in ("url", "pin", "trouble")},
    }
    assert slow == replace(push("files/large"), when="result.result.slow is defined")
    assert [task.changed_when for task in two.tasks] == [False, False, "result is changed", None]

    playbook = run_playbook("pc-1", [one, two], become=False, step_seconds=9)
    assert playbook.served == dict.fromkeys(("001-1", "002-1", "002-2"), "files/large")
    assert list(playbook.files.values()) == ["files/large"]
    [play] = yaml.safe_load(playbook.text)
    first, second = play["tasks"][0]["block"]
    assert first["ansible.windows.win_powershell"]["parameters"]["Url"] == "{{ deskprov_served['001-1']['url'] }}"
    assert (first["register"], second["when"]) == ("result", "result.result.slow is defined")
    assert second["ansible.windows.win_copy"]["src"] == "files/001-large"
