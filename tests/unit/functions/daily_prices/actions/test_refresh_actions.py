"""The handler of RefreshActions."""

from datetime import date
from itertools import pairwise

import pandas as pd
import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.aws.actions import add_answers, read_actions
from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.daily_prices.actions.app import handler, refresh
from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.answers import Dividend, Listed
from stockflow_functions.domain.actions.merging import Answer, actions_in
from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT
from stockflow_functions.domain.budget.arithmetic import Account, ReservationRequest
from stockflow_functions.domain.errors import (
    InvalidApiKey,
    InvalidInput,
    PremiumRequired,
    ProviderUnavailable,
    QuotaExhausted,
    UnexpectedAnswer,
    UnknownSymbol,
)
from stockflow_functions.domain.prices.freshness import Known
from stockflow_functions.domain.prices.known_splits import Split
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.series import DAILY

EVENT = {"trigger": "schedule"}
TWO = Split(date(2026, 3, 2), 2.0)
PAID = Dividend(date(2026, 11, 6), 0.25, None, None, None)
OVER_A_WEEK_SECONDS = 8 * 86_400


class FakeTeller:
    """Knows splits and dividends, or raises what it is told to; remembers who was asked for, and when."""

    def __init__(self, clock):
        self.clock, self.asked, self.refusals = clock, [], {}
        self.known = {"splits": [TWO], "dividends": [PAID]}
        self.unreadable = {}

    def keep_apart(self, gap_ms):
        self.gap_ms = gap_ms

    def splits(self, symbol):
        return self._answer("splits", symbol)

    def dividends(self, symbol):
        return self._answer("dividends", symbol)

    def _answer(self, what, symbol):
        self.asked.append((symbol, what, self.clock.now_ms()))
        refusal = self.refusals.get(symbol) or self.refusals.get((symbol, what))
        if refusal:
            raise refusal
        return Listed(self.known[what], self.unreadable.get(what, ()))

    @property
    def symbols(self):
        return list(dict.fromkeys(symbol for symbol, *_ in self.asked))


@pytest.fixture
def aws():
    return FakeAws(REQUESTS_PER_MINUTE="30")


@pytest.fixture
def vendor(monkeypatch, aws):
    fake = FakeTeller(aws.clock)
    monkeypatch.setattr("stockflow_functions.pacing.asking.client_of", lambda services: fake)
    return fake


def store(aws, *symbols):
    """Prices of these symbols are known to be there."""
    aws.services.freshness.add("daily", {name: Known(aws.clock.now_ms(), "2026-11-20") for name in symbols})


def kept(aws, symbol="A"):
    return read_actions(aws.services.bucket, symbol).actions


def test_splits_and_dividends_are_kept(aws, vendor):
    """Of each symbol with prices, with what is known of when they were asked for."""
    store(aws, "A")
    told = refresh(EVENT, aws.services)

    assert actions_in(kept(aws).at()) == [Action(SPLIT, TWO.effective_date, 2.0), Action(DIVIDEND, PAID.ex_date, 0.25)]
    assert kept(aws).is_known(SPLIT)
    assert kept(aws).is_known(DIVIDEND)
    assert told == {
        "asked": 1,
        "requests": 2,
        "splits": 1,
        "dividends": 1,
        "changed": 1,
        "rejected": 0,
        "refused": 0,
        "left": 0,
        "warnings": [],
        "sentence": "1 symbol asked for in 2 requests: 1 split and 1 dividend are known, of 1 symbol there is news.",
    }


def test_who_was_asked_for_is_not_due_for_a_week(aws, vendor):
    """Then it is, and nothing may be new."""
    store(aws, "A")
    refresh(EVENT, aws.services)
    assert refresh(EVENT, aws.services)["sentence"] == "No splits or dividends are due."

    aws.clock.sleep(OVER_A_WEEK_SECONDS)
    told = refresh(EVENT, aws.services)
    assert (told["asked"], told["changed"], len(vendor.asked)) == (1, 0, 4)


def test_a_correction_is_news(aws, vendor):
    """What was known before can still be asked for."""
    store(aws, "A")
    refresh(EVENT, aws.services)
    aws.clock.sleep(OVER_A_WEEK_SECONDS)
    vendor.known["splits"] = [TWO._replace(split_factor=3.0)]

    assert refresh(EVENT, aws.services)["changed"] == 1
    assert [action.value for action in actions_in(kept(aws).at()) if action.kind == SPLIT] == [3.0]
    assert len(kept(aws).rows) == 3


def test_the_day_pays_for_whole_symbols(aws, vendor):
    """Of the three requests that it leaves one stays; the others wait."""
    store(aws, "A", "B", "C")
    aws.services.budget.reserve(ReservationRequest(22, "run-1"))
    told = refresh(EVENT, aws.services)

    assert vendor.symbols == ["A"]
    assert told["left"] == 2
    assert told["sentence"].endswith("2 symbols wait: the day's requests leave no more.")
    assert sum(aws.services.budget.read().used.values()) == 24


@pytest.mark.parametrize("left", [0, 1])
def test_a_day_that_leaves_nothing_is_no_failure(aws, vendor, left):
    """It says so, and asks nobody."""
    store(aws, "A")
    aws.services.budget.reserve(ReservationRequest(25 - left, "run-1"))
    told = refresh(EVENT, aws.services)
    assert (told["asked"], told["left"], vendor.asked) == (0, 1, [])
    assert told["sentence"].startswith("1 symbol waits: the day's requests")


def test_the_requests_are_made_in_slots_of_the_budget(aws, vendor):
    """An interval apart, behind those of a run."""
    store(aws, "A", "B")
    run = aws.services.budget.reserve(ReservationRequest(10, "run-1"))
    refresh(EVENT, aws.services)

    moments = [ms for *_, ms in vendor.asked]
    assert moments[0] > run.slots.last_ms
    assert {later - ms for ms, later in pairwise(moments)} == {2000}


def test_slots_that_a_run_took_meanwhile_are_not_waited_for(aws, vendor, monkeypatch):
    """The budget was read just before; nothing is reserved behind a quarter of an hour of others' requests."""
    store(aws, "A")
    busy = aws.services_with(REQUESTS_PER_DAY="0")
    last_ms = busy.budget.reserve(ReservationRequest(400, "run-1")).slots.last_ms
    with monkeypatch.context() as before:
        before.setattr(BudgetStore, "read", lambda _: Account())
        told = refresh(EVENT, busy)
    assert told["sentence"] == "1 symbol waits: the next slots lie too far ahead, behind those of a run."
    assert (vendor.asked, busy.budget.read().last_slot_ms) == ([], last_ms)


def test_a_slow_vendor_is_not_asked_for_longer_than_twelve_minutes(aws, vendor):
    """Lambda would end the function, and what was asked for would be forgotten."""
    store(aws, "A", "B", "C", "D")

    def slow(symbol):
        aws.clock.sleep(300)
        return Listed([PAID])

    vendor.dividends = slow
    told = refresh(EVENT, aws.services)
    assert (told["asked"], told["sentence"].partition(". ")[2]) == (3, "1 symbol waits: more do not fit into the time.")


def test_named_symbols_are_asked_for_now(aws, vendor):
    """Whether they are due or not, and whether there are prices or not."""
    store(aws, "A", "B")
    refresh(EVENT, aws.services)
    refresh({"trigger": "console", "symbols": "b, C"}, aws.services)
    assert [symbol for symbol, what, _ in vendor.asked if what == "splits"] == ["A", "B", "B", "C"]


def test_a_name_that_can_not_be_one_is_refused(aws, vendor):
    """Before any request."""
    with pytest.raises(InvalidInput):
        refresh({"trigger": "console", "symbols": ["no/symbol"]}, aws.services)
    assert vendor.asked == []


def test_a_refused_question_leaves_the_other_answer(aws, vendor):
    """The symbol is not asked for again in the same evening, and what is not known is not said to be."""
    store(aws, "A")
    vendor.refusals[("A", "dividends")] = UnknownSymbol("There is no A.")
    told = refresh(EVENT, aws.services)

    assert (kept(aws).is_known(SPLIT), kept(aws).is_known(DIVIDEND)) == (True, False)
    assert (told["refused"], told["warnings"]) == (1, ["A: There is no A."])
    assert refresh(EVENT, aws.services)["asked"] == 0


@pytest.mark.parametrize(
    ("refusal", "again"),
    [
        (UnknownSymbol("There is no A."), 1),
        (UnexpectedAnswer("It is of a kind never seen."), 1),
        (PremiumRequired("The plan has no dividends."), 0),
    ],
)
def test_who_had_no_answer_is_due_on_the_next_evening(aws, vendor, refusal, again):
    """Not only a week later, except where the plan is the reason."""
    store(aws, "A")
    vendor.refusals[("A", "dividends")] = refusal
    refresh(EVENT, aws.services)
    aws.clock.sleep(86_340)
    assert refresh(EVENT, aws.services)["asked"] == again


def test_an_answer_that_could_not_be_kept_is_asked_for_on_the_next_evening(aws, vendor):
    """By then the damaged object may have been moved away."""
    store(aws, "A")
    aws.services.bucket.put(keys.actions("A"), b"no table")
    refresh(EVENT, aws.services)
    aws.clock.sleep(86_340)
    assert refresh(EVENT, aws.services)["asked"] == 1


def test_an_entry_that_can_not_be_read_is_set_aside_and_the_rest_is_kept(aws, vendor):
    """The list is not taken for a whole one: its kind is not known yet, and is asked for on the next evening."""
    store(aws, "A")
    vendor.unreadable = {"dividends": ['{"amount": "None"}']}
    told = refresh(EVENT, aws.services)

    (key,) = (key for key in aws.s3.objects if key.startswith("rejected/"))
    assert aws.s3.json(key)["rows"] == [
        {
            "date": "",
            "check": "unreadable",
            "reason": "it can't be read as a dividend",
            "sent": {"entry": '{"amount": "None"}'},
        }
    ]
    assert (told["rejected"], told["refused"], told["dividends"]) == (1, 0, 1)
    assert told["warnings"] == [
        f"A: Not all of the list of dividends can be read, see {key}: what it lacks stays known."
    ]
    assert (kept(aws).is_known(SPLIT), kept(aws).is_known(DIVIDEND)) == (True, False)
    aws.clock.sleep(86_340)
    assert refresh(EVENT, aws.services)["asked"] == 1


def test_a_spent_quota_ends_the_refresh_without_a_failure(aws, vendor):
    """What came before is kept."""
    store(aws, "A", "B")
    vendor.refusals["B"] = QuotaExhausted("The vendor says that they are spent.")
    told = refresh(EVENT, aws.services)
    assert (told["asked"], told["left"]) == (1, 1)
    assert told["sentence"].endswith("1 symbol waits: The vendor says that they are spent.")


def test_a_quota_that_another_learned_was_spent_costs_no_request(aws, vendor):
    """It is read before the request is made."""
    store(aws, "A")

    def and_it_is_spent(symbol):
        aws.services.budget.mark_spent()
        return Listed([TWO])

    vendor.splits = and_it_is_spent
    told = refresh(EVENT, aws.services)
    assert (told["requests"], told["left"]) == (1, 1)


def test_a_symbol_without_an_answer_is_passed_over_and_stays_due(aws, vendor):
    """Others may be had."""
    store(aws, "A", "B")
    vendor.refusals["A"] = ProviderUnavailable("No answer.")
    told = refresh(EVENT, aws.services)
    assert (told["asked"], told["left"]) == (1, 1)
    assert told["sentence"].endswith("1 symbol waits: No answer.")

    vendor.refusals = {}
    assert (refresh(EVENT, aws.services)["asked"], vendor.symbols) == (1, ["A", "B"])


def test_a_vendor_that_is_away_is_left_alone_after_three_symbols(aws, vendor):
    """And the refresh fails, as it had nothing of it."""
    store(aws, "A", "B", "C", "D")
    vendor.refusals = dict.fromkeys("ABCD", ProviderUnavailable("No answer."))
    with pytest.raises(ProviderUnavailable):
        refresh(EVENT, aws.services)
    assert vendor.symbols == ["A", "B", "C"]


def test_a_refused_key_fails_and_what_came_before_is_kept(aws, vendor):
    """Those symbols are not asked for again."""
    store(aws, "A", "B")
    vendor.refusals["B"] = InvalidApiKey("No key.")
    with pytest.raises(InvalidApiKey):
        refresh(EVENT, aws.services)
    assert kept(aws).is_known(SPLIT)
    assert set(aws.services.freshness.read("actions").known) == {"A"}


def test_what_can_not_be_is_set_aside_with_its_reason(aws, vendor):
    """Held against the stored prices: a dividend of more than the close is in another unit."""
    store(aws, "A")
    bars = pd.DataFrame({"symbol": "A", "date": pd.to_datetime(["2026-11-05", "2026-11-06"]).astype("datetime64[s]")})
    bars = bars.assign(open=10.0, high=10.0, low=10.0, close=10.0, volume=1)
    aws.services.bucket.put(keys.prices("daily", "A"), encode(bars, DAILY))
    vendor.known = {"splits": [TWO._replace(split_factor=float("nan"))], "dividends": [PAID._replace(amount=25.0)]}
    told = refresh(EVENT, aws.services)

    (key,) = (key for key in aws.s3.objects if key.startswith("rejected/"))
    assert [(row["date"], row["check"], row["sent"]["value"]) for row in aws.s3.json(key)["rows"]] == [
        ("2026-03-02", "ratio", "nan"),
        ("2026-11-06", "above-the-close", "25.0"),
    ]
    assert (told["rejected"], len(kept(aws).at())) == (2, 0)
    assert told["warnings"] == [f"A: 2 actions set aside (1 ratio, 1 above-the-close), see {key}."]


def test_a_damaged_object_stays_and_the_next_symbol_goes_on(aws, vendor):
    """It may be a newer release's, or worth mending."""
    store(aws, "A", "B")
    aws.services.bucket.put(keys.actions("A"), b"no table")
    told = refresh(EVENT, aws.services)
    assert aws.s3.objects[keys.actions("A")] == b"no table"
    assert (told["asked"], told["refused"], kept(aws, "B").is_known(SPLIT)) == (2, 1, True)


def test_an_answer_that_can_not_be_believed_takes_nothing_from_the_other(aws, vendor):
    """The splits stay, the dividend is kept."""
    store(aws, "A")
    vendor.known = {"splits": [TWO, Split(date(2014, 6, 9), 7.0), Split(date(2005, 2, 28), 2.0)], "dividends": []}
    refresh(EVENT, aws.services)
    vendor.known = {"splits": [], "dividends": [PAID]}
    told = refresh({**EVENT, "symbols": "A"}, aws.services)
    assert (told["splits"], told["dividends"], told["changed"], told["refused"]) == (3, 1, 1, 1)
    assert [warning.partition(" is empty")[0] for warning in told["warnings"]] == [
        "A: The vendor's list of splits of A"
    ]


def test_a_lost_race_is_run_again_without_a_request(aws, vendor):
    """A run wrote the splits between the read and the write."""
    store(aws, "A")
    put, others = aws.services.bucket.put, []

    def others_first(key, body, **more):
        if key == keys.actions("A") and not others:
            others.append(key)
            add_answers(aws.services.bucket, "A", [Answer(SPLIT, [], [], 1)])
        return put(key, body, **more)

    aws.services.bucket.put = others_first
    refresh(EVENT, aws.services)
    assert (kept(aws).asked[SPLIT].first_s, len(kept(aws).at()), len(vendor.asked)) == (1, 2, 2)


def test_the_handler_leaves_no_record_of_a_run(aws, vendor):
    """It belongs to none, also where it fails."""
    store(aws, "A")
    vendor.refusals = {"A": ProviderUnavailable("No answer.")}
    with pytest.raises(ProviderUnavailable):
        handler.run(EVENT, None, aws.services)
    assert [key for key in aws.s3.objects if key.startswith("runs/")] == []
