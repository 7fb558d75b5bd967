"""Keeps invented prices and real ones in separate folders."""

from pathlib import Path
from urllib.parse import urlsplit

from stockflow.embedded.table_file import PRIVATE
from stockflow.errors import Unusable
from stockflow.sources.writing import write_by_rename
from stockflow_functions.aws import keys

SIMULATED, REAL, UNKNOWN = "simulated", "real", "unknown"
_LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


def origin_of(base_url: str, *, simulated: bool) -> str:
    """Where prices come from; a server on this machine may be anything, so its prices may join either kind."""
    if simulated:
        return SIMULATED
    return UNKNOWN if urlsplit(base_url).hostname in _LOOPBACK else REAL


def _held(folder: Path) -> str:
    """What there is of a vendor's in the folder; "" if nothing."""
    if any(folder.glob("prices/*/*.parquet")):
        return "prices"
    if any(folder.glob(f"{keys.ACTIONS}*.parquet")):
        return "splits and dividends"
    return "listings" if (folder / keys.LISTINGS).exists() else ""


def hold_to_origin(folder: Path, origin: str) -> None:
    """Records in the folder where its prices come from.

    Raises:
        Unusable: it holds prices of the other kind, or that record is damaged.
    """
    marker = folder / PRIVATE / "origin"
    try:
        known = marker.read_text(encoding="utf-8").strip() if marker.exists() else ""
    except (OSError, ValueError):
        known = "unreadable"
    if known not in {"", SIMULATED, REAL}:
        raise Unusable(f"{marker} is damaged: write {SIMULATED} or {REAL} into it, whichever the prices there are.")
    if origin in {UNKNOWN, known}:
        return
    held = _held(folder) if known else ""
    if held:
        raise Unusable(
            f"{folder} holds {known} {held}, and this run would add {origin} ones: choose another with --output-dir."
        )
    write_by_rename(marker, f"{origin}\n".encode())
