"""A run's folder on this machine: the names of its files, and the contents of those that hold a JSON object."""

from pathlib import Path

from stockflow.history.json_values import JsonObject, list_in, object_in, parsed

RUN_FILE, REPORT_FILE = "run.json", "report.html"
MANIFEST_FILE, PLAN_FILE, SHARDS_FILE = "manifest.json", "plan.json", "shards.json"


def read_object(file: Path) -> JsonObject:
    """The object in a file; empty if it is missing or unreadable."""
    try:
        return object_in(parsed(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return {}


def read_list(file: Path) -> list[object]:
    """The list in a file; empty if it is missing or unreadable."""
    try:
        return list_in(parsed(file.read_text(encoding="utf-8")))
    except (OSError, ValueError):
        return []


def read_manifest(folder: Path) -> JsonObject | None:
    """The manifest in a run's folder, or None if it is missing or unreadable."""
    return read_object(folder / MANIFEST_FILE) or None
