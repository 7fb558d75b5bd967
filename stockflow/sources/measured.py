"""The texts that a run measured, from the objects that it left; bounded, for they become part of its file and page."""

from collections.abc import Callable, Iterable
from pathlib import Path
from typing import cast

from stockflow.history.json_values import JsonObject, objects_in
from stockflow.sources.run_folder import read_manifest
from stockflow_functions.runtime.measured import MeasuredPassage, MeasuredText
from stockflow_functions.runtime.workflow import Workflow

MOST_CHARACTERS = 300_000
"""Of all texts together: those of four calls of an hour. Beyond it each keeps its strongest passages."""

Stored = Callable[[str], bytes | None]


def measured_texts(
    execution: str, manifest: JsonObject | None, workflow: Workflow | None, stored: Stored
) -> list[JsonObject]:
    """The texts of the items in a manifest; none of a workflow that measures none.

    Args:
        stored: gives the bytes of an object of the run by its key; None if it is gone.
    """
    if manifest is None or workflow is None or workflow.measured is None:
        return []
    records = objects_in(manifest.get("symbols"))
    found = (_measured(workflow, execution, record, stored) for record in records)
    return [cast("JsonObject", text) for text in bounded([text for text in found if text])]


def texts_in_folder(folder: Path, execution: str, workflow: Workflow | None) -> list[JsonObject]:
    """The same of a run that has its folder on this machine."""
    if workflow is None or workflow.measured is None:
        return []
    return measured_texts(execution, read_manifest(folder), workflow, stored_in(folder))


def stored_in(folder: Path) -> Stored:
    """Reads the objects of the output folder that a run's folder is in, which is laid out as the bucket is."""
    root = folder.resolve().parent.parent

    def stored(key: str) -> bytes | None:
        try:
            return (root / key).read_bytes()
        except OSError:
            return None

    return stored


def bounded(texts: list[MeasuredText], most_characters: int = MOST_CHARACTERS) -> list[MeasuredText]:
    """The texts, cut to the passages with the strongest values where there is no room for all, each to an equal share.

    A passage that is left out keeps its place, its time and its value; its words are gone.
    """
    if sum(map(_length, texts)) <= most_characters:
        return texts
    return [_cut(text, most_characters // len(texts)) for text in texts]


def _measured(workflow: Workflow, execution: str, record: JsonObject, stored: Stored) -> MeasuredText | None:
    """None too for a record that another release wrote and this one can't read."""
    if workflow.measured is None:
        return None
    try:
        return workflow.measured(execution, record, stored)
    except (ValueError, TypeError, KeyError, AttributeError):
        return None


def _length(text: MeasuredText) -> int:
    return sum(len(passage["text"]) for passage in text["passages"])


def _cut(text: MeasuredText, room: int) -> MeasuredText:
    kept: set[int] = set()
    for number in _strongest_first(text["passages"]):
        length = len(text["passages"][number]["text"])
        if length > room:
            break
        room -= length
        kept.add(number)
    return {
        **text,
        "passages": [
            passage if number in kept else {**passage, "text": ""} for number, passage in enumerate(text["passages"])
        ],
    }


def _strongest_first(passages: list[MeasuredPassage]) -> Iterable[int]:
    return sorted(range(len(passages)), key=lambda number: abs(passages[number]["value"] or 0), reverse=True)
