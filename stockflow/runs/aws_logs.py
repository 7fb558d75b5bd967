"""Log lines from CloudWatch: those of attempts that failed, and the events of an Express execution."""

from collections.abc import Callable
from typing import Any

from botocore.exceptions import BotoCoreError, ClientError

from stockflow.runs.blamed import failed_attempts
from stockflow.runs.express import events_of_log
from stockflow.runs.model import RunModel
from stockflow.runs.saved_run import SavedRun
from stockflow.runs.visits import Attempt, moment

MOST_ATTEMPTS = 24
MOST_LINES = 200
MOST_PAGES = 100
_BEFORE_MS, _AFTER_MS = 60_000, 300_000

GetClient = Callable[[str], Any]


def add_log_lines(run: SavedRun, model: RunModel, client: GetClient, missing: list[str]) -> None:
    """Puts the log lines of failed attempts into the run, by their request ids; of some where there are many."""
    failed = [attempt for attempt in failed_attempts(model) if attempt.request_id and attempt.function]
    if len(failed) > MOST_ATTEMPTS:
        missing.append(f"Of {len(failed):,} failed attempts the first {MOST_ATTEMPTS} have their log lines here.")
    groups: dict[str, str] = {}
    for attempt in failed[:MOST_ATTEMPTS]:
        try:
            group = groups.setdefault(attempt.function, "") or _log_group(attempt.function, client)
            groups[attempt.function] = group
            run.logs[str(attempt.request_id)] = _lines(attempt, group, client("logs"))
        except (ClientError, BotoCoreError) as error:
            code = error.response["Error"]["Code"] if isinstance(error, ClientError) else type(error).__name__
            missing.append(f"The functions' log lines can't be had ({code}).")
            return


def fetch_express(arn: str, machine: dict[str, Any], logs: Any, missing: list[str]) -> SavedRun:
    """An Express execution as far as its log group holds it."""
    description = {"executionArn": arn, "name": arn.split(":")[7], "stateMachineArn": machine.get("stateMachineArn")}
    settings = machine.get("loggingConfiguration") or {}
    groups = [d["cloudWatchLogsLogGroup"]["logGroupArn"] for d in settings.get("destinations", [])]
    if not groups or settings.get("level") == "OFF":
        missing.append("This Express state machine writes no log, so nothing is known of its executions.")
        return SavedRun(description=description, definition=machine.get("definition", ""))
    if settings.get("level") != "ALL":
        missing.append(f"The log level is {settings.get('level')}: only errors are in the log, not each state.")
    if not settings.get("includeExecutionData"):
        missing.append("The log does not include execution data: inputs and outputs are not known.")
    lines = _pages(logs, groups[0].split(":")[6], f'{{ $.execution_arn = "{arn}" }}', missing)
    return SavedRun(description=description, definition=machine.get("definition", ""), events=events_of_log(lines))


def _pages(logs: Any, group: str, pattern: str, missing: list[str]) -> list[Any]:
    found: list[Any] = []
    page: dict[str, Any] = {"logGroupName": group, "filterPattern": pattern}
    for _ in range(MOST_PAGES):
        answer = logs.filter_log_events(**page)
        found += answer["events"]
        if not answer.get("nextToken"):
            return found
        page["nextToken"] = answer["nextToken"]
    missing.append(f"Only the first {MOST_PAGES} pages of the log were read.")
    return found


def _log_group(function: str, client: GetClient) -> str:
    try:
        settings = client("lambda").get_function_configuration(FunctionName=function).get("LoggingConfig") or {}
    except ClientError:
        settings = {}
    name = function.rsplit(":function:", maxsplit=1)[-1].split(":", maxsplit=1)[0]
    return str(settings.get("LogGroup") or f"/aws/lambda/{name}")


def _lines(attempt: Attempt, group: str, logs: Any) -> list[str]:
    began, ended = moment(attempt.scheduled) or 0, moment(attempt.ended) or 0
    answer = logs.filter_log_events(
        logGroupName=group,
        filterPattern=f'"{attempt.request_id}"',
        startTime=began - _BEFORE_MS,
        endTime=max(ended, began) + _AFTER_MS,
        limit=MOST_LINES,
    )
    return [event["message"].rstrip("\n") for event in answer["events"]]
