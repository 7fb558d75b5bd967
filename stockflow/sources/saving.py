"""Writes what every run ends with: ``run.json`` and ``report.html`` in its folder."""

from dataclasses import dataclass, replace
from pathlib import Path

from stockflow import workflows
from stockflow.history.compare import saved_last_good, summary_of
from stockflow.history.masking import Masker, masked
from stockflow.history.model import KILLED, UNKNOWN
from stockflow.history.saved_run import SavedRun
from stockflow.page.page import Surroundings, render_page
from stockflow.sources.earlier_runs import last_good_runs
from stockflow.sources.measured import texts_in_folder
from stockflow.sources.run_folder import REPORT_FILE, RUN_FILE, read_manifest
from stockflow.sources.shards import with_shards
from stockflow.sources.writing import write_by_rename
from stockflow_functions.domain.redaction import Redactor

_DEFAULT_RUNS = Path("out/runs")


@dataclass(frozen=True)
class SavedFiles:
    """Where the run and its page were written."""

    run: Path
    report: Path


def save_run(
    folder: Path | str,
    run: SavedRun,
    *,
    redactor: Redactor | None = None,
    masker: Masker | None = None,
    page: bool = True,
) -> SavedFiles:
    """Masks the secrets in the run, then writes ``run.json`` and ``report.html`` into the folder (created if needed).

    Without ``page`` it has no ``report.html``, as a shard of a run, whose page has all.

    The redactor knows the values of secrets; without one they are only recognised by shape and key. A masker that has
    masked the run's parts before remembers them.

    Raises:
        OSError: the folder can't be written.
    """
    folder = Path(folder)
    texts = run.texts or texts_in_folder(folder, run.execution, workflows.of_run(run))
    run = replace(run, texts=list(texts))
    clean = masked(run, redactor, masker)
    model = workflows.model_of(with_shards(clean, folder))
    clean.summary = summary_of(model)
    write_text(folder / RUN_FILE, clean.to_json())
    if page:
        write_text(folder / REPORT_FILE, render_page(model, surroundings_of(folder, clean, reference_to(folder))))
    return SavedFiles(folder / RUN_FILE, folder / REPORT_FILE)


def surroundings_of(folder: Path | None, run: SavedRun, reference: str) -> Surroundings:
    """What the page shows from the files around a run; a run on AWS contains it, a bare history has none."""
    workflow = workflows.of_run(run)
    if folder is None or (run.manifest and run.description.get("status") not in {KILLED, UNKNOWN}):
        return Surroundings(reference, run.manifest or None, saved_last_good(run.last_good), workflow)
    manifest = run.manifest or read_manifest(folder)
    done = workflow.done if workflow else frozenset()
    return Surroundings(reference, manifest, last_good_runs(folder, manifest, done), workflow)


def reference_to(folder: Path) -> str:
    """How a command names the run: by its name alone if it is in the default output folder."""
    return folder.name if folder.parent == _DEFAULT_RUNS else str(folder)


def write_text(path: Path, text: str) -> None:
    """Writes the file in one step; a character that UTF-8 does not have becomes a question mark.

    Raises:
        OSError: the file can't be written.
    """
    write_by_rename(path, text.encode(errors="replace"))
