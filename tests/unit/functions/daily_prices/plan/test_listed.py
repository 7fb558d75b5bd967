"""What Plan answers by the listings, before a request is spent."""

from datetime import date, timedelta

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws.listings import write_listings
from stockflow_functions.daily_prices.plan.app import plan
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.listings.lookup import BELIEVED_FOR_DAYS
from stockflow_functions.domain.prices.freshness import Known
from tests.helpers.written_listings import listing, listings

TODAY = date(2026, 11, 20)
"""In New York, by the fake clock."""


@pytest.fixture
def aws():
    return FakeAws(STOCK_SYMBOLS="AAPL,GONE")


def keep(aws, days_old=0):
    as_of = TODAY - timedelta(days=days_old)
    rows = (
        listing("AAPL", seen=as_of, name="Apple Inc"),
        listing("GONE", ends="2024-03-15", seen=as_of),
        listing("TWICE", "1999-11-01", "2012-06-29", seen=as_of),
        listing("TWICE", "2019-09-16", seen=as_of),
    )
    write_listings(aws.services.bucket, listings(*rows, as_of=as_of), None)


def know(aws, symbol, last, first="1999-11-01", at="2026-11-01T00:00:00Z"):
    aws.services.freshness.add("daily", {symbol: Known(from_iso(at), last, first, full=False)})


def made(aws, workflow_input, execution="run-1"):
    event = {
        "input": workflow_input,
        "execution": execution,
        "execution_arn": f"arn:aws:states:us-east-1:1:execution:m:{execution}",
        "started_at": "2026-11-20T23:30:00Z",
        "retry_count": 0,
    }
    plan(event, aws.services)
    return aws.s3.json(f"runs/{execution}/plan.json")


def asked(plan):
    return [item["symbol"] for item in plan["work"]]


def answers(plan):
    return {one["symbol"]: (one["status"], one["attempts"]) for one in plan.get("answered", [])}


def test_a_typo_fails_without_a_request(aws):
    """The others are asked for."""
    keep(aws)
    found = made(aws, {"symbols": ["AAPL", "APPL"]})
    assert (asked(found), answers(found)) == (["AAPL"], {"APPL": ("failed", 0)})
    assert found["answered"][0]["error"] == {
        "type": "UnknownSymbol",
        "message": "APPL is in no listing of 2026-11-20: did you mean AAPL? Write --force to ask all the same.",
        "state": "Plan",
    }


def test_a_run_of_typos_alone_reserves_no_slot(aws):
    """The day's quota is untouched."""
    keep(aws)
    found = made(aws, {"symbols": ["APPL"]})
    assert (asked(found), found["requests"]["planned"]) == ([], 0)
    assert aws.services.budget.read().used == {}


@pytest.mark.parametrize("more", [{"force": True}, {"trigger": "smoke"}])
def test_some_runs_ask_for_whatever_they_name(aws, more):
    """By force, and to try a new version."""
    keep(aws)
    assert asked(made(aws, {"symbols": ["APPL"], **more})) == ["APPL"]


@pytest.mark.parametrize("days_old", [None, BELIEVED_FOR_DAYS + 1])
def test_without_young_listings_everything_is_asked_for(aws, days_old):
    """They are missing, or nobody refreshes them."""
    if days_old is not None:
        keep(aws, days_old)
    found = made(aws, {"symbols": ["APPL"]})
    assert (asked(found), found["warnings"]) == (["APPL"], [])


def test_listings_of_the_oldest_age_are_believed(aws):
    """A weekly refresh may come late."""
    keep(aws, BELIEVED_FOR_DAYS)
    assert asked(made(aws, {"symbols": ["APPL"]})) == []


def test_damaged_listings_are_told_and_check_nothing(aws):
    """A run never fails for their sake."""
    aws.services.bucket.put("listings.parquet", b"no table")
    found = made(aws, {"symbols": ["APPL"]})
    assert asked(found) == ["APPL"]
    assert "No symbol is checked before it is asked for" in found["warnings"][0]


def test_what_is_in_the_dataset_is_asked_for(aws):
    """Though the listings and earlier runs know nothing of it."""
    keep(aws)
    aws.services.bucket.put("prices/daily/OLD.parquet", b"a table")
    assert asked(made(aws, {"symbols": ["OLD", "APPL"]})) == ["OLD"]


def test_a_delisted_symbol_is_asked_for_once(aws):
    """Nothing of it is stored yet."""
    keep(aws)
    assert asked(made(aws, {"symbols": ["GONE"]})) == ["GONE"]


def test_a_delisted_symbol_whose_bars_reach_its_end_is_fresh(aws):
    """A person who names it is told each time."""
    keep(aws)
    know(aws, "GONE", "2024-03-15")
    for number in range(2):
        found = made(aws, {"symbols": ["GONE"]}, f"run-{number}")
        assert answers(found) == {"GONE": ("fresh", 0)}
        assert found["answered"][0]["last_date"] == "2024-03-15"
        assert found["answered"][0]["warnings"] == [
            "GONE was delisted on 2024-03-15; its stored bars end on 2024-03-15."
        ]


def test_a_delisted_symbol_without_bars_fails_when_a_person_names_it(aws):
    """The vendor had none."""
    keep(aws)
    know(aws, "GONE", None, None)
    assert answers(made(aws, {"symbols": ["GONE"]})) == {"GONE": ("failed", 0)}


@pytest.mark.parametrize("last", ["2024-03-15", None])
def test_a_dead_symbol_retires_from_the_schedule_with_one_notice(aws, last):
    """The next run leaves it out in silence; whether or not there are bars, no run fails."""
    keep(aws)
    know(aws, "GONE", last, last)
    first, second = (made(aws, {"trigger": "schedule", "force": False}, f"run-{number}") for number in range(2))
    assert answers(first) == answers(second) == {"GONE": ("fresh", 0)}
    assert first["answered"][0]["warnings"][0].endswith(
        "Scheduled runs no longer ask for it: take it out of their symbols."
    )
    assert second["answered"][0]["warnings"] == []


def test_a_reused_ticker_is_asked_for_and_told(aws):
    """Bars of the company before are among its own."""
    keep(aws)
    know(aws, "TWICE", "2026-11-10")
    found = made(aws, {"symbols": ["TWICE"]})
    assert asked(found) == ["TWICE"]
    assert found["warnings"][0].startswith("TWICE is TWICE Example since 2019-09-16; its stored bars begin on")


def many(aws, count, begins, earlier_ends):
    """Keeps so many symbols of two companies each, of the first of which all is stored."""
    firsts = [listing(f"S{n:03}", "1999-11-01", earlier_ends, seen=TODAY) for n in range(count)]
    seconds = [listing(f"S{n:03}", begins, seen=TODAY) for n in range(count)] if begins else []
    write_listings(aws.services.bucket, listings(*firsts, *seconds, as_of=TODAY), None)
    aws.services.freshness.add("daily", {f"S{n:03}": Known(0, earlier_ends, "1999-11-01") for n in range(count)})
    return {"symbols": [f"S{n:03}" for n in range(count)]}


def test_thousands_that_have_ended_are_one_sentence(aws):
    """As a universe of a day long ago has them: they are fresh, and few are named."""
    found = made(aws, many(aws, 300, None, "2012-06-29"))
    assert {one["status"] for one in found["answered"]} == {"fresh"}
    assert [one for one in found["answered"] if one["warnings"]] == []
    assert found["warnings"] == [
        "300 symbols have ended, and all of them is stored that there will ever be: S000, S001, S002 and 297 more."
    ]


def test_thousands_that_were_given_on_are_few_sentences(aws):
    """The state of an execution has room for no more."""
    unlimited = aws.services_with(REQUESTS_PER_DAY="0")
    aws.services = unlimited
    found = made(aws, many(aws, 300, "2019-09-16", "2012-06-29"))
    assert (len(found["warnings"]), found["warnings"][-1]) == (
        11,
        "So it is with 290 more symbols that were given on.",
    )


def test_the_end_of_thousands_is_told_once(aws):
    """To a schedule too."""
    many(aws, 300, None, "2012-06-29")
    symbols = ",".join(f"S{n:03}" for n in range(300))
    given = {"trigger": "schedule", "symbols": symbols}
    assert [len(made(aws, given, f"run-{number}")["warnings"]) for number in range(2)] == [1, 0]


def test_a_shard_does_not_look_into_the_listings(aws):
    """The run that it is a part of has."""
    keep(aws)
    assert asked(made(aws, {"symbols": ["APPL"], "trigger": "shard", "shard_of": "run-0"})) == ["APPL"]
