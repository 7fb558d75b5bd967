"""What Transform must ask beside the answer it has, through the whole machine."""

import json
from datetime import UTC, date, datetime, timedelta

import pytest

from stockflow_functions.domain.actions.table import decode
from tests.helpers.forgetting import forget_symbols

from .conftest import entered, prices, statuses


def a_weekday_ago(days):
    day = datetime.now(UTC).date() - timedelta(days=days)
    return day - timedelta(days=max(day.weekday() - 4, 0))


RECENT = a_weekday_ago(30)


def test_a_split_is_asked_for_and_explains_the_jump(run):
    """A jump costs one request more, in a slot of its own; the splits are kept, and nothing is odd any more."""
    done = run({"symbols": ["SPLT"]}, splits={"SPLT": {RECENT: 4.0}})

    assert (done.symbols["SPLT"]["status"], done.symbols["SPLT"]["attempts"]) == ("saved", 2)
    assert done.symbols["SPLT"]["warnings"] == []
    assert [request.function for request in done.aws.vendor.requests] == ["TIME_SERIES_DAILY", "SPLITS"]
    assert [entered(done.events, state) for state in ("WaitForSlot", "Fetch", "Transform", "Save")] == [2, 2, 2, 1]
    known = json.loads((done.aws.output_dir / "splits/SPLT.json").read_text())
    assert known["splits"] == [{"effective_date": RECENT.isoformat(), "split_factor": 4.0}]
    kept = decode((done.aws.output_dir / "actions/SPLT.parquet").read_bytes(), "SPLT")
    assert kept.at()["value"].tolist() == [4.0]


def test_a_split_is_asked_for_once(start_aws):
    """The next run knows it, and makes no request beside its own."""
    aws = start_aws(splits={"SPLT": {RECENT: 4.0}})
    for _ in range(2):
        aws.wait(aws.start({"symbols": ["SPLT"]}))
        forget_symbols(aws)

    assert [request.function for request in aws.vendor.requests] == ["TIME_SERIES_DAILY", "SPLITS", "TIME_SERIES_DAILY"]


def test_a_refused_question_is_put_once(start_aws):
    """The vendor knows no splits of the symbol: the next run, days later, does not pay to hear that again."""
    first = start_aws(splits={"SPLT": {a_weekday_ago(7): 4.0}}, faults={"SPLT": ["ok", "unknown"]})
    first.wait(first.start({"symbols": ["SPLT"]}))
    forget_symbols(first)
    first.close()
    second = start_aws(splits={"SPLT": {a_weekday_ago(7): 4.0}})
    second.wait(second.start({"symbols": ["SPLT"]}))

    assert [request.function for request in first.vendor.requests] == ["TIME_SERIES_DAILY", "SPLITS"]
    assert [request.function for request in second.vendor.requests] == ["TIME_SERIES_DAILY"]


def test_without_a_request_left_the_jump_is_unexplained_not_failed(run):
    """The day's only request went into the prices: they are saved, and the jump is told."""
    done = run({"symbols": ["SPLT"]}, {"REQUESTS_PER_DAY": "1"}, splits={"SPLT": {RECENT: 4.0}})

    assert (done.status, done.symbols["SPLT"]["status"]) == ("SUCCEEDED", "saved")
    assert done.symbols["SPLT"]["warnings"][0] == "No request is left today to ask for the splits behind a jump."
    assert "No split explains 1 jump" in done.symbols["SPLT"]["warnings"][1]


def test_a_question_that_the_vendor_does_not_answer_fails_nobody(run):
    """The prices were good already."""
    done = run({"symbols": ["SPLT"]}, splits={"SPLT": {RECENT: 4.0}}, faults={"SPLT": ["ok", "unexpected"]})

    assert done.symbols["SPLT"]["status"] == "saved"
    assert len(done.symbols["SPLT"]["warnings"]) == 2


@pytest.fixture
def after_a_split(start_aws):
    """Saves an adjusted history, then runs compact after a split; gives the second run's AWS and manifest."""

    def go(**vendor_options):
        first = start_aws(splits={})
        first.wait(first.start({"symbols": ["SPLT"], "series": "daily_adjusted", "outputsize": "full"}))
        forget_symbols(first)
        first.close()
        second = start_aws(splits={"SPLT": {RECENT: 4.0}}, **vendor_options)
        return second, second.wait(second.start({"symbols": ["SPLT"], "series": "daily_adjusted"}))

    return go


def test_a_split_renews_the_adjusted_history_in_the_same_run(after_a_split):
    """The compact answer is on another basis, so the whole history is fetched, and every adjusted close is of it."""
    aws, manifest = after_a_split()
    table = prices(aws, "SPLT", "daily_adjusted")

    assert statuses(manifest) == {"SPLT": "saved"}
    assert [request.outputsize for request in aws.vendor.requests] == ["compact", "full"]
    before = table[table["date"] < RECENT]
    assert len(before) > 5000
    assert ((before["adjusted_close"] / before["close"]).round(3) == 0.25).all()


def test_where_the_plan_has_no_full_history_nothing_is_spliced(after_a_split):
    """Loudly stale, and the stored table stays as it was."""
    aws, manifest = after_a_split(premium=["full"])
    table = prices(aws, "SPLT", "daily_adjusted")
    (symbol,) = manifest["symbols"]

    assert (symbol["status"], symbol["stale"]) == ("unchanged", True)
    assert symbol["warnings"][0].startswith("Nothing was saved:")
    assert (table["adjusted_close"] == table["close"]).all()
    assert date.fromisoformat(symbol["last_date"]) == table["date"].iloc[-1]
