"""Plan asks for what is missing, and for what has waited longest."""

import gzip

import pytest

from stockflow.testing import NOON_MS, FakeAws
from stockflow_functions.daily_prices.plan.app import plan
from stockflow_functions.domain.prices.freshness import Known

WEDNESDAY, THURSDAY = "2026-11-18", "2026-11-19"
"""On Friday noon in New York, the last session that is settled is Thursday's."""
NOTHING_ASKED = {
    "planned": 0,
    "first_slot_at": None,
    "last_slot_at": None,
    "interval_ms": None,
    "day_limit": None,
    "day_used": None,
    "day_left": None,
    "day_resets_at": None,
}
KEY = "freshness/daily.json.gz"


class Dataset(FakeAws):
    """A stack whose dataset earlier runs have filled."""

    def holds(self, symbol, last, at_ms=NOON_MS - 86_400_000, *, full=False):
        self.s3.place(f"prices/daily/{symbol}.parquet", b"a table")
        self.services.freshness.add("daily", {symbol: Known(at_ms, last, "2026-07-01", full)})

    def plan(self, **workflow_input):
        event = {
            "input": workflow_input,
            "execution": "run-1",
            "execution_arn": "arn:aws:states:us-east-1:1:execution:m:run-1",
            "started_at": "2026-11-20T17:00:00Z",
            "retry_count": 0,
        }
        return plan(event, self.services)


@pytest.fixture
def aws():
    return Dataset(STOCK_SYMBOLS="AAPL,MSFT,IBM", REQUESTS_PER_DAY="2")


def asked(made):
    return [item["symbol"] for item in made["work"]]


def fresh(aws):
    """The symbols that the stored plan calls fresh."""
    answered = aws.s3.json("runs/run-1/plan.json").get("answered", [])
    return [record["symbol"] for record in answered if record["status"] == "fresh"]


def test_a_symbol_with_the_newest_bar_is_not_asked_for(aws):
    """It is named as fresh, and takes none of the day's requests."""
    aws.holds("MSFT", THURSDAY)
    aws.holds("IBM", WEDNESDAY)

    made = aws.plan()

    assert (asked(made), fresh(aws), made["deferred"]) == (["AAPL", "IBM"], ["MSFT"], [])
    assert made["sentence"].startswith("1 is up to date. 2 requests from ")


def test_a_run_whose_symbols_are_all_fresh_asks_for_nothing(aws):
    """It has nothing to fetch, and reserves nothing."""
    for symbol in ("AAPL", "MSFT", "IBM"):
        aws.holds(symbol, THURSDAY)

    made = aws.plan()

    assert (made["work"], fresh(aws), made["skipped"]) == ([], ["AAPL", "MSFT", "IBM"], None)
    assert made["sentence"] == "3 are up to date. There is nothing to ask for."
    assert made["requests"] == NOTHING_ASKED
    assert aws.services.budget.read().used == {}


def test_force_asks_all_the_same(aws):
    """Even for what is up to date."""
    aws.holds("AAPL", THURSDAY)

    made = aws.plan(symbols=["AAPL"], force=True)

    assert (asked(made), fresh(aws)) == (["AAPL"], [])


def test_a_whole_history_is_asked_for_once(aws):
    """A symbol with its newest bars alone is not up to date for a run with outputsize full."""
    aws.holds("AAPL", THURSDAY)
    aws.holds("MSFT", THURSDAY, full=True)

    made = aws.plan(symbols=["AAPL", "MSFT"], outputsize="full")

    assert (asked(made), fresh(aws)) == (["AAPL"], ["MSFT"])


def test_a_symbol_whose_table_is_gone_is_asked_for(aws):
    """Whoever moves a table away and runs the symbol again gets a new one."""
    aws.holds("AAPL", THURSDAY)
    del aws.s3.objects["prices/daily/AAPL.parquet"]

    assert asked(aws.plan(symbols=["AAPL"])) == ["AAPL"]


def test_a_table_under_its_former_name_is_there(aws):
    """Of a symbol whose key has changed since."""
    aws.holds("CON", THURSDAY)
    aws.holds("BRK.", THURSDAY)

    aws.plan(symbols=["CON", "BRK."])

    assert fresh(aws) == ["CON", "BRK."]


def test_what_the_day_cannot_pay_for_is_chosen_stalest_first(aws):
    """Never asked for before asked for longest ago, whatever order the input has."""
    aws.holds("AAPL", WEDNESDAY, at_ms=3)
    aws.holds("MSFT", WEDNESDAY, at_ms=1)
    aws.holds("IBM", WEDNESDAY, at_ms=2)

    made = aws.plan(symbols=["AAPL", "IBM", "MSFT", "NEW"])

    assert (asked(made), made["deferred"]) == (["NEW", "MSFT"], ["IBM", "AAPL"])


def test_a_run_that_can_pay_for_all_keeps_the_order_of_its_input(aws):
    """Nobody waits, so nobody's turn counts."""
    aws.holds("AAPL", WEDNESDAY, at_ms=3)
    aws.holds("MSFT", WEDNESDAY, at_ms=1)

    assert asked(aws.plan(symbols=["AAPL", "MSFT"])) == ["AAPL", "MSFT"]


def test_a_deferred_symbol_that_is_fresh_by_now_waits_no_longer(aws):
    """Another run has asked for it."""
    aws.holds("AAPL", THURSDAY)
    aws.services.deferred.add("daily", ["AAPL", "LATER"])

    aws.plan(symbols=["AAPL"])

    assert aws.services.deferred.remembered("daily") == ["LATER"]


def test_a_dataset_of_an_earlier_release_is_asked_for_once_more(aws):
    """It has tables, and nothing that says when they were confirmed; no table is read for that."""
    aws.s3.place("prices/daily/AAPL.parquet", b"a table")

    made = aws.plan(symbols=["AAPL"])

    assert (asked(made), made["warnings"]) == (["AAPL"], [])
    assert aws.s3.bytes_out == 0


def test_a_damaged_object_is_warned_of_and_every_symbol_is_asked_for(aws):
    """People read it in the message about the run."""
    aws.holds("AAPL", THURSDAY)
    aws.s3.place(KEY, gzip.compress(b"{"))

    made = aws.plan(symbols=["AAPL"])

    assert asked(made) == ["AAPL"]
    assert made["warnings"] == [f"{KEY} is damaged and is made anew: every symbol is asked for."]


def test_a_smoke_run_asks_whatever_is_fresh(aws):
    """It tries a new version, so it has to ask."""
    aws.holds("AAPL", THURSDAY)

    assert asked(aws.plan(symbols=["AAPL"], trigger="smoke")) == ["AAPL"]


def test_a_state_only_counts_the_fresh_symbols(aws):
    """The stored plan has their records; a state may hold 256 KiB."""
    aws.holds("MSFT", THURSDAY)

    made = aws.plan(symbols=["MSFT"])

    assert (made.get("answered"), made["answered_more"]) == (None, 1)
    assert aws.s3.json("runs/run-1/plan.json")["answered"] == [
        {
            "symbol": "MSFT",
            "status": "fresh",
            "attempts": 0,
            "rows_added": 0,
            "rows_changed": 0,
            "rows_rejected": 0,
            "first_date": "2026-07-01",
            "last_date": THURSDAY,
            "stale": False,
            "restated": None,
            "warnings": [],
            "error": None,
        }
    ]


def test_a_shard_asks_for_what_it_is_given(aws):
    """The run that it is a part of has left out what is up to date."""
    aws.holds("AAPL", THURSDAY)

    assert asked(aws.plan(symbols=["AAPL"], trigger="shard", shard_of="whole")) == ["AAPL"]
