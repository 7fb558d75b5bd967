"""Calls the handler, in the debugger if wanted."""

import json
import pdb  # noqa: T100 # the debugger is what --pdb is for
import traceback
from dataclasses import dataclass
from types import SimpleNamespace, TracebackType

from stockflow.errors import CommandError, CommandFailed
from stockflow.replay.visit import CalledState
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import AnyState
from stockflow_functions.runtime.workflow import NotRecalledError


class LeftDebugger(BaseException):
    """The user left the debugger before the handler had finished."""


@dataclass(frozen=True)
class Called:
    """What the handler returned, as JSON, or what it raised."""

    answer: object = None
    error: Exception | None = None


def call_handler(call: CalledState, services: Services, *, debug: bool = False) -> Called:
    """Calls the real handler with the state's own input.

    With ``debug`` it stops at the first line of the state's work, and again if an error is raised.

    Raises:
        LeftDebugger: the user quit the debugger.
        CommandFailed, Unusable: an object of the run may not be read, or what a service answered is not kept.
    """
    handler = _debugged(call) if debug else call.handler
    event = json.loads(json.dumps(call.payload))
    try:
        answer = handler.run(event, SimpleNamespace(aws_request_id="replay"), services)
    except CommandError:
        raise
    except NotRecalledError as error:
        raise CommandFailed(str(error)) from None
    except Exception as error:  # noqa: BLE001 # whatever a handler raises is what is asked for
        if debug:
            print(f"{type(error).__name__}: {error}")
            pdb.post_mortem(own_frames(call, error))
        return Called(error=error)
    return Called(json.loads(json.dumps(answer)))


def trace_of(call: CalledState, error: Exception) -> str:
    """The traceback, starting at the state's work, with its last line."""
    return "".join(traceback.format_exception(type(error), error, own_frames(call, error)))


def own_frames(call: CalledState, error: Exception) -> TracebackType | None:
    """The traceback without the frames that called the handler."""
    trace, file = error.__traceback__, call.handler.work.__code__.co_filename
    while trace is not None and trace.tb_frame.f_code.co_filename != file:
        trace = trace.tb_next
    return trace or error.__traceback__


def _debugged(call: CalledState) -> AnyState:
    """The same state with its work in the debugger."""
    work = call.handler.work

    def run_in_debugger(event: object, services: Services) -> dict[str, object]:
        answer = pdb.Pdb().runcall(work, event, services)
        # Quitting ends the call as if it had returned nothing; every handler returns an object.
        if answer is None:
            raise LeftDebugger
        return dict(answer)

    return call.handler.doing(run_in_debugger)
