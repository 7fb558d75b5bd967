"""The report at the end of a run."""

import json

import pytest

from stockflow.local_servers.slack_inbox import SlackReply
from stockflow.testing import client_error
from stockflow_functions.daily_prices.outcome import Failure, SymbolOutcome
from stockflow_functions.domain.budget.arithmetic import ReservationRequest
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import NotificationFailed, StorageUnavailable
from stockflow_functions.domain.prices.freshness import Known
from tests.helpers.aws_with_slack import notify

EXECUTION = "2026-11-20-evening"
ARN = f"arn:aws:states:eu-west-1:210987654321:execution:DailyPrices:{EXECUTION}"


def run(**more):
    return {
        "execution": EXECUTION,
        "execution_arn": ARN,
        "started_at": "2026-11-20T22:30:00.250Z",
        "trigger": "schedule",
        "series": "daily",
        "outputsize": "compact",
        "force": False,
        **more,
    }


def requests_of(planned):
    return {
        "planned": planned,
        "day_limit": 25,
        "day_used": planned,
        "day_left": 25 - planned,
        "day_resets_at": "2026-11-21T05:00:00.000Z",
    }


def summary(*entries, deferred=(), fresh=(), skipped=None, **more):
    plan = {
        "run": run(),
        "work": [{"symbol": entry["symbol"], "not_before": "2026-11-20T22:30:01.000Z"} for entry in entries],
        "deferred": list(deferred),
        "answered": [SymbolOutcome(symbol, "fresh", last_date="2026-11-20").as_dict() for symbol in fresh],
        "skipped": skipped,
        "requests": requests_of(len(entries)),
        "warnings": [],
        "sentence": "…",
    }
    if entries:
        plan["symbols"] = list(entries)
    return {"report": "summary", "plan": plan, "retry_count": 0, **more}


def saved(stage, symbol, **more):
    """As the Map passes it on; there is no record of it."""
    record = SymbolOutcome(symbol, "saved", attempts=1, rows_added=1, first_date="1999-11-01", last_date="2026-11-20")
    outcome = {**record.as_dict(), **more}
    return {"symbol": symbol, "status": outcome["status"], "outcome": outcome}


def failed(stage, symbol, error_type="UnknownSymbol", state="Fetch", *, recorded=True):
    record = SymbolOutcome(
        symbol, "failed", attempts=1, error=Failure(error_type, f"There are no prices of {symbol}.", state)
    )
    if recorded:
        stage.s3.put_json(f"runs/{EXECUTION}/symbols/{symbol}.json", record.as_dict())
    return {"symbol": symbol, "status": "failed", "error": {"type": error_type, "state": state}}


def manifest(stage):
    return stage.s3.json(f"runs/{EXECUTION}/manifest.json")


def test_a_good_run_is_told_in_the_info_channel(stage):
    """All symbols saved is good news, and nobody else is bothered."""
    answer = notify(summary(saved(stage, "AAPL"), saved(stage, "MSFT", status="unchanged")), stage.services)
    assert answer == {
        "outcome": "succeeded",
        "end_as_failed": False,
        "sentence": "Prices are up to date: 1 saved, 1 unchanged.",
    }
    assert [message.channel for message in stage.inbox.messages] == ["info"]


def test_the_manifest_tells_the_run_symbol_by_symbol(stage):
    """The manifest has the run, the counts, the requests made and the cost."""
    notify(summary(saved(stage, "AAPL", attempts=3), failed(stage, "BOGUS"), deferred=["LATE"]), stage.services)
    told = manifest(stage)
    assert {name: told[name] for name in ("execution", "trigger", "series", "finished_at", "outcome", "error")} == {
        "execution": EXECUTION,
        "trigger": "schedule",
        "series": "daily",
        "finished_at": "2026-11-20T22:31:12.250Z",
        "outcome": "partial",
        "error": None,
    }
    assert [(symbol["symbol"], symbol["status"]) for symbol in told["symbols"]] == [
        ("AAPL", "saved"),
        ("BOGUS", "failed"),
        ("LATE", "deferred"),
    ]
    assert told["requests"]["made"] == 4
    assert told["cost"]["state_transitions"] == 6 + 4 + 3 + 2 * 5


def test_a_failed_symbol_makes_a_warning_and_a_red_run(stage):
    """One failed symbol is told in the warning channel, and the run ends as failed."""
    answer = notify(summary(saved(stage, "AAPL"), failed(stage, "BOGUS")), stage.services)
    assert (answer["outcome"], answer["end_as_failed"]) == ("partial", True)
    (message,) = stage.inbox.messages
    assert message.channel == "warning"
    assert "There are no prices of BOGUS." in message.text


def test_a_setting_keeps_such_a_run_green(stage_with):
    """FAIL_RUN_ON_SYMBOL_FAILURE=false leaves the run green; the message is the same."""
    stage = stage_with(FAIL_RUN_ON_SYMBOL_FAILURE="false")
    answer = notify(summary(saved(stage, "AAPL"), failed(stage, "BOGUS")), stage.services)
    assert (answer["outcome"], answer["end_as_failed"]) == ("partial", False)


def test_a_run_of_which_every_symbol_failed_is_told_as_an_error(stage):
    """Nothing saved at all is an error, though the workflow itself got to its end."""
    answer = notify(summary(failed(stage, "BOGUS"), deferred=["LATE"]), stage.services)
    assert answer["outcome"] == "failed"
    assert [message.channel for message in stage.inbox.messages] == ["error"]


def test_deferred_symbols_are_no_failure(stage):
    """A spent quota makes a warning and a green run."""
    answer = notify(summary(saved(stage, "AAPL"), deferred=["LATE"]), stage.services)
    assert (answer["outcome"], answer["end_as_failed"]) == ("partial", False)
    assert [message.channel for message in stage.inbox.messages] == ["warning"]


def test_a_run_that_could_pay_for_nothing_did_not_fail(stage):
    """All symbols deferred, none tried: a warning."""
    assert notify(summary(deferred=["AAPL", "MSFT"]), stage.services)["outcome"] == "partial"


def test_a_closed_market_is_told_with_its_reason(stage):
    """Nothing to do is reported as such, in the words of Plan."""
    answer = notify(summary(skipped="The market is closed: Thanksgiving."), stage.services)
    assert answer == {
        "outcome": "skipped",
        "end_as_failed": False,
        "sentence": "The market is closed: Thanksgiving.",
    }
    assert "Thanksgiving" in stage.inbox.messages[0].text


def test_a_symbol_without_a_record_gets_its_errors_standard_sentence(stage):
    """Lambda killed the function, so only the Map knows: the message says what the error's name means."""
    notify(
        summary(saved(stage, "AAPL"), failed(stage, "BIG", "Sandbox.Timedout", "Save", recorded=False)), stage.services
    )
    error = manifest(stage)["symbols"][1]["error"]
    assert error == {
        "type": "Sandbox.Timedout",
        "state": "Save",
        "message": "The function took longer than its time-out, or ran out of memory.",
    }


def test_the_map_is_believed_where_the_record_is_an_older_attempts(stage):
    """A failure that a retry survived is not blamed for a later, silent one."""
    failed(stage, "SLOW", "Throttled", "Fetch")
    notify(summary(failed(stage, "SLOW", "States.Timeout", "Save", recorded=False)), stage.services)
    error = manifest(stage)["symbols"][0]["error"]
    assert (error["type"], error["state"]) == ("States.Timeout", "Save")


def test_a_saved_symbol_is_not_failed_by_an_older_record(stage):
    """What the Map says saved is saved, whatever an earlier attempt left behind."""
    failed(stage, "AAPL", "Throttled")
    notify(summary({"symbol": "AAPL", "status": "saved"}), stage.services)
    assert manifest(stage)["symbols"][0]["status"] == "saved"


def test_a_record_that_is_no_record_is_passed_over(stage):
    """Half a JSON file costs its own details only."""
    stage.s3.place(f"runs/{EXECUTION}/symbols/AAPL.json", b'{"symbol": "AA')
    answer = notify(summary({"symbol": "AAPL", "status": "saved"}), stage.services)
    assert answer["outcome"] == "succeeded"
    assert "is not a symbol's record" in stage.log.getvalue()


def test_what_the_map_passes_on_is_not_read(stage):
    """Saved symbols take no request to S3, those that failed one each, and nothing is listed."""
    entries = [saved(stage, f"S{number}") for number in range(100)]
    notify(summary(*entries, failed(stage, "BAD"), failed(stage, "WORSE")), stage.services)

    assert stage.s3.calls["list_objects_v2"] == 0
    assert stage.s3.calls["get_object"] == 2 + 2  # and the marker, and what is known of symbols
    assert len(manifest(stage)["symbols"]) == 102


def test_an_outcome_that_was_too_long_for_the_map_is_in_its_record(stage):
    """With all its warnings."""
    record = SymbolOutcome("ODD", "saved", attempts=1, warnings=("x" * 200,) * 7)
    stage.s3.put_json(f"runs/{EXECUTION}/symbols/ODD.json", record.as_dict())
    notify(summary({"symbol": "ODD", "status": "saved", "outcome": None}), stage.services)

    assert manifest(stage)["symbols"] == [record.as_dict()]


def stale_summary(stage):
    """Of a scheduled run that found something that stands."""
    found = {"stale": {"bars": 9, "newest": "2026-11-09", "warning": 0}}
    return summary(saved(stage, "IBM", stale=True, warnings=["Stale: the newest bar is from 2026-11-09."], found=found))


def test_what_stands_is_kept_as_told_once_a_channel_took_the_message(stage):
    """The next scheduled run need not tell it again."""
    notify(stale_summary(stage), stage.services)
    assert list(stage.s3.json("told/daily.findings.json")) == ["IBM stale"]


def test_what_stands_is_not_kept_as_told_while_no_channel_takes_it(stage):
    """Nobody has heard it."""
    stage.inbox.answer_always(SlackReply(404, "no_service"))
    with pytest.raises(NotificationFailed):
        notify(stale_summary(stage), stage.services)
    assert "told/daily.findings.json" not in stage.s3.objects


def test_a_silent_slack_does_not_cost_the_record(stage):
    """The manifest is there although nobody could be told, and the workflow tries again."""
    stage.inbox.answer_always(SlackReply(404, "no_service"))
    with pytest.raises(NotificationFailed, match="404 no_service"):
        notify(summary(saved(stage, "AAPL")), stage.services)
    assert manifest(stage)["outcome"] == "succeeded"


def test_the_retry_after_a_silent_slack_tells(stage):
    """The claim of the attempt that failed is given back."""
    stage.inbox.answer_next(SlackReply(404, "no_service"))
    event = summary(saved(stage, "AAPL"))
    with pytest.raises(NotificationFailed):
        notify(event, stage.services)
    notify(event | {"retry_count": 1}, stage.services)
    assert [message.channel for message in stage.inbox.messages] == ["info"]


def test_a_retry_after_the_message_went_out_tells_nobody_twice(stage):
    """Notify ran into its time-out after Slack took the message: the retry ends well and silently."""
    event = summary(saved(stage, "AAPL"))
    first = notify(event, stage.services)
    assert notify(event | {"retry_count": 1}, stage.services) == first
    assert len(stage.inbox.messages) == 1


def test_a_manifest_that_cannot_be_written_is_tried_again(stage):
    """Without its manifest a summary is not told: the workflow retries, and its error notifier tells at last."""
    stage.s3.fail("SlowDown", "put_object")
    with pytest.raises(StorageUnavailable):
        notify(summary(saved(stage, "AAPL")), stage.services)
    assert stage.inbox.messages == []


def test_the_runs_metrics_are_emitted_once_it_is_told(stage):
    """CloudWatch gets the run's counts in one line."""
    event = summary(saved(stage, "AAPL"), failed(stage, "BOGUS"), deferred=["LATE"])
    notify(event, stage.services)
    notify(event, stage.services)
    (line,) = stage.emitted
    values = json.loads(line)
    names = ("SymbolsSaved", "SymbolsFailed", "SymbolsDeferred", "RowsAdded", "RequestsMade", "RunDuration")
    assert {name: values[name] for name in names} == {
        "SymbolsSaved": [1.0],
        "SymbolsFailed": [1.0],
        "SymbolsDeferred": [1.0],
        "RowsAdded": [1.0],
        "RequestsMade": [2.0],
        "RunDuration": [72_000.0],
    }


def test_no_webhook_at_all_is_a_warning_in_the_log(stage):
    """A laptop or a stack without Slack still gets its manifest and ends well."""
    stage.secrets.values = {}
    assert notify(summary(saved(stage, "AAPL")), stage.services)["outcome"] == "succeeded"
    assert "SLACK_WEBHOOK_URL_INFO is not set up" in stage.log.getvalue()


def test_a_topic_hears_beside_slack(stage_with):
    """SNS gets the plain text, with a subject that e-mail can carry."""
    stage = stage_with(SNS_TOPIC_ARN="arn:aws:sns:eu-west-1:210987654321:stockflow")
    notify(summary(saved(stage, "AAPL"), failed(stage, "BOGUS")), stage.services)
    (published,) = stage.sns.published
    assert published["Subject"] == "stockflow warning: 1 of 2 symbols failed"
    assert len(stage.inbox.messages) == 1


def test_an_unreadable_secret_leaves_the_topic(stage_with):
    """Where the webhooks can't be read, SNS alone is enough."""
    stage = stage_with(SNS_TOPIC_ARN="arn:aws:sns:eu-west-1:210987654321:stockflow")
    stage.secrets.fail("InternalServiceError")
    notify(summary(saved(stage, "AAPL")), stage.services)
    assert len(stage.sns.published) == 1


def test_no_webhook_is_ever_in_the_log(stage):
    """Neither a webhook that works nor one that fails shows its URL."""
    stage.inbox.answer_next(SlackReply(404, "no_service"), SlackReply(404, "no_service"))
    stage.secrets.values["SLACK_WEBHOOK_URL_WARNING"] = "http://127.0.0.1:1/services/hidden"
    with pytest.raises(NotificationFailed) as raised:
        notify(summary(failed(stage, "BOGUS"), saved(stage, "AAPL")), stage.services)
    said = stage.log.getvalue() + str(raised.value)
    assert "services/" not in said
    assert "127.0.0.1" not in said


def in_memory(stage):
    """The symbols that wait, as the table has them."""
    return stage.services.deferred.remembered("daily")


def test_symbols_that_the_quota_stopped_go_first_next_time(stage):
    """What was deferred on the way is remembered, like what Plan deferred."""
    notify(summary(saved(stage, "AAPL"), {"symbol": "MSFT", "status": "deferred"}, deferred=["IBM"]), stage.services)
    assert in_memory(stage) == ["MSFT", "IBM"]


def test_deferred_symbols_that_the_state_does_not_name_are_in_the_plan(stage):
    """Where the state carries only the first of many, the manifest names them all, from plan.json."""
    event = summary(saved(stage, "AAPL"), deferred=["IBM"])
    stage.s3.put_json(f"runs/{EXECUTION}/plan.json", {**event["plan"], "deferred": ["IBM", "MSFT", "TSLA"]})
    event["plan"]["deferred_more"] = 2
    notify(event, stage.services)
    manifest = stage.s3.json(f"runs/{EXECUTION}/manifest.json")
    assert [symbol["symbol"] for symbol in manifest["symbols"]] == ["AAPL", "IBM", "MSFT", "TSLA"]
    assert in_memory(stage) == ["IBM", "MSFT", "TSLA"]


def test_deferred_symbols_that_nothing_names_are_counted(stage):
    """Where plan.json is gone, the report is made of what the state has, and the log says how many it lacks."""
    event = summary(saved(stage, "AAPL"), deferred=["IBM"])
    event["plan"]["deferred_more"] = 2
    notify(event, stage.services)
    assert in_memory(stage) == ["IBM"]
    assert "2 symbols are not named" in stage.log.getvalue()


def test_a_run_without_deferred_symbols_writes_nothing_down(stage):
    """The table costs nothing where there is nothing to remember."""
    notify(summary(saved(stage, "AAPL"), failed(stage, "BOGUS")), stage.services)
    assert stage.dynamodb.writes == 0


def test_a_symbol_that_was_put_off_keeps_its_reason(stage):
    """Its record says that the history had no room, and no word is said of quota or key."""
    record = SymbolOutcome("IBM", "deferred", attempts=2, error=Failure("PutOff", "No room.", "Fetch"))
    stage.s3.put_json(f"runs/{EXECUTION}/symbols/IBM.json", record.as_dict())

    notify(summary({"symbol": "IBM", "status": "deferred"}), stage.services)

    (symbol,) = manifest(stage)["symbols"]
    assert (symbol["error"]["type"], symbol["attempts"]) == ("PutOff", 2)
    assert "ALPHA_VANTAGE_API_KEY" not in stage.inbox.messages[0].text


def test_a_deferred_symbol_without_a_record_is_the_quotas(stage):
    """A spent quota is the usual reason why a symbol is deferred on its way."""
    notify(summary(saved(stage, "AAPL"), {"symbol": "MSFT", "status": "deferred"}), stage.services)
    assert manifest(stage)["symbols"][1]["error"]["type"] == "QuotaExhausted"


def test_the_days_count_is_the_one_at_the_end_of_the_run(stage):
    """Retries of this run and requests of others are in it; the plan's own figure is an hour old."""
    budget = stage.services.budget
    budget.reserve(ReservationRequest(7, "another run"))
    notify(summary(saved(stage, "AAPL")), stage.services)
    told = manifest(stage)["requests"]
    assert (told["day_used"], told["day_left"]) == (7, 18)
    assert "7 of 25 of the day used" in stage.inbox.messages[0].text


def test_a_budget_that_cannot_be_read_leaves_the_plans_figures(stage):
    """The count of the day is worth a warning in the log, not a failed run."""
    stage.dynamodb.fail("AccessDeniedException")
    notify(summary(saved(stage, "AAPL")), stage.services)
    assert manifest(stage)["requests"]["day_used"] == 1
    assert "the budget can't be read" in stage.log.getvalue()


def test_the_manifest_says_where_prices_come_from(stage_with):
    """A simulated vendor's prices can be told from the real one's."""
    stage = stage_with(ALPHA_VANTAGE_BASE_URL="http://127.0.0.1:4566/query?apikey=hidden")
    notify(summary(saved(stage, "AAPL")), stage.services)
    assert manifest(stage)["source"] == "127.0.0.1"


def known(stage):
    """What is known of symbols, as the next Plan reads it."""
    return stage.services.freshness.read("daily").known


STARTED = from_iso("2026-11-20T22:30:00.250Z")


def test_what_a_run_found_is_kept_for_the_next_plan(stage):
    """One object, written once: the stored dates, and since when they are confirmed."""
    notify(summary(saved(stage, "AAPL"), saved(stage, "MSFT", status="unchanged")), stage.services)
    confirmed = Known(STARTED, "2026-11-20", "1999-11-01")
    assert known(stage) == {"AAPL": confirmed, "MSFT": confirmed}
    assert stage.s3.puts.count("freshness/daily.json.gz") == 1


def test_a_run_of_whole_histories_notes_them_as_whole(stage):
    """So that the next one with outputsize full need not ask again."""
    event = summary(saved(stage, "AAPL"))
    event["plan"]["run"] = run(outputsize="full")
    notify(event, stage.services)
    assert known(stage)["AAPL"].full


def test_a_symbol_that_failed_has_had_its_turn_and_a_deferred_one_has_not(stage):
    """Else one that fails every day would go first every day."""
    failed = SymbolOutcome("BOGUS", "failed", attempts=1, error=Failure("UnknownSymbol", "Unknown.", "Fetch"))
    stage.s3.put_json(f"runs/{EXECUTION}/symbols/BOGUS.json", failed.as_dict())
    entry = {"symbol": "BOGUS", "status": "failed", "error": {"type": "UnknownSymbol", "state": "Fetch"}}
    notify(summary(entry, {"symbol": "MSFT", "status": "deferred"}, deferred=["IBM"]), stage.services)
    assert known(stage) == {"BOGUS": Known(STARTED)}


def test_fresh_symbols_are_in_the_manifest_with_their_last_date(stage):
    """From the plan; nothing is left to do for them."""
    told = notify(summary(fresh=["AAPL"]), stage.services)
    record = SymbolOutcome("AAPL", "fresh", last_date="2026-11-20").as_dict()
    assert (told["outcome"], manifest(stage)["symbols"]) == ("succeeded", [record])


def test_fresh_symbols_are_counted_in_the_metrics(stage):
    """Beside those that were saved."""
    notify(summary(saved(stage, "AAPL"), fresh=["MSFT", "IBM"]), stage.services)
    [line] = [json.loads(line) for line in stage.emitted]
    assert (line["SymbolsSaved"], line["SymbolsFresh"]) == ([1.0], [2.0])


def test_people_hear_of_a_run_though_what_it_knows_cannot_be_kept(stage):
    """The symbols are only asked for once more."""

    def full_disk(key, _number):
        if key.startswith("freshness/"):
            raise client_error("SlowDown", "PutObject")

    stage.s3.before_put = full_disk
    notify(summary(saved(stage, "AAPL")), stage.services)
    assert len(stage.inbox.messages) == 1
    assert "is not kept, so they are asked for again" in stage.log.getvalue()


@pytest.mark.parametrize("trigger", ["smoke", "shard"])
def test_a_smoke_run_and_a_shard_leave_what_is_known_alone(stage, trigger):
    """One saves into its scratch folder alone, the other's symbols are noted by the run that it is a part of."""
    event = summary(saved(stage, "AAPL"))
    event["plan"]["run"] = run(trigger=trigger)
    notify(event, stage.services)
    assert not known(stage)
