"""What a command says at the end of a run, and its exit status; the same for a laptop run and one on AWS."""

from typing import Any

from rich.console import Console
from rich.text import Text

from functions.outcome import DEFERRED, FAILED, SAVED, UNCHANGED


def exit_status(manifest: dict[str, Any]) -> int:
    """0 where every symbol is saved, unchanged or deferred, 2 where the input could not be used, else 1."""
    error = manifest.get("error")
    if error:
        return 2 if error["type"] == "InvalidInput" else 1
    return 1 if any(symbol["status"] == FAILED for symbol in manifest["symbols"]) else 0


def sum_up(console: Console, manifest: dict[str, Any]) -> None:
    """One line of what became of the symbols, and one of the error where the run itself failed."""
    symbols = manifest["symbols"]
    counts = {status: sum(s["status"] == status for s in symbols) for status in (SAVED, UNCHANGED, FAILED, DEFERRED)}
    said = ", ".join(f"{count} {status}" for status, count in counts.items() if count) or "no symbol"
    rows = sum(symbol.get("rows_added", 0) for symbol in symbols)
    console.print(Text(f"{manifest['outcome']}: {said}; {rows} rows added."), soft_wrap=True)
    if manifest.get("error"):
        error = manifest["error"]
        place = f"{error['state']}: " if error.get("state") else ""
        console.print(Text(f"{place}{error['type']}: {error['message']}", style="bold red"), soft_wrap=True)
