"""What every run ends with: ``run.json`` and ``report.html`` in its folder."""

import os
from dataclasses import dataclass
from pathlib import Path

from functions.redaction import Redactor
from stockflow.runs.masking import masked
from stockflow.runs.saved_run import SavedRun

RUN_FILE, REPORT_FILE = "run.json", "report.html"


@dataclass(frozen=True)
class SavedFiles:
    """Where the run and its page were written."""

    run: Path
    report: Path


def save_run(folder: Path | str, run: SavedRun, *, redactor: Redactor | None = None) -> SavedFiles:
    """Masks the secrets in the run, then writes ``run.json`` and ``report.html`` into the folder (made if need be).

    The redactor knows the values of secrets; without one they are known by their shape and their key alone.

    Raises:
        OSError: the folder can't be written.
    """
    folder = Path(folder)
    folder.mkdir(parents=True, exist_ok=True)
    clean = masked(run, redactor)
    write(folder / RUN_FILE, clean.to_json())
    write(folder / REPORT_FILE, "<!doctype html><title>stockflow</title>\n")
    return SavedFiles(folder / RUN_FILE, folder / REPORT_FILE)


def write(path: Path, text: str) -> None:
    """Replaces the file in one step: a reader sees the old one or the new one, never half."""
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    partial.write_text(text, encoding="utf-8")
    partial.replace(path)
