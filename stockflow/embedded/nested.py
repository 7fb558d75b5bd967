"""Executions within executions: what a Task starts and waits for, and the Distributed Map that such Tasks are in.

Five more patches of moto 5.2.5, each with its reason; the others are in :mod:`stockflow.embedded.interpreter`.

1. *Names.* It left the names of parameters and answers as boto3 has them, where a definition has AWS's own:
   ``StateMachineArn``, ``Status`` (docs.aws.amazon.com/step-functions, "Start Step Functions workflow executions").
2. *Waiting.* It asked each half second, through boto, whether a nested execution had ended, and made a client for
   each Task; here whoever waits is woken by the end, and there is one client.
3. *Stopping.* What a stopped execution had started went on; here it is stopped too, with the same error and cause, as
   Step Functions does.
4. *Items of a Distributed Map.* A lane called itself for each item, so that a thousand of them were too deep for
   Python; here it goes round.
5. *A stopped Distributed Map* ended as if it had gone well; here it ends as aborted.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import cache
from threading import Event as Flag
from time import sleep
from typing import Any, cast
from unittest.mock import patch

from botocore.config import Config
from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.stepfunctions.parser.api import HistoryEventType, MapRunStatus
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.distributed_iteration_component import (
    DistributedIterationComponent,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_map.iteration.itemprocessor.distributed_item_processor_worker import (  # noqa: E501
    DistributedItemProcessorWorker,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service import (
    state_task_service_callback,
    state_task_service_sfn,
)
from moto.stepfunctions.parser.asl.component.state.exec.state_task.service.state_task_service_sfn import (
    StateTaskServiceSfn,
)
from moto.stepfunctions.parser.asl.eval.environment import Environment
from moto.stepfunctions.parser.asl.eval.program_state import ProgramStopped
from moto.stepfunctions.parser.models import stepfunctions_parser_backends
from moto.stepfunctions.parser.utils import TMP_THREADS

from stockflow.embedded.sessions import new_session
from stockflow.history.times import iso

_NAP_SECONDS = 0.25
_SHORTEST_NAP_SECONDS = 0.01
_DELAY = (state_task_service_callback, "_DELAY_SECONDS_SYNC_CONDITION_CHECK")

Resolver = Callable[[], Any]


class Ends:
    """Wakes who waits for an execution's end; thread-safe."""

    def __init__(self) -> None:
        self._flags: dict[str, Flag] = {}

    def tell(self, execution_arn: str) -> None:
        """The execution has ended, and its status is known."""
        flag = self._flags.get(execution_arn)
        if flag is not None:
            flag.set()

    def wait(self, execution: Any, waiting: Environment) -> None:
        """Returns when the execution has ended, or what waits for it no longer runs."""
        flag = self._flags.setdefault(execution.exec_arn, Flag())
        while waiting.is_running() and execution.status == "RUNNING":
            flag.wait(_NAP_SECONDS)
        self._flags.pop(execution.exec_arn, None)


def execution_of(execution_arn: str) -> Any:
    """Moto's own object of an execution."""
    region = execution_arn.split(":")[3]
    return stepfunctions_parser_backends[DEFAULT_ACCOUNT_ID][region].describe_execution(execution_arn)


def forget_history(execution_arn: str) -> None:
    """Frees what moto keeps of an ended execution, but for its name and its description."""
    execution_of(execution_arn).exec_worker.env = None
    TMP_THREADS.clear()  # moto only adds to them


def patches(ends: Ends) -> Iterator[Any]:
    """The patches, to be entered."""
    client = _made_once()
    yield patch.object(state_task_service_sfn, "boto_client_for", client)
    yield patch.object(StateTaskServiceSfn, "_eval_service_task", _asking(client))
    yield patch.object(StateTaskServiceSfn, "_normalise_response", _named_as_by_aws)
    yield patch.object(*_DELAY, _SHORTEST_NAP_SECONDS)
    for name in ("_build_sync_resolver", "_build_sync2_resolver"):
        yield patch.object(StateTaskServiceSfn, name, _waiting(getattr(StateTaskServiceSfn, name), ends))
    yield patch.object(StateTaskServiceSfn, "_eval_sync", _without_callback(_EVAL_SYNC))
    yield patch.object(StateTaskServiceSfn, "_eval_integration_pattern", _stopped_with_its_parent(_EVAL_PATTERN))
    yield patch.object(DistributedItemProcessorWorker, "_eval_pool", _go_round)
    yield patch.object(DistributedIterationComponent, "_eval_body", _aborted_if_stopped(_EVAL_MAP))


# What is patched.
_EVAL_SYNC = StateTaskServiceSfn._eval_sync  # noqa: SLF001
_EVAL_PATTERN = StateTaskServiceSfn._eval_integration_pattern  # noqa: SLF001
_EVAL_MAP = DistributedIterationComponent._eval_body  # noqa: SLF001


def _made_once() -> Callable[..., Any]:
    config = Config(parameter_validation=False, retries={"total_max_attempts": 1})

    @cache
    def client(service: str, region: str) -> Any:
        return new_session(region).client(service, config=config)

    return lambda *, service, region, **_: client(service, region)


def _asking(client_for: Callable[..., Any]) -> Callable[..., None]:
    def ask(self: StateTaskServiceSfn, env: Environment, normalised_parameters: dict[str, Any], **given: Any) -> None:
        region = given["resource_runtime_part"].region
        client = client_for(service=self._get_boto_service_name(), region=region)
        parameters = {f"{name[0].lower()}{name[1:]}": value for name, value in normalised_parameters.items()}
        answer = getattr(client, self._get_boto_service_action())(**parameters)
        answer.pop("ResponseMetadata", None)
        env.stack.append(answer)

    return ask


def _named_as_by_aws(_self: StateTaskServiceSfn, response: dict[str, Any], *_names: Any, **_also: Any) -> None:
    for name in list(response):
        value = response.pop(name)
        response[f"{name[0].upper()}{name[1:]}"] = iso(value) if isinstance(value, datetime) else value


@dataclass(frozen=True)
class _Nested:
    """What a Task has started: calling it waits for the end, and gives the description then."""

    execution: Any
    waiting: Environment
    ends: Ends
    describe: Resolver

    def __call__(self) -> Any:
        self.ends.wait(self.execution, self.waiting)
        return self.describe() if self.waiting.is_running() else None


def _stop(execution: Any, waiting: Environment) -> None:
    """Stops a nested execution, with the error and cause of what stopped its parent."""
    end = waiting.program_state()
    reason = (end.error, end.cause) if isinstance(end, ProgramStopped) else (None, None)
    while execution.exec_worker.env is None and execution.status == "RUNNING":
        sleep(_SHORTEST_NAP_SECONDS)  # its thread is about to begin
    if execution.status == "RUNNING":
        execution.stop(datetime.now(UTC), *reason)


def _waiting(build: Callable[..., Resolver], ends: Ends) -> Callable[..., Resolver]:
    def build_resolver(self: StateTaskServiceSfn, env: Environment, **given: Any) -> Resolver:
        execution = execution_of(env.stack[-1]["ExecutionArn"])
        return _Nested(execution, env, ends, build(self, env=env, **given))

    return build_resolver


def _without_callback(eval_sync: Callable[..., Any]) -> Callable[..., Any]:
    """Nobody calls back, and the thread that would listen reads a wrong limit if the execution was just stopped."""

    def eval_without(self: StateTaskServiceSfn, **given: Any) -> Any:
        return eval_sync(self, **{**given, "callback_endpoint": None})

    return eval_without


def _stopped_with_its_parent(eval_pattern: Callable[..., None]) -> Callable[..., None]:
    """Stops what was started, wherever the evaluation of the Task was when its execution was stopped."""

    def eval_and_stop(self: StateTaskServiceSfn, env: Environment, **given: Any) -> None:
        started = execution_of(env.stack[-1]["ExecutionArn"])
        try:
            eval_pattern(self, env=env, **given)
        finally:
            if not env.is_running():
                _stop(started, env)

    return eval_and_stop


def _go_round(self: Any, job: Any, worker_frame: Environment) -> None:
    while job is not None:
        frame = worker_frame.open_inner_frame()
        self._eval_job(env=frame, job=job)
        worker_frame.delete_frame(frame)
        following = None if self.stopped() else self._job_pool.next_job()
        self._job_pool.close_job(job)
        job = following


def _aborted_if_stopped(eval_map: Callable[..., None]) -> Callable[..., None]:
    """Notes the end of a Distributed Map that was stopped as Step Functions does: it is aborted, and not left."""

    def eval_body(self: DistributedIterationComponent, env: Environment) -> None:
        record, events = env.stack[-1].map_run_record, cast("Any", env.event_manager)
        events.add_event = _told_of_a_stop(env, events.add_event)
        eval_map(self, env)
        if _is_stopped(env):
            record.set_stop(status=MapRunStatus.ABORTED)

    return eval_body


_IF_STOPPED = {
    HistoryEventType.MapRunSucceeded: HistoryEventType.MapRunAborted,
    HistoryEventType.MapStateSucceeded: HistoryEventType.MapStateAborted,
    HistoryEventType.MapStateExited: None,
}


def _told_of_a_stop(env: Environment, add: Callable[..., None]) -> Callable[..., None]:
    def add_event(context: Any, event_type: HistoryEventType, *args: Any, **given: Any) -> None:
        told = _IF_STOPPED.get(event_type, event_type) if _is_stopped(env) else event_type
        if told is not None:
            add(context, told, *args, **given)

    return add_event


def _is_stopped(env: Environment) -> bool:
    return isinstance(env.program_state(), ProgramStopped)
