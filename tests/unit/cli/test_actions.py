"""``stockflow actions``, on a folder and on a deployed stack."""

import json
import os
from datetime import date, timedelta
from types import SimpleNamespace

import pytest

from stockflow.cli.asked_actions import Answered, refresh
from stockflow.cli.commands import actions as command
from stockflow.cli.folder_bucket import FolderBucket
from stockflow_functions.aws.freshness import FreshnessStore
from stockflow_functions.domain.actions.action import Action
from stockflow_functions.domain.actions.merging import Answer, merged
from stockflow_functions.domain.actions.table import DIVIDEND, SPLIT, Actions, encode
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.prices.freshness import Known
from tests.helpers.fake_aws import FakeRefreshFunction

ASKED_S = from_iso("2026-11-20T02:00:00Z") // 1000
FOUR = Action(SPLIT, date(2020, 8, 31), 4.0)
COMING = Action(DIVIDEND, date(2999, 2, 6), 0.5, date(2999, 1, 29), date(2999, 2, 6), date(2999, 2, 12))
PAID = [Action(DIVIDEND, date(2020, 2, 7) + timedelta(days=91 * number), 0.25) for number in range(15)]


def known(symbol, splits=None, dividends=None):
    """What is known after these answers; of a kind that is None, nothing."""
    found = Actions()
    for kind, sound in ((SPLIT, splits), (DIVIDEND, dividends)):
        if sound is not None:
            found = merged(found, symbol, Answer(kind, sound, (), ASKED_S))
    return found


@pytest.fixture
def kept(tmp_path):
    """An output folder with the actions of three symbols, and daily prices of two more, one asked for in vain."""
    bucket = FolderBucket(tmp_path / "out")
    renamed = merged(known("AAPL", [FOUR], []), "AAPL", Answer(SPLIT, [FOUR._replace(value=4.5)], (), ASKED_S + 1))
    bucket.put("actions/AAPL.parquet", encode(renamed))
    bucket.put("actions/IBM.parquet", encode(known("IBM", [], [*PAID, COMING])))
    bucket.put("actions/NVDA.parquet", encode(known("NVDA", [FOUR])))
    freshness = FreshnessStore(bucket, lambda _: None)
    freshness.add("daily", dict.fromkeys(("MSFT", "ODD"), Known(0, "2026-11-20", "2020-01-02")))
    freshness.add("actions", {"ODD": Known(0)})


def lines_of(done):
    """What was printed, with one blank between columns."""
    return [" ".join(line.split()) for line in done.stdout.splitlines()]


def test_all_that_is_known_has_a_row_a_symbol(stockflow, kept):
    """How many of each kind, the newest and the next; of a kind that was never asked for a question mark."""
    rows = lines_of(stockflow("actions"))
    assert rows[1] == "AAPL 1 0 split 4.5 on 2020-08-31 2026-11-20"
    assert rows[2] == "IBM 0 16 dividend 0.25 on 2023-08-04 dividend 0.5 on 2999-02-06 2026-11-20"
    assert rows[3] == "NVDA 1 ? split 4 on 2020-08-31 2026-11-20"


def test_of_whom_nothing_is_known_is_said(stockflow, kept):
    """Of those that have prices: who was never asked for, and of whom the vendor had no answer."""
    never, in_vain = stockflow("actions").stdout.splitlines()[-2:]
    assert never.startswith("1 symbol with daily prices (MSFT) was never asked for: stockflow actions --update asks")
    assert in_vain == "1 symbol with daily prices (ODD) was asked for, and the vendor had no answer."


def test_many_symbols_are_counted_and_not_read(stockflow, kept, monkeypatch):
    """Each would be an object to read."""
    monkeypatch.setattr(command, "MOST_SYMBOLS", 2)
    assert stockflow("actions").stdout.startswith("3 symbols have splits and dividends: name some to see theirs.")


def test_a_symbol_has_a_row_an_action(stockflow, kept):
    """The newest first, with what is to come, in any case of its letters; older dividends are counted."""
    rows = lines_of(stockflow("actions", "ibm"))
    assert rows[1] == "IBM 2999-02-06 dividend 0.5 2999-01-29 2999-02-06 2999-02-12 to come"
    assert rows[2] == "IBM 2023-08-04 dividend 0.25"
    assert len([row for row in rows if " dividend " in row]) == 12
    assert rows[-2:] == ["IBM: no splits, as asked on 2026-11-20.", "IBM: 4 older dividends, which --json has too."]


def test_what_the_vendor_no_longer_says_is_counted(stockflow, kept):
    """The table has what it says now."""
    said = stockflow("actions", "AAPL").stdout
    assert "4.5" in said
    assert "AAPL: 1 statement that the vendor has withdrawn, which --json has too." in said


def test_a_kind_that_was_never_asked_for_is_not_called_none(stockflow, kept):
    """Nobody knows of it."""
    said = stockflow("actions", "NVDA").stdout
    assert "NVDA: its dividends are not known: stockflow actions NVDA --update asks." in said


def test_a_kind_of_which_a_part_could_be_read_is_not_called_unknown(stockflow, kept, tmp_path):
    """Its rows are shown, and that there may be others."""
    part = merged(Actions(), "KO", Answer(DIVIDEND, PAID[:1], (), ASKED_S, complete=False))
    FolderBucket(tmp_path / "out").put("actions/KO.parquet", encode(part))
    said = lines_of(stockflow("actions", "KO"))
    assert said[1] == "KO 2020-02-07 dividend 0.25"
    assert said[2] == "KO: its splits and dividends are not all known: stockflow actions KO --update asks."


def test_json_has_all_that_is_kept(stockflow, kept):
    """What was once said too, with the times from when to when."""
    (found,) = json.loads(stockflow("actions", "AAPL", "--json").stdout)
    assert (found["symbol"], found["asked"]) == (
        "AAPL",
        {"split": "2026-11-20T02:00:01Z", "dividend": "2026-11-20T02:00:00Z"},
    )
    days = {"date": "2020-08-31", "kind": "split", "declared": None, "recorded": None, "paid": None}
    assert found["actions"] == [
        {**days, "value": 4.0, "known_from": "2026-11-20T02:00:00Z", "known_until": "2026-11-20T02:00:01Z"},
        {**days, "value": 4.5, "known_from": "2026-11-20T02:00:01Z", "known_until": None},
    ]


@pytest.mark.parametrize(
    ("symbols", "advice"), [([], "stockflow actions --update"), (["zzz", "Y"], "stockflow actions ZZZ Y --update")]
)
def test_where_nothing_is_known_the_command_says_how_to_have_it(stockflow, symbols, advice):
    """Nothing is asked for unasked; whom nobody has prices of is to be named."""
    done = stockflow("actions", *symbols)
    assert (done.exit_code, advice in done.stderr) == (1, True)


class MadeFunctions:
    """An embedded AWS whose functions answer so; None for one that fails."""

    def __init__(self, **answers):
        self.functions = {name: lambda _, answer=answer: self._answered(answer) for name, answer in answers.items()}

    def _answered(self, answer):
        payload = json.dumps(answer or {"errorMessage": "It broke."}).encode()
        return SimpleNamespace(payload=payload, function_error=answer is None)


def test_what_was_asked_for_counts_where_the_catalog_could_not_be_told():
    """It is kept, and the next run tells the catalog; people read of it."""
    aws = MadeFunctions(RefreshActions={"sentence": "Asked.", "warnings": ["odd"]}, UpdateTables=None)
    result = refresh(aws, {})
    assert (result["sentence"], len(result["warnings"]), result["warnings"][1][-9:]) == ("Asked.", 2, "It broke.")


def test_a_damaged_table_is_told(stockflow, kept, tmp_path):
    """In a sentence with its place."""
    (tmp_path / "out" / "actions" / "IBM.parquet").write_bytes(b"no table")
    done = stockflow("actions", "IBM")
    assert (done.exit_code, "out/actions/IBM.parquet can't be read" in done.stderr) == (1, True)


def test_what_can_not_be_a_symbol_is_refused(stockflow, kept):
    """Before anything is looked up."""
    assert stockflow("actions", "../x").exit_code == 2


@pytest.mark.parametrize(
    ("now", "zone", "is_end"),
    [
        ("2026-11-21T02:59:00Z", {}, False),
        ("2026-11-21T03:00:00Z", {}, True),
        ("2026-11-21T04:59:00Z", {}, True),
        ("2026-11-21T05:00:00Z", {}, False),
        ("2026-11-20T22:30:00Z", {"QUOTA_RESET_TIME_ZONE": "UTC"}, True),
    ],
)
def test_a_schedule_asks_at_the_end_of_the_quotas_day(now, zone, is_end):
    """The last two hours, by New York's midnight, or by another one that is set."""
    assert command.is_days_end(from_iso(now), zone) is is_end


def test_a_schedule_that_rings_too_early_asks_nobody(stockflow, monkeypatch):
    """What the day's run will want is left alone; nothing is wrong with that."""
    monkeypatch.setattr(command, "is_days_end", lambda *_: False)
    done = stockflow("actions", "--scheduled")
    assert (done.exit_code, done.stdout[:16]) == (0, "Nothing is due: ")


def test_progress_counts_who_was_answered_for(tmp_path):
    """By the files that are new, or written anew."""
    for name in ("OLD", "ANEW"):
        (tmp_path / f"{name}.parquet").write_bytes(b"")
        os.utime(tmp_path / f"{name}.parquet", ns=(0, 0))
    column = Answered(tmp_path)
    assert str(column.render(None)) == "0 symbols answered for"
    (tmp_path / "NEW.parquet").write_bytes(b"")
    os.utime(tmp_path / "ANEW.parquet", ns=(0, 1))
    assert str(column.render(None)) == "2 symbols answered for"


@pytest.fixture
def on_aws(cloud):
    cloud.clients["lambda"] = FakeRefreshFunction(sentence="1 symbol asked for.", warnings=["IBM: a dividend is odd."])
    cloud.s3.put_object(Bucket="the-bucket", Key="actions/IBM.parquet", Body=encode(known("IBM", [FOUR], [])))
    return cloud.clients["lambda"]


def test_the_stacks_actions_are_in_its_bucket(stockflow, on_aws):
    """Nothing is asked for."""
    assert "2020-08-31  split" in stockflow("actions", "IBM", "--aws").stdout
    assert on_aws.calls == []


def test_a_stack_is_told_to_ask_for_those_that_are_named(stockflow, on_aws):
    """Its function is called under the alias that the schedule calls, and what it says is printed first."""
    lines = stockflow("actions", "ibm", "--update", "--aws").stdout.splitlines()
    assert lines[:2] == ["1 symbol asked for.", "IBM: a dividend is odd."]
    (call,) = on_aws.calls
    assert (call["FunctionName"], call["Qualifier"]) == ("stockflow-dev-RefreshActions", "live")
    assert json.loads(call["Payload"]) == {"trigger": "console", "symbols": ["IBM"]}


def test_json_is_not_mixed_with_words(stockflow, on_aws):
    """What the function says goes to standard error."""
    assert json.loads(stockflow("actions", "--update", "--aws", "--json").stdout)[0]["symbol"] == "IBM"


def test_a_refresh_that_fails_says_why(stockflow, on_aws):
    """In the function's own sentence."""
    on_aws.failed, on_aws.answer = True, {"errorMessage": "The key is refused."}
    done = stockflow("actions", "--update", "--aws")
    assert done.exit_code == 1
    assert "Splits and dividends are not refreshed: The key is refused." in done.stderr
