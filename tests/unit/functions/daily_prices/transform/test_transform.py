"""Transform: from a stored answer to a staged table."""

import io
import json

import pandas as pd
import pytest

from stockflow.testing import client_error
from stockflow_functions.aws import keys
from stockflow_functions.aws.state_table.history import EVENTS_OF_A_QUESTION
from stockflow_functions.domain.budget.arithmetic import Account
from stockflow_functions.domain.errors import BadPrices, SlotMoved, StorageUnavailable
from stockflow_functions.runtime.services import Services
from tests.helpers.memory_line import Line
from tests.helpers.vendor_bodies import adjusted_bar, bar, body, weekdays

TWO = {"2024-09-05": bar(101.0), "2024-09-04": bar(100.0)}
JUMP = {"2024-09-05": bar(50.0), "2024-09-04": bar(100.0)}


class FakeBudget:
    """A budget that has one slot to give, none, or is out of order."""

    def __init__(self, slots=1, error=None):
        self.slots, self.error, self.asked = slots, error, 0

    def reserve(self, request):
        self.asked += request.count
        if self.error:
            raise self.error
        given = type("Slots", (), {"count": min(self.slots, request.count), "first_ms": 1725574500250})
        return type("Reservation", (), {"slots": given, "account": Account(generation=4)})


@pytest.fixture
def budget(monkeypatch):
    """Puts a fake budget in the place of the shared one."""

    def put(**options):
        fake = FakeBudget(**options)
        monkeypatch.setattr(Services, "budget", fake)
        return fake

    return put


@pytest.fixture
def line():
    return Line()


def test_the_state_carries_a_pointer_and_counts(line):
    """Two sound bars are staged as Parquet; nothing in the result grows with them."""
    table = line.transform(body(TWO))

    assert table == {
        "key": "staged/one/IBM.parquet",
        "rows": 2,
        "first_date": "2024-09-04",
        "last_date": "2024-09-05",
        "rows_rejected": 0,
        "rows_left_out": 0,
        "full": False,
        "fetched_at": "2024-09-05T22:00:00.000Z",
        "attempts": 1,
        "stale": False,
        "warnings": [],
    }
    assert pd.read_parquet(io.BytesIO(line.s3.objects[table["key"]]))["close"].tolist() == [100.0, 101.0]


def test_the_same_answer_gives_the_same_bytes(line):
    """Transform may be repeated at any time: nothing in it depends on when it runs."""
    first = line.transform(body(TWO))
    bytes_before = line.s3.objects[first["key"]]
    line.aws.clock.ms += 86_400_000

    assert line.transform(body(TWO)) == first
    assert line.s3.objects[first["key"]] == bytes_before


def test_bad_bars_are_set_aside_counted_and_findable(line):
    """The rest goes on."""
    table = line.transform(body({"2024-09-05": bar(), "2024-09-04": bar(close="?"), "2024-09-03": bar()}))
    aside = line.services.bucket.get_json("rejected/one/IBM.json")

    assert (table["rows"], table["rows_rejected"]) == (2, 1)
    assert table["warnings"] == ["1 bar set aside (1 unreadable-number), see rejected/one/IBM.json."]
    assert (aside["symbol"], aside["answer"]) == ("IBM", "raw/daily/IBM/one.json.gz")
    assert [row["date"] for row in aside["rows"]] == ["2024-09-04"]


def test_no_usable_bar_fails_the_symbol(line):
    """As BadPrices, after the bars were set aside."""
    with pytest.raises(BadPrices, match=r"None of the 2 bars of IBM can be used: see rejected/one/IBM\.json"):
        line.transform(body({"2024-09-05": bar(close="?"), "2024-09-04": bar(close=-1)}))

    assert len(line.services.bucket.get_json("rejected/one/IBM.json")["rows"]) == 2


def test_only_a_running_bar_is_no_failure(line):
    """A listing's first day, seen before the close: nothing is staged, and nothing is wrong."""
    table = line.transform(body({"2024-09-05": bar()}), fetched_at="2024-09-05T15:00:00.000Z")

    assert (table["key"], table["rows"], table["rows_left_out"], table["stale"]) == (None, 0, 1, False)


@pytest.mark.parametrize("raw", [b"not gzip", b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x00\xff"])
def test_an_answer_that_is_not_whole_is_bad_prices(line, raw):
    """With a sentence, not with a fault of gzip."""
    answer = line.answer(b"")
    line.s3.place(answer["key"], raw)

    with pytest.raises(BadPrices, match="is incomplete"):
        line.transform_stored(answer)


def test_an_answer_that_came_cut_is_read_again(line):
    """A truncated read is S3's trouble, not the vendor's."""
    cut = [True]
    line.s3.on_get = lambda key, whole: whole[:-7] if key.startswith("raw/") and cut and cut.pop() else whole

    with pytest.raises(StorageUnavailable, match="two different bodies"):
        line.transform(body(TWO))
    assert line.transform(body(TWO))["rows"] == 2


def test_an_answer_that_is_gone_is_bad_prices(line):
    """It was kept for its 400 days; the sentence says what to do."""
    with pytest.raises(BadPrices, match="run IBM again"):
        line.transform_stored({**line.answer(b""), "key": "raw/daily/IBM/gone.json.gz"})


def test_a_stale_answer_is_said(line):
    """The newest bar is older than the last finished session."""
    table = line.transform(body(TWO), fetched_at="2024-09-06T22:00:00.000Z")

    assert (table["stale"], table["warnings"]) == (True, ["Stale: the newest bar is from 2024-09-05."])


def test_an_answer_that_lags_behind_the_dataset_is_not_stale(line):
    """The vendor's servers are out of step at times; what counts is the newest bar there is."""
    line.run(body(TWO))

    assert not line.transform(body({"2024-09-04": bar(100.0)}), "two")["stale"]


def test_an_unreadable_stored_object_is_no_matter_of_transform(line):
    """Save will judge it."""
    line.s3.place(line.key, b"x")

    assert line.transform(body(TWO))["rows"] == 2


def test_a_jump_asks_for_the_splits(line, budget):
    """One slot of the shared budget; the workflow waits for it and comes back with the same answer."""
    asked = budget()
    with pytest.raises(SlotMoved) as moved:
        line.transform(body(JUMP))
    slot = json.loads(str(moved.value))

    assert (slot["not_before"], slot["moves"], slot["asks"]) == ("2024-09-05T22:15:00.250Z", 1, "splits")
    assert slot["generation"] == 4
    assert slot["answer"]["key"] == "raw/daily/IBM/one.json.gz"
    assert asked.asked == 1


def test_a_known_split_asks_nothing(line, budget):
    """The file of an earlier question explains the jump."""
    asked = budget()
    known = {"asked_at": "2024-09-05T21:30:00.000Z", "splits": [{"effective_date": "2024-09-05", "split_factor": 2.0}]}
    line.services.bucket.put_json(keys.splits("IBM"), known)

    assert line.transform(body(JUMP))["warnings"] == []
    assert asked.asked == 0


def test_what_is_known_of_a_symbol_is_read_under_its_former_keys_too(budget):
    """The splits that were asked for before its keys changed are not asked for again."""
    asked, line = budget(), Line(".DJI")
    known = {"asked_at": "2024-09-05T21:30:00.000Z", "splits": [{"effective_date": "2024-09-05", "split_factor": 2.0}]}
    line.services.bucket.put_json("splits/.DJI.json", known)

    assert line.transform(body(JUMP, ".DJI"))["warnings"] == []
    assert asked.asked == 0


def test_a_jump_older_than_the_last_question_is_not_asked_again(line, budget):
    """A crash that no split explains costs one question, not one a day."""
    asked = budget()
    line.services.bucket.put_json(keys.splits("IBM"), {"asked_at": "2024-09-06T00:00:00.000Z", "splits": []})

    (sentence,) = line.transform(body(JUMP))["warnings"]
    assert sentence == "No split explains 1 jump of the close: 2024-09-05: close 100 to 50, -50 %."
    assert asked.asked == 0


def test_a_question_that_was_refused_is_not_put_again(line, budget):
    """A jump on the day of the refusal, or after it, is another matter."""
    asked = budget()
    line.services.bucket.put_json(keys.splits_refused("IBM"), {"asked_at": "2024-09-06T00:00:00.000Z"})
    line.transform(body(JUMP))
    assert asked.asked == 0

    line.services.bucket.put_json(keys.splits_refused("IBM"), {"asked_at": "2024-09-05T23:00:00.000Z"})
    with pytest.raises(SlotMoved):
        line.transform(body(JUMP))


def test_ordinary_answers_never_touch_the_budget(line, budget):
    """The question is asked only where there is a jump."""
    asked = budget()
    line.transform(body(TWO))

    assert asked.asked == 0


@pytest.mark.parametrize(
    ("options", "why"),
    [
        ({"slots": 0}, "No request is left today to ask for the splits behind a jump."),
        (
            {"error": StorageUnavailable("DynamoDB is slow.")},
            "No request to ask for the splits behind a jump: DynamoDB is slow.",
        ),
    ],
)
def test_without_a_slot_the_jump_is_unexplained_not_failed(line, budget, options, why):
    """The bars are staged all the same."""
    budget(**options)
    table = line.transform(body(JUMP))

    assert table["rows"] == 2
    assert table["warnings"] == [why, "No split explains 1 jump of the close: 2024-09-05: close 100 to 50, -50 %."]


def test_without_room_in_the_history_the_question_is_not_put(line, budget):
    """The answer is good without it; the run must not end for it."""
    asked = budget()
    line.spare_events = EVENTS_OF_A_QUESTION - 1

    sentence = line.transform(body(JUMP))["warnings"][0]

    assert sentence.startswith("No request to ask for the splits behind a jump: The run")
    assert asked.asked == 0


@pytest.mark.parametrize(("reply", "sentences"), [("", 1), ("Alpha Vantage said no.", 2)])
def test_a_question_is_put_once(line, budget, reply, sentences):
    """With or without an answer, the second pass goes on."""
    asked = budget()
    table = line.transform(body(JUMP), asked={"splits": reply})

    assert (table["rows"], len(table["warnings"]), asked.asked) == (2, sentences, 0)


DAYS = weekdays("2024-08-01", 26)


def adjusted_body(days, factor, **about):
    return body({day: adjusted_bar(100.0, factor) for day in days}, **about)


def test_another_adjusted_basis_asks_for_the_whole_history(budget):
    """After a split or dividend the compact answer can't be joined, so the full one is fetched in the same run."""
    line = Line(series="daily_adjusted")
    line.run(adjusted_body(DAYS[:20], 0.5, size="Full size"))
    budget()

    with pytest.raises(SlotMoved) as moved:
        line.transform(adjusted_body(DAYS[10:], 0.25), "two")
    assert json.loads(str(moved.value))["asks"] == "full"


@pytest.mark.parametrize(
    ("days", "factor", "size"),
    [
        (DAYS[10:], 0.5, "Compact"),
        (DAYS, 0.25, "Full size"),
        (DAYS[2:], 0.25, "Full size"),
        (DAYS, 0.25, "Compact"),
    ],
)
def test_an_answer_that_joins_asks_nothing(budget, days, factor, size):
    """The same basis, the whole history, or all that there ever was."""
    line = Line(series="daily_adjusted")
    line.run(adjusted_body(DAYS[:20], 0.5, size="Full size"))
    asked = budget()
    line.transform(adjusted_body(days, factor, size=size), "two")

    assert asked.asked == 0


def test_s3_being_slow_is_the_workflows_matter(line):
    """It is raised under its name, for a Retry."""

    def slow(key, number):
        raise client_error("SlowDown", "PutObject")

    line.s3.before_put = slow
    with pytest.raises(StorageUnavailable):
        line.transform(body(TWO))
