"""The state table of a laptop run, read back."""

import json

import pytest

from stockflow.embedded.table_file import read_items
from stockflow.errors import Unusable
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
