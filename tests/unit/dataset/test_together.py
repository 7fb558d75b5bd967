"""The actions of many symbols out of one object: never another answer than their own objects give."""

import os

import pytest

from stockflow.dataset import Dataset, together
from stockflow.dataset.places import Folder, Lake
from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.tables.app import update
from stockflow_functions.domain.actions.table import SCHEMA_VERSION, encode
from stockflow_functions.domain.actions.together import decode_all
from stockflow_functions.domain.errors import StorageDenied
from stockflow_functions.domain.parquet import VERSION_KEY, to_bytes
from tests.helpers.datasets import actions_of, refused

SYMBOLS = [f"S{number:02}" for number in range(together.FEW + 1)]
FIRST, SECOND, *_, LAST = SYMBOLS
TWO, FOUR = ("2026-11-20", "split", 2.0), ("2026-11-20", "split", 4.0)


def body_of(symbol, *rows):
    return encode(actions_of(symbol, *rows))


class FolderAt:
    """The dataset in a folder, each file with the time that its object had in the bucket."""

    def __init__(self, path, aws):
        self.path, self.place = path, Folder(path)
        for key, facts in aws.services.bucket.listed(""):
            self.put(key, aws.s3.objects[key], facts.written_ms // 1000)

    def put(self, key, body, at_s=None):
        file = self.path / key
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(body)
        if at_s is not None:
            os.utime(file, (at_s, at_s))

    def remove(self, key):
        (self.path / key).unlink()


class LakeAt:
    """The same in the bucket."""

    def __init__(self, aws):
        self.put, self.remove = aws.s3.place, aws.s3.objects.pop
        self.place = Lake(Bucket(aws.s3, "lake"), "")


@pytest.fixture
def aws():
    """All symbols have split two for one, which UpdateTables finds a minute after it was written."""
    aws = FakeAws()
    for symbol in SYMBOLS:
        aws.s3.place(keys.actions(symbol), body_of(symbol, TWO))
    aws.clock.sleep(60)
    update({}, aws.services)
    return aws


@pytest.fixture(params=["folder", "bucket"])
def at(request, aws, tmp_path):
    return FolderAt(tmp_path, aws) if request.param == "folder" else LakeAt(aws)


@pytest.fixture
def read(at, monkeypatch):
    """The keys that were read, in order."""
    read, keys_read = at.place.read, []
    monkeypatch.setattr(at.place, "read", lambda key: (keys_read.append(key), read(key))[1])
    return keys_read


def splits(at, symbols=SYMBOLS):
    """The factors of each symbol's splits."""
    found = Dataset(at.place).actions(symbols)
    return {symbol: found.query("symbol == @symbol")["value"].tolist() for symbol in symbols}


ALL_TWO = {symbol: [2.0] for symbol in SYMBOLS}


def test_many_symbols_are_read_from_one_object(at, read):
    """None of their own is opened."""
    assert splits(at) == ALL_TWO
    assert read == [keys.ALL_ACTIONS]


def test_few_symbols_are_read_from_their_own(at, read):
    """That is as fast."""
    assert splits(at, [FIRST, LAST]) == {FIRST: [2.0], LAST: [2.0]}
    assert sorted(read) == [keys.actions(FIRST), keys.actions(LAST)]


def test_some_of_a_whole_market_are_read_from_their_own(at, read, monkeypatch):
    """A list of the whole market's objects, and its table, take longer than they."""
    monkeypatch.setattr(together, "SHARE", 0.5)

    assert splits(at) == ALL_TWO
    assert sorted(read) == [*map(keys.actions, SYMBOLS), keys.ALL_ACTIONS]


def test_an_object_that_changed_is_read_itself(at, read):
    """And stands in its place among the others; the size is the same."""
    at.put(keys.actions(SECOND), body_of(SECOND, FOUR))

    assert splits(at) == ALL_TWO | {SECOND: [4.0]}
    assert read == [keys.ALL_ACTIONS, keys.actions(SECOND)]
    assert Dataset(at.place).actions(SYMBOLS)["symbol"].tolist() == SYMBOLS


def test_an_object_that_is_gone_is_gone(at):
    """Its symbol's actions are unknown, as if there were no object of all."""
    at.remove(keys.actions(LAST))

    assert f"does not know the splits and dividends of {LAST}," in refused(lambda: splits(at))


def test_an_object_that_is_new_is_read_itself(at):
    """UpdateTables has not seen it yet."""
    at.put(keys.actions("T"), body_of("T", FOUR))

    assert splits(at, [*SYMBOLS, "T"]) == ALL_TWO | {"T": [4.0]}


def test_an_object_that_is_written_during_the_read_counts(at, monkeypatch):
    """Right after the object of all symbols was read."""
    read = at.place.read

    def read_and_written(key):
        found = read(key)
        if key == keys.ALL_ACTIONS:
            at.put(keys.actions(FIRST), body_of(FIRST, FOUR))
        return found

    monkeypatch.setattr(at.place, "read", read_and_written)

    assert splits(at) == ALL_TWO | {FIRST: [4.0]}


def test_each_symbol_says_when_it_was_asked(at):
    """Before that its actions were not known, whichever object says so."""
    said = refused(lambda: Dataset(at.place).actions(SYMBOLS, as_of="2026-10-01"))

    assert "did not know the splits and dividends of" in said


def _cut(body):
    return body[:-20]


def _flipped_in_the_footer(body):
    at = body.rindex(b"stockflow.objects") + 60
    return body[:at] + bytes([body[at] ^ 1]) + body[at + 1 :]


def _flipped_in_the_rows(body):
    return body[:40] + bytes([body[40] ^ 1]) + body[41:]


def _newer(body):
    return to_bytes(decode_all(body).rows, {VERSION_KEY: str(SCHEMA_VERSION + 1).encode()})


def _without_origins(body):
    return to_bytes(decode_all(body).rows, {VERSION_KEY: str(SCHEMA_VERSION).encode()})


@pytest.mark.parametrize("changed", [_cut, _flipped_in_the_footer, _flipped_in_the_rows, _newer, _without_origins])
def test_an_object_of_all_that_cannot_be_used_is_passed_over(at, aws, read, changed):
    """A damaged one, or a newer release's: it is derived, and the symbols' own say all."""
    at.put(keys.ALL_ACTIONS, changed(aws.s3.objects[keys.ALL_ACTIONS]))

    assert splits(at) == ALL_TWO
    assert sorted(read) == [*map(keys.actions, SYMBOLS), keys.ALL_ACTIONS]


def test_where_there_is_no_object_of_all_the_own_ones_are_read(at):
    """As in a folder that a release before wrote."""
    at.remove(keys.ALL_ACTIONS)

    assert splits(at) == ALL_TWO


@pytest.mark.parametrize("error", [StorageDenied("not yours"), PermissionError("not yours")])
def test_an_object_of_all_that_one_may_not_read_is_passed_over(at, monkeypatch, error):
    """Who may read the symbols' own has the answer in them."""
    read = at.place.read

    def denied(key):
        if key == keys.ALL_ACTIONS:
            raise error
        return read(key)

    monkeypatch.setattr(at.place, "read", denied)

    assert splits(at) == ALL_TWO


def test_in_a_folder_that_was_copied_with_new_times_the_own_ones_are_read(aws, tmp_path):
    """Whether they are still the same ones is not sure then."""
    copied = FolderAt(tmp_path, aws)
    for symbol in SYMBOLS[1:]:
        os.utime(tmp_path / keys.actions(symbol))
    copied.put(keys.actions(FIRST), body_of(FIRST, FOUR))

    assert splits(copied) == ALL_TWO | {FIRST: [4.0]}


def test_a_file_that_may_have_been_written_twice_in_a_second_is_read_itself(aws, tmp_path):
    """It looks as it did when UpdateTables read it, which was at once after it was written."""
    aws.s3.place(keys.actions(FIRST), body_of(FIRST, TWO, ("2026-11-21", "split", 3.0)))
    update({}, aws.services)
    at = FolderAt(tmp_path, aws)
    file = tmp_path / keys.actions(FIRST)
    size, at_s = file.stat().st_size, int(file.stat().st_mtime)
    at.put(keys.actions(FIRST), body_of(FIRST, FOUR, ("2026-11-21", "split", 3.0)), at_s)

    assert file.stat().st_size == size
    assert splits(at) == ALL_TWO | {FIRST: [4.0, 3.0]}
