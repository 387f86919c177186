"""What lies on the stick beside the script: the answer file, the sheet, and, when asked for, what can erase a disk."""

from collections.abc import Mapping
from importlib import resources
from typing import Any

from jinja2 import Environment, StrictUndefined

from deskprov.documents.bootstrap_windows.answer_file import ANSWER_FILE, ERASE_FILE, ERASED, answer_file
from deskprov.formats import strict_yaml
from deskprov.model.enrolment import WINDOWS_SCRIPT, WindowsOrder

SHEET_FILE = "deskprov-sheet.html"
CONFIRMATION = "ERASE DISK 0"
"""What a person types at the PC before its first disk is erased; the same in every language, as on the sheet."""

COMMAND = f"powershell -NoProfile -ExecutionPolicy Bypass -File D:\\{WINDOWS_SCRIPT}"

# a console in Windows PE has a code page that nobody knows: no sign beyond ASCII
_ERASE_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "TITLE": "Disk 0, as shown above, will be erased. Everything on it is lost.",
        "QUESTION": "Is it the right one? Then type @WORD@ and press Enter.",
        "UNSEEN": "There is no disk 0, or it cannot be read.",
        "STICK": "Disk 0 is a USB disk, perhaps this stick. Nothing was erased.",
        "FAILED": "The disk could not be prepared. Look above.",
        "NO": "That was not @WORD@. Nothing was erased.",
        "OFF": "The PC is switched off now.",
    },
    "es": {
        "TITLE": "Se va a borrar el disco 0, mostrado arriba. Se pierde todo lo que contiene.",
        "QUESTION": "Es el correcto? Entonces escriba @WORD@ y pulse Intro.",
        "UNSEEN": "No hay disco 0, o no se puede leer.",
        "STICK": "El disco 0 es un disco USB, tal vez esta memoria. No se ha borrado nada.",
        "FAILED": "No se pudo preparar el disco. Mire arriba.",
        "NO": "Eso no era @WORD@. No se ha borrado nada.",
        "OFF": "El PC se apaga ahora.",
    },
}


def beside_the_script(order: WindowsOrder, *, erase_disk: bool) -> Mapping[str, str]:
    """The other files by their names on the stick. With `erase_disk` one of them can erase a disk, after a question."""
    files = {ANSWER_FILE: answer_file(erase_disk=erase_disk), SHEET_FILE: sheet(order, erase_disk=erase_disk)}
    return {**files, ERASE_FILE: erase_program(order.language)} if erase_disk else files


def sheet(order: WindowsOrder, *, erase_disk: bool) -> str:
    """One page to print, for whoever stands at the PCs."""
    environment = Environment(undefined=StrictUndefined, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    page = environment.from_string(_part("sheet.html.j2")).render(
        order=order,
        language=order.language,
        t=sheet_texts(order.language),
        erase_disk=erase_disk,
        word=CONFIRMATION,
        command=COMMAND,
    )
    return f"{page}\n"


def sheet_texts(language: str) -> Mapping[str, Any]:
    """What the sheet says."""
    document, _ = strict_yaml.read(_part("sheet.yaml"), "sheet.yaml")
    words: Mapping[str, Any] = document.data[language] if document else {}
    return words


def erase_program(language: str) -> str:
    """The program for Windows Setup that shows the first disk and erases it when a person has typed `CONFIRMATION`."""
    text = _part("erase_disk.cmd")
    for name, words in _ERASE_WORDS[language].items():
        text = text.replace(f"@{name}@", words)
    return text.replace("@ERASED@", ERASED).replace("@WORD@", CONFIRMATION).replace("\n", "\r\n")


def _part(name: str) -> str:
    return resources.files(__package__).joinpath(name).read_text("utf-8")
