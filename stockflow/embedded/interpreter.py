"""What moto 5.2.5's Step Functions interpreter needs to run as AWS does: nine patches, each with its reason; those for
executions within executions are in :mod:`stockflow.embedded.nested`.

1. *Waits.* Its ``TimestampPath`` compares UTC with the machine's local time, so that a laptop in Tokyo never waits and
   one in New York waits for hours; and it drops up to a second more than AWS does, which drops only the timestamp's own
   fraction. Here a Wait ends at the timestamp's whole second.
2. *Stopping.* A back-off between attempts slept through StopExecution; here it ends with the execution. And one that
   was stopped inside a Map ended as failed, by an error of the interpreter's own; here it ends as ABORTED, with the
   error and cause of who stopped it.
3. *Clients.* It made a new boto3 client for each Task, most of a Task's CPU time; here a Task calls its function
   without one, see :mod:`stockflow.embedded.direct_calls`.
4. *Errors of AWS's own in a Fail state.* An ``ErrorPath`` that leads to ``States.Timeout`` was refused, and the first
   error lost.
5. *Request ids.* A Task's result left out ``SdkResponseMetadata``, which leads to an attempt's log lines.
6. *One request at a time.* moto's backends are not thread-safe and the lanes of a Map are threads, see
   :mod:`stockflow.embedded.shared_moto`.
7. *Paths.* It rebuilt jsonpath_ng's grammar for each path of each state, a seventh of a symbol's CPU time; here each
   of the definition's few dozen paths is parsed once.
8. *Events as they happen.* They were only available all together; here each is passed on when it happens, before what
   it announces is done: a Task's call is known before its function begins.
9. *Definitions.* It read a definition's text when a machine was made and again for each execution, two fifths of the
   CPU time of entering a second embedded AWS; here each text is read once, and only what is run is made anew.
"""

import logging
import re
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from contextvars import ContextVar
from datetime import UTC, datetime
from functools import cache, lru_cache
from threading import Lock
from typing import Any, cast
from unittest.mock import patch

from jsonpath_ng import ext, parser
from moto.stepfunctions.parser.asl.component.common.error_name.custom_error_name import CustomErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.error_name import ErrorName
from moto.stepfunctions.parser.asl.component.common.error_name.failure_event import FailureEventException
from moto.stepfunctions.parser.asl.component.common.path import result_path
from moto.stepfunctions.parser.asl.component.common.retry import retrier_decl
from moto.stepfunctions.parser.asl.component.state.exec.state_task import lambda_eval_utils
from moto.stepfunctions.parser.asl.component.state.fail import state_fail
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.timestamp import Timestamp
from moto.stepfunctions.parser.asl.component.state.wait.wait_function.wait_function import WaitFunction
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.event.event_manager import EventManager
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.asl.parse.asl_parser import AmazonStateLanguageParser
from moto.stepfunctions.parser.asl.parse.preprocessor import Preprocessor
from moto.stepfunctions.parser.asl.utils import json_path
from moto.stepfunctions.parser.backend.execution import BaseExecutionWorkerCommunication
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker
from moto.stepfunctions.parser.models import StepFunctionsParserBackend
from moto.utilities.collections import select_from_typed_dict

from stockflow.embedded import nested
from stockflow.embedded.direct_calls import DirectCalls
from stockflow.history.saved_run import HistoryEvent

# Called with an execution's ARN and an event in GetExecutionHistory's shape.
Witness = Callable[[str, HistoryEvent], None]

_ENVIRONMENT = (ExecutionWorker, "_get_evaluation_environment")
_REFLECT = (BaseExecutionWorkerCommunication, "_reflect_execution_status")
_VALIDATE = (StepFunctionsParserBackend, "_validate_definition")
_DEFINITIONS = 16
_FRACTION = re.compile(r"\.\d+(?=Z$)")
_LONGEST_NAP_SECONDS = 0.25
_IS_KNOWN_GOOD: ContextVar[bool] = ContextVar("definition known to be good", default=False)


def seconds_until(timestamp: str) -> float:
    """Seconds until the timestamp's whole second, as a Wait state on AWS counts; below zero when it is past."""
    moment = datetime.fromisoformat(_FRACTION.sub("", timestamp))
    return (moment - datetime.now(UTC)).total_seconds()


def _wait_seconds(self: Timestamp, env: Any) -> float:
    self.string.eval(env=env)
    timestamp = env.stack.pop()
    if self._from_timestamp_string(timestamp) is None:
        raise FailureEventException(self._create_failure_event(env, timestamp))
    return seconds_until(timestamp)


def _wait_interval(_self: WaitFunction, env: Any, wait_seconds: float) -> None:
    ends = time.monotonic() + wait_seconds
    while env.is_running() and (left := ends - time.monotonic()) > 0:
        env.program_state_event.wait(left)


def _with_request_id(typed_dict: type, obj: dict[str, Any]) -> dict[str, Any]:
    """Lambda's answer in the shape of a Task's result."""
    response = dict(select_from_typed_dict(typed_dict=typed_dict, obj=obj))
    response["SdkResponseMetadata"] = {"RequestId": obj["ResponseMetadata"].get("RequestId")}
    return response


def _keep_the_end(set_error: Callable[[Environment, Any], None]) -> Callable[[Environment, Any], None]:
    """Keeps the first end: what breaks off in a lane because the execution was stopped is not why it ended."""

    def set_error_of_running(self: Environment, error: Any) -> None:
        if not isinstance(self._program_state, ProgramStopped):
            set_error(self, error)

    return set_error_of_running


def _tell_who_stopped(reflect: Callable[[Any], None], ended: Callable[[str], None]) -> Callable[[Any], None]:
    """Makes DescribeExecution return the error and cause that StopExecution was given; then says that it has ended."""

    def reflect_with_reason(self: Any) -> None:
        reflect(self)
        end = self.execution.exec_worker.env.program_state()
        if isinstance(end, ProgramStopped):
            self.execution.error, self.execution.cause = end.error, end.cause
        ended(self.execution.exec_arn)

    return reflect_with_reason


class _AnyErrorName(CustomErrorName):
    """The name of an error in a Fail state, which may be one of AWS's own."""

    def __init__(self, error_name: str) -> None:
        ErrorName.__init__(self, error_name=error_name)


class _StoppableTime:
    """Stands in for the ``time`` module where a back-off sleeps, and ends the sleep when the shared moto closes."""

    def __init__(self, closing: Callable[[], bool]) -> None:
        self._closing = closing

    def sleep(self, seconds: float) -> None:
        ends = time.monotonic() + seconds
        while not self._closing() and (left := ends - time.monotonic()) > 0:
            time.sleep(min(left, _LONGEST_NAP_SECONDS))


def _once(parse: Callable[[str], Any]) -> Callable[[str], Any]:
    """Parses each path once, even if several lanes need it at the same time."""
    known, one_at_a_time = cache(parse), Lock()

    def parse_once(text: str) -> Any:
        with one_at_a_time:
            return known(text)

    return parse_once


@lru_cache(maxsize=_DEFINITIONS)
def _syntax_tree(definition: str, read: Callable[[str], Any]) -> Any:
    """What raises, for a text that is no definition, is not kept."""
    return read(definition)[1]


def _read_once(read: Callable[[str], Any]) -> Callable[[str], Any]:
    one_at_a_time = Lock()

    def program_and_tree(definition: str) -> Any:
        with one_at_a_time:
            tree = _syntax_tree(definition, read)
        # States note in themselves what a run of them needs: each execution has its own.
        return Preprocessor().visit(tree), tree

    return program_and_tree


@contextmanager
def definitions_known_to_be_good() -> Iterator[None]:
    """Machines made meanwhile in this thread are made without reading their definitions."""
    before = _IS_KNOWN_GOOD.set(True)
    try:
        yield
    finally:
        _IS_KNOWN_GOOD.reset(before)


def _unless_known_good(validate: Callable[[str], None]) -> Callable[[str], None]:
    def validate_unless_known_good(definition: str) -> None:
        if not _IS_KNOWN_GOOD.get():
            validate(definition)

    return validate_unless_known_good


class _WatchedEvents(EventManager):
    """Records events as moto does, and passes each on before the next one happens."""

    def __init__(self, watch: Callable[[HistoryEvent], None]) -> None:
        super().__init__()
        self._watch = watch

    def _publish_history_event(self, *args: Any, **details: Any) -> None:
        super()._publish_history_event(*args, **details)
        self._watch(as_aws_gives_it(self._history_event_list[-1]))


def _watched(
    make_environment: Callable[[ExecutionWorker], Environment], tell: Witness
) -> Callable[[ExecutionWorker], Environment]:
    def watched_environment(self: ExecutionWorker) -> Environment:
        environment = make_environment(self)
        arn = self._evaluation_details.execution_details.arn
        environment.event_manager = _WatchedEvents(lambda event: tell(arn, event))
        return environment

    return watched_environment


def as_aws_gives_it(event: Any) -> HistoryEvent:
    """An event of moto's own list in GetExecutionHistory's shape, without a copy of what is in it."""
    return cast("HistoryEvent", {**event, "type": event["type"].value})


def patch_moto(
    patches: ExitStack,
    functions: DirectCalls,
    closing: Callable[[], bool],
    tell: Witness,
    ended: Callable[[str], None],
) -> None:
    """Puts the patches in place until the stack is closed.

    Args:
        functions: what ``lambda:invoke`` Tasks call.
        closing: says whether back-offs should end now.
        tell: is called with each execution's events, in the thread in which they happen.
        ended: is called with the ARN of each execution that has ended, in its thread.
    """
    # What goes wrong in a state is in the history; the interpreter would print each failure's whole program too.
    logging.getLogger("moto.stepfunctions").setLevel(logging.CRITICAL)
    ends = nested.Ends()

    def tell_of_end(execution_arn: str) -> None:
        ends.tell(execution_arn)
        ended(execution_arn)

    for patched in (
        *nested.patches(ends),
        patch.object(Timestamp, "_get_wait_seconds", _wait_seconds),
        patch.object(WaitFunction, "_wait_interval", _wait_interval),
        patch.object(state_fail, "CustomErrorName", _AnyErrorName),
        patch.object(retrier_decl, "time", _StoppableTime(closing)),
        patch.object(Environment, "set_error", _keep_the_end(Environment.set_error)),
        patch.object(*_REFLECT, _tell_who_stopped(getattr(*_REFLECT), tell_of_end)),
        patch.object(*_ENVIRONMENT, _watched(getattr(*_ENVIRONMENT), tell)),
        patch.object(lambda_eval_utils, "select_from_typed_dict", _with_request_id),
        patch.object(lambda_eval_utils, "boto_client_for", lambda **_: functions),
        patch.object(*_VALIDATE, staticmethod(_unless_known_good(getattr(*_VALIDATE)))),
        patch.object(AmazonStateLanguageParser, "parse", _read_once(AmazonStateLanguageParser.parse)),
        patch.object(json_path, "parse", _once(ext.parser.parse)),
        patch.object(result_path, "parse", _once(parser.parse)),
    ):
        patches.enter_context(patched)
