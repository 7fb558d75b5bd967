"""What a dataset can't answer: one sentence on what is wrong, where, and what to do instead."""

import pandas as pd
import pytest
from botocore.exceptions import ParamValidationError

from stockflow.dataset import Dataset
from stockflow.testing import FakeS3
from stockflow_functions.aws import keys
from stockflow_functions.domain.parquet import VERSION_KEY, from_bytes, to_bytes
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.series import DAILY, WEEKLY
from stockflow_functions.runtime.services import Services
from tests.helpers.datasets import bars_of, refused, write, write_bars


@pytest.fixture
def folder(tmp_path, monkeypatch):
    """A dataset of one symbol in ``out``."""
    monkeypatch.chdir(tmp_path)
    write_bars(tmp_path / "out", "AAPL", {"2026-11-19": 1.0, "2026-11-20": 2.0})
    return tmp_path / "out"


@pytest.fixture
def dataset(folder):
    return Dataset("out")


def test_a_symbol_that_is_not_there_has_near_ones(folder, dataset):
    """And the command that fetches it; what is not near is not named."""
    write_bars(folder, "MSFT", {"2026-11-20": 1.0})

    assert refused(lambda: dataset.prices(["AAPL", "APPL"])) == (
        "out has no daily prices of APPL: did you mean AAPL? Else `stockflow run APPL --series daily` fetches it."
    )


def test_many_that_are_not_there_are_named_in_part(dataset):
    """The first three, and how many more."""
    assert refused(lambda: dataset.prices(["V", "W", "X", "Y", "Z"])) == (
        "out has no daily prices of V, W, X and 2 more: `stockflow run V W X --series daily` fetches them."
    )


@pytest.mark.parametrize(
    ("asked", "sentence"),
    [
        ({"symbols": "A/B"}, "'A/B' (symbols) can't be a symbol: write up to 30 letters, digits and . - : & ^"),
        ({"symbols": []}, "There is no symbol in symbols: write one such as AAPL, or None for all"),
        ({"symbols": [1]}, "symbols[0] is 1, not a text"),
        ({"symbols": 1}, 'symbols is 1: write a list such as ["AAPL", "MSFT"], or "AAPL, MSFT".'),
        ({"start": "2026-11-20", "end": "2026-11-01"}, "end 2026-11-01 is before start 2026-11-20: write the earlier"),
        ({"start": "yesterday"}, "start is 'yesterday': write a day such as 2026-11-20."),
        ({"end": 20261120}, "end is 20261120: write a day such as 2026-11-20."),
        ({"start": pd.NaT}, "start is NaT: write a day such as 2026-11-20."),
        ({"as_of": "last week"}, "as_of is 'last week': write a day such as 2026-11-20, or 2026-11-20T18:30:00Z."),
        ({"as_of": 5}, "as_of is 5: write a day"),
        ({"as_of": pd.NaT}, "as_of is NaT: write a day"),
        ({"as_of": "9999-12-31T23:00:00-05:00"}, "as_of is '9999-12-31T23:00:00-05:00': write a day"),
        ({"as_of": "0001-01-01T00:00:00+05:00"}, "as_of is '0001-01-01T00:00:00+05:00': write a day"),
        ({"columns": 5}, "daily has no column 5: write any of symbol, date, open, high,"),
        ({"columns": ["close", "adjusted"]}, "daily has no column 'adjusted': write any of symbol, date, open, high,"),
        ({"series": "dayly"}, "series is 'dayly': write daily, daily_adjusted or weekly."),
        ({"adjust": "split"}, "adjust is 'split': write splits or all, or None for prices as traded."),
        ({"adjust": "all", "series": "weekly"}, "weekly can't be adjusted, as a split in the middle of a week"),
    ],
)
def test_what_can_not_be_asked_for_is_said_before_anything_is_read(asked, sentence, monkeypatch):
    """With what to write instead; S3 is not asked."""
    s3 = FakeS3()
    s3.fail("AccessDenied", "get_object", "list_objects_v2")
    monkeypatch.setattr(Services, "client", lambda self, name: s3)

    assert refused(lambda: Dataset("s3://data").prices(**asked)).startswith(sentence)


@pytest.mark.parametrize(
    ("place", "advice"),
    [
        ("nowhere", "name one that a run"),
        ("http://bucket/prefix", "write a folder"),
        ("s3://", "write a folder"),
        ("s3:///prefix", "write a folder"),
    ],
)
def test_what_can_be_no_place_is_said_at_once(folder, place, advice):
    """Before anything is asked of it."""
    assert advice in refused(lambda: Dataset(place))


def test_a_folder_that_is_no_dataset(tmp_path):
    """Where tables would be, and what to name instead."""
    place = Dataset(tmp_path)

    for call in (place.prices, lambda: place.prices("AAPL"), place.findings):
        assert refused(call).startswith(f"{tmp_path} is no dataset, as no table is below prices/daily/ in it: name a")


def test_a_prefix_of_s3_that_is_no_dataset(monkeypatch):
    """Just so."""
    s3 = FakeS3()
    s3.place("other/file", b"x")
    monkeypatch.setattr(Services, "client", lambda self, name: s3)

    assert refused(Dataset("s3://data/other/").prices).startswith("s3://data/other is no dataset, as no table is below")


def test_a_dataset_of_another_series_says_so(folder, dataset):
    """Rather than that it is none."""
    write(folder, keys.prices("weekly", "AAPL"), encode(bars_of("AAPL", {"2026-11-20": 1.0}, WEEKLY), WEEKLY))

    assert refused(lambda: dataset.prices(series="daily_adjusted")) == (
        "out has no daily_adjusted prices: write series='daily' or 'weekly'."
    )


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (b"no table", "can't be read as a table, as it can't be read as Parquet (ArrowInvalid)"),
        (encode(bars_of("MSFT", {"2026-11-20": 1.0}), DAILY), "as it holds rows of another symbol than AAPL"),
        (encode(bars_of("AAPL", {"2026-11-20": 1.0}).iloc[[0, 0]], DAILY), "as it has more than one row for a date"),
        (encode(bars_of("AAPL", {"2026-11-20": float("nan")}), DAILY), "as its column open has empty cells"),
    ],
)
def test_an_object_that_is_no_table_of_the_symbol(folder, dataset, body, why):
    """Named by its key, with the command that checks all."""
    write_bars(folder, "MSFT", {"2026-11-20": 1.0})
    write(folder, keys.prices("daily", "AAPL"), body)
    said = refused(dataset.prices)

    assert said.startswith("prices/daily/AAPL.parquet in out can't be read as a table, ")
    assert why in said
    assert "`stockflow verify out` checks" in said


def test_a_table_of_a_newer_release(folder, dataset):
    """Is left alone, as its columns may mean something else."""
    table = from_bytes((folder / keys.prices("daily", "AAPL")).read_bytes())
    write(folder, keys.prices("daily", "AAPL"), to_bytes(table, {VERSION_KEY: b"9"}))

    assert refused(dataset.prices) == (
        "prices/daily/AAPL.parquet in out is a newer release's (it is of schema 9, and this release knows 1): "
        "install that one."
    )


def test_a_table_of_the_first_release_is_read(folder, dataset):
    """It has no version, no symbol and whole numbers for prices."""
    table = bars_of("AAPL", {"2026-11-20": 2.0}).drop(columns="symbol").astype({"close": "int64"})
    table.to_parquet(folder / keys.prices("daily", "AAPL"))

    assert dataset.prices("AAPL")["close"].tolist() == [2.0]


@pytest.mark.parametrize(
    ("code", "operation", "as_of"),
    [
        ("AccessDenied", "get_object", None),
        ("AccessDenied", "list_object_versions", "2026-11-20"),
        ("403", "head_object", None),
    ],
)
def test_s3_that_says_no(monkeypatch, code, operation, as_of):
    """What the identity lacks, by its name: for an object, for its versions, for the table of a year."""
    s3 = FakeS3()
    s3.place(keys.prices("daily", "AAPL"), encode(bars_of("AAPL", {"2026-11-20": 1.0}), DAILY))
    s3.place(keys.table("daily", 2026), b"")
    s3.fail(code, operation)
    monkeypatch.setattr(Services, "client", lambda self, name: s3)
    dataset = Dataset("s3://data")

    assert refused(dataset.day if operation == "head_object" else lambda: dataset.prices("AAPL", as_of=as_of)) == (
        f"This AWS identity can't read s3://data ({code}): grant it s3:ListBucket and s3:GetObject (with as_of also "
        "s3:ListBucketVersions and s3:GetObjectVersion), or use another profile."
    )


def test_a_name_that_no_bucket_can_have(monkeypatch):
    """In one sentence, though boto3 says it in lines."""
    s3 = FakeS3()
    s3.fail(ParamValidationError(report="Invalid bucket name\nin two lines"), "list_objects_v2")
    monkeypatch.setattr(Services, "client", lambda self, name: s3)

    assert refused(Dataset("s3://b c/d").prices) == (
        "s3://b c/d has a name that no bucket can have: write s3://BUCKET/PREFIX."
    )


def test_a_prefix_may_have_what_parts_a_url(monkeypatch):
    """Keys may have # and ? in them."""
    s3 = FakeS3()
    s3.place("a#1/b?c/prices/daily/AAPL.parquet", encode(bars_of("AAPL", {"2026-11-20": 1.0}), DAILY))
    monkeypatch.setattr(Services, "client", lambda self, name: s3)

    assert len(Dataset("s3://data/a#1/b?c").prices()) == 1


def test_a_file_that_may_not_be_read_is_named(folder, dataset, monkeypatch):
    """The file, not the folder alone."""

    def refuse(path):
        raise PermissionError(13, "Permission denied", path)

    monkeypatch.setattr("stockflow.dataset.places.FileIO", refuse)

    assert refused(dataset.prices) == "out/prices/daily/AAPL.parquet can't be read: Permission denied."


def test_a_name_that_is_no_text(folder, dataset):
    """Of a file in the folder."""
    (folder / "prices/daily" / b"\xff.parquet".decode(errors="surrogateescape")).write_bytes(b"x")

    assert "has a name that is not UTF-8: rename it" in refused(dataset.prices)


def test_commands_for_a_bucket_are_those_of_the_stack(monkeypatch):
    """A run on a laptop would not add to it."""
    s3 = FakeS3()
    s3.place(keys.prices("daily", "AAPL"), encode(bars_of("AAPL", {"2026-11-18": 1.0}), DAILY))
    monkeypatch.setattr(Services, "client", lambda self, name: s3)
    dataset = Dataset("s3://data")

    assert "`stockflow start V --series daily` fetches it" in refused(lambda: dataset.prices("V"))
    assert "`stockflow actions AAPL --update --aws` asks the vendor" in refused(lambda: dataset.prices(adjust="all"))
