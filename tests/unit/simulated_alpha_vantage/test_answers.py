"""What the simulated vendor answers when all is well."""

import json
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from stockflow.simulated_alpha_vantage.answering import SIMULATED_SPLITS, Answering, Catalogue, Conduct
from stockflow.simulated_alpha_vantage.bodies import SHAPES, simulated_series, splits_body
from stockflow.simulated_alpha_vantage.faults import Script
from stockflow.simulated_alpha_vantage.sessions import is_session, last_settled_session
from stockflow.simulated_alpha_vantage.terms import DAILY, DAILY_ADJUSTED, DIVIDENDS, SPLITS, TRANSCRIPT, WEEKLY, Query
from stockflow.testing import FakeClock
from tests.helpers.vendor_bodies import adjusted_bar, bar, body

LAST = date(2026, 3, 20)
NEW_YORK = ZoneInfo("America/New_York")
WRITTEN_DOWN = {
    "2026-03-20": ("380.6300", "391.4900", "376.7300", "388.5800", "2028884"),
    "2010-06-01": ("203.2800", "207.3900", "202.1500", "205.5400", "1506930"),
    "1999-11-01": ("91.3400", "92.9300", "90.8300", "92.6300", "1104317"),
}


def series(symbol, function=DAILY, last=LAST, splits=None, *, full=False):
    body = simulated_series(symbol, function, last, splits or {}, full=full)
    return json.loads(body)[SHAPES[function].key]


def moment_ms(*new_york):
    return int(datetime(*new_york, tzinfo=NEW_YORK).timestamp() * 1000)


def answering(now_ms, catalogue=None, **conduct):
    return Answering(catalogue or Catalogue(), Conduct(**conduct), Script(), FakeClock(now_ms))


def ask(vendor, function=DAILY, symbol="IBM", *, outputsize="", api_key="k", quarter=""):
    return vendor.reply(Query(function, symbol, outputsize, api_key, quarter))


@pytest.fixture(params=["recorded", "written here"])
def known(request, function):
    """An answer in the vendor's layout."""
    if request.param == "written here":
        return json.loads(body({"2024-09-05": adjusted_bar() if function == DAILY_ADJUSTED else bar()}))
    folder = "daily_adjusted" if function == DAILY_ADJUSTED else "daily"
    return json.loads((request.getfixturevalue("shared") / "alphavantage" / folder / "IBM.compact.json").read_bytes())


@pytest.mark.parametrize(("function", "fields"), [(DAILY, 5), (DAILY_ADJUSTED, 8)])
@pytest.mark.parametrize("size", ["compact", "full"])
def test_the_layout_is_the_vendors(known, function, fields, size):
    """But for the numbers and the word SIMULATED, the text is laid out as the vendor's own is."""
    text = simulated_series("IBM", function, LAST, {}, full=size == "full").decode()
    ours = json.loads(text)
    assert text == json.dumps(ours, indent=4)
    assert list(ours) == list(known)
    assert list(ours["Meta Data"]) == list(known["Meta Data"])
    rows = ours["Time Series (Daily)"].values()
    assert {tuple(row) for row in rows} == {tuple(row) for row in known["Time Series (Daily)"].values()}
    assert all(len(row) == fields for row in rows)


def test_meta_data_describes_the_answer():
    """The echo as sent, the newest date, the size, and in plain sight that nothing of it is real."""
    about = json.loads(simulated_series("ibm", DAILY, LAST, {}, full=True))["Meta Data"]
    assert "SIMULATED, not market data" in about.pop("1. Information")
    assert about == {
        "2. Symbol": "ibm",
        "3. Last Refreshed": "2026-03-20",
        "4. Output Size": "Full size",
        "5. Time Zone": "US/Eastern",
    }


def test_compact_is_the_newest_hundred_of_full():
    """Whatever window is asked, a day's row is the same, newest first."""
    full, compact = series("IBM", full=True), series("IBM")
    assert list(full) == sorted(full, reverse=True)
    assert list(compact.items()) == list(full.items())[:100]
    assert min(full) == "1999-11-01"


def test_rows_do_not_change_as_time_goes_on():
    """A row that was once given is the same a year later, across the turn of the year."""
    earlier, later = series("IBM", last=date(2025, 3, 20), full=True), series("IBM", full=True)
    assert earlier == {day: later[day] for day in earlier}


def test_rows_are_the_same_in_every_process_and_version():
    """Python's randomised hashes, its version and the machine have no say in a price: these were written down once."""
    rows = series("IBM", full=True)
    assert {day: tuple(rows[day].values()) for day in WRITTEN_DOWN} == WRITTEN_DOWN


@pytest.mark.parametrize("symbol", ["IBM", "AAPL", "X", "TSCO.LON", "M&M"])
def test_prices_are_possible(symbol):
    """Low, open, close and high are in order, above zero, with four decimals; a day moves by less than a fifth."""
    rows = list(series(symbol, full=True).values())
    before = None
    for row in reversed(rows):
        opened, high, low, close = (float(row[name]) for name in ("1. open", "2. high", "3. low", "4. close"))
        assert 0 < low <= min(opened, close) <= max(opened, close) <= high
        assert row["4. close"] == f"{close:.4f}"
        assert int(row["5. volume"]) > 0
        assert before is None or abs(close / before - 1) < 0.2
        before = close


def test_symbols_differ():
    """Two symbols do not share prices."""
    assert series("IBM") != series("MSFT")


def test_dates_are_sessions():
    """No weekend, no holiday, no closing of September 2001, and no gap."""
    dates = {date.fromisoformat(day) for day in series("IBM", full=True)}
    assert not dates & {date(2001, 9, 11), date(2012, 10, 29), date(2024, 12, 25), date(2025, 1, 9)}
    day = date(1999, 11, 1)
    while day <= LAST:
        assert (day in dates) == is_session(day)
        day += timedelta(days=1)


def test_dates_are_the_exchanges_own():
    """London trades on the Fourth of July and rests on Boxing Day."""
    dates = {date.fromisoformat(day) for day in series("TSCO.LON", full=True)}
    assert {date(2024, 7, 4), date(2025, 12, 26)} & dates == {date(2024, 7, 4)}


@pytest.mark.parametrize(
    ("now", "last"),
    [
        ((2026, 3, 20, 16, 59), date(2026, 3, 19)),
        ((2026, 3, 20, 17, 0), date(2026, 3, 20)),
        ((2026, 3, 22, 12, 0), date(2026, 3, 20)),
        ((2026, 3, 23, 9, 0), date(2026, 3, 20)),
        ((2025, 12, 26, 8, 0), date(2025, 12, 24)),
        ((2026, 1, 2, 8, 0), date(2025, 12, 31)),
    ],
)
def test_the_last_session_is_settled(now, last):
    """A session counts an hour after its close in New York; weekends and holidays fall back."""
    assert last_settled_session(moment_ms(*now)) == last


def test_splits_agree_with_both_series():
    """At a split the raw close falls by its factor, the adjusted close does not, and SPLITS names the day."""
    splits = SIMULATED_SPLITS["NVDA"]
    adjusted, raw = series("NVDA", DAILY_ADJUSTED, splits=splits, full=True), series("NVDA", splits=splits, full=True)
    unsplit = series("NVDA", full=True)
    listed = json.loads(splits_body("NVDA", splits, LAST))["data"]
    assert [(item["effective_date"], item["split_factor"]) for item in listed] == [
        ("2024-06-10", "10.0000"),
        ("2021-07-20", "4.0000"),
    ]
    coefficients = {day: row["8. split coefficient"] for day, row in adjusted.items()}
    assert {day for day, factor in coefficients.items() if factor != "1.0"} == {"2024-06-10", "2021-07-20"}
    for day, factor in (
        ("2026-03-20", 1),
        ("2024-06-10", 1),
        ("2024-06-07", 10),
        ("2021-07-20", 10),
        ("2021-07-19", 40),
    ):
        assert float(raw[day]["4. close"]) == pytest.approx(float(unsplit[day]["4. close"]) * factor)
        assert float(adjusted[day]["4. close"]) == float(raw[day]["4. close"])
        assert float(adjusted[day]["5. adjusted close"]) == pytest.approx(float(unsplit[day]["4. close"]))


def test_a_split_to_come_is_not_known():
    """Before its day a split is in no answer."""
    splits = {date(2026, 3, 23): 2.0}
    assert series("IBM", splits=splits) == series("IBM")
    assert json.loads(splits_body("IBM", splits, LAST))["data"] == []


def test_reverse_splits_keep_prices_in_order():
    """A reverse split divides, and rounding does not tear a row apart."""
    for row in series("IBM", splits={date(2026, 2, 2): 0.1}).values():
        opened, high, low, close = (float(row[name]) for name in ("1. open", "2. high", "3. low", "4. close"))
        assert low <= min(opened, close) <= max(opened, close) <= high


def test_splits_has_the_recorded_layout(shared):
    """SPLITS is laid out as the vendor's own answer is."""
    recorded = (shared / "alphavantage" / "other" / "splits_IBM.json").read_text(encoding="utf-8").rstrip("\n")
    splits = {date(2021, 11, 4): 1.046, date(1999, 5, 27): 2.0}
    assert splits_body("IBM", splits, LAST).decode() == recorded


def test_splits_are_written_newest_first_with_four_decimals():
    """Laid out with four blanks a step, and no line end at the end."""
    splits = {date(2004, 2, 3): 1.5, date(2018, 7, 9): 7.0}
    assert (
        splits_body("ACME", splits, LAST).decode()
        == """{
    "symbol": "ACME",
    "data": [
        {
            "effective_date": "2018-07-09",
            "split_factor": "7.0000"
        },
        {
            "effective_date": "2004-02-03",
            "split_factor": "1.5000"
        }
    ]
}"""
    )


def test_hostile_symbols_stay_json():
    """A quotation mark in a symbol does not break the text."""
    assert json.loads(simulated_series('a"\\b', DAILY, LAST, {}, full=False))["Meta Data"]["2. Symbol"] == 'a"\\b'


@pytest.mark.parametrize(
    ("asked", "conduct", "answered"),
    [
        ({}, {}, "data"),
        ({"function": SPLITS}, {}, "data"),
        ({"function": DIVIDENDS}, {}, "data"),
        ({"function": DIVIDENDS, "symbol": "UNKNOWN7"}, {}, "unknown"),
        ({"function": DIVIDENDS}, {"premium": {DIVIDENDS}}, "premium"),
        ({"symbol": "UNKNOWN7"}, {}, "unknown"),
        ({"symbol": "unknown7", "function": SPLITS}, {}, "unknown"),
        ({"symbol": ""}, {}, "unknown"),
        ({"function": "GLOBAL_QUOT"}, {}, "no_function"),
        ({"api_key": ""}, {}, "invalid_key"),
        ({"api_key": "wrong"}, {"api_keys": {"right"}}, "invalid_key"),
        ({"api_key": "right"}, {"api_keys": {"right"}}, "data"),
        ({"outputsize": "full"}, {"premium": {"full"}}, "premium"),
        ({}, {"premium": {"full"}}, "data"),
        ({"function": DAILY_ADJUSTED}, {"premium": {DAILY_ADJUSTED}}, "premium"),
        ({"function": WEEKLY, "outputsize": "full"}, {"premium": {"full"}}, "data"),
        ({"function": TRANSCRIPT, "quarter": "2024Q1"}, {}, "data"),
        ({"function": TRANSCRIPT, "quarter": "2024Q1"}, {"premium": {TRANSCRIPT}}, "premium"),
        ({"function": TRANSCRIPT, "quarter": "2024Q5"}, {}, "unknown"),
        ({"function": TRANSCRIPT}, {}, "unknown"),
        ({"function": TRANSCRIPT, "symbol": "UNKNOWN7", "quarter": "2024Q1"}, {}, "unknown"),
    ],
)
def test_requests_get_what_is_due(asked, conduct, answered):
    """Keys, plans, functions and symbols each have the vendor's own refusal."""
    assert ask(answering(moment_ms(2026, 3, 20, 18, 0), **conduct), **asked).answered == answered


def test_named_symbols_are_unknown():
    """A set of unknown symbols, in any case."""
    vendor = answering(moment_ms(2026, 3, 20, 18, 0), Catalogue(unknown_symbols={"nosuch"}))
    assert [ask(vendor, symbol=symbol).answered for symbol in ("NOSUCH", "IBM")] == ["unknown", "data"]


def test_the_clock_decides_the_newest_row():
    """The answer's newest row is the last settled session of the clock that was handed in."""
    reply = ask(answering(moment_ms(2026, 1, 1, 12, 0)))
    assert next(iter(json.loads(reply.body)["Time Series (Daily)"])) == "2025-12-31"


def test_every_nth_request_is_refused():
    """The third, the sixth and the ninth are throttled, and nothing else."""
    vendor = answering(moment_ms(2026, 3, 20, 18, 0), refuse_every=3)
    assert [ask(vendor).answered for _ in range(9)] == ["data", "data", "throttled"] * 3


class CrowdedClock(FakeClock):
    """Takes its time, and sees how many read it at once."""

    inside = most = 0

    def now_ms(self):
        self.inside += 1
        self.most = max(self.most, self.inside)
        time.sleep(0.002)
        self.inside -= 1
        return self.ms


def test_requests_are_counted_one_at_a_time():
    """Time, limits and counts of one request are settled before the next one is looked at."""
    clock = CrowdedClock(moment_ms(2026, 3, 20, 18, 0))
    vendor = Answering(Catalogue(), Conduct(requests_per_day=7), Script(), clock)
    with ThreadPoolExecutor(40) as pool:
        answers = [reply.answered for reply in pool.map(lambda _: ask(vendor), range(40))]
    assert clock.most == 1
    assert (answers.count("data"), answers.count("quota"), len(vendor.requests)) == (7, 33, 40)


def test_weeks_are_those_of_the_same_invented_days():
    """Open of the first session, close of the last, the extremes between, and all that was traded."""
    days, weeks = series("IBM", full=True), series("IBM", WEEKLY)
    (newest, week), *_ = weeks.items()
    sessions = [days[day] for day in ("2026-03-20", "2026-03-19", "2026-03-18", "2026-03-17", "2026-03-16")]

    assert newest == "2026-03-20"
    assert (week["1. open"], week["4. close"]) == (sessions[-1]["1. open"], sessions[0]["4. close"])
    assert float(week["2. high"]) == max(float(day["2. high"]) for day in sessions)
    assert float(week["3. low"]) == min(float(day["3. low"]) for day in sessions)
    assert int(week["5. volume"]) == sum(int(day["5. volume"]) for day in sessions)


def test_the_running_week_has_the_date_of_its_newest_session():
    """And weeks before it those of their last ones; all weeks come, whatever size is asked for."""
    weeks = list(series("IBM", WEEKLY, last=date(2026, 4, 7)))

    assert weeks[:3] == ["2026-04-07", "2026-04-02", "2026-03-27"]  # 2026-04-03 is Good Friday
    assert weeks[-1] == "1999-11-05"


def test_a_weekly_answer_states_no_size():
    """As the vendor's own does not."""
    answer = json.loads(simulated_series("IBM", WEEKLY, LAST, {}, full=False))

    assert list(answer) == ["Meta Data", "Weekly Time Series"]
    assert list(answer["Meta Data"]) == ["1. Information", "2. Symbol", "3. Last Refreshed", "4. Time Zone"]


def test_no_words_are_invented():
    """A call whose transcript nobody gave has the vendor's empty list, laid out as all its answers are."""
    reply = ask(answering(moment_ms(2026, 3, 20, 18, 0)), TRANSCRIPT, "ibm", quarter="2024Q1")

    assert (
        reply.body.decode()
        == """{
    "symbol": "ibm",
    "quarter": "2024Q1",
    "transcript": []
}"""
    )


def test_transcript_that_was_given_is_the_answer():
    """For its symbol, in any case, and its quarter only."""
    turn = {"speaker": "Ann Example", "title": "CEO", "content": "Thank you.", "sentiment": "0.6"}
    vendor = answering(moment_ms(2026, 3, 20, 18, 0), Catalogue(transcripts={("Ibm", "2024Q1"): [turn]}))
    bodies = [ask(vendor, TRANSCRIPT, "IBM", quarter=quarter).body for quarter in ("2024Q1", "2024Q2")]

    assert [json.loads(body)["transcript"] for body in bodies] == [[turn], []]
