"""Recorded answers of the real vendor, in a folder, in place of invented ones."""

import csv
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from stockflow.errors import Unusable
from stockflow.simulated_alpha_vantage.bodies import COMPACT_ROWS, SHAPES, series_body
from stockflow.simulated_alpha_vantage.terms import DAILY, DAILY_ADJUSTED, DIVIDENDS, SPLITS, WEEKLY

FOLDERS = {"daily": DAILY, "daily_adjusted": DAILY_ADJUSTED, "daily_reshaped": DAILY, "weekly": WEEKLY}
ACTIONS_FOLDER = "other"
TRANSCRIPTS_FOLDER = "transcripts"
COMPACT, FULL, EXCERPT = "compact", "full", "excerpt"

_NAME = re.compile(
    r"(?P<symbol>.+)\.(?P<size>compact|full|excerpt)(\.asof-(?P<as_of>\d{4}-\d\d-\d\d))?\.(?P<form>json|csv)"
)
_ACTIONS = {"splits": SPLITS, "dividends": DIVIDENDS}
_ACTIONS_NAME = re.compile(r"(?P<kind>splits|dividends)_(?P<symbol>.+)\.json")
_TRANSCRIPT_NAME = re.compile(r"(?P<symbol>.+)\.(?P<quarter>\d{4}Q[1-4])\.json")
_NEWEST_DATE = re.compile(rb"\d{4}-\d\d-\d\d")


@dataclass(frozen=True)
class _Recording:
    path: Path
    as_of: str
    form: str

    def newest_date(self) -> str:
        """The first date in the file: the newest row's, or Last Refreshed, which comes before the rows."""
        with self.path.open("rb") as file:
            found = _NEWEST_DATE.search(file.read(1000))
        return found.group().decode() if found else ""


class Recordings:
    """Answers from recorded bodies.

    The folder holds ``daily/``, ``daily_adjusted/``, ``daily_reshaped/`` and ``weekly/`` with files such as
    ``IBM.compact.json``, ``GPV.TRV.full.csv`` and ``IBM.full.asof-2024-06-28.csv``, ``other/splits_IBM.json``,
    ``other/dividends_IBM.json`` and ``transcripts/IBM.2024Q1.json``; weekly ones are ``full``. JSON bodies are sent
    byte for byte, CSV ones in the JSON shape with their texts unchanged. Of several plain files, the one with the
    newest row wins, and if two have it, the JSON one. With ``as_of`` (like ``2024-06-30``), the newest file whose name
    has an asof date not after it comes first. A compact answer is cut from a full recording if there is no compact
    one; if splits or dividends were not recorded, they are read from the full adjusted series, which has no other day
    of a dividend than its ex-date.

    Raises:
        Unusable: there is no such folder, or no recording in it.
    """

    def __init__(self, folder: Path, as_of: str = "") -> None:
        self._as_of = as_of
        self._series: dict[tuple[str, str, str], list[_Recording]] = {}
        self._actions: dict[tuple[str, str], Path] = {}
        self._transcripts: dict[tuple[str, str], Path] = {}
        if not folder.is_dir():
            raise Unusable(f"There is no folder of recordings {folder}: name one that holds daily/ or daily_adjusted/.")
        self._index(folder)
        if not self._series and not self._transcripts:
            raise Unusable(f"The folder {folder} holds no recordings: put files like daily/IBM.compact.json there.")
        self._body_of = lru_cache(maxsize=64)(self._read)

    def body(self, function: str, symbol: str, *, full: bool) -> bytes | None:
        """The answer's body, or None if nothing was recorded."""
        if function in _ACTIONS.values():
            return self._actions_body(function, symbol)
        return self._body_of(function, symbol, full or not SHAPES[function].sized)

    def transcript(self, symbol: str, quarter: str) -> bytes | None:
        """The body that was recorded for this call, or None if none was."""
        path = self._transcripts.get((symbol.upper(), quarter))
        return None if path is None else path.read_bytes()

    @property
    def symbols(self) -> frozenset[str]:
        """Those with a recorded series."""
        return frozenset(symbol for _, symbol, _ in self._series)

    def _index(self, folder: Path) -> None:
        for name, function in FOLDERS.items():
            for path in sorted((folder / name).glob("*")):
                if match := _NAME.fullmatch(path.name):
                    key = (function, unquote(match["symbol"]).upper(), match["size"])
                    recording = _Recording(path, match["as_of"] or "", match["form"])
                    self._series.setdefault(key, []).append(recording)
        for path in (folder / ACTIONS_FOLDER).glob("*.json"):
            if match := _ACTIONS_NAME.fullmatch(path.name):
                self._actions[_ACTIONS[match["kind"]], unquote(match["symbol"]).upper()] = path
        for path in (folder / TRANSCRIPTS_FOLDER).glob("*.json"):
            if match := _TRANSCRIPT_NAME.fullmatch(path.name):
                self._transcripts[unquote(match["symbol"]).upper(), match["quarter"]] = path

    def _read(self, function: str, symbol: str, full: bool) -> bytes | None:
        for size in (FULL, EXCERPT) if full else (COMPACT, FULL, EXCERPT):
            if recording := self._chosen(function, symbol, size):
                if recording.form == "json" and not (size == FULL and not full):
                    return recording.path.read_bytes()
                rows = _rows(recording, function)
                return series_body(symbol, function, rows if full else rows[:COMPACT_ROWS], full=full)
        return None

    def _chosen(self, function: str, symbol: str, size: str) -> _Recording | None:
        all_of_it = self._series.get((function, symbol.upper(), size), [])
        dated = [item for item in all_of_it if item.as_of and (not self._as_of or item.as_of <= self._as_of)]
        plain = [item for item in all_of_it if not item.as_of]
        candidates = dated if self._as_of and dated else plain or dated
        return max(candidates, key=lambda item: (item.as_of, item.newest_date(), item.form == "json"), default=None)

    def _actions_body(self, function: str, symbol: str) -> bytes | None:
        if path := self._actions.get((function, symbol.upper())):
            return path.read_bytes()
        recording = self._chosen(DAILY_ADJUSTED, symbol, FULL)
        if recording is None:
            return None
        read = _split_in if function == SPLITS else _dividend_in
        data = [entry for entry in map(read, _rows(recording, DAILY_ADJUSTED)) if entry]
        return json.dumps({"symbol": symbol, "data": data}, indent=4).encode()


def _split_in(row: tuple[str, ...]) -> dict[str, str]:
    """What SPLITS says of that day; nothing if there was none."""
    factor = float(row[-1])
    return {"effective_date": row[0], "split_factor": f"{factor:.4f}"} if factor != 1 else {}


def _dividend_in(row: tuple[str, ...]) -> dict[str, str]:
    """What DIVIDENDS says of that day; nothing if there was none. The series has amounts as they were paid."""
    if not float(row[-2]):
        return {}
    unknown = dict.fromkeys(("declaration_date", "record_date", "payment_date"), "None")
    return {"ex_dividend_date": row[0], **unknown, "amount": row[-2]}


def _rows(recording: _Recording, function: str) -> list[tuple[str, ...]]:
    """The rows as in the file: the date, then the values in the vendor's order."""
    fields, key = SHAPES[function].fields, SHAPES[function].key
    if recording.form == "json":
        series: dict[str, Any] = json.loads(recording.path.read_bytes())[key]
        return [(day, *(row[name] for name in fields)) for day, row in series.items()]
    with recording.path.open(newline="", encoding="utf-8") as file:
        return list(_csv_rows(file, [name.partition(". ")[2] for name in fields]))


def _csv_rows(file: Iterable[str], names: list[str]) -> Iterable[tuple[str, ...]]:
    lines = csv.reader(file)
    header = [name.strip().replace("_", " ") for name in next(lines)]
    places = [0, *(header.index(name) for name in names)]
    for line in lines:
        if line:
            yield tuple(line[place] for place in places)
