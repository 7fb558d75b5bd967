"""What passes between the states of the workflow of daily prices, as types; docs/contracts.md has it as tables.

Rows never travel in a state: pointers and counts do. ``statemachine/daily_prices.asl.json`` builds these shapes, which
a contract test compares. All times are UTC, ISO 8601 with milliseconds.

A field is described in its class's docstring, in a line ``name: what it is``.
"""

from typing import NotRequired, TypedDict

from stockflow_functions.domain.outcome import FailureRecord
from stockflow_functions.domain.prices.finding import Found
from stockflow_functions.pacing.contracts import (
    MovedSlot,
    PlannedSlot,
    PlannerEvent,
    Requests,
    RequestsMade,
    Reserved,
    WorkItem,
)
from stockflow_functions.reporting.contracts import EndedItem, RunManifest


class PlanEvent(PlannerEvent):
    """Plan's event."""


class Run(TypedDict):
    """The run, as every state receives it.

    execution: the execution's name.
    execution_arn: its ARN.
    started_at: when it began.
    trigger: `schedule`, `console`, `inbox`, `laptop` or `smoke`; `shard` of a part of another run.
    series: the kind of prices.
    outputsize: `compact` or `full`.
    force: whether to save again even what is unchanged, and to run on a closed market.
    saves: false where the run leaves the dataset alone (`SAVE_TO_S3`); else absent.
    backfill: the backfill that it makes a part of, or "" if there was none to go on with; absent in other runs.
    """

    execution: str
    execution_arn: str
    started_at: str
    trigger: str
    series: str
    outputsize: str
    force: bool
    saves: NotRequired[bool]
    backfill: NotRequired[str]


class PlannedRun(Run, Reserved):
    """The run, where it has something to do."""


class Shards(TypedDict):
    """The parts of a run that is too large for one history: each is an execution of the same state machine.

    bucket: of the list of shards.
    key: of that list: `runs/<execution>/shards.json`.
    machine: the ARN of the version of the state machine that they run; the run's own version.
    at_once: how many of them run at once.
    count: how many there are.
    symbols: how many symbols they have together.
    ended: how each ended, once all have; from then on.
    """

    bucket: str
    key: str
    machine: str
    at_once: int
    count: int
    symbols: int
    ended: NotRequired[list["EndedShard"]]


class EndedShard(TypedDict):
    """How a shard ended.

    status: `SUCCEEDED`, where it came to its end, whatever became of its symbols.
    shard: the number of one that did not.
    error: its error.
    """

    status: NotRequired[str]
    shard: NotRequired[int]
    error: NotRequired["ShardError"]


class ShardError(TypedDict):
    """The error of a shard's execution; the shard's own manifest says what was behind it.

    type: its name.
    """

    type: str


class Shard(TypedDict):
    """An entry of `runs/<execution>/shards.json`: a part of a run.

    number: from 1.
    execution: the name of the execution that runs it.
    trigger: `shard`; `smoke` of a smoke run.
    symbols: its symbols.
    """

    number: int
    execution: str
    trigger: str
    symbols: list[str]


class ShardIteration(TypedDict):
    """The state of one iteration of EachShard, which runs a shard.

    run: the run that it is a part of.
    machine: the ARN of what the shard is an execution of.
    shard: the shard.
    """

    run: Run
    machine: str
    shard: Shard


class ShardInput(TypedDict):
    """The input of a shard's execution.

    trigger: `shard`; `smoke` of a smoke run, whose shards keep their objects beside its own.
    shard_of: the name of the execution that it is a part of.
    symbols: its symbols.
    series: that of the run, like the next two.
    outputsize: `compact` or `full`.
    force: whether to save again even what is unchanged.
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: the execution that started it, by which the console links the two.
    """

    trigger: str
    shard_of: str
    symbols: list[str]
    series: str
    outputsize: str
    force: bool
    AWS_STEP_FUNCTIONS_STARTED_BY_EXECUTION_ID: str


class Unasked(TypedDict):
    """A symbol that needs no request, as the execution carries it.

    symbol: the symbol.
    status: `fresh` or `failed`.
    error: of one that failed.
    """

    symbol: str
    status: str
    error: NotRequired[FailureRecord]


class Plan(TypedDict):
    """What Plan decided: from there on the state of the execution, and stored whole as `runs/<execution>/plan.json`.

    run: a run with nothing to do has neither `generation` nor `spare_events`.
    lanes: how many symbols are under way at once; absent if there is nothing to do.
    work: the symbols that have a slot, in the slots' order; none in a run of shards.
    shards: the run's shards, if it runs in shards.
    answered: how the symbols stand that need no request, such as those that are up to date; absent if there are none,
        and always from the state.
    answered_more: how many those are, if any; never in `plan.json`.
    unasked: the first 50 of them, for the console and the run page, those that failed first; likewise.
    deferred: the symbols that the day's quota can't pay for; in the state only the first 100 of them.
    deferred_more: how many more there are, if any; never in `plan.json`.
    skipped: why there is nothing to do, such as a closed market; else null.
    requests: the requests, and the day's quota after them.
    warnings: sentences, for example about a line of a dropped list that can't be a symbol.
    sentence: the plan in one line, for the console.
    """

    run: Run
    lanes: NotRequired[int]
    work: list[WorkItem]
    shards: NotRequired[Shards]
    answered: "NotRequired[list[SymbolRecord]]"
    answered_more: NotRequired[int]
    unasked: "NotRequired[list[Unasked]]"
    deferred: list[str]
    deferred_more: NotRequired[int]
    skipped: str | None
    requests: Requests
    warnings: list[str]
    sentence: str


class Answer(TypedDict):
    """Fetch's result: where the vendor's answer is, byte for byte except for the API key
    ([ADR 61](adr/0061-the-key-in-a-good-answer.md)).

    key: of the answer in the bucket, gzipped.
    bytes: its size, not gzipped.
    fetched_at: when it arrived.
    last_refreshed: the vendor's date, or date and time; "" if it is neither.
    attempts: how many requests were made for the symbol.
    asked: after a question from Transform: the questions asked, each with "" or the reason why there was no answer.
    """

    key: str
    bytes: int
    fetched_at: str
    last_refreshed: str
    attempts: int
    asked: NotRequired[dict[str, str]]


class MovedPriceSlot(MovedSlot):
    """A slot as `SlotMoved` carries it, for the workflow to wait for; it may be for a question of Transform's.

    asks: the question that Transform sends the workflow back with, `splits` or `full`.
    answer: the answer that raised the question.
    """

    asks: NotRequired[str]
    answer: NotRequired[Answer]


class Iteration(TypedDict):
    """The state of one iteration of EachSymbol, which waits for its slot.

    run: the run.
    symbol: the symbol.
    slot: from the work item, or from `SlotMoved`.
    progress: which state it is in, and the result of the one before.
    """

    run: PlannedRun
    symbol: str
    slot: PlannedSlot | MovedPriceSlot
    progress: "Progress | Fetched | Transformed"


class Progress(TypedDict):
    """How far an iteration is at its start.

    state: `Fetch`.
    """

    state: str


class Fetched(TypedDict):
    """After Fetch.

    state: `Transform`.
    answer: Fetch's result.
    """

    state: str
    answer: Answer


class Transformed(TypedDict):
    """After Transform.

    state: `Save`.
    table: Transform's result.
    """

    state: str
    table: "Table"


class FetchEvent(TypedDict):
    """Fetch's event.

    run: the run.
    symbol: the symbol.
    slot: when the request may be made.
    retry_count: how often the workflow has repeated the call.
    """

    run: PlannedRun
    symbol: str
    slot: PlannedSlot | MovedPriceSlot
    retry_count: int


class TransformEvent(TypedDict):
    """Transform's event.

    run: the run.
    symbol: the symbol.
    answer: Fetch's result.
    retry_count: how often the workflow has repeated the call.
    """

    run: PlannedRun
    symbol: str
    answer: Answer
    retry_count: int


class Table(TypedDict):
    """Transform's result: where the checked table is, and what is in it.

    key: of the staged table; null where no bar is settled yet.
    rows: how many bars it has.
    first_date: of the first bar; null if there is none.
    last_date: of the last bar, likewise.
    rows_rejected: how many bars were set aside.
    rows_left_out: how many were not settled yet.
    full: whether the answer is the whole history.
    fetched_at: when the answer arrived.
    stale: whether the newest bar is older than it should be.
    warnings: sentences about the symbol.
    found: what the checks found, by check; absent where they found nothing.
    attempts: how many requests were made for the symbol.
    """

    key: str | None
    rows: int
    first_date: str | None
    last_date: str | None
    rows_rejected: int
    rows_left_out: int
    full: bool
    fetched_at: str
    stale: bool
    warnings: list[str]
    found: NotRequired[dict[str, Found]]
    attempts: int


class SaveEvent(TypedDict):
    """Save's event.

    run: the run.
    symbol: the symbol.
    table: Transform's result.
    retry_count: how often the workflow has repeated the call.
    """

    run: PlannedRun
    symbol: str
    table: Table
    retry_count: int


class Saved(TypedDict):
    """Save's result; the iteration passes on `symbol`, `status` and `outcome` only.

    symbol: the symbol.
    status: `saved` or `unchanged`; `checked` where the run leaves the dataset alone and would have saved it.
    rows_added: how many bars are new.
    rows_changed: how many stored bars have other values now.
    rows_unchanged: how many were stored already.
    first_date: of the stored table; null if there is none.
    last_date: likewise.
    outcome: the symbol's whole outcome; null if it has so many warnings that the Map can't pass it on.
    """

    symbol: str
    status: str
    rows_added: int
    rows_changed: int
    rows_unchanged: int
    first_date: str | None
    last_date: str | None
    outcome: "SymbolRecord | None"


class EndedPlan(Plan):
    """The state of the execution when Notify reports it.

    symbols: how each iteration of EachSymbol ended; absent if there was nothing to fetch.
    """

    symbols: NotRequired[list[EndedItem]]


class RefreshListingsEvent(TypedDict):
    """RefreshListings' event: no state of the workflow calls it, but a schedule, or a person.

    trigger: `schedule`, `console` or `laptop`.
    """

    trigger: str


class ListingsRefreshed(TypedDict):
    """RefreshListings' result: what `listings.parquet` holds now.

    as_of: the day of the vendor's answers, in New York.
    listed: how many symbols are listed on that day.
    ended: how many listings have ended.
    came: how many symbols are listed that were not the time before.
    went: how many no longer are.
    sentence: the same, for people.
    """

    as_of: str
    listed: int
    ended: int
    came: int
    went: int
    sentence: str


class UpdateTablesEvent(TypedDict):
    """UpdateTables' event: no state of the workflow calls it, but a rule when a run has ended, or a person. All keys
    may be left out.

    manifest: the key of the manifest of the run that has ended; that of a shard, or of earnings calls, is passed over.
    execution: the name of that run, in its place.
    rebuild: whether all tables and the catalog are made anew.
    longest_seconds: after how long it begins with no other symbol; 600 if absent, within Lambda's fifteen minutes.
    trigger: `rule`, `console` or `laptop`.
    """

    manifest: NotRequired[str]
    execution: NotRequired[str]
    rebuild: NotRequired[bool]
    longest_seconds: NotRequired[int]
    trigger: NotRequired[str]


class TablesUpdated(TypedDict):
    """UpdateTables' result.

    entries: how many entries the catalog has, one a symbol and series.
    copied: of how many of them bars were copied into the tables.
    left: how many are still to do: there was no time.
    warnings: sentences about objects that can't be read.
    sentence: the same, for people.
    """

    entries: int
    copied: int
    left: int
    warnings: list[str]
    sentence: str


class RefreshActionsEvent(TypedDict):
    """RefreshActions' event: no state of the workflow calls it, but a schedule, or a person.

    trigger: `schedule`, `console` or `laptop`.
    symbols: those to ask for now, as a list or a text; absent or empty for those that are due.
    """

    trigger: str
    symbols: NotRequired[list[str] | str]


class ActionsRefreshed(TypedDict):
    """RefreshActions' result: what was asked for, and what came of it.

    asked: for how many symbols the vendor was asked.
    requests: how many requests were made.
    splits: how many splits are known now of those symbols.
    dividends: how many dividends, likewise.
    changed: of how many of those symbols something is known now that was not before.
    rejected: how many splits and dividends were set aside.
    refused: for how many symbols a question had no answer that could be kept.
    left: how many symbols are due, or were named, and were not asked for.
    warnings: sentences about single symbols.
    sentence: the counts, for people.
    """

    asked: int
    requests: int
    splits: int
    dividends: int
    changed: int
    rejected: int
    refused: int
    left: int
    warnings: list[str]
    sentence: str


class SymbolRecord(TypedDict):
    """How one symbol of a run ended: an entry of the manifest, and where it is kept until then.

    symbol: the symbol.
    status: `saved`, `unchanged`, `fresh`, `failed` or `deferred`; a `fresh` one was up to date, and was not asked for.
        `checked` where the run leaves the dataset alone: then rows are those that would have been added or changed.
    attempts: how many requests were made for it.
    rows_added: how many bars are new.
    rows_changed: how many stored bars have other values now.
    rows_rejected: how many bars of the answer were set aside.
    first_date: of the stored table; null if it is not known.
    last_date: likewise.
    stale: whether the newest bar is older than it should be.
    restated: how the vendor changed stored bars: `newest-volume`, `few`, `many` or `adjusted`; null if it did not
        ([docs/data.md](data.md)).
    warnings: sentences about the symbol.
    found: what the checks found, by check ([docs/data.md](data.md#every-check)); absent where they found nothing.
    error: what went wrong; null where nothing did.
    """

    symbol: str
    status: str
    attempts: int
    rows_added: int
    rows_changed: int
    rows_rejected: int
    first_date: str | None
    last_date: str | None
    stale: bool
    restated: str | None
    warnings: list[str]
    found: NotRequired[dict[str, Found]]
    error: FailureRecord | None


class BackfillProgress(TypedDict):
    """How far a backfill is after a run.

    name: its name.
    status: `open`, `paused`, `ended` or `done`.
    symbols: how many symbols it has.
    done: how many of them have what is wanted.
    given_up: how many it asks for no more, because they failed.
    left: how many are to do.
    days_to_go: how many days they take; null if no day leaves a request over.
    sentence: all that in one line.
    """

    name: str
    status: str
    symbols: int
    done: int
    given_up: int
    left: int
    days_to_go: int | None
    sentence: str


class Manifest(RunManifest):
    """What a run did: `runs/<execution>/manifest.json`.

    series: the kind of prices; "" if the run failed before that was known.
    outputsize: `compact` or `full`; "" likewise.
    symbols: how each symbol ended.
    requests: the requests that were planned and made.
    cost: the run's cost on AWS by formula: counts, and `dollars` (`functions/daily_prices/cost.py`).
    source: the host that the prices came from; any other than `www.alphavantage.co` may have invented them.
    backfill: how far the backfill is that the run made a part of; null if there was none to go on with; absent in
        other runs.
    """

    series: str
    outputsize: str
    symbols: list[SymbolRecord]
    requests: RequestsMade
    cost: dict[str, float]
    source: str
    backfill: NotRequired[BackfillProgress | None]
