"""Where things live in the bucket: the one place that knows the layout."""

import re
from functools import lru_cache
from urllib.parse import quote, unquote

# Windows has these for devices, whatever follows a dot, in any folder
# (https://learn.microsoft.com/windows/win32/fileio/naming-a-file#naming-conventions).
_DEVICE = re.compile(r"(CON|PRN|AUX|NUL|(COM|LPT)[0-9])(\.|$)", re.IGNORECASE)


@lru_cache(maxsize=16_384)
def safe_symbol(symbol: str) -> str:
    """The symbol as part of a key: valid as a file name on every file system, and hidden by no query engine.

    Percent-encoded are: anything but letters, digits, dot and hyphen; a dot in front, which hides a file, and one at
    the end, which Windows drops; the first letter of a device of Windows (CON, CON.LON). So AAPL, BRK-B and TSCO.LON
    stay as they are, and ``unquote`` restores every symbol. Symbols are in capitals, so no two of them
    share a name where case does not count.
    """
    safe = _percent_encoded(symbol)
    if safe.startswith(".") or _DEVICE.match(safe):
        safe = f"%{ord(safe[0]):02X}{safe[1:]}"
    return f"{safe[:-1]}%2E" if safe.endswith(".") else safe


def symbol_of(key: str) -> str:
    """The symbol whose object this is, by the last part of its key; any name passes for a symbol."""
    return unquote(key.rpartition("/")[2].rpartition(".")[0])


def former(key: str) -> str:
    """The object's key before dots and device names were encoded; for nearly all symbols the same key."""
    return "/".join(_percent_encoded(unquote(part)) if "%" in part else part for part in key.split("/"))


def _percent_encoded(text: str) -> str:
    return quote(text, safe=".-").replace("_", "%5F").replace("~", "%7E")


def prices(series: str, symbol: str) -> str:
    """The dataset: one object per symbol."""
    return f"{prices_of(series)}{safe_symbol(symbol)}.parquet"


FRESHNESS = "freshness/"
"""What is known of each symbol from earlier runs."""


def freshness(series: str) -> str:
    """What is known of a series' symbols from earlier runs: one object, gzipped JSON."""
    return f"{FRESHNESS}{series}.json.gz"


def prices_of(series: str) -> str:
    """The prefix of a series' objects, with a closing slash."""
    return f"prices/{series}/"


def raw(series: str, symbol: str, execution: str) -> str:
    """The vendor's answer, byte for byte but for the API key, gzipped."""
    return f"raw/{series}/{safe_symbol(symbol)}/{execution}.json.gz"


def staged(execution: str, symbol: str) -> str:
    """The checked table between Transform and Save."""
    return f"staged/{execution}/{safe_symbol(symbol)}.parquet"


def rejected(execution: str, symbol: str) -> str:
    """Rows set aside, each with its reason."""
    return f"rejected/{execution}/{safe_symbol(symbol)}.json"


def restated(execution: str, symbol: str) -> str:
    """Values the vendor changed afterwards: from what, to what."""
    return f"restated/{execution}/{safe_symbol(symbol)}.json"


def splits(symbol: str) -> str:
    """The splits that the vendor knows of the symbol, as they were last asked for."""
    return f"splits/{safe_symbol(symbol)}.json"


def splits_refused(symbol: str) -> str:
    """The note that the vendor had no answer when it was asked for the symbol's splits, and when."""
    return f"splits/refused/{safe_symbol(symbol)}.json"


UNIVERSES = "universes/"
"""Lists of symbols that runs name; never written by a run, never expired."""

LISTINGS = "listings.parquet"
"""Who is listed on which exchange since when, and who was."""


def raw_listings(state: str, execution: str) -> str:
    """The vendor's list of those in that state, byte for byte but for an API key, gzipped."""
    return f"raw/listings/{state}/{execution}.csv.gz"


def universe(stem: str, digest: str) -> str:
    """A list of symbols that was given as a file: the name of the file, and what tells its content from others'."""
    return f"{UNIVERSES}{safe_symbol(stem)[:60]}-{digest}.txt"


TOLD = "told/"
"""What people were told once."""


def told(series: str, kind: str = "") -> str:
    """What people were told once of the series' symbols: their delisting, or what else there is, by kind."""
    return f"{TOLD}{series}{kind}.json"


def quarantine(execution: str, series: str, symbol: str) -> str:
    """A stored object that was no table, moved aside before another took its place."""
    return f"quarantine/{execution}/{series}/{safe_symbol(symbol)}.parquet"


ACTIONS = "actions/"
"""Splits and dividends."""


def actions(symbol: str) -> str:
    """The splits and dividends of a symbol: one object."""
    return f"{ACTIONS}{safe_symbol(symbol)}.parquet"


CATALOG = "catalog.parquet"
"""What the dataset holds: a row a symbol and series."""

TABLES = "tables/"
"""All symbols of a series in one table a year; made of the symbols' own objects, and again at will."""

CATALOG_COPY = "tables/catalog/catalog.parquet"
"""The catalog once more: Athena has a table of a folder, not of one object."""

ALL_ACTIONS = "tables/actions/actions.parquet"
"""All symbols' splits and dividends; made of the symbols' own objects, and again at will."""


def table(series: str, year: int) -> str:
    """All symbols' bars of a year."""
    return f"{TABLES}{series}/{year}.parquet"


FINDINGS = "findings/"
"""What the checks of each run found."""


def findings(series: str) -> str:
    """What the checks found in the symbols of a series, run by run: one object."""
    return f"{FINDINGS}{series}.parquet"


CALLS = "calls/"
"""Recordings and transcripts of earnings calls, as people drop them: never written by a run, never expired."""


TRANSCRIPTIONS = "transcriptions/"
"""What Amazon Transcribe writes; a job may serve several runs."""


def call_object(name: str) -> str:
    """The object of a call that is named by its key, such as ``AAPL/2026-10-29.mp3``."""
    return f"{CALLS}{name}"


def transcription(job_name: str) -> str:
    """Amazon Transcribe's output. No ``%`` may be in it."""
    return f"{TRANSCRIPTIONS}{job_name}.json"


def raw_call(symbol: str, when: str, execution: str) -> str:
    """A call's transcript as it came, byte for byte but for an API key, gzipped; ``when`` is its date or quarter."""
    return f"raw/calls/{safe_symbol(symbol)}/{when}/{execution}.json.gz"


def passages(execution: str, name: str) -> str:
    """A call's passages between ReadTranscript and JudgeTone, gzipped JSON; ``name`` is the call's."""
    return f"staged/{execution}/{safe_symbol(name)}.passages.json.gz"


def judged_passages(execution: str, name: str) -> str:
    """A call's passages with their tone, between JudgeTone and SaveTone, likewise."""
    return f"staged/{execution}/{safe_symbol(name)}.judged.json.gz"


def transcript(symbol: str, when: str) -> str:
    """The passages of one call, a row each; ``when`` is its date, with its label if it has one."""
    return f"transcripts/{safe_symbol(symbol)}/{when}.parquet"


def tone(symbol: str) -> str:
    """The tone of a symbol's calls: one object, a row a call."""
    return f"tone/{safe_symbol(symbol)}.parquet"


BACKFILLS = "backfills/"
"""Backfills, an object each, and beside it the list of its symbols."""


def backfill(name: str) -> str:
    """What a backfill is about, and how far it is."""
    return f"{BACKFILLS}{name}.json"


def backfill_symbols(name: str) -> str:
    """Its symbols, one a line."""
    return f"{BACKFILLS}{name}.txt"


def scratch(execution: str) -> str:
    """The prefix of all that a smoke run keeps, with a closing slash."""
    return f"scratch/{execution}/"


_SHARD = re.compile(r"(.+)-shard-(\d{4,})")
_LONGEST_NAME, _SHARD_SUFFIX = 80, len("-shard-0001")
"""Of an execution's name (docs.aws.amazon.com/step-functions, "StartExecution")."""


def shard_execution(execution: str, number: int) -> str:
    """The name of the execution that runs a shard of this one; shards are numbered from 1."""
    return f"{execution[: _LONGEST_NAME - _SHARD_SUFFIX - 1]}-shard-{number:04}"


def whole_run(execution: str) -> str:
    """The name of the run that this execution is a shard of, as far as the shard's name has it; else its own."""
    shard = _SHARD.fullmatch(execution)
    return shard[1] if shard else execution


def is_shard(execution: str) -> bool:
    """Whether an execution of this name is a shard of another one."""
    return whole_run(execution) != execution


def run(execution: str) -> str:
    """All that is known of one execution, with a closing slash; a shard's is below that of the run it is a part of."""
    shard = _SHARD.fullmatch(execution)
    return f"runs/{shard[1]}/shards/{shard[2]}/" if shard else f"runs/{execution}/"


def shards(execution: str) -> str:
    """The shards of a run, each with its number, the name of its execution and its symbols."""
    return f"{run(execution)}shards.json"


def plan(execution: str) -> str:
    """What Plan decided."""
    return f"{run(execution)}plan.json"


def symbol_records(execution: str) -> str:
    """The prefix of the symbols' records, with a closing slash."""
    return f"{run(execution)}symbols/"


def symbol_record(execution: str, symbol: str) -> str:
    """How one symbol ended, written by the state it ended in."""
    return f"{symbol_records(execution)}{safe_symbol(symbol)}.json"


def failure_record(execution: str) -> str:
    """The error of a state that has no symbol (Plan, Notify)."""
    return f"{run(execution)}failure.json"


def notification_marker(execution: str) -> str:
    """Whether people have been notified of the run."""
    return f"{run(execution)}told.json"


def manifest(execution: str) -> str:
    """What the run did, symbol by symbol."""
    return f"{run(execution)}manifest.json"
