"""The workflow on this machine: :class:`EmbeddedAws`."""

import gc
import json
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock
from time import monotonic, sleep
from typing import Any, Self

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.stepfunctions.parser.models import stepfunctions_parser_backends

from stockflow import workflows
from stockflow.cloud.stack import execution_name
from stockflow.embedded import resources
from stockflow.embedded.deriving import derive
from stockflow.embedded.ending import EndOfRun, engine_of
from stockflow.embedded.faults import Faults
from stockflow.embedded.function_host import FunctionHost, InvocationLog, LogBook, keep_line
from stockflow.embedded.interpreter import as_aws_gives_it
from stockflow.embedded.journal import Head, Journals
from stockflow.embedded.killed import give_slots_of_killed_run_back
from stockflow.embedded.killed_symbols import keep_what_killed_run_knew
from stockflow.embedded.lean import LeanSession
from stockflow.embedded.lean_dynamodb import LeanDynamoDb
from stockflow.embedded.lean_s3 import LeanS3
from stockflow.embedded.local_services import LocalServices
from stockflow.embedded.mirror import Mirror
from stockflow.embedded.nested import forget_history
from stockflow.embedded.origin import hold_to_origin, origin_of
from stockflow.embedded.own_turn import own_turn
from stockflow.embedded.resources import HostedWorkflow
from stockflow.embedded.shards import Shards, is_shard, is_shard_of
from stockflow.embedded.shared_moto import MOTO
from stockflow.embedded.state_folder import shared_budget_of
from stockflow.embedded.table_file import TableFile
from stockflow.embedded.tone_origin import hold_to_tone_engine
from stockflow.embedded.waiting import Waiting
from stockflow.errors import Unusable
from stockflow.history.json_values import object_in, parsed, text_in
from stockflow.history.model import ENDS
from stockflow.history.saved_run import Engine, HistoryEvent
from stockflow.history.visits import details_of
from stockflow.local_servers.slack_inbox import SlackInbox
from stockflow.manifest import Manifest
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow.stand_ins.engines import SpeechEngine, ToneEngine
from stockflow_functions.aws import keys
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.runtime.services import Services, secret_names
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.telemetry import make_logger

_POLL_SECONDS = 0.02
_LONGEST_ENDING_SECONDS = 3
_RUNNING = "RUNNING"


class EmbeddedAws:
    """S3, DynamoDB, SNS, Secrets Manager, Lambda and Step Functions in this process, with the real workflows.

    Use it as a context manager::

        with EmbeddedAws(output_dir="out", environment={"REQUESTS_PER_MINUTE": "120"}) as aws:
            manifest = aws.wait(aws.start({"symbols": ["AAPL"]}), timeout_seconds=60)

    Args:
        output_dir: laid out as the bucket is; its dataset is read back in at the start.
        environment: the variables in the README's table; of the process's own environment only what leads to the
            user's state folder is read, where the request budget of a real key is kept. Without
            ``ALPHA_VANTAGE_API_KEY``, or with ``MOCK_MODE``, a simulated Alpha Vantage answers; without webhooks a
            Slack inbox takes the messages.
        vendor: a simulated Alpha Vantage of your own, which you have entered.
        speech: what hears recorded calls in place of Amazon Transcribe; Whisper where ``stockflow[speech]`` is
            installed, else no job can be started.
        tone: what scores their tone in place of Amazon Comprehend; VADER, which knows English, by default.
        waiting: how long to wait on entering while another run uses the folder or asks with the same key, and who is
            told; by default until that one ends, and the log ``stockflow`` is told.

    While one is entered it changes the state of the whole process: ``os.environ`` loses what leads boto3 elsewhere (a
    profile, an endpoint, AWS's files) and has 127.0.0.1 in ``NO_PROXY``; every boto3 client made meanwhile talks to
    this AWS; threads are switched every millisecond (``sys.setswitchinterval``), and the garbage collector ignores
    what was loaded before (``gc.freeze``). The last to leave restores it; only ``ARROW_DEFAULT_MEMORY_POOL``
    stays set.

    Raises (on entering):
        Unusable: a folder can't be written, a variable can't be used, or this thread has entered another one with
            this folder or key, for whose end it would wait for ever.
    """

    def __init__(
        self,
        output_dir: str | Path,
        environment: Mapping[str, str] | None = None,
        *,
        vendor: SimulatedVendor | None = None,
        speech: SpeechEngine | None = None,
        tone: ToneEngine | None = None,
        waiting: Waiting | None = None,
    ) -> None:
        self.output_dir = Path(output_dir)
        self._redactor = Redactor()
        self.journals = Journals(self._folder_of, self._head_of, self._redactor)
        self.log_book = LogBook(self.journals.hear)
        self._local_services = LocalServices(environment or {}, vendor, speech, tone)
        self._waiting = waiting or Waiting()
        self._stack = ExitStack()
        self._manifests: dict[str, Manifest] = {}
        self._finishing = Lock()
        self.shards = Shards(lambda execution_arn: self._machine_of(execution_arn) is not None, self._settle_shard)

    @property
    def faults(self) -> Faults:
        """Faults of the AWS services, on demand."""
        return MOTO.faults

    @property
    def vendor(self) -> SimulatedVendor | None:
        """The simulated Alpha Vantage, or None if a real one answers."""
        return self._local_services.vendor

    @property
    def slack(self) -> SlackInbox | None:
        """The Slack inbox, or None if there are webhooks."""
        return self._local_services.slack

    def __enter__(self) -> Self:
        with ExitStack() as stack:
            try:
                table_file, had_before = self._take_turn(stack)
                number = MOTO.enter()
                stack.callback(MOTO.leave)
                self._build(stack, "" if number == 0 else f"-{number + 1}", table_file)
            except InvalidInput as error:
                raise Unusable(str(error)) from None
            give_slots_of_killed_run_back(had_before, self.services)
            # What is loaded by now stays; the collector would stop all lanes for 0.2 s to look through it again.
            gc.freeze()
            stack.callback(gc.unfreeze)
            self._stack = stack.pop_all()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Ends everything; executions still running end unfinished. What is in the folder stays.

        Function calls under way may finish first, for a few seconds: what they write belongs to this AWS, not the next.
        """
        self._stack.close()

    def check_folder(self, workflow: str = workflows.DEFAULT) -> None:
        """Makes sure that a run of this workflow would add nothing of another kind to what the folder holds.

        Raises:
            Unusable: it would mix invented prices with real ones, or a local engine's tone with Amazon's; or there is
                no workflow of this name.
        """
        kept = workflows.named(workflow).kept
        if "prices/" in kept:
            hold_to_origin(self.output_dir, self.origin)
        if "tone/" in kept:
            hold_to_tone_engine(self.output_dir, self.settings.tone_engine)

    def start(self, workflow_input: Any = None, workflow: str = workflows.DEFAULT) -> str:
        """Starts an execution with this input (any JSON value; ``{}`` by default) and returns its ARN.

        Raises:
            Unusable: as :meth:`check_folder`.
        """
        self.check_folder(workflow)
        answer = self.stepfunctions.start_execution(
            stateMachineArn=self.machines[workflows.named(workflow).name].state_machine_arn,
            name=execution_name(),
            input=json.dumps({} if workflow_input is None else workflow_input),
        )
        return str(answer["executionArn"])

    def wait(self, execution_arn: str, timeout_seconds: float = 3600) -> Manifest:
        """Waits for the execution's end, writes its ``run.json`` and ``report.html``, and returns its manifest.

        What is derived of the dataset is made anew before it returns; a sentence under ``journals.complaints`` says if
        it could not be.

        The manifest has a sentence under ``unsaved`` if the disk did not take the two.

        Raises:
            TimeoutError: it is still running after ``timeout_seconds``, and keeps running.
        """
        ends = monotonic() + timeout_seconds
        while self.status(execution_arn) == _RUNNING:
            if monotonic() > ends:
                raise TimeoutError(f"{execution_arn} is still running after {timeout_seconds:g} s")
            sleep(_POLL_SECONDS)
        while self._any_shard_runs(execution_arn) and monotonic() < ends:
            sleep(_POLL_SECONDS)  # one that was about to begin when the run was stopped
        self.shards.wait_for(execution_arn)
        with self._finishing:
            if execution_arn not in self._manifests:
                self._manifests[execution_arn] = manifest = self._end_of(execution_arn).settle()
                self.journals.end(execution_arn, saved="unsaved" not in manifest)
                self._derive(execution_arn, manifest)
            return self._manifests[execution_arn]

    def _derive(self, execution_arn: str, manifest: Manifest) -> None:
        own = self._machine_of(execution_arn)
        complaint = derive(own, manifest) if own else ""
        if complaint:
            self.journals.complaints.append(complaint)

    def _any_shard_runs(self, execution_arn: str) -> bool:
        machine_arn = ":".join(execution_arn.replace(":execution:", ":stateMachine:").split(":")[:7])
        running = self._backend().list_executions(machine_arn, _RUNNING)[0]
        return any(is_shard_of(execution.exec_arn, execution_arn) for execution in running)

    def _settle_shard(self, execution_arn: str) -> None:
        end = self._end_of(execution_arn)
        manifest = end.settle()
        self.journals.end(execution_arn, saved="unsaved" not in manifest)
        if "unsaved" in manifest:
            self.journals.complaints.append(manifest["unsaved"])
        self.log_book.forget(end.logs())
        forget_history(execution_arn)

    def stop(self, execution_arn: str) -> None:
        """Stops the execution; what is saved stays saved."""
        # moto's StopExecution forgets the error and the cause that it is given.
        self._execution(execution_arn).stop(datetime.now(UTC), "Stopped", "Stopped by the user on this machine.")

    def status(self, execution_arn: str) -> str:
        """``RUNNING``, ``SUCCEEDED``, ``FAILED``, ``TIMED_OUT`` or ``ABORTED``."""
        return str(self._execution(execution_arn).status)

    def history_since(self, execution_arn: str, known: int) -> list[HistoryEvent]:
        """The events after the first ``known`` ones, in GetExecutionHistory's shape, without copying those before.

        The execution's end is the last one, as on AWS: what a lane adds after it is left out.
        """
        environment = self._execution(execution_arn).exec_worker.env
        if environment is None:
            return []
        # The one before says whether the end was returned already. The public reader copies all.
        events = environment.event_manager._history_event_list[max(0, known - 1) :]  # noqa: SLF001
        converted = []
        for event in events:
            converted.append(as_aws_gives_it(event))
            if converted[-1]["type"] in ENDS:
                break
        return converted[1:] if known else converted

    def run_folder(self, execution_arn: str) -> Path:
        """Where the run's manifest, ``run.json`` and ``report.html`` are."""
        return self.output_dir / keys.run(execution_arn.rpartition(":")[2])

    @property
    def functions(self) -> Mapping[str, FunctionHost]:
        """The functions of the default workflow, by name."""
        return self.machines[workflows.DEFAULT].functions

    @property
    def state_machine_arn(self) -> str:
        """The state machine of the default workflow."""
        return self.machines[workflows.DEFAULT].state_machine_arn

    def _machine_of(self, execution_arn: str) -> HostedWorkflow | None:
        """The workflow of this AWS that an execution belongs to."""
        name = execution_arn.split(":")[6]
        return next((own for own in self.machines.values() if own.state_machine_arn.endswith(f":{name}")), None)

    def _folder_of(self, execution_arn: str) -> Path | None:
        return self.run_folder(execution_arn) if self._machine_of(execution_arn) else None

    def _end_of(self, execution_arn: str) -> EndOfRun:
        described = self.stepfunctions.describe_state_machine_for_execution(executionArn=execution_arn)
        own = self._machine_of(execution_arn) or self.machines[workflows.DEFAULT]
        return EndOfRun(
            description=self.stepfunctions.describe_execution(executionArn=execution_arn),
            definition=described["definition"],
            events=self.history_since(execution_arn, 0),
            engine=self._engine(),
            notify=own.functions[own.workflow.notifier],
            bucket=self.services.bucket,
            log_book=self.log_book,
            slack=self.slack,
            folder=self.run_folder(execution_arn),
            masker=self.journals.masker_of(execution_arn),
            is_shard=is_shard(execution_arn),
        )

    def _engine(self) -> Engine:
        return engine_of(self.settings.vendor_base_url, self.origin, self._local_services.of_engines)

    def _head_of(self, execution_arn: str, first: HistoryEvent) -> Head:
        """What the journal of an execution begins with."""
        own = self._machine_of(execution_arn)
        return {
            "engine": self._engine(),
            "definition": object_in(parsed(own.definition if own else "")),
            "description": {
                "executionArn": execution_arn,
                "stateMachineArn": own.state_machine_arn if own else None,
                "name": execution_arn.rpartition(":")[2],
                "startDate": first.get("timestamp", ""),
                "input": text_in(details_of(first).get("input")),
            },
        }

    def _execution(self, execution_arn: str) -> Any:
        return self._backend().describe_execution(execution_arn)

    def _backend(self) -> Any:
        return stepfunctions_parser_backends[DEFAULT_ACCOUNT_ID][self.settings.region]

    def _end_executions(self) -> None:
        """Their lanes are threads of this process, and would otherwise go on in the next embedded AWS."""
        for own in self.machines.values():
            pages = self.stepfunctions.get_paginator("list_executions").paginate(
                stateMachineArn=own.state_machine_arn, statusFilter=_RUNNING
            )
            for execution in [execution for page in pages for execution in page["executions"]]:
                self.stop(execution["executionArn"])
        ends = monotonic() + _LONGEST_ENDING_SECONDS
        for function in [function for own in self.machines.values() for function in own.functions.values()]:
            function.drain(max(0, ends - monotonic()))

    def _take_turn(self, stack: ExitStack) -> tuple[TableFile, Path | None]:
        """Waits until nobody else uses the folder or the key; the table's file, and who had the budget before."""
        environment = self._local_services.environment
        settings = Settings.from_environment(environment)
        # A vendor of the caller's own is a simulated one, too.
        shared = None if self.vendor else shared_budget_of(environment, settings)
        table_file = TableFile(self.output_dir, shared)
        return table_file, stack.enter_context(own_turn(self.output_dir, table_file, shared, self._waiting))

    def _build(self, stack: ExitStack, suffix: str, table_file: TableFile) -> None:
        self._local_services.enter(stack)
        environment = self._local_services.environment
        names = dict.fromkeys(("S3_BUCKET", "STATE_TABLE", "SECRET_ID"), f"stockflow{suffix}")
        self.settings = Settings.from_environment({**environment, **names})
        self._redactor.learn(*(environment.get(name) for name in secret_names(self.settings.vendor)))
        access_key = f"embedded{suffix}"
        self.session = resources.make_session(self.settings.region, access_key)
        self.services = Services(
            self.settings,
            redactor=self._redactor,
            logger=make_logger(self._redactor, InvocationLog()),
            session=LeanSession(self.session, {"s3": LeanS3, "dynamodb": LeanDynamoDb}),
            emit=keep_line,
        )
        resources.make_stores(self.session, self.settings, environment)
        self.machines = {
            workflow.name: stack.enter_context(
                resources.hosted(workflow, self.session, MOTO.endpoint, self.services, self.log_book, suffix)
            )
            for workflow in workflows.workflows()
        }
        self.stepfunctions = self.session.client("stepfunctions")
        self.origin = origin_of(self.settings.vendor_base_url, simulated=self._local_services.prices_are_invented)
        kept = tuple(prefix for own in self.machines.values() for prefix in own.workflow.kept)
        settings = self.settings
        mirror = Mirror(self.output_dir, settings.bucket, settings.table, settings.region, kept, table_file)
        self.stand_ins = self._local_services.stand_ins(self.session, mirror.file_of)
        MOTO.stand_ins[access_key] = self.stand_ins
        stack.callback(MOTO.stand_ins.pop, access_key)
        stack.callback(self.stand_ins.close)
        mirror.read_back(self.services.dynamodb, self.services.clock.now_ms())
        self.stand_ins.transcribe.know(mirror.written_below(keys.TRANSCRIPTIONS))
        MOTO.listeners.append(mirror.listen)
        stack.callback(MOTO.listeners.remove, mirror.listen)
        keep_what_killed_run_knew(self.output_dir, self.services)
        for witness in (self.journals.witness, self.shards.witness):
            MOTO.witnesses.append(witness)
            stack.callback(MOTO.witnesses.remove, witness)
        MOTO.of_ends.append(self.shards.ended)
        stack.callback(MOTO.of_ends.remove, self.shards.ended)
        stack.callback(self.journals.close)
        stack.callback(self._end_executions)
        stack.callback(self.shards.close)
