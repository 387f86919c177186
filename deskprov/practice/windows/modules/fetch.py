"""A file that a practice PC really fetches from the file server of a run, as formats/windows_fetch has it."""

import hashlib
import http.client
import socket
import ssl
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

from deskprov.model.practice_models import ModuleFailed, State
from deskprov.practice.windows import file_system
from deskprov.practice.windows.folder import ADDRESS

CONNECT_SECONDS = 10.0


def fetch(state: State, parameters: Mapping[str, Any]) -> Mapping[str, Any]:
    """Puts the file in its place if it comes and is the right one; `slow` says why it does not come."""
    path = file_system.normal(parameters["Path"])
    if file_system.is_folder(state, path):
        raise ModuleFailed(f"path {path} is a folder")
    if not file_system.is_folder(state, file_system.parent(path)):
        raise ModuleFailed(f"Destination directory '{file_system.parent(path)}' does not exist")
    found = file_system.find(state, path)
    if found is not None and _sha256(file_system.read(found)) == parameters["Sha256"]:
        return {"changed": False}
    if parameters["Trouble"]:
        return {"changed": False, "result": {"slow": parameters["Trouble"]}}
    try:
        content = _fetched(parameters["Url"], parameters["Pin"], parameters["Size"])
    except OSError as error:
        return {"changed": False, "result": {"slow": str(error)}}
    if _sha256(content) != parameters["Sha256"]:
        words = "What came is not the file that was planned (another SHA-256). Nothing was put at"
        raise ModuleFailed(f"{words} {path}.")
    try:
        file_system.write(state, path, content)
    except ValueError as error:
        raise ModuleFailed(str(error)) from error
    return {"changed": True}


def _fetched(url: str, pin: str, size: int) -> bytes:
    """Raises `OSError`, in the words of the script where they are ours."""
    server = urlsplit(url)
    host, port = str(server.hostname), int(server.port or 0)
    try:
        plain = socket.create_connection((host, port), CONNECT_SECONDS, source_address=(ADDRESS, 0))
    except OSError as error:
        raise OSError(f"the PC does not reach deskprov's file server at {server.netloc} ({error.strerror})") from error
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE  # it is known by its digest
    with plain, context.wrap_socket(plain) as sealed:
        if _sha256(sealed.getpeercert(binary_form=True) or b"") != pin.lower():
            raise OSError(f"what answers at {server.netloc} is not deskprov: it shows another certificate")
        sealed.sendall(f"GET {server.path} HTTP/1.0\r\n\r\n".encode("ascii"))
        answer = http.client.HTTPResponse(sealed)
        answer.begin()
        if answer.status != http.HTTPStatus.OK:
            raise OSError(f"deskprov's file server refuses it ({answer.status})")
        content = answer.read(size)
    if len(content) < size:
        raise OSError(f"it broke off after {len(content)} of {size} bytes")
    return content


def _sha256(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()
