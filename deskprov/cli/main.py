"""Runs the command line and turns whatever goes wrong into words and an exit status, in one place."""

import logging
import os
import signal
import sys
from collections.abc import Sequence
from errno import EDQUOT, ENOSPC

import typer
from typer.exceptions import TyperException

from deskprov.errors import DeskprovError
from deskprov.model.problem import InvalidInput
from deskprov.presenters.safe_text import safe
from deskprov.version import __version__

FAILED = 1
USAGE = 64
BUG = 70
INTERRUPTED = 130


def end_in_good_order() -> None:
    """From now on SIGTERM and SIGHUP end this program as Ctrl-C does; what nohup(1) ignores stays ignored."""
    for number in (signal.SIGTERM, signal.SIGHUP):
        if signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, signal.default_int_handler)


def run(arguments: Sequence[str] | None = None) -> int:
    """Runs one command and returns its exit status (DESIGN: 0 done … 130 interrupted). Never raises."""
    # pydantic would read what every installed package offers, and run plug-ins of others on what we check
    os.environ.setdefault("PYDANTIC_DISABLE_PLUGINS", "__all__")
    from deskprov.cli.families import app_for

    _open_what_is_closed()
    given = sys.argv[1:] if arguments is None else arguments
    try:
        status = app_for(given)(args=given, prog_name="deskprov", standalone_mode=False)
        return status if isinstance(status, int) else 0
    except TyperException as error:
        _say(f"deskprov: {error.format_message()}")
        _say("Try 'deskprov --help', or --help after the verb.")
        return USAGE
    except InvalidInput as error:
        for problem in error.problems:
            _say(str(problem))
        _say(f"deskprov: {error.message}.")
        return error.exit_status
    except DeskprovError as error:
        _say(f"deskprov: {error.message}")
        if error.hint:
            _say(error.hint, indent=2)
        return error.exit_status
    except (KeyboardInterrupt, typer.Abort):
        _say("deskprov: interrupted.")
        return INTERRUPTED
    except BrokenPipeError:
        _print_no_more()
        return 0
    except OSError as error:
        return _no_room(error) if error.errno in (ENOSPC, EDQUOT) else _bug(error)
    except Exception as error:  # the one handler for what nobody foresaw
        return _bug(error)


def _open_what_is_closed() -> None:
    """What is printed to a stream that was closed for us (`>&-`) goes nowhere, nor into a file that got its number."""
    if sys.stdout is None:
        sys.stdout = os.fdopen(_nowhere(), "w", encoding="utf-8")
    if sys.stderr is None:
        sys.stderr = os.fdopen(_nowhere(), "w", encoding="utf-8")


def _nowhere() -> int:
    return os.open(os.devnull, os.O_WRONLY)


def _say(line: str, indent: int = 0) -> None:
    """On a terminal with line ends between words, and none in a command that is to be copied."""
    if not sys.stderr.isatty():
        print(" " * indent + safe(line), file=sys.stderr)
        return
    from deskprov.presenters.hint import Hint
    from deskprov.presenters.safe_console import SafeConsole

    SafeConsole(stderr=True).print(Hint(safe(line), "", indent) if indent else safe(line))


def _no_room(error: OSError) -> int:
    """Nobody's mistake: a disk is full that we write on, or the one that has the file to which our output goes."""
    if error.filename is None:
        _print_no_more()
    place = error.filename or "where the output goes"
    _say(f"deskprov: Not all could be written: {error.strerror} ({place}).")
    _say("Make room there. What was done before that is done: deskprov run list", indent=2)
    return FAILED


def _print_no_more() -> None:
    """What is still to be printed goes nowhere, so that the end does not stumble over it again."""
    os.dup2(_nowhere(), sys.stdout.fileno())


def _bug(error: Exception) -> int:
    import platform
    import tempfile
    import traceback

    logging.getLogger(__name__).debug("unforeseen", exc_info=error)
    with tempfile.NamedTemporaryFile("w", prefix="deskprov-bug-", suffix=".log", delete=False, encoding="utf-8") as log:
        log.write(f"deskprov {__version__}, Python {platform.python_version()}, {platform.platform()}\n")
        # frames and types only: values and messages may hold what must not be passed on
        for frame in traceback.extract_tb(error.__traceback__):
            log.write(f"  {frame.filename}:{frame.lineno} in {frame.name}\n")
        log.write(f"{type(error).__module__}.{type(error).__qualname__}\n")
    _say(f"deskprov: this is a bug in deskprov ({type(error).__name__}); please report it with {log.name}")
    return BUG
