"""The state table of a laptop run, read back."""

import json

import pytest

from stockflow.embedded.state_folder import SharedBudget
from stockflow.embedded.table_file import TableFile, read_items
from stockflow.errors import Unusable
from stockflow.testing import NOON_MS
from stockflow_functions.aws.state_table.item import VERSION, key_of

BUDGET = {"pk": {"S": key_of("b")}, "version": {"N": str(VERSION)}, "last_slot_ms": {"N": "1"}}
DEFERRED = {"pk": {"S": "deferred#daily"}, "symbols": {"SS": ["AAPL"]}}


def test_what_a_run_wrote_is_read(tmp_path):
    """The budget and what is remembered come back as they were."""
    path = tmp_path / "table.json"
    path.write_text(json.dumps({"items": [BUDGET, DEFERRED]}))

    assert read_items(path) == [BUDGET, DEFERRED]


def test_a_new_folder_has_no_items(tmp_path):
    """Where nothing was written, nothing is read."""
    assert read_items(tmp_path / "none" / "table.json") == []


def test_a_budget_of_another_release_is_read(tmp_path):
    """What an older or a newer release wrote is for the budget to judge."""
    path = tmp_path / "table.json"
    path.write_text(json.dumps({"items": [{**BUDGET, "version": {"N": "99"}}]}))

    assert read_items(path)[0]["version"] == {"N": "99"}


@pytest.mark.parametrize(
    "body",
    [
        b'{"items": [{"pk"',
        b"",
        b"{}",
        b"[]",
        b'{"items": 7}',
        b'{"items": [7]}',
        b"\xff\xfe\x00",
        b"[" * 100_000,
        json.dumps({"items": [{"a": {"S": "no key"}}]}).encode(),
        json.dumps({"items": [{"pk": {"N": "1"}}]}).encode(),
        json.dumps({"items": [{**BUDGET, "last_slot_ms": {"N": "abc"}}]}).encode(),
        json.dumps({"items": [{**BUDGET, "last_slot_ms": {"S": "abc"}}]}).encode(),
        json.dumps({"items": [{**BUDGET, "more": {"Z": "1"}}]}).encode(),
        json.dumps({"items": [{**BUDGET, "more": "1"}]}).encode(),
    ],
    ids=lambda body: ascii(body[:40]),
)
def test_a_damaged_file_is_told_in_a_sentence(tmp_path, body):
    """Cut off, empty, binary, of another shape, or with what no budget can be made of."""
    path = tmp_path / "table.json"
    path.write_bytes(body)

    with pytest.raises(Unusable, match=r"The budget .*table.json can't be read: delete it to start over"):
        read_items(path)


def test_a_folder_in_the_file_s_place_is_told(tmp_path):
    """A folder of that name is no file."""
    with pytest.raises(Unusable, match="can't be read"):
        read_items(tmp_path)


@pytest.fixture
def shared(tmp_path):
    return SharedBudget(tmp_path / "state/budgets/0123.json", BUDGET["pk"]["S"])


def used(count, name="b"):
    """A budget that has paid for so many requests."""
    return {**BUDGET, "pk": {"S": key_of(name)}, "used_on_2026-11-20": {"N": str(count)}}


def counts(items):
    return {item["pk"]["S"]: item.get("used_on_2026-11-20", {}).get("N") for item in items}


def keep(path, *items):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps({"items": items}))


def test_the_budget_goes_to_the_state_folder_and_the_rest_to_the_output_folder(tmp_path, shared):
    """Another folder finds the one, and not the other."""
    simulated = used(3, "simulated")
    TableFile(tmp_path / "a", shared).write([used(7), DEFERRED, simulated])

    assert counts(TableFile(tmp_path / "b", shared).read(NOON_MS)) == {"budget#b": "7"}
    assert read_items(tmp_path / "a/.stockflow/table.json") == [DEFERRED, simulated]


def test_without_a_shared_budget_all_is_the_folder_s(tmp_path):
    """That of invented prices."""
    TableFile(tmp_path, None).write([used(7), DEFERRED])

    assert read_items(tmp_path / ".stockflow/table.json") == [used(7), DEFERRED]


def test_a_budget_of_an_older_release_is_taken_over_once(tmp_path, shared):
    """What it counted counts for all folders from then on, and is not counted again."""
    own = tmp_path / ".stockflow/table.json"
    keep(shared.file, used(7))
    keep(own, used(5), DEFERRED)
    table = TableFile(tmp_path, shared)
    table.write(table.read(NOON_MS))

    assert counts(TableFile(tmp_path, shared).read(NOON_MS)) == {"budget#b": "12", "deferred#daily": None}
    assert read_items(own) == [DEFERRED]


def test_reading_takes_nothing_over(tmp_path, shared):
    """`stockflow plan` looks at a folder and leaves it as it is."""
    keep(tmp_path / ".stockflow/table.json", used(5))
    TableFile(tmp_path, shared).read(NOON_MS)

    assert not shared.file.exists()
    assert counts(read_items(tmp_path / ".stockflow/table.json")) == {"budget#b": "5"}


def test_a_budget_has_the_name_that_the_run_gives_it(tmp_path, shared):
    """A key has one budget, by whatever BUDGET_NAME an earlier run called it."""
    keep(shared.file, used(7, "other"))

    assert counts(TableFile(tmp_path, shared).read(NOON_MS)) == {"budget#b": "7"}


def test_a_file_is_written_only_if_its_items_have_changed(tmp_path, shared):
    """A symbol that is deferred costs no write of the budget."""
    table = TableFile(tmp_path, shared)
    table.write([used(7)])
    before = shared.file.stat()
    table.write([used(7), DEFERRED])

    assert shared.file.stat() == before


def test_a_file_that_another_machine_writes_too_is_not_written_over(tmp_path, shared):
    """On a network folder whose locks reach only one of them: the budget would lose what the other one has counted."""
    table = TableFile(tmp_path, shared)
    table.write([used(7)])
    keep(shared.file, used(70))

    with pytest.raises(OSError, match="another process writes it too"):
        table.write([used(8)])
    assert counts(read_items(shared.file)) == {"budget#b": "70"}


def test_a_file_that_was_removed_is_written_again(tmp_path, shared):
    """Who deletes the budget wants to start over."""
    table = TableFile(tmp_path, shared)
    table.write([used(7)])
    shared.file.unlink()
    table.write([used(8)])

    assert counts(read_items(shared.file)) == {"budget#b": "8"}
