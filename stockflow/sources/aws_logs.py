"""Log lines from CloudWatch: those of attempts that failed, and the events of an Express execution."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import ClientError

from stockflow.history.blamed import failed_attempts
from stockflow.history.express import events_of_log
from stockflow.history.model import ENDS, RunModel
from stockflow.history.saved_run import Description, HistoryEvent, SavedRun
from stockflow.history.visits import Attempt, moment
from stockflow_functions.aws.errors import AWS_ERRORS, code_of

MOST_ATTEMPTS = 24
MOST_LINES = 200
MOST_PAGES = 100
_BEFORE_MS, _AFTER_MS = 60_000, 300_000
_DAY_MS = 86_400_000

GetClient = Callable[[str], Any]


def add_log_lines(run: SavedRun, model: RunModel, client: GetClient, missing: list[str]) -> None:
    """Puts the log lines of failed attempts into the run, by their request ids; only some if there are many."""
    failed = [attempt for attempt in failed_attempts(model) if attempt.request_id and attempt.function]
    if len(failed) > MOST_ATTEMPTS:
        missing.append(f"Of {len(failed):,} failed attempts the first {MOST_ATTEMPTS} have their log lines here.")
    groups: dict[str, str] = {}
    longer = 0
    try:
        reader = _Reader(client("logs") if failed else None)
        for attempt in failed[:MOST_ATTEMPTS]:
            group = groups.setdefault(attempt.function, "") or _log_group(attempt.function, client)
            groups[attempt.function] = group
            lines = reader.lines(attempt, group)
            run.logs[str(attempt.request_id)] = lines[:MOST_LINES]
            longer += len(lines) > MOST_LINES
    except AWS_ERRORS as error:
        missing.append(f"The functions' log lines can't be read ({code_of(error)}).")
        return
    if longer:
        whose = "a failed attempt" if longer == 1 else f"{longer} failed attempts"
        missing.append(f"Of the log of {whose} only the first {MOST_LINES} lines are here.")
    if reader.gave_up:
        missing.append(f"The functions' logs go on after {MOST_PAGES} pages: lines of failed attempts may be missing.")


def fetch_express(arn: str, machine: Any, logs: Any, now_ms: int, missing: list[str]) -> SavedRun:
    """An Express execution, as far as its log group has it."""
    description: Description = {
        "executionArn": arn,
        "name": arn.split(":")[7],
        "stateMachineArn": machine.get("stateMachineArn"),
    }
    settings = machine.get("loggingConfiguration") or {}
    groups = [d["cloudWatchLogsLogGroup"]["logGroupArn"] for d in settings.get("destinations", [])]
    if not groups or settings.get("level") == "OFF":
        missing.append("This Express state machine writes no log, so nothing is known of its executions.")
        return SavedRun(description=description, definition=machine.get("definition", ""))
    every_state = settings.get("level") == "ALL"
    if not every_state:
        missing.append(f"The log level is {settings.get('level')}: only errors are in the log, not each state.")
    if not settings.get("includeExecutionData"):
        missing.append("The log does not include execution data: inputs and outputs are not known.")
    reader = _Reader(logs)
    events = reader.express_events(arn, groups[0].split(":")[6], now_ms, every_state=every_state)
    if reader.gave_up:
        missing.append(f"Only the first {MOST_PAGES} pages of the log were read.")
    return SavedRun(description=description, definition=machine.get("definition", ""), events=events)


class _Reader:
    """Reads log groups, ``MOST_PAGES`` pages in all: a page may take a second, and the user waits.

    A page may be empty and not the last one (docs.aws.amazon.com/AmazonCloudWatchLogs, FilterLogEvents).
    """

    def __init__(self, logs: Any) -> None:
        self.gave_up = False
        self._logs = logs
        self._pages_left = MOST_PAGES

    def lines(self, attempt: Attempt, group: str) -> list[str]:
        """The lines of an attempt, up to the first one too many."""
        began, ended = moment(attempt.scheduled) or 0, moment(attempt.ended) or 0
        found = self._read(
            lambda found: len(found) > MOST_LINES,
            logGroupName=group,
            filterPattern=f'"{attempt.request_id}"',
            startTime=began - _BEFORE_MS,
            endTime=max(ended, began) + _AFTER_MS,
            limit=MOST_LINES,
        )
        return [event["message"].rstrip("\n") for event in found]

    def express_events(self, arn: str, group: str, now_ms: int, *, every_state: bool) -> list[HistoryEvent]:
        """The events of an Express execution, whose ARN does not say when it was: the last day is searched first."""
        events: list[HistoryEvent] = []
        for since in ({"startTime": now_ms - _DAY_MS}, {"startTime": now_ms - 7 * _DAY_MS}, {}):
            pattern = f'{{ $.execution_arn = "{arn}" }}'
            events = events_of_log(self._read(_has_end, logGroupName=group, filterPattern=pattern, **since))
            if events and (events[0]["type"] == "ExecutionStarted" or not every_state):
                break
        return events

    def _read(self, enough: Callable[[list[Any]], bool], **query: Any) -> list[Any]:
        """The log's lines in order, to its end or until there are enough."""
        found: list[Any] = []
        while self._pages_left:
            self._pages_left -= 1
            answer = self._logs.filter_log_events(**query)
            found += answer["events"]
            if not answer.get("nextToken") or enough(found):
                return found
            query["nextToken"] = answer["nextToken"]
        self.gave_up = True
        return found


def _has_end(lines: list[Any]) -> bool:
    return any(event["type"] in ENDS for event in events_of_log(lines))


def _log_group(function: str, client: GetClient) -> str:
    try:
        settings = client("lambda").get_function_configuration(FunctionName=function).get("LoggingConfig") or {}
    except ClientError:
        settings = {}
    name = function.rsplit(":function:", maxsplit=1)[-1].split(":", maxsplit=1)[0]
    return str(settings.get("LogGroup") or f"/aws/lambda/{name}")
