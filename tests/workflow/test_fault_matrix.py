"""The fault matrix: each state, each fault, before, during and after each effect; what the workflow does, and what is
in the dataset then and after a clean run.

The table is printed (``pytest -s``), written to artifacts/fault_matrix.txt, and stands in docs/faults.md. After a
change that is meant, write that file anew and read the difference:
``UPDATE_GOLDEN=1 .venv/bin/python -m pytest tests/workflow/test_fault_matrix.py && git diff docs/faults.md``
"""

import os
import re
from contextlib import ExitStack
from unittest.mock import patch

import pytest

from stockflow.embedded.faults import AwsFault
from stockflow.embedded.function_host import CURRENT
from tests.conftest import REPOSITORY
from tests.workflow.fault_cells import CALLS, CELLS
from tests.workflow.fault_matrix import Matrix, as_table, row_of

DOCUMENT = REPOSITORY / "docs" / "faults.md"
TABLE = re.compile(r"(?<=<!-- fault matrix -->\n\n)(\|.*\|\n)+")


@pytest.fixture(scope="module")
def matrix(request, tmp_path_factory):
    """Tries the cells that are asked for, and shows what came of them."""
    params = [
        item.callspec.params
        for item in request.session.items
        if item.path == request.path and hasattr(item, "callspec")
    ]
    names = {each["cell"].name for each in params if "cell" in each}
    with ExitStack() as stack:
        matrix = Matrix(stack, tmp_path_factory.mktemp, [cell for cell in CELLS if cell.name in names])
        yield matrix
    text = as_table(matrix.results)
    print(f"\n{text}")  # noqa: T201 # pytest -s shows it
    if len(matrix.results) == len(CELLS):
        artifacts = REPOSITORY / "artifacts"
        artifacts.mkdir(exist_ok=True)
        (artifacts / "fault_matrix.txt").write_text(text)


@pytest.fixture(scope="module")
def documented(matrix):
    """The table in docs/faults.md, rows by what identifies a cell."""
    if os.environ.get("UPDATE_GOLDEN"):
        text = as_table({cell: matrix.result(cell) for cell in CELLS})
        DOCUMENT.write_text(TABLE.sub(lambda _: text, DOCUMENT.read_text()))
    lines = TABLE.search(DOCUMENT.read_text())[0].splitlines()[2:]
    rows = [tuple(text.strip() for text in line.strip("|").split("|")) for line in lines]
    return {row[:4]: row for row in rows}


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_the_dataset_is_never_wrong_and_in_the_end_complete(matrix, cell):
    """After the fault the symbol's rows are those from before it or those that were due, nothing between; and after a
    clean run on the same folder they are those of a run that never failed: none missing, doubled or wrong.
    """
    result = matrix.result(cell)

    assert result.dataset in {"as before", "complete"}
    assert result.after == result.expected


@pytest.mark.parametrize("cell", CELLS, ids=lambda cell: cell.name)
def test_the_workflow_does_what_the_table_says(matrix, cell, documented):
    """How run and symbol end, where people hear of it, and what the dataset is then, is as docs/faults.md has it."""
    row = row_of(cell, matrix.result(cell))

    assert row == documented.get(row[:4])


def test_the_table_has_no_other_rows(documented):
    """What docs/faults.md says has been tried."""
    assert list(documented) == [(cell.state, cell.effect, cell.fault, cell.when) for cell in CELLS]


def test_a_symbol_that_no_fault_meets_is_saved(matrix):
    """Beside the symbols that fail in every way, one that meets no fault is saved."""
    for cell in CELLS:
        if cell.together:
            matrix.result(cell)

    assert set(matrix.well) == {"saved"}


def test_every_call_of_every_state_has_a_cell(matrix):
    """The calls at which functions are killed are all that a run makes, so that a new one needs a cell."""
    stage, made = matrix.stage, []
    around = stage.aws.faults.around

    def recorded(service, operation, subject, effect):
        state = CURRENT.get().caller.split()[0] if CURRENT.get() else ""
        if state in CALLS:
            made.append((state, service, operation, subject))
        return around(service, operation, subject, effect)

    stage.place("CALLS")
    stage.aws.faults.add(AwsFault("s3", "InternalError", "PUT", "never/"))  # with a fault in force calls are looked at
    with patch.object(stage.aws.faults, "around", recorded):
        stage.end(stage.start("CALLS"))
    stage.heal()

    listed = [(state, call) for state, calls in CALLS.items() for call in calls]
    assert len(made) == len(listed)
    for (state, call), (caller, *request, subject) in zip(listed, made, strict=True):
        assert (state, call.service, call.operation) == (caller, *request)
        assert call.key_contains in subject


def test_the_rows_that_are_due_are_those_of_a_run_that_never_failed(matrix):
    """What the cells are held to, worked out from the vendor's answers alone, is what a clean run stores: new rows, and
    an old one restated.
    """
    stage = matrix.stage
    stage.place("CLEAN")
    stage.end(stage.start("CLEAN"))

    before, rows = stage.stored["CLEAN"], stage.rows("CLEAN")
    assert rows == stage.expected("CLEAN")
    assert len(rows) > len(before)
    assert sum(rows[day] != before[day] for day in before) == 1
