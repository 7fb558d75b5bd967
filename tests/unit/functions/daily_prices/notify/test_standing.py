"""What stands from day to day is told once: real states and the real report, on a bucket in memory."""

import pytest

from stockflow_functions.daily_prices.notify.app import reporter_of
from stockflow_functions.daily_prices.notify.report import report
from stockflow_functions.daily_prices.notify.standing import keep_told, news_of, told_before
from stockflow_functions.daily_prices.outcome import SymbolOutcome
from stockflow_functions.domain.messages import plain
from stockflow_functions.vendors.alpha_vantage import VENDOR
from tests.helpers.memory_line import Line
from tests.helpers.vendor_bodies import adjusted_bar, bar, body, weekdays

OLD = {"2022-06-07": bar(100.0), "2022-06-08": bar(101.0)}


BOTH = {("IBM", "weekend-date"), ("IBM", "field-twice")}


class Days:
    """One symbol's days: Transform, Save and the message of a run, started as ``trigger`` says."""

    def __init__(self, series="daily"):
        self.line, self.series = Line(series=series), series
        self.reporter = reporter_of(self.line.services)

    def run(self, day, answer, trigger="schedule", asked=(), execution="", heard=True):
        execution, moment = execution or f"run-{day}", f"{day}T23:00:00.000Z"
        outcome = self.line.run(answer, execution, fetched_at=moment, asked=dict(asked))
        run = {"execution": execution, "execution_arn": "arn", "started_at": moment, "trigger": trigger}
        plan = {
            "run": {**run, "series": self.series, "outputsize": "compact", "force": False},
            "symbols": [{"symbol": "IBM", "status": outcome["status"], "outcome": outcome}],
            "work": [],
            "deferred": [],
            "skipped": None,
            "requests": {"planned": 1},
            "warnings": [],
        }
        self.manifest = self.reporter.summary(plan, {"IBM": SymbolOutcome.from_dict(outcome)}, moment)
        told = self.again()
        if heard:
            self.reporter.heard(self.manifest)
        return told

    def again(self):
        """The message once more, as after a Notify that was interrupted: its kind and its text."""
        message = self.reporter.message(self.manifest)
        return message.kind, plain.as_text(message)


@pytest.fixture
def days():
    return Days()


def test_a_stale_symbol_is_told_on_the_first_day_alone(days):
    """The manifest says it each day; the message is good news from the second one on, with a count."""
    kind, text = days.run("2026-11-19", body(OLD))
    assert (kind, "IBM Stale: the newest bar is from 2022-06-08." in text) == ("warning", True)

    kind, text = days.run("2026-11-20", body(OLD))
    assert kind == "info"
    assert "Stale:" not in text
    assert "Still so, told before: 1 stale" in text
    assert days.manifest["symbols"][0]["warnings"] == ["Stale: the newest bar is from 2022-06-08."]
    assert days.manifest["symbols"][0]["found"]["stale"]["newest"] == "2022-06-08"


def test_a_symbol_that_goes_on_and_is_stale_again_is_news(days):
    """Its newest bar is another one."""
    days.run("2026-11-19", body(OLD))
    _, text = days.run("2026-11-20", body({**OLD, "2022-06-09": bar(102.0)}))

    assert "IBM Stale: the newest bar is from 2022-06-09." in text


def test_a_notify_that_is_repeated_tells_it_again(days):
    """Nobody may have heard it."""
    first = days.run("2026-11-19", body(OLD))

    assert days.again() == first


def test_what_no_channel_took_is_told_by_the_next_run(days):
    """As long as none is set up, or none answers, nobody has heard it."""
    days.run("2026-11-19", body(OLD), heard=False)
    kind, text = days.run("2026-11-20", body(OLD))

    assert (kind, "Stale:" in text) == ("warning", True)


def test_a_warning_about_two_checks_is_told_while_one_of_them_is_news(make):
    """One sentence says what each of them set aside."""
    one = {"bars": 1, "newest": "2026-11-14", "warning": 0}
    symbol = make.symbol("IBM", warnings=["2 bars set aside."], found={"weekend-date": one, "field-twice": one})
    outcome = SymbolOutcome.from_dict(symbol)
    told = [news_of([outcome], frozenset(before)) for before in ({("IBM", "weekend-date")}, BOTH)]

    assert [outcomes[0].warnings for outcomes in told] == [("2 bars set aside.",), ()]


def test_a_person_who_starts_a_run_is_told_all(days):
    """Only what comes each day by itself is told once."""
    days.run("2026-11-19", body(OLD))
    kind, text = days.run("2026-11-20", body(OLD), trigger="console")

    assert (kind, "Stale:" in text) == ("warning", True)


def test_other_news_of_a_stale_symbol_is_told(days):
    """What is told once hides nothing else."""
    days.run("2026-11-19", body(OLD))
    _, text = days.run("2026-11-20", body({**OLD, "2022-06-08": bar(105.0)}))

    assert "IBM 1 stored bar was restated" in text
    assert "Stale:" not in text


def test_a_bar_that_is_set_aside_again_is_told_once(days):
    """It comes in each answer that still reaches back to it; another one is news, and both are said."""
    fresh = {"2026-11-18": bar(100.0), "2026-11-19": bar(100.0)}
    _, first = days.run("2026-11-19", body({**fresh, "2026-11-14": bar(1.0)}))
    kind, second = days.run("2026-11-19", body({**fresh, "2026-11-14": bar(1.0)}), execution="run-again")
    _, third = days.run("2026-11-20", body({**fresh, "2026-11-14": bar(1.0), "2026-11-15": bar(1.0)}))

    assert "IBM 1 bar set aside (1 weekend-date)" in first
    assert (kind, "To look at" in second) == ("info", False)
    assert "Still so, told before: 1 with bars set aside" in second
    assert "IBM 2 bars set aside (2 weekend-date)" in third


def test_more_bars_set_aside_are_news_though_the_newest_one_is_the_same(days):
    """An older bar that was sound the day before."""
    fresh = {"2026-11-18": bar(100.0), "2026-11-19": bar(100.0), "2026-11-14": bar(1.0)}
    days.run("2026-11-19", body(fresh))
    _, text = days.run("2026-11-20", body({**fresh, "2026-11-08": bar(1.0)}))

    assert "IBM 2 bars set aside (2 weekend-date)" in text


def test_a_symbol_whose_warnings_had_no_room_is_told_by_its_counts(make):
    """A run that died noted on the object that checks found something, without a sentence."""
    found = {"stale": {"bars": 9, "newest": "2022-06-08"}}
    symbol = make.symbol("IBM", stale=True, last_date="2022-06-08", found=found)
    text = plain.as_text(report(make.manifest(symbol), VENDOR))

    assert "IBM Stale: the newest bar is from 2022-06-08." in text


def test_a_table_that_can_not_be_renewed_is_told_once():
    """Its adjusted closes are on another basis each day, until somebody fetches the whole history."""
    days, dates = Days("daily_adjusted"), weekdays("2026-10-01", 36)

    def answer(first, last, factor):
        return body({day: adjusted_bar(100.0, factor) for day in dates[first:last]}, "IBM")

    days.line.run(answer(0, 34, 1.0), "before", fetched_at="2026-11-18T23:00:00.000Z")
    asked = {"full": "The plan has no whole history."}.items()
    told = [days.run(f"2026-11-{19 + n}", answer(20, 35 + n, 0.5), asked=asked) for n in range(2)]

    assert ["Nothing was saved" in text for _, text in told] == [True, False]
    assert "Still so, told before: 1 on another basis" in told[1][1]
    assert [symbol["stale"] for symbol in days.manifest["symbols"]] == [True]


def test_a_gap_that_grows_is_told_once(make):
    """It is the same gap as long as it begins on the same day."""
    line = Line()

    def told_on(execution, sessions):
        found = {"gap": {"bars": sessions, "newest": "2026-06-01", "warning": 0}}
        symbol = make.symbol("IBM", warnings=[f"No bars ({sessions} sessions)."], found=found)
        manifest = {**make.manifest(symbol), "execution": execution}
        text = plain.as_text(report(manifest, VENDOR, told_before(line.services.bucket, manifest)))
        keep_told(line.services.bucket, manifest)
        return text

    assert "No bars (3 sessions)." in told_on("one", 3)
    assert "No bars" not in told_on("two", 4)
    assert "Still so, told before: 1 with a gap" in told_on("three", 5)


def test_a_run_that_leaves_the_dataset_alone_tells_all_and_keeps_nothing(make):
    """Nor does it keep the next run from telling it."""
    bucket, found = Line().services.bucket, {"stale": {"bars": 1, "newest": "2026-11-19"}}
    manifest = make.manifest(make.symbol("IBM", found=found), switched_off=["SAVE_TO_S3"])
    keep_told(bucket, {**manifest, "execution": "one"})

    assert told_before(bucket, {**manifest, "execution": "two"}) == frozenset()
    assert bucket.get("told/daily.findings.json") is None


def test_a_manifest_of_an_older_release_is_told_as_ever(make):
    """It does not say what its checks found."""
    manifest = make.manifest(make.symbol("IBM", stale=True, warnings=["Stale: the newest bar is from 2022-06-08."]))

    assert told_before(Line().services.bucket, manifest) == frozenset()


def test_where_it_can_not_be_read_it_is_told_again(days):
    """People hear it twice rather than never, and the log says why."""
    assert [days.run(day, body(OLD))[0] for day in ("2026-11-19", "2026-11-20")] == ["warning", "info"]
    days.line.s3.fail("AccessDenied", "get_object")
    kind, text = days.again()

    assert (kind, "Stale:" in text) == ("warning", True)
    assert "what was told before can't be read" in days.line.aws.log.getvalue()


def test_where_it_can_not_be_kept_the_log_says_so(days):
    """The message went out, and the run goes on."""
    days.run("2026-11-19", body(OLD), heard=False)
    days.line.s3.fail("AccessDenied", "put_object")
    days.reporter.heard(days.manifest)

    assert "what people were told can't be kept" in days.line.aws.log.getvalue()
