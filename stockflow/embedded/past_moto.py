"""What moto need not do: see to requests that are not for AWS, copy JSON as if it were anything, read what is read.

moto holds each request that this process makes through ``requests`` against some two hundred patterns, and keeps it
with its answer until the process ends: a vendor's answers, of which each may be a megabyte. Its interpreter copies what
passes between states thirty times a symbol with :func:`copy.deepcopy`, which was made for any object. And it reads the
descriptions of services, tens of megabytes in memory, that boto3 has read already.
"""

import copy
from collections.abc import Callable, Iterator
from types import SimpleNamespace
from typing import Any
from unittest.mock import patch
from urllib.parse import urlsplit

import responses
from moto.core import utils
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.component.common.string import string_expression
from moto.stepfunctions.parser.asl.component.state.exec import execute_state
from moto.stepfunctions.parser.asl.component.state.exec.state_map import state_map
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import state_task_service
from moto.stepfunctions.parser.asl.eval import environment, states
from moto.stepfunctions.parser.asl.eval.event import event_manager
from requests.adapters import HTTPAdapter

from stockflow.embedded.sessions import MODELS

_COPIERS = (
    environment,
    event_manager,
    execute_state,
    result_path,
    state_map,
    state_task_service,
    states,
    string_expression,
)
_OF_AWS = (".amazonaws.com", ".amazonaws.com.cn")
_METADATA = "169.254."
_ATOMS = frozenset({str, int, float, bool, type(None)})


def patches() -> Iterator[Any]:
    """The patches, to be entered once moto has started."""
    yield patch.object(HTTPAdapter, "send", _past_moto(HTTPAdapter.send))
    yield patch.object(utils, "create_loader", lambda: MODELS)
    for module in _COPIERS:
        yield patch.object(module, "copy", SimpleNamespace(deepcopy=copied, copy=copy.copy))


def copied(value: Any) -> Any:
    """A deep copy of a JSON value, a fifth as dear as :func:`copy.deepcopy`, which copies whatever else is in it."""
    kind = type(value)
    if kind in _ATOMS:
        return value
    if kind is dict:
        return {name: copied(part) for name, part in value.items()}
    if kind is list:
        return [copied(part) for part in value]
    return copy.deepcopy(value)


def _past_moto(send: Callable[..., Any]) -> Callable[..., Any]:
    def send_past_moto(adapter: HTTPAdapter, request: Any, *given: Any, **more: Any) -> Any:
        host = urlsplit(request.url).hostname or ""
        if host.endswith(_OF_AWS) or host.startswith(_METADATA):
            return send(adapter, request, *given, **more)
        return responses._real_send(adapter, request, *given, **more)  # noqa: SLF001 # requests' own

    return send_past_moto
