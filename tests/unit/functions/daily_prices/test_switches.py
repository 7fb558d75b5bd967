"""What the switches do to a run of prices: SAVE_TO_S3 leaves the dataset alone, SLACK_ENABLED mutes Slack."""

import json

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.plan.app import plan
from tests.helpers.aws_with_slack import notify
from tests.helpers.memory_line import Line
from tests.helpers.vendor_bodies import bar, body

OLD = {"2024-09-04": bar(100.0), "2024-09-03": bar(99.0)}
NEW = {"2024-09-05": bar(101.0), "2024-09-04": bar(100.0), "2024-09-03": bar(99.5)}


@pytest.fixture
def line():
    return Line()


def checked(line, answer, **about):
    """What Save answers in a run that leaves the dataset alone."""
    line.saves = False
    return line.save(line.transform(body(answer), "two", **about), "two")["outcome"]


def planned(aws, workflow_input):
    about = {"execution": "e", "execution_arn": "a", "started_at": "2026-11-20T23:30:00Z", "retry_count": 0}
    return plan({"input": workflow_input, **about}, aws.services)


def test_what_would_have_been_written_is_told_and_not_written(line):
    """The rows that would be added and changed, and not a byte of the dataset, nor of its changes."""
    line.run(body(OLD), "one")
    before = dict(line.s3.objects)
    outcome = checked(line, NEW)

    assert (outcome["status"], outcome["rows_added"], outcome["rows_changed"]) == ("checked", 1, 1)
    assert outcome["last_date"] == "2024-09-05"
    new = line.s3.objects.keys() - before.keys()
    assert new == {keys.raw("daily", "IBM", "two"), keys.staged("two", "IBM"), keys.symbol_record("two", "IBM")}
    assert line.s3.objects[line.key] == before[line.key]


def test_a_symbol_without_news_is_unchanged_as_ever(line):
    """Nothing would have been written."""
    line.run(body(NEW), "one")

    assert checked(line, NEW)["status"] == "unchanged"


def test_a_damaged_object_stays_where_it_is(line):
    """It is not moved aside, and said to be damaged."""
    line.s3.place(line.key, b"no table")
    outcome = checked(line, NEW)

    assert (outcome["status"], line.s3.objects[line.key]) == ("checked", b"no table")
    assert "stays as it is for now" in outcome["warnings"][0]
    assert not [key for key in line.s3.objects if key.startswith("quarantine/")]


def test_a_former_object_stays_where_it_is():
    """It moves when runs save again."""
    line = Line("CON")
    line.run(body(OLD, "CON"), "one")
    line.s3.place(keys.former(line.key), line.s3.objects.pop(line.key))
    line.saves = False
    line.save(line.transform(body(NEW, "CON"), "two"), "two")

    assert line.key not in line.s3.objects


def test_plan_says_that_the_run_saves_nothing():
    """So that each state knows, and a replay too; other runs say nothing of it."""
    off, on = FakeAws(SAVE_TO_S3="false"), FakeAws()

    assert planned(off, {"symbols": ["AAPL"]})["run"]["saves"] is False
    assert "saves" not in planned(on, {"symbols": ["AAPL"]})["run"]


def test_a_smoke_run_saves_below_scratch_all_the_same():
    """It keeps away from the dataset anyway, and a promotion looks at what it saved."""
    assert "saves" not in planned(FakeAws(SAVE_TO_S3="false"), {"symbols": ["AAPL"], "trigger": "smoke"})["run"]


def test_deferred_symbols_go_on_waiting():
    """A run that saves nothing takes none off the list, and adds none."""
    aws = FakeAws(SAVE_TO_S3="false", REQUESTS_PER_DAY="1")
    aws.services.deferred.add("daily", ["MSFT"])
    planned(aws, {"symbols": ["MSFT", "AAPL"]})

    assert aws.services.deferred.remembered("daily") == ["MSFT"]


def test_a_backfill_waits():
    """Its requests would be spent for nothing."""
    made = planned(FakeAws(SAVE_TO_S3="false"), {"backfill": "next", "trigger": "schedule"})

    assert (made["work"], made["skipped"]) == ([], "SAVE_TO_S3 is off: a backfill goes on when runs save again.")


def summary(*outcomes):
    run = {"execution": "e", "execution_arn": "a", "started_at": "2026-11-20T22:30:00.250Z", "trigger": "schedule"}
    requests = {"planned": len(outcomes), "day_limit": 0, "day_used": 0, "day_left": None, "day_resets_at": None}
    items = [{"symbol": one["symbol"], "status": one["status"], "outcome": one} for one in outcomes]
    plan = {
        "run": {**run, "series": "daily", "outputsize": "compact", "force": False},
        "work": [],
        "deferred": [],
        "skipped": None,
        "requests": requests,
        "warnings": [],
        "symbols": items,
    }
    return {"report": "summary", "plan": plan, "retry_count": 0}


def outcome(symbol, status="checked"):
    dates = {"first_date": "1999-11-01", "last_date": "2026-11-20"}
    rows = {"rows_added": 3, "rows_changed": 1, "rows_rejected": 0}
    return {"symbol": symbol, "status": status, "attempts": 1, **rows, **dates, "stale": False, "error": None}


def test_people_are_not_told_that_deferred_symbols_go_first(stage_with):
    """Nothing is remembered of them."""
    deferred = {**outcome("MSFT", "deferred"), "attempts": 0, "rows_added": 0, "rows_changed": 0}
    texts = {}
    for saves in ("false", "true"):
        stage = stage_with(SAVE_TO_S3=saves)
        notify(summary(outcome("AAPL", "unchanged"), deferred), stage.services)
        texts[saves] = json.dumps(stage.inbox.messages[-1].payload)

    assert ["They go first" in texts[saves] for saves in ("false", "true")] == [False, True]


def test_people_hear_what_would_have_been_saved(stage_with):
    """Symbol by symbol, with its rows, and that the dataset was left alone."""
    stage = stage_with(SAVE_TO_S3="false")
    answer = notify(summary(outcome("AAPL"), outcome("MSFT", "unchanged")), stage.services)
    text = json.dumps(stage.inbox.messages[0].payload)

    assert answer["sentence"] == "Prices are checked: 1 symbol would have been saved."
    assert "SAVE_TO_S3 is off: the dataset was left alone." in text
    assert "3 rows would be added, 1 changed" in text
    assert "1 checked, 1 unchanged, 0 failed, 0 deferred" in text


def test_of_many_symbols_the_first_are_named(stage_with):
    """The manifest has all."""
    stage = stage_with(SAVE_TO_S3="false")
    notify(summary(*(outcome(f"S{number}") for number in range(12))), stage.services)

    assert "and 2 more" in json.dumps(stage.inbox.messages[0].payload)
    assert len(stage.s3.json("runs/e/manifest.json")["symbols"]) == 12


def test_nothing_is_known_of_symbols_that_were_not_saved(stage_with):
    """The next run asks for them again; the metrics count no row."""
    stage = stage_with(SAVE_TO_S3="false")
    notify(summary(outcome("AAPL")), stage.services)

    assert stage.s3.json("runs/e/manifest.json")["switched_off"] == ["SAVE_TO_S3"]
    assert not stage.services.freshness.read("daily").known


def test_a_muted_slack_hears_nothing_and_is_not_even_looked_up(stage_with):
    """The topic still gets the message, and the manifest says that Slack was muted."""
    stage = stage_with(SLACK_ENABLED="false", SNS_TOPIC_ARN="arn:aws:sns:eu-west-1:210987654321:runs")
    notify(summary(outcome("AAPL", "saved")), stage.services)

    assert stage.inbox.messages == []
    assert stage.secrets.calls["get_secret_value"] == 0
    assert len(stage.sns.published) == 1
    assert stage.s3.json("runs/e/manifest.json")["switched_off"] == ["SLACK_ENABLED"]


def test_a_run_of_which_nobody_hears_is_told_all_the_same(stage_with):
    """With Slack muted and no topic the run ends as it would, and is not reported again."""
    stage = stage_with(SLACK_ENABLED="false")
    notify(summary(outcome("AAPL", "saved")), stage.services)

    assert stage.s3.json("runs/e/told.json")["channels"] == []


def test_nothing_is_said_of_switches_that_are_on(stage_with):
    """As in every run before there were any."""
    stage = stage_with()
    notify(summary(outcome("AAPL", "saved")), stage.services)

    assert "switched_off" not in stage.s3.json("runs/e/manifest.json")
