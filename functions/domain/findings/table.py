"""What the checks of each run found as Parquet: a row a run, symbol and check, the oldest run first."""

from collections.abc import Collection, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime

import pyarrow as pa
import pyarrow.compute as pc

from stockflow_functions.domain.parquet import VERSION_KEY, column, described, from_bytes, to_bytes, version_of

SCHEMA_VERSION = 1

FINDINGS = pa.schema(
    [
        described("execution", pa.string(), "the run that found it", empty=False),
        described("started_at", pa.timestamp("s", tz="UTC"), "when that run began", "UTC", empty=False),
        described("series", pa.string(), "such as daily", empty=False),
        described("symbol", pa.string(), "as it was asked for", empty=False),
        described("rule", pa.string(), "name of the check, see docs/data.md", empty=False),
        described("bars", pa.int64(), "bars, sessions or weeks that it is about", "count", empty=False),
        described("newest_date", pa.date32(), "of the newest one; stale: newest bar; gap: last bar before it"),
        described("sentence", pa.string(), "what people were told of it; empty if nothing"),
    ]
)
"""findings/: a row a run, symbol and check. In SQL ``at`` and ``check`` are words of the language."""

_ORDER = [(name, "ascending") for name in ("started_at", "execution", "symbol", "rule")]


@dataclass(frozen=True)
class FindingRow:
    """What one check found in one symbol of one run; ``started_at``, of the run, has a time zone."""

    execution: str
    started_at: datetime
    series: str
    symbol: str
    rule: str
    bars: int
    newest_date: date | None = None
    sentence: str | None = None


def no_findings() -> pa.Table:
    """The table before the first run."""
    return FINDINGS.empty_table()


def with_run(table: pa.Table, execution: str, rows: Sequence[FindingRow]) -> pa.Table:
    """The table with what this run found in the place of what it was said to have found before."""
    others = table.filter(pc.not_equal(table["execution"], execution))
    new = pa.Table.from_pylist([asdict(row) for row in rows], schema=FINDINGS)
    return pa.concat_tables([others, new]).sort_by(_ORDER).combine_chunks()


def all_bars(table: pa.Table, checks: Collection[str]) -> dict[str, int]:
    """By symbol, how many bars these checks found in all runs together."""
    return _by_symbol(table, checks, "sum")


def most_bars(table: pa.Table, checks: Collection[str]) -> dict[str, int]:
    """By symbol, how many bars these checks found in the run in which it was most: of what is found again each run."""
    return _by_symbol(table, checks, "max")


def _by_symbol(table: pa.Table, checks: Collection[str], of_runs: str) -> dict[str, int]:
    found = table.filter(pc.is_in(table["rule"], pa.array(sorted(checks), pa.string())))
    runs = found.group_by(["symbol", "execution"]).aggregate([("bars", "sum")])
    symbols = runs.group_by("symbol").aggregate([("bars_sum", of_runs)])
    return dict(zip(symbols["symbol"].to_pylist(), symbols[f"bars_sum_{of_runs}"].to_pylist(), strict=True))


def encode(table: pa.Table) -> bytes:
    """As Parquet bytes: the same rows give the same bytes."""
    return to_bytes(table, {VERSION_KEY: str(SCHEMA_VERSION).encode()})


def decode(body: bytes) -> pa.Table:
    """The reverse of :func:`encode`; unknown columns are passed over.

    Raises:
        NotATableError: the bytes are not such a table.
        NewerTableError: a newer release wrote them.
    """
    found = from_bytes(body)
    version_of(found, SCHEMA_VERSION)
    return pa.Table.from_arrays([column(found, each) for each in FINDINGS], schema=FINDINGS)
