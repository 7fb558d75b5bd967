"""Where a run's objects and settings are: in the output folder, or on AWS."""

import logging
import os
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.cloud.stack import Aws
from stockflow.errors import Unusable
from stockflow.history.answers import answer_of
from stockflow.history.json_values import count_in, object_in, text_in
from stockflow.history.model import RunModel
from stockflow.replay.objects import FolderObjects, Objects, S3Objects
from stockflow.replay.visit import CalledState
from stockflow.sources.journal import JOURNAL_FILE, LOCK_FILE
from stockflow.sources.run_folder import REPORT_FILE, RUN_FILE
from stockflow.stand_ins.engines import VARIABLES
from stockflow.terminal import say
from stockflow_functions.aws import keys
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.telemetry import make_logger

_OF_NO_BUCKET = (RUN_FILE, REPORT_FILE, JOURNAL_FILE, LOCK_FILE)
_NOW_MS = 253_370_764_800_000  # the year 9999: no object is newer


@dataclass(frozen=True)
class LaptopPlace:
    """The output folder of a run on this machine, and the environment's settings."""

    folder: Path
    model: RunModel
    call: CalledState

    @property
    def settings(self) -> Settings:
        """The environment's settings, as for `stockflow run`, with the run's own engines of speech and tone."""
        noted = object_in(self.model.run.engine.get("settings"))
        return _settings({**os.environ, **{name: text_in(noted[name]) for name in VARIABLES if name in noted}})

    def objects(self, *, now: bool = False) -> Objects:
        """The run's objects, as far as possible as they were at the call."""
        if now:
            return FolderObjects(self.folder, _NOW_MS)
        return FolderObjects(self.folder, self.call.scheduled_ms, self._made_since())

    @contextmanager
    def live(self) -> Iterator[Services]:
        """Services with effect on the folder; Alpha Vantage and Slack as in a run on this machine."""
        # Here, for moto takes a second to import.
        from stockflow.embedded.aws import EmbeddedAws  # noqa: PLC0415
        from stockflow.embedded.waiting import Waiting  # noqa: PLC0415

        objects = self.objects(now=True)
        place, name = keys.run(self.call.execution), f"/{self.call.execution}"
        own = [key for key in objects.keys("") if name in key or key.startswith(place)]
        with EmbeddedAws(self.folder, dict(os.environ), waiting=Waiting(partial(say, err=True))) as aws:
            aws.check_folder(self.call.workflow.name)
            for key in own:
                found = objects.get(key)
                if found is not None and not key.endswith(_OF_NO_BUCKET):
                    aws.services.bucket.put(key, found.body)
            if aws.vendor is not None and self.call.function in self.call.workflow.asking:
                given = self.call.workflow.given.upper()
                print(f"SIMULATED {given}: an invented Alpha Vantage answers, as in `stockflow run` without a key.")
            yield aws.services

    def _made_since(self) -> frozenset[str]:
        """The key of the item's product, if this run created it: at the call it was still missing.

        If an older object was replaced, the newer one has to do, as a folder keeps no earlier versions.
        """
        workflow = self.call.workflow
        if not self.call.symbol or workflow.product is None:
            return frozenset()
        key = self.call.prefix + workflow.product(self.call.payload)
        visits = (visit for row in self.model.rows if row.symbol == self.call.symbol for visit in row.way)
        added = sum(
            count_in(answer_of(visit).get("rows_added")) for visit in visits if visit.name == workflow.steps[-1]
        )
        return frozenset({key} if added and added == _rows_in(self.folder / key) else ())


@dataclass(frozen=True)
class AwsPlace:
    """The bucket of a run on AWS, and the settings of the function version that was called."""

    aws: Aws
    call: CalledState
    settings: Settings

    @classmethod
    def of(cls, aws: Aws, call: CalledState) -> "AwsPlace":
        """Asks Lambda for the function's settings.

        Raises:
            CommandFailed: the function is gone, or may not be read.
            Unusable: no usable credentials.
        """
        function = call.attempt.function
        gone = f"The function {function} is gone, so its bucket and settings are not known: run the symbol again."
        with aws_errors_as_sentences(
            f"read the settings of {function}", "lambda:GetFunctionConfiguration", {"ResourceNotFoundException": gone}
        ):
            answer = aws.client("lambda").get_function_configuration(FunctionName=function)
        variables = answer.get("Environment", {}).get("Variables", {})
        return cls(aws, call, _settings({"AWS_REGION": aws.region, **variables}))

    def objects(self, *, now: bool = False) -> Objects:
        """The bucket's objects, as they were at the call, or as they are."""
        as_of_ms = _NOW_MS if now else self.call.scheduled_ms
        return S3Objects(self.aws.client("s3"), self.settings.bucket, as_of_ms, self.call.execution)

    @contextmanager
    def live(self) -> Iterator[Services]:
        """Services with effect on AWS, with this identity's own rights; they do not log to the terminal."""
        redactor = Redactor()
        logger = make_logger(redactor, logging.NullHandler())
        yield Services(
            self.settings, redactor=redactor, logger=logger, session=self.aws.session, emit=lambda _line: None
        )


def _rows_in(file: Path) -> int:
    """The table's rows; 0 if there is no table."""
    # Here, for pyarrow takes a second to import.
    import pyarrow  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    try:
        return int(parquet.read_metadata(file).num_rows)
    except (OSError, pyarrow.ArrowException):
        return 0


def _settings(variables: Mapping[str, str]) -> Settings:
    try:
        return Settings.from_environment(variables)
    except InvalidInput as error:
        raise Unusable(str(error)) from None
