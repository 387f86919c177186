"""The envelopes of WS-Man, read and written, as far as shells need them.

Sources: MS-WSMV (Web Services Management Protocol Extensions for Windows Vista), sections 2.2.4 and 3.1.4, and what
pywinrm and pypsrp send and look for.
"""

import base64
import uuid
from collections.abc import Sequence
from xml.etree import ElementTree
from xml.sax.saxutils import escape, quoteattr

from msgspec import Struct

SOAP = "http://www.w3.org/2003/05/soap-envelope"
ADDRESSING = "http://schemas.xmlsoap.org/ws/2004/08/addressing"
WSMAN = "http://schemas.dmtf.org/wbem/wsman/1/wsman.xsd"
TRANSFER = "http://schemas.xmlsoap.org/ws/2004/09/transfer"
SHELL = "http://schemas.microsoft.com/wbem/wsman/1/windows/shell"
FAULT = "http://schemas.microsoft.com/wbem/wsman/1/wsmanfault"
WMI_ERROR = "http://schemas.dmtf.org/wbem/wscim/1/cim-schema/2/MSFT_WmiError"

ANONYMOUS = "http://schemas.xmlsoap.org/ws/2004/08/addressing/role/anonymous"


class Request(Struct, frozen=True):
    """What a client asks. `action` is the last word of the action's address: Create, Command, Send …"""

    action: str
    resource: str
    message_id: str
    shell_id: str
    body: ElementTree.Element

    def text(self, name: str) -> str:
        """The text of the first element of this name in the shell's namespace below the body; empty when missing."""
        found = self.body.find(f".//{{{SHELL}}}{name}")
        return "" if found is None else found.text or ""

    def element(self, name: str) -> ElementTree.Element | None:
        """The first element of this name in the shell's namespace below the body."""
        return self.body.find(f".//{{{SHELL}}}{name}")

    def command_id(self, name: str) -> str:
        """Which command the element of this name is about; empty when it is about the shell itself."""
        element = self.element(name)
        return "" if element is None else element.get("CommandId", "")


class Fault(Struct, frozen=True):
    """A refusal as WS-Man puts it. `code` is the number that clients look at, `wmi` that of MSFT_WmiError, if any."""

    subcode: str
    code: int
    reason: str
    wmi: int = 0


class Refused(Exception):
    """The request is answered with this fault."""

    def __init__(self, fault: Fault) -> None:
        super().__init__(fault.reason)
        self.fault = fault


OPERATION_TIMEOUT = Fault("TimedOut", 2150858793, "The WS-Management service cannot complete the operation in time.")
NO_SUCH_SHELL = Fault("InvalidSelectors", 2150858843, "The shell was not found on the server.")
ACCESS_DENIED = Fault("AccessDenied", 5, "Access is denied.")
QUOTA = Fault(
    "QuotaLimit",
    2150859174,
    "The maximum number of concurrent operations for this user has been exceeded.",
    wmi=0x803381A6,
)


def read(text: bytes) -> Request:
    """The request in an envelope. Raises `ValueError` when there is none."""
    try:
        root = ElementTree.fromstring(text)  # noqa: S314 - who has logged on here may do as they like anyway
    except ElementTree.ParseError as error:
        raise ValueError("the message is no XML") from error
    body = root.find(f"{{{SOAP}}}Body")
    action = root.findtext(f".//{{{ADDRESSING}}}Action", "")
    if body is None or not action:
        raise ValueError("the message is no envelope of WS-Man")
    selectors = root.iterfind(f".//{{{WSMAN}}}Selector")
    shell_id = next((each.text or "" for each in selectors if each.get("Name") == "ShellId"), "")
    return Request(
        action=action.rpartition("/")[2],
        resource=root.findtext(f".//{{{WSMAN}}}ResourceURI", ""),
        message_id=root.findtext(f".//{{{ADDRESSING}}}MessageID", ""),
        shell_id=shell_id,
        body=body,
    )


def shell_created(request: Request, shell_id: str) -> bytes:
    """The answer to Create."""
    selector = f'<w:SelectorSet><w:Selector Name="ShellId">{shell_id}</w:Selector></w:SelectorSet>'
    return _envelope(
        f"{TRANSFER}/CreateResponse",
        request,
        f"<x:ResourceCreated><a:Address>{ANONYMOUS}</a:Address><a:ReferenceParameters>"
        f"<w:ResourceURI>{escape(request.resource)}</w:ResourceURI>{selector}"
        f"</a:ReferenceParameters></x:ResourceCreated>"
        f"<rsp:Shell><rsp:ShellId>{shell_id}</rsp:ShellId></rsp:Shell>",
    )


def command_started(request: Request, command_id: str) -> bytes:
    """The answer to Command."""
    answer = f"<rsp:CommandResponse><rsp:CommandId>{command_id}</rsp:CommandId></rsp:CommandResponse>"
    return _envelope(f"{SHELL}/CommandResponse", request, answer)


def output(request: Request, command_id: str, streams: Sequence[tuple[str, bytes]], exit_code: int) -> bytes:
    """The answer to Receive of a command that has ended."""
    where = f"CommandId={quoteattr(command_id)}"
    parts = "".join(
        f"<rsp:Stream Name={quoteattr(name)} {where}>{base64.b64encode(data).decode()}</rsp:Stream>"
        for name, data in streams
        if data
    )
    ends = "".join(f'<rsp:Stream Name={quoteattr(name)} {where} End="true"/>' for name, _ in streams)
    state = f'<rsp:CommandState {where} State="{SHELL}/CommandState/Done"><rsp:ExitCode>{exit_code}</rsp:ExitCode>'
    body = f"<rsp:ReceiveResponse>{parts}{ends}{state}</rsp:CommandState></rsp:ReceiveResponse>"
    return _envelope(f"{SHELL}/ReceiveResponse", request, body)


def spoken(request: Request, command_id: str, data: bytes) -> bytes:
    """The answer to Receive that has a part of what a runspace pool says, or with `command_id` one of its pipelines."""
    where = f" CommandId={quoteattr(command_id)}" if command_id else ""
    part = f'<rsp:Stream Name="stdout"{where}>{base64.b64encode(data).decode()}</rsp:Stream>'
    return _envelope(f"{SHELL}/ReceiveResponse", request, f"<rsp:ReceiveResponse>{part}</rsp:ReceiveResponse>")


def done(request: Request) -> bytes:
    """The answer to Send, Signal and Delete."""
    family = TRANSFER if request.action == "Delete" else SHELL
    body = "" if request.action == "Delete" else f"<rsp:{request.action}Response/>"
    return _envelope(f"{family}/{request.action}Response", request, body)


def refused(request: Request, fault: Fault) -> bytes:
    """The answer that says why not."""
    wmi = f'<p:MSFT_WmiError xmlns:p="{WMI_ERROR}"><p:error_Code>{fault.wmi}</p:error_Code>'
    detail = f'<f:WSManFault xmlns:f="{FAULT}" Code="{fault.code}"><f:Message>{escape(fault.reason)}</f:Message>'
    return _envelope(
        "http://schemas.dmtf.org/wbem/wsman/1/wsman/fault",
        request,
        f"<s:Fault><s:Code><s:Value>s:Receiver</s:Value><s:Subcode><s:Value>w:{fault.subcode}</s:Value></s:Subcode>"
        f'</s:Code><s:Reason><s:Text xml:lang="en-US">{escape(fault.reason)}</s:Text></s:Reason>'
        f"<s:Detail>{detail}</f:WSManFault>{f'{wmi}</p:MSFT_WmiError>' if fault.wmi else ''}</s:Detail></s:Fault>",
    )


def _envelope(action: str, request: Request, body: str) -> bytes:
    namespaces = f'xmlns:s="{SOAP}" xmlns:a="{ADDRESSING}" xmlns:w="{WSMAN}" xmlns:x="{TRANSFER}" xmlns:rsp="{SHELL}"'
    return (
        f'<s:Envelope xml:lang="en-US" {namespaces}><s:Header><a:Action>{action}</a:Action>'
        f"<a:MessageID>uuid:{uuid.uuid4()}</a:MessageID><a:To>{ANONYMOUS}</a:To>"
        f"<a:RelatesTo>{escape(request.message_id)}</a:RelatesTo></s:Header>"
        f"<s:Body>{body}</s:Body></s:Envelope>"
    ).encode()
