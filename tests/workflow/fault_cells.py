"""The cells of the fault matrix: what befalls which call of which state, before, during or after its effect."""

from dataclasses import dataclass
from functools import cached_property

from stockflow.embedded.faults import BUG, PAUSED, TRUNCATED, AwsFault
from stockflow.embedded.function_host import KILLED, TIMED_OUT
from stockflow.local_servers.slack_inbox import SlackReply
from stockflow.simulated_alpha_vantage.faults import FAULTS

ALWAYS = 99
"""Times; more than any state is tried."""


@dataclass(frozen=True)
class Call:
    """One call of a state, in words and as :class:`AwsFault` finds it; ``nth`` where the same call is made again."""

    does: str
    service: str
    operation: str
    key_contains: str
    nth: int = 1

    @property
    def writes(self):
        return self.operation in {"PUT", "UpdateItem"}


CALLS = {
    "Plan": [
        Call("read what is known", "s3", "GET", "freshness/"),
        Call("read the listings", "s3", "GET", "listings.parquet"),
        Call("reserve the slots", "dynamodb", "UpdateItem", "budget#"),
        Call("store the plan", "s3", "PUT", "/plan.json"),
        Call("read the deferred symbols", "dynamodb", "GetItem", "deferred#"),
    ],
    "Fetch": [
        Call("read the secret", "secretsmanager", "GetSecretValue", ""),
        Call("read the budget", "dynamodb", "GetItem", "budget#"),
        Call("store the answer", "s3", "PUT", "raw/"),
    ],
    "Transform": [
        Call("read the answer", "s3", "GET", "raw/"),
        Call("read the stored table", "s3", "GET", "prices/"),
        Call("stage the table", "s3", "PUT", "staged/"),
    ],
    "Save": [
        Call("read the staged table", "s3", "GET", "staged/"),
        Call("read the stored table", "s3", "GET", "prices/"),
        Call("note what changed", "s3", "PUT", "restated/"),
        Call("write the dataset", "s3", "PUT", "prices/"),
    ],
    "Notify": [
        Call("read the budget", "dynamodb", "GetItem", "budget#"),
        Call("write the manifest", "s3", "PUT", "/manifest.json"),
        Call("read what is known", "s3", "GET", "freshness/"),
        Call("keep what is known", "s3", "PUT", "freshness/"),
        Call("read who was told", "s3", "GET", "/told.json"),
        Call("claim the telling", "s3", "PUT", "/told.json"),
        Call("note who was told", "s3", "PUT", "/told.json", nth=2),
    ],
}
"""Every call that a state makes for a symbol with a restated row, in order; a test holds this to a run."""

ONE_SYMBOLS = ("Fetch", "Transform", "Save")


@dataclass(frozen=True)
class Cell:
    """One cell. ``together``: it touches one symbol only, and is tried in a run with others of its kind.

    ``vendor`` are faults of the simulated vendor, ``disk`` are the parts of a path for which the disk is full,
    ``slack`` is how every webhook answers.
    """

    state: str
    effect: str
    fault: str
    when: str
    together: bool
    call: Call | None = None
    code: str = ""
    skip: int = 0
    times: int = ALWAYS
    vendor: tuple[str, ...] = ()
    disk: tuple[str, ...] = ()
    slack: SlackReply | None = None
    way: str = "once"
    new_symbol: bool = False
    next_day: bool = False

    @cached_property
    def name(self):
        return f"{self.state}: {self.effect}, {self.fault}, {self.when}"

    def aws_faults(self, symbol):
        if self.call is None:
            return []
        caller = self.state if self.state not in ONE_SYMBOLS else f"{self.state} {symbol}"
        call, when = self.call, "after" if self.when == "after" else "before"
        return [
            AwsFault(
                call.service,
                self.code,
                call.operation,
                call.key_contains,
                caller=caller,
                skip=call.nth - 1,
                times=self.times,
                when=when,
            )
        ]


def _call(state, does):
    return next(call for call in CALLS[state] if call.does == does)


def _at(state, does, fault, code, *whens, **more):
    call = _call(state, does)
    fields = {"together": state in ONE_SYMBOLS and call.service != "secretsmanager", "call": call, "code": code, **more}
    return [Cell(state, does, fault, when, **fields) for when in whens]


def _disk(state, does, *parts):
    return Cell(state, does, "the disk is full", "during", state in ONE_SYMBOLS, disk=parts)


def _vendor(name, *, together=True, times=ALWAYS, **more):
    fault = FAULTS[name].description + (" (once)" if times == 1 else "")
    return Cell("Fetch", "ask the vendor", fault, "during", together, vendor=(f"{name}*{times}",), **more)


def _kills():
    for state, calls in CALLS.items():
        for call in calls:
            whens = ("before", "after") if call.writes else ("before",)
            yield from _at(state, call.does, "killed", KILLED, *whens)
    yield from _at("Save", "write the dataset", "killed (once)", KILLED, "before", "after", times=1)
    yield from _at("Notify", "claim the telling", "killed (once)", KILLED, "after", times=1)
    yield from _at("Notify", "note who was told", "killed (once)", KILLED, "before", times=1)


MAIN_WRITES = [
    ("Plan", "reserve the slots"),
    ("Plan", "store the plan"),
    ("Fetch", "store the answer"),
    ("Transform", "stage the table"),
    ("Save", "write the dataset"),
    ("Notify", "write the manifest"),
    ("Notify", "note who was told"),
]
LAST_WRITES = ("store the plan", "note who was told")
DATA_WRITES = [*MAIN_WRITES[1:5], MAIN_WRITES[5]]
DATA_READS = [("Transform", "read the answer"), ("Save", "read the staged table"), ("Save", "read the stored table")]


def _exceptions_and_time_outs():
    for state, does in MAIN_WRITES:
        # Plan's and Notify's cells need a run each: of these, two are enough.
        whens = ("before", "after") if state in ONE_SYMBOLS else ("after" if does in LAST_WRITES else "before",)
        yield from _at(state, does, "the handler raises", BUG, *whens)
        yield from _at(state, does, "the function's time is up", TIMED_OUT, *whens)


def _s3_writes():
    for state, does in (*MAIN_WRITES[1:], ("Save", "note what changed"), ("Notify", "claim the telling")):
        yield from _at(state, does, "S3 500", "InternalError", "before", "after")
    for state, does in (*MAIN_WRITES[1:-1], ("Save", "note what changed")):
        yield from _at(state, does, "S3 AccessDenied", "AccessDenied", "before")
    for state, does in DATA_WRITES:
        yield from _at(state, does, "S3 503 SlowDown", "SlowDown", "before")
        yield from _at(state, does, "the upload breaks off", "IncompleteBody", "during")
    yield from _at("Save", "write the dataset", "S3 503 SlowDown", "SlowDown", "after")


def _s3_reads():
    for state, calls in CALLS.items():
        for call in calls:
            if call.service == "s3" and not call.writes:
                yield from _at(state, call.does, "S3 500", "InternalError", "before")
                yield from _at(state, call.does, "the answer breaks off", TRUNCATED, "during")
    for state, does in DATA_READS:
        yield from _at(state, does, "S3 AccessDenied", "AccessDenied", "before")
    for state, does in DATA_READS:
        yield from _at(state, does, "the answer breaks off (once)", TRUNCATED, "during", times=1)
    yield from _at("Save", "read the stored table", "S3 503 SlowDown", "SlowDown", "before")


def _dynamodb():
    for state, does in (
        ("Plan", "reserve the slots"),
        ("Plan", "read the deferred symbols"),
        ("Fetch", "read the budget"),
        ("Notify", "read the budget"),
    ):
        yield from _at(state, does, "DynamoDB throttles", "ProvisionedThroughputExceededException", "before")
        yield from _at(state, does, "DynamoDB denies", "AccessDeniedException", "before")
    yield from _at("Plan", "reserve the slots", "DynamoDB 500", "InternalServerError", "before", "after")
    yield from _at("Plan", "reserve the slots", "DynamoDB throttles (once)", "ThrottlingException", "before", times=1)
    yield from _at("Fetch", "read the secret", "Secrets Manager throttles", "ThrottlingException", "before")
    yield from _at("Fetch", "read the secret", "Secrets Manager denies", "AccessDeniedException", "before")


HOLDING_OFF = ("throttled", "burst", "volume", "http_429")
ENDING = ("quota", "invalid_key")


def _vendor_faults():
    for name in FAULTS:
        if name == "ok":
            continue
        yield _vendor(name, together=name not in {*HOLDING_OFF, *ENDING}, next_day=name == "quota")
    for name in ("throttled", "http_503_html", "truncated", "unexpected"):
        yield _vendor(name, together=name not in HOLDING_OFF, times=1)


def _full_disk():
    return [
        _disk("Plan", "reserve the slots", ".stockflow/table.json"),
        _disk("Plan", "store the plan", "/plan.json"),
        _disk("Fetch", "store the answer", "raw/daily/{symbol}/"),
        _disk("Transform", "stage the table", "staged/", "/{symbol}.parquet"),
        _disk("Save", "note what changed", "restated/", "/{symbol}.json"),
        _disk("Save", "write the dataset", "prices/daily/{symbol}.parquet"),
        _disk("Notify", "write the manifest", "/manifest.json"),
    ]


def _slack():
    for fault, answer in (
        ("Slack 500", SlackReply(500)),
        ("Slack takes no such message", SlackReply(400, "invalid_blocks")),
        ("Slack is silent", SlackReply(200, hang_seconds=60)),
    ):
        yield Cell("Notify", "post the message", fault, "during", together=False, slack=answer)


def _two_runs():
    between = "another run of the symbol in between"
    alone = {"times": 1, "way": "two runs", "together": False}
    for state, does in MAIN_WRITES[:-1]:
        yield from _at(state, does, between, PAUSED, "before", **alone)
    yield from _at("Save", "write the dataset", between, PAUSED, "after", **alone)
    yield from _at(
        "Save", "write the dataset", f"{between}, both its first", PAUSED, "before", new_symbol=True, **alone
    )
    older = {**alone, "way": "older answer"}
    yield from _at("Save", "write the dataset", f"{between}, with a newer answer", PAUSED, "before", **older)


def _task_time_outs():
    for state, does in (MAIN_WRITES[0], *MAIN_WRITES[2:-1]):
        whens = ("before", "after") if does == "write the dataset" else ("before",)
        fault = "the Task's time is up, the function goes on"
        yield from _at(state, does, fault, PAUSED, *whens, times=1, way="task time-out")


CELLS = [
    *_kills(),
    *_exceptions_and_time_outs(),
    *_s3_writes(),
    *_s3_reads(),
    *_dynamodb(),
    *_vendor_faults(),
    *_full_disk(),
    *_slack(),
    *_two_runs(),
    *_task_time_outs(),
]
_ORDER = {state: [call.does for call in calls] for state, calls in CALLS.items()}
_ORDER["Fetch"].insert(-1, "ask the vendor")
_ORDER["Notify"].insert(-1, "post the message")
CELLS.sort(key=lambda cell: (list(_ORDER).index(cell.state), _ORDER[cell.state].index(cell.effect)))
