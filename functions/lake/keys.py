"""Where things live in the bucket: the one place that knows the layout."""

from urllib.parse import quote

LONGEST_EXECUTION_NAME = 80


def safe_symbol(symbol: str) -> str:
    """The symbol as part of a key: anything but letters, digits, dot and hyphen is percent-encoded."""
    return quote(symbol, safe=".-").replace("_", "%5F").replace("~", "%7E")


def prices(series: str, symbol: str) -> str:
    """The dataset: one object a symbol."""
    return f"prices/{series}/{safe_symbol(symbol)}.parquet"


def raw(series: str, symbol: str, execution: str) -> str:
    """The vendor's answer, byte for byte, gzipped."""
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
    """That the vendor had no answer to the question for the symbol's splits, and when."""
    return f"splits/refused/{safe_symbol(symbol)}.json"


def quarantine(execution: str, series: str, symbol: str) -> str:
    """A stored object that was no table, moved aside before another took its place."""
    return f"quarantine/{execution}/{series}/{safe_symbol(symbol)}.parquet"


def scratch(execution: str) -> str:
    """The prefix of all that a smoke run keeps, with a closing slash."""
    return f"scratch/{execution}/"


def run(execution: str) -> str:
    """All that is known of one execution, with a closing slash."""
    return f"runs/{execution}/"


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


def manifest(execution: str) -> str:
    """What the run did, symbol by symbol."""
    return f"{run(execution)}manifest.json"
