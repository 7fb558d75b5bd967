"""Checks the tables of calls in a dataset: each transcript, and the rows of each symbol against its transcripts."""

import re
from collections.abc import Iterator
from urllib.parse import unquote

from stockflow.cli.checked import Checked
from stockflow.dataset.places import Place, is_hidden
from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.tables import decode_rows
from stockflow_functions.domain.calls.verifying import kinds_of, verify_rows, verify_transcript
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.verdict import Verdict

TONE, TRANSCRIPTS = "tone", "transcripts"
PREFIXES = (f"{TONE}/", f"{TRANSCRIPTS}/")
_WHEN = re.compile(r"\d{4}-\d\d-\d\d(-[a-z0-9][a-z0-9-]{0,39})?")


def listed(place: Place) -> tuple[dict[str, list[str]], list[str]]:
    """The keys that should be tables, by their symbols, and other keys among them that their names do not hide."""
    found = [key for prefix in PREFIXES for key in place.keys(prefix) if not is_hidden(key)]
    tables: dict[str, list[str]] = {}
    for key in found:
        if key.endswith(".parquet"):
            tables.setdefault(_symbol_of(key), []).append(key)
    return tables, [key for key in found if not key.endswith(".parquet")]


class Checker:
    """Checks the symbols one after another, and that one kind of engine judged them all."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._engines: dict[bool, str] = {}

    def verdicts(self, symbol: str, tables: list[str]) -> Iterator[Checked]:
        """What was found in the tables of a symbol."""
        misplaced = [key for key in tables if not _is_in_place(key, symbol)]
        for key in misplaced:
            dataset = key.partition("/")[0]
            yield Checked(symbol, dataset, Verdict(breaches=[f"{key} is not where a table of {dataset} is kept."]))
        read = {key: self._place.read(key) for key in tables if key not in misplaced}
        transcripts = {
            _when(key): verify_transcript(body, _when(key))
            for key, body in read.items()
            if body is not None and key != keys.tone(symbol)
        }
        yield from (Checked(symbol, TRANSCRIPTS, each.verdict) for each in transcripts.values())
        rows = read.get(keys.tone(symbol))
        if rows is not None:
            found = verify_rows(rows, symbol, {when: each.passages for when, each in transcripts.items()})
            yield Checked(symbol, TONE, self._with_engines(symbol, rows, found))
        elif transcripts:
            yield Checked(
                symbol,
                TONE,
                Verdict(breaches=[f"{keys.tone(symbol)} is missing, though there are transcripts of its calls."]),
            )

    def _with_engines(self, symbol: str, body: bytes, verdict: Verdict) -> Verdict:
        """The verdict, with a breach if an earlier symbol was judged by the other kind of engine."""
        try:
            kinds = kinds_of(decode_rows(body, symbol).rows)
        except (NotATableError, NewerTableError):
            return verdict
        for kind, engine in kinds.items():
            other = self._engines.get(not kind)
            self._engines.setdefault(kind, engine)
            if other and len(kinds) == 1:
                verdict.breaches.append(f"mixed-engines: it holds tone by {engine}, and other symbols tone by {other}.")
        return verdict


def _symbol_of(key: str) -> str:
    """By the name of its folder or, in tone/, its own."""
    parts = key.split("/")
    return unquote(parts[1].removesuffix(".parquet"))


def _when(key: str) -> str:
    """The date of a transcript's call, with its label if it has one."""
    return key.rpartition("/")[2].removesuffix(".parquet")


def _is_in_place(key: str, symbol: str) -> bool:
    when = _when(key)
    return key == keys.tone(symbol) or (key == keys.transcript(symbol, when) and bool(_WHEN.fullmatch(when)))
