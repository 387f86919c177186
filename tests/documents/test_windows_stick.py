"""What lies on the stick beside the script: no secret, no product key, and nothing that erases a disk unasked."""

import re
from xml.etree import ElementTree

import pytest
from msgspec.structs import replace

from deskprov.documents.bootstrap_windows import LANGUAGES, windows_script
from deskprov.documents.bootstrap_windows.answer_file import ANSWER_FILE, ERASE_FILE, SETUP_ACCOUNT, answer_file
from deskprov.documents.bootstrap_windows.stick import (
    COMMAND,
    CONFIRMATION,
    SHEET_FILE,
    beside_the_script,
    erase_program,
    sheet,
    sheet_texts,
)
from tests.documents.test_bootstrap_windows import ORDER

NAMESPACE = "{urn:schemas-microsoft-com:unattend}"
WCM = "{http://schemas.microsoft.com/WMIConfig/2002/State}"

ALLOWED = {
    ("windowsPE", "Microsoft-Windows-Setup"): {"UserData", "RunSynchronous", "ImageInstall"},
    ("oobeSystem", "Microsoft-Windows-Shell-Setup"): {"OOBE", "UserAccounts", "AutoLogon", "FirstLogonCommands"},
}
"""Which settings belong to which component in which pass, by the pages that answer_file.py names."""


def branches(text: str, architecture: str = "amd64") -> dict[tuple[str, str], ElementTree.Element]:
    root = ElementTree.fromstring(text.encode())
    assert root.tag == f"{NAMESPACE}unattend"
    assert all(element.tag.startswith(NAMESPACE) for element in root.iter())
    found = {}
    for settings in root:
        for component in settings:
            assert component.get("publicKeyToken") == "31bf3856ad364e35"
            assert component.get("versionScope") == "nonSxS"
            if component.get("processorArchitecture") != architecture:
                continue
            found[settings.get("pass", ""), component.get("name", "")] = component
    return found


@pytest.mark.parametrize("erase_disk", [False, True])
def test_the_answer_file_has_the_right_settings_in_the_right_pass(erase_disk: bool) -> None:
    found = branches(answer_file(erase_disk=erase_disk))
    assert found.keys() == ALLOWED.keys()
    for place, component in found.items():
        assert {element.tag.removeprefix(NAMESPACE) for element in component} <= ALLOWED[place]
    lists = [
        element
        for component in found.values()
        for element in component.iter()
        if element.tag.endswith(("RunSynchronousCommand", "SynchronousCommand", "LocalAccount"))
    ]
    assert all(element.get(f"{WCM}action") == "add" for element in lists)
    paths = [element.text or "" for element in found["windowsPE", "Microsoft-Windows-Setup"].iter(f"{NAMESPACE}Path")]
    assert all(len(path) <= 259 for path in paths), "the limit of Path in RunSynchronousCommand"
    commands = found["oobeSystem", "Microsoft-Windows-Shell-Setup"].iter(f"{NAMESPACE}CommandLine")
    assert all(len(command.text or "") <= 1024 for command in commands)


@pytest.mark.parametrize("erase_disk", [False, True])
def test_a_pc_with_an_arm_processor_gets_the_same_answers(erase_disk: bool) -> None:
    text = answer_file(erase_disk=erase_disk)
    ours, theirs = (branches(text, architecture) for architecture in ("amd64", "arm64"))
    assert ours.keys() == theirs.keys()
    for place, component in ours.items():
        assert component.attrib == {**theirs[place].attrib, "processorArchitecture": "amd64"}
        assert [ElementTree.tostring(element) for element in component] == [
            ElementTree.tostring(element) for element in theirs[place]
        ]


def test_it_has_no_product_key_no_password_and_no_place_to_erase() -> None:
    for text in (answer_file(erase_disk=False), answer_file(erase_disk=True)):
        for word in ("ProductKey", "DiskConfiguration", "WillWipeDisk", "Format"):
            assert word not in text
        [*values] = ElementTree.fromstring(text.encode()).iter(f"{NAMESPACE}Value")
        assert len(values) == 4
        assert not any(value.text for value in values)
    assert "InstallTo" not in answer_file(erase_disk=False)
    assert f"'{SETUP_ACCOUNT}'" in windows_script(ORDER), "the script takes that account away"


def test_nothing_on_a_stick_erases_a_disk_unless_that_was_asked_for() -> None:
    files = beside_the_script(ORDER, erase_disk=False)
    assert files.keys() == {ANSWER_FILE, SHEET_FILE}
    for text in (*files.values(), windows_script(ORDER)):
        assert not re.search(r"diskpart|\bclean\b|Clear-Disk|Format-Volume|" + CONFIRMATION, text)
    assert ERASE_FILE in beside_the_script(ORDER, erase_disk=True)


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_disk_is_shown_and_named_before_a_typed_word_erases_it(language: str) -> None:
    program = erase_program(language)
    assert program.isascii()
    assert "@" not in program.removeprefix("@echo off")
    lines = program.split("\r\n")
    shown, asked, compared, cleaned = (
        next(number for number, line in enumerate(lines) if words in line)
        for words in ('type "%told%"', "set /p answer", f'if not "!answer!"=="{CONFIRMATION}" goto no', "echo clean")
    )
    assert shown < asked < compared == asked + 1 < cleaned
    assert sum("clean" in line for line in lines) == 1
    assert "detail disk" in program, "which tells the model"
    assert "list disk" in program, "which tells the size"
    after = lines[lines.index(":no") :]
    assert not any("diskpart" in line for line in after), "who typed something else is on the way out"
    targets = {line.removeprefix(":") for line in lines if line.startswith(":")}
    assert {word for line in lines for word in re.findall(r"goto (\w+)", line)} <= targets


def test_windows_goes_to_the_third_partition_and_recovery_behind_it() -> None:
    program = erase_program("en")
    work = [line.removeprefix("echo ") for line in program.split("\r\n") if line.startswith("echo ")]
    made = work[work.index("convert gpt") :]
    kinds = [line for line in made if line.startswith("create partition")]
    assert [line.split()[2] for line in kinds] == ["efi", "msr", "primary", "primary"]
    windows, recovery = (number for number, line in enumerate(made) if line == "create partition primary")
    assert made[windows + 1 : recovery] == ["shrink minimum=1024", "format quick fs=ntfs label=Windows"]
    assert made[recovery + 1 : recovery + 4] == [
        "format quick fs=ntfs label=Recovery",
        "set id=de94bba4-06d1-4d40-a16a-bfd50179d6ac",
        "gpt attributes=0x8000000000000001",
    ]
    assert "<PartitionID>3</PartitionID>" in answer_file(erase_disk=True).replace("ns0:", "")


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("erase_disk", [False, True])
def test_the_sheet_gives_both_ways_and_the_warning(language: str, erase_disk: bool) -> None:
    page = sheet(replace(ORDER, language=language, site="<b>O'Neil & école"), erase_disk=erase_disk)
    root = ElementTree.fromstring(
        page.replace("<!DOCTYPE html>", "").replace('<meta charset="utf-8">', "").replace("<br>", "")
    )
    text = " ".join("".join(root.itertext()).split())
    assert "<b>O'Neil & école" in text
    assert COMMAND in text
    [step] = [item for item in root.iter("li") if COMMAND in "".join(item.itertext())]
    assert not "".join(step.itertext()).strip().startswith(COMMAND), "the line to type belongs to the step that says so"
    assert ("F10" in text, "autounattend.xml" in text, "10.1.0.5" in text) == (True, True, True)
    assert (CONFIRMATION in text) == erase_disk
    assert "{" not in re.sub(r"<style>.*?</style>", "", page, flags=re.DOTALL)


def test_both_sheets_say_the_same() -> None:
    english, spanish = (sheet_texts(language) for language in LANGUAGES)
    assert list(english) == list(spanish)
    for name, words in english.items():
        assert type(words) is type(spanish[name])
        assert len(words) == len(spanish[name]) or isinstance(words, str), name
        assert re.findall(r"\{\w+\}", str(words)) == re.findall(r"\{\w+\}", str(spanish[name])), name
