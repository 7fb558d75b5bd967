"""Runs of the real definition as AWS would record them, made without AWS: lanes, links, retries, catches, payloads.

The rules of the links between events are those found in recorded histories: a worker lane's next iteration hangs on the
last event before the iteration's end, which does not carry the chain on; the Map's end hangs on the last iteration.
"""

import heapq
import json
import random
from collections.abc import Generator, Iterable, Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from uuid import UUID

from stockflow.history.saved_run import Description, SavedRun
from stockflow_functions.domain.clock import to_iso

DEFINITION = json.loads(
    (Path(__file__).parents[2] / "statemachine" / "daily_prices.asl.json").read_text(encoding="utf-8")
)
STARTED_MS = round(datetime(2026, 11, 20, 22, 30, tzinfo=UTC).timestamp() * 1000)
LANES = 40

TRACE = [
    '  File "/var/task/functions/state.py", line 87, in run\n    result = self._work(event, services)\n',
    '  File "/var/task/functions/transform/app.py", line 31, in transform\n    table = check(parse(body), symbol)\n',
    '  File "/opt/python/functions/prices/check.py", line 64, in check\n    raise BadPrices(sentence)\n',
]
MESSAGES = {
    "UnknownSymbol": "Alpha Vantage has no daily prices under {symbol}: correct the symbol, or take it off the list.",
    "BadPrices": "No row of {symbol}'s answer can go into the dataset: 100 of 100 rows have a high below the low.",
    "ProviderUnavailable": "Alpha Vantage answered HTTP 503 with an HTML page.",
    "Throttled": "Alpha Vantage asks to slow down: 30 requests per minute.",
    "QuotaExhausted": "The 25 requests of this day are spent; {symbol} goes first in the next run.",
    "WriteConflict": "another run wrote prices/daily/{symbol}.parquet in between.",
    "InvalidApiKey": "Alpha Vantage refuses the API key: store a valid one in the secret.",
}

Story = str
"""ok, unknown, bad, retried, moved, quota, conflict or refused: what happens to a symbol."""


class Recorder:
    """Writes events down with ids, links and times."""

    def __init__(self, seed: int) -> None:
        self.events: list[Any] = []
        self.logs: dict[str, list[str]] = {}
        self.random = random.Random(seed)

    def add(self, kind: str, previous: int, at_ms: float, key: str = "", **details: Any) -> int:
        """One event; its id."""
        number = len(self.events) + 1
        event: dict[str, Any] = {
            "timestamp": to_iso(round(STARTED_MS + at_ms)),
            "type": kind,
            "id": number,
            "previousEventId": previous,
        }
        if key:
            event[f"{key}EventDetails"] = details
        self.events.append(event)
        return number

    def entered(self, kind: str, name: str, given: Any, previous: int, at_ms: float) -> int:
        return self.add(
            f"{kind}StateEntered", previous, at_ms, "stateEntered", name=name, input=_text(given), inputDetails=_WHOLE
        )

    def exited(self, kind: str, name: str, output: Any, previous: int, at_ms: float) -> int:
        return self.add(
            f"{kind}StateExited", previous, at_ms, "stateExited", name=name, output=_text(output), outputDetails=_WHOLE
        )

    def request_id(self) -> str:
        return str(UUID(int=self.random.getrandbits(128), version=4))


_WHOLE = {"truncated": False}


def _text(value: Any) -> str:
    return json.dumps(value, separators=(",", ":"))


def made_run(
    stories: dict[str, Story], *, seed: int = 1, lanes: int = LANES, execution: str = "2026-11-20T2230-made"
) -> SavedRun:
    """A whole run of these symbols; each one's story says how it goes."""
    return _Made(stories, seed, lanes, execution).run()


def keep_journal(folder: Path, run: SavedRun, events: int, *, in_order: bool = False) -> Path:
    """The journal of a run that was killed after so many events; or that ended in order, with a journal cut off."""
    folder.mkdir(parents=True, exist_ok=True)
    entries = [
        {"journal": 1, "engine": {"name": "moto"}, "definition": run.definition, "description": _begun(run)},
        *({"event": event} for event in run.events[:events]),
        *({"request_id": request_id, "lines": lines} for request_id, lines in run.logs.items()),
    ]
    file = folder / "journal.jsonl"
    file.write_text("".join(json.dumps(entry) + "\n" for entry in entries), encoding="utf-8")
    if not in_order:
        (folder / "journal.lock").touch()
    return file


def _begun(run: SavedRun) -> dict[str, Any]:
    return {name: run.description[name] for name in ("executionArn", "name", "startDate", "input")}


def symbols(count: int) -> list[str]:
    """Distinct symbols: AAA, AAB, ..."""
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    return [letters[n // 676 % 26] + letters[n // 26 % 26] + letters[n % 26] for n in range(count)]


def mixed(count: int) -> dict[str, Story]:
    """Mostly well, with some of each kind of trouble."""
    kinds = {7: "retried", 23: "bad", 41: "unknown", 55: "moved", 68: "conflict", 89: "quota"}
    return {symbol: kinds.get(n % 97, "ok") for n, symbol in enumerate(symbols(count))}


class _Made:
    def __init__(self, stories: dict[str, Story], seed: int, lanes: int, execution: str) -> None:
        self.stories = stories
        self.lanes = lanes
        self.execution = execution
        self.arn = f"arn:aws:states:eu-west-1:123456789012:execution:stockflow-daily-prices:{execution}"
        self.rec = Recorder(seed)
        self.facts = {
            "execution": execution,
            "execution_arn": self.arn,
            "started_at": to_iso(STARTED_MS),
            "trigger": "schedule",
            "series": "daily",
            "outputsize": "compact",
            "force": False,
        }
        self.interval_ms = 500
        self.refused = False

    def run(self) -> SavedRun:
        given = {"symbols": list(self.stories)}
        rec = self.rec
        rec.add(
            "ExecutionStarted",
            0,
            0,
            "executionStarted",
            input=_text(given),
            inputDetails=_WHOLE,
            roleArn="arn:aws:iam::1:role/r",
        )
        work = [
            {"symbol": s, "not_before": to_iso(STARTED_MS + 900 + n * self.interval_ms)}
            for n, s in enumerate(self.stories)
        ]
        state = {
            "run": self.facts,
            "work": work,
            "deferred": [],
            "skipped": None,
            "requests": {"planned": len(work), "interval_ms": self.interval_ms, "day_limit": 0, "day_used": len(work)},
            "sentence": f"{len(work)} requests",
        }
        last, at_ms = self._task("Plan", given, {"input": given}, state, 0, 10.0, state)
        last = rec.entered("Choice", "AnythingToFetch?", state, last, at_ms)
        last = rec.exited("Choice", "AnythingToFetch?", state, last, at_ms + 1)
        entered = rec.entered("Map", "EachSymbol", state, last, at_ms + 2)
        started = rec.add("MapStateStarted", entered, at_ms + 3, "mapStateStarted", length=len(work))
        last, at_ms, results = self._lanes(work, started, at_ms + 4)
        if self.refused:
            return self._refused(last, at_ms, given)
        last_id = rec.add("MapStateSucceeded", last, at_ms)
        state = {**state, "symbols": results}
        last_id = rec.exited("Map", "EachSymbol", state, last, at_ms + 1)
        failed = [r["symbol"] for r in results if r["status"] == "failed"]
        sentence = f"{len(failed)} of {len(results)} symbols failed: {', '.join(failed[:5])}"
        told = {"outcome": "partial" if failed else "succeeded", "end_as_failed": bool(failed), "sentence": sentence}
        last_id, at_ms = self._task(
            "Notify", state, {"report": "summary", "plan": state}, told, last_id, at_ms + 2, told
        )
        last_id = rec.entered("Choice", "Outcome?", told, last_id, at_ms)
        last_id = rec.exited("Choice", "Outcome?", told, last_id, at_ms + 1)
        if failed:
            last_id = rec.entered("Fail", "SymbolsFailed", told, last_id, at_ms + 2)
            rec.add("ExecutionFailed", last_id, at_ms + 3, "executionFailed", error="SymbolsFailed", cause=sentence)
            return self._saved("FAILED", at_ms + 3, given, "SymbolsFailed", sentence)
        last_id = rec.entered("Succeed", "Succeeded", told, last_id, at_ms + 2)
        last_id = rec.exited("Succeed", "Succeeded", told, last_id, at_ms + 3)
        rec.add(
            "ExecutionSucceeded", last_id, at_ms + 4, "executionSucceeded", output=_text(told), outputDetails=_WHOLE
        )
        return self._saved("SUCCEEDED", at_ms + 4, given)

    def _refused(self, failing: int, at_ms: float, given: Any) -> SavedRun:
        rec = self.rec
        caught = {"Error": "InvalidApiKey", "Cause": _cause("InvalidApiKey", "", rec.request_id())}
        last = rec.add("MapStateFailed", failing, at_ms)
        last = rec.exited("Map", "EachSymbol", caught, last, at_ms + 1)
        told = {**caught, "notifier": {"Payload": {"outcome": "failed"}}}
        last, at_ms = self._task(
            "NotifyFailure", caught, {"report": "failure"}, {"outcome": "failed"}, last, at_ms + 2, told
        )
        last = rec.entered("Fail", "RunFailed", told, last, at_ms)
        rec.add("ExecutionFailed", last, at_ms + 1, "executionFailed", error=caught["Error"], cause=caught["Cause"])
        return self._saved("FAILED", at_ms + 1, given, caught["Error"], caught["Cause"])

    def _lanes(self, work: list[dict[str, str]], started: int, at_ms: float) -> tuple[int, float, list[dict[str, Any]]]:
        """Runs the iterations, at most so many at once, and interleaves their events by time."""
        results: list[dict[str, Any]] = [{}] * len(work)
        waiting = list(enumerate(work))
        queue: list[tuple[float, int, Iterator[float]]] = []
        ends: dict[int, tuple[int, int]] = {}
        last_end = started
        for lane in range(min(self.lanes, len(work))):
            index, item = waiting.pop(0)
            heapq.heappush(queue, (at_ms, lane, self._iteration(index, item, started, at_ms, lane, ends, results)))
        while queue:
            at_ms, lane, steps = heapq.heappop(queue)
            try:
                heapq.heappush(queue, (next(steps), lane, steps))
            except StopIteration:
                before_end, last_end = ends[lane]
                if self.refused:
                    return self._abort(before_end, at_ms, index_of_failed=ends[lane][1], waiting=queue), at_ms, []
                if waiting:
                    index, item = waiting.pop(0)
                    steps = self._iteration(index, item, before_end, at_ms, lane, ends, results)
                    heapq.heappush(queue, (at_ms, lane, steps))
        return last_end, at_ms, results

    def _abort(self, failing: int, at_ms: float, *, index_of_failed: int, waiting: Iterable[Any]) -> int:
        """The failed iteration ends; those under way are aborted, all hanging on the event that failed."""
        rec = self.rec
        for _, lane, _steps in sorted(waiting, key=lambda entry: entry[1]):
            rec.add(
                "MapIterationAborted",
                failing,
                at_ms,
                "mapIterationAborted",
                name="EachSymbol",
                index=self.under_way[lane],
            )
            rec.add("WaitStateAborted", failing, at_ms)
        return failing

    under_way: dict[int, int]

    def _iteration(
        self,
        index: int,
        item: dict[str, str],
        previous: int,
        at_ms: float,
        lane: int,
        ends: dict[int, tuple[int, int]],
        results: list[dict[str, Any]],
    ) -> Iterator[float]:
        self.under_way = {**getattr(self, "under_way", {}), lane: index}
        rec, symbol = self.rec, item["symbol"]
        last = rec.add("MapIterationStarted", previous, at_ms, "mapIterationStarted", name="EachSymbol", index=index)
        state = {
            "run": self.facts,
            "symbol": symbol,
            "slot": {"not_before": item["not_before"], "moves": 0},
            "progress": {"state": "Fetch"},
        }
        teller = _Teller(self, symbol, self.stories[symbol], state, last, at_ms, index)
        yield from teller.tell()
        if teller.result is None:
            self.refused = True
            rec.add(
                "MapIterationFailed", teller.last, teller.at_ms, "mapIterationFailed", name="EachSymbol", index=index
            )
            ends[lane] = (teller.last, index)
            return
        results[index] = teller.result
        end = rec.add(
            "MapIterationSucceeded", teller.last, teller.at_ms, "mapIterationSucceeded", name="EachSymbol", index=index
        )
        ends[lane] = (teller.last, end)

    def _task(
        self, name: str, given: Any, payload: Any, answer: Any, previous: int, at_ms: float, output: Any
    ) -> tuple[int, float]:
        rec = self.rec
        last = rec.entered("Task", name, given, previous, at_ms)
        last = self.scheduled(name, payload, last, at_ms)
        last = self.succeeded(name, answer, last, at_ms + 120)
        return rec.exited("Task", name, output, last, at_ms + 121), at_ms + 122

    def scheduled(self, name: str, payload: Any, previous: int, at_ms: float) -> int:
        resource = {"resourceType": "lambda", "resource": "invoke"}
        parameters = _text(
            {
                "FunctionName": f"arn:aws:lambda:eu-west-1:123456789012:function:stockflow-{name}:live",
                "Payload": payload,
            }
        )
        last = self.rec.add(
            "TaskScheduled",
            previous,
            at_ms,
            "taskScheduled",
            **resource,
            region="eu-west-1",
            parameters=parameters,
            timeoutInSeconds=55,
        )
        return self.rec.add("TaskStarted", last, at_ms + 8, "taskStarted", **resource)

    def succeeded(self, name: str, answer: Any, previous: int, at_ms: float) -> int:
        request_id = self._log(name, "INFO", f"{name} done", at_ms)
        return self.rec.add(
            "TaskSucceeded",
            previous,
            at_ms,
            "taskSucceeded",
            resourceType="lambda",
            resource="invoke",
            output=_text(self._invoked(answer, request_id)),
            outputDetails=_WHOLE,
        )

    def failed(self, name: str, error: str, symbol: str, previous: int, at_ms: float, message: str = "") -> int:
        request_id = self._log(name, "ERROR", f"{name} failed: {error}", at_ms)
        cause = _cause(error, symbol, request_id, message)
        return self.rec.add(
            "TaskFailed",
            previous,
            at_ms,
            "taskFailed",
            resourceType="lambda",
            resource="invoke",
            error=error,
            cause=cause,
        )

    def _log(self, name: str, level: str, text: str, at_ms: float) -> str:
        request_id = self.rec.request_id()
        line = {
            "level": level,
            "location": f"run:{91 if level == 'INFO' else 99}",
            "message": text,
            "timestamp": to_iso(round(STARTED_MS + at_ms)),
        }
        line |= {"service": "stockflow", "state": name, "execution": self.execution, "function_request_id": request_id}
        self.rec.logs[request_id] = [json.dumps(line)]
        return request_id

    def _invoked(self, answer: Any, request_id: str) -> dict[str, Any]:
        """What lambda:invoke gives: the payload, with the HTTP answer's headers twice around it."""
        trace = f"Root=1-{self.rec.random.getrandbits(32):08x}-{self.rec.random.getrandbits(96):024x};Sampled=0"
        headers = {
            "Connection": "keep-alive",
            "x-amzn-RequestId": request_id,
            "X-Amzn-Trace-Id": trace,
            "Content-Type": "application/json",
        }
        return {
            "ExecutedVersion": "3",
            "Payload": answer,
            "SdkHttpMetadata": {
                "AllHttpHeaders": {key: [value] for key, value in headers.items()},
                "HttpHeaders": headers,
                "HttpStatusCode": 200,
            },
            "SdkResponseMetadata": {"RequestId": request_id},
            "StatusCode": 200,
        }

    def _saved(self, status: str, at_ms: float, given: Any, error: str = "", cause: str = "") -> SavedRun:
        description: Description = {
            "executionArn": self.arn,
            "stateMachineArn": "arn:aws:states:eu-west-1:123456789012:stateMachine:stockflow-daily-prices",
            "name": self.execution,
            "status": status,
            "startDate": to_iso(STARTED_MS),
            "stopDate": to_iso(round(STARTED_MS + at_ms)),
            "input": _text(given),
        }
        if error:
            description |= {"error": error, "cause": cause}
        return SavedRun(
            engine={"name": "AWS Step Functions", "version": "eu-west-1"},
            definition=DEFINITION,
            description=description,
            events=self.rec.events,
            logs=self.rec.logs,
            fetched_at="2026-11-21T08:00:00.000Z",
        )


class _Teller:
    """One symbol's way; a generator of the moments at which its next events are due."""

    def __init__(
        self, made: _Made, symbol: str, story: Story, state: dict[str, Any], last: int, at_ms: float, index: int
    ) -> None:
        self.made, self.symbol, self.story = made, symbol, story
        self.state, self.last, self.at_ms = state, last, at_ms
        self.slot_ms = 900.0 + index * made.interval_ms
        self.result: dict[str, Any] | None = None

    def tell(self) -> Iterator[float]:
        yield from self._wait(self.slot_ms)
        if self.story == "moved":
            yield from self._move()
        fetched = yield from self._fetch()
        if not fetched:
            return
        self.state = {**self.state, "progress": {"state": "Transform", "answer": self._answer()}}
        self.made.rec.exited("Task", "Fetch", self.state, self.last, self.at_ms)
        self.last = len(self.made.rec.events)
        if self.story == "bad":
            yield from self._caught("Transform", "BadPrices", "SymbolFailed", "failed")
            return
        yield from self._step("Transform", [], self._table())
        yield from self._step(
            "Save", ["WriteConflict"] * 2 if self.story == "conflict" else [], self._saved(), end=True
        )

    def _wait(self, until_ms: float) -> Iterator[float]:
        rec = self.made.rec
        self.last = rec.entered("Wait", "WaitForSlot", self.state, self.last, self.at_ms)
        self.at_ms = max(self.at_ms, until_ms)
        yield self.at_ms
        self.last = rec.exited("Wait", "WaitForSlot", self.state, self.last, self.at_ms)

    def _move(self) -> Iterator[float]:
        """Fetch asks for another slot, and the workflow waits for it."""
        rec = self.made.rec
        slot = {"not_before": to_iso(round(STARTED_MS + self.at_ms + 4000)), "moves": 1}
        self.last = rec.entered("Task", "Fetch", self.state, self.last, self.at_ms)
        yield from self._try("Fetch", "Throttled")
        yield from self._after(1700)
        yield from self._try("Fetch", "SlotMoved", message=_text(slot))
        moved = {**self.state, "moved": {"Error": "SlotMoved", "Cause": "…"}}
        self.last = rec.exited("Task", "Fetch", moved, self.last, self.at_ms)
        for name in ("ReadNewSlot", "TakeNewSlot"):
            self.last = rec.entered("Pass", name, moved, self.last, self.at_ms)
            self.last = rec.exited("Pass", name, moved, self.last, self.at_ms + 1)
        self.state = {**self.state, "slot": slot}
        yield from self._wait(self.at_ms + 4000)

    def _fetch(self) -> Generator[float, None, bool]:
        endings = {
            "unknown": ("UnknownSymbol", "failed"),
            "quota": ("QuotaExhausted", "deferred"),
            "refused": ("InvalidApiKey", ""),
        }
        if self.story in endings:
            error, status = endings[self.story]
            handler = {"failed": "SymbolFailed", "deferred": "SymbolDeferred", "": "KeyRefused"}[status]
            yield from self._caught("Fetch", error, handler, status)
            return False
        self.last = self.made.rec.entered("Task", "Fetch", self.state, self.last, self.at_ms)
        if self.story == "retried":
            yield from self._try("Fetch", "ProviderUnavailable")
            yield from self._after(1300)
        yield from self._try("Fetch", None, answer=self._answer())
        return True

    def _step(self, name: str, errors: list[str], answer: dict[str, Any], *, end: bool = False) -> Iterator[float]:
        rec = self.made.rec
        self.last = rec.entered("Task", name, self.state, self.last, self.at_ms)
        for error in errors:
            yield from self._try(name, error)
            yield from self._after(800)
        yield from self._try(name, None, answer=answer)
        if end:
            self.result = {"symbol": self.symbol, "status": "saved", "outcome": answer.get("outcome")}
            self.last = rec.exited("Task", name, self.result, self.last, self.at_ms)
        else:
            self.state = {**self.state, "progress": {"state": "Save", "table": answer}}
            self.last = rec.exited("Task", name, self.state, self.last, self.at_ms)

    def _caught(self, name: str, error: str, handler: str, status: str) -> Iterator[float]:
        rec = self.made.rec
        self.last = rec.entered("Task", name, self.state, self.last, self.at_ms)
        yield from self._try(name, error)
        failure = {"Error": error, "Cause": rec.events[-1]["taskFailedEventDetails"]["cause"]}
        self.state = {**self.state, "failure": failure}
        self.last = rec.exited("Task", name, self.state, self.last, self.at_ms)
        if not status:
            self.last = rec.entered("Fail", handler, self.state, self.last, self.at_ms)
            return
        self.result = {"symbol": self.symbol, "status": status}
        if status == "failed":
            self.result["error"] = {"type": error, "state": name}
        self.last = rec.entered("Pass", handler, self.state, self.last, self.at_ms)
        self.last = rec.exited("Pass", handler, self.result, self.last, self.at_ms + 1)

    def _try(self, name: str, error: str | None, answer: Any = None, message: str = "") -> Iterator[float]:
        made = self.made
        payload = {key: self.state[key] for key in ("run", "symbol", "slot")} | {"retry_count": 0}
        self.last = made.scheduled(name, payload, self.last, self.at_ms)
        yield from self._after(150 + made.rec.random.random() * 400)
        if error:
            self.last = made.failed(name, error, self.symbol, self.last, self.at_ms, message)
        else:
            self.last = made.succeeded(name, answer, self.last, self.at_ms)

    def _after(self, ms: float) -> Iterator[float]:
        self.at_ms += ms
        yield self.at_ms

    def _answer(self) -> dict[str, Any]:
        key = f"raw/daily/{self.symbol}/{self.made.execution}.json.gz"
        return {
            "key": key,
            "bytes": 21043,
            "fetched_at": to_iso(round(STARTED_MS + self.at_ms)),
            "last_refreshed": "2026-11-20",
            "attempts": 1,
        }

    def _table(self) -> dict[str, Any]:
        key = f"staged/{self.made.execution}/{self.symbol}.parquet"
        return {
            "key": key,
            "rows": 100,
            "first_date": "2026-06-30",
            "last_date": "2026-11-20",
            "rows_rejected": 0,
            "warnings": [],
            "attempts": 1,
        }

    def _saved(self) -> dict[str, Any]:
        outcome = {"symbol": self.symbol, "status": "saved", "rows_added": 1, "rows_changed": 0}
        return {**outcome, "rows_unchanged": 99, "outcome": outcome}


def _cause(error: str, symbol: str, request_id: str, message: str = "") -> str:
    message = message or MESSAGES[error].format(symbol=symbol)
    return json.dumps({"errorMessage": message, "errorType": error, "requestId": request_id, "stackTrace": TRACE})
