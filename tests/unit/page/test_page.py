"""The page as text: whole without JavaScript, sealed, and free of what a payload might try."""

import base64
import gzip
import hashlib
import json
import re
from html.parser import HTMLParser
from importlib.resources import files

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stockflow.history.as_json import model_as_json
from stockflow.history.compare import LastGood
from stockflow.history.definition import read_definition
from stockflow.history.masking import masked
from stockflow.page.as_words import difference, duration, messages
from stockflow.page.page import Surroundings, render_page
from stockflow.sources import SavedRun, model_of, open_run
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.reporting import commands
from tests.helpers.hostile import HOSTILE, hostile_run
from tests.helpers.made_runs import DEFINITION, made_run, mixed
from tests.helpers.recorded import NAMES, events_of, history
from tests.helpers.sharded_runs import write


class Tags(HTMLParser):
    """What a browser would see: tags, attributes, and the text of scripts and styles."""

    def __init__(self, page):
        super().__init__()
        self.tags, self.attributes, self.raw, self.inside = [], [], [], None
        self.text = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        self.tags.append(tag)
        self.attributes += [(tag, name, value) for name, value in attributes]
        self.inside = tag if tag in {"script", "style"} else None

    def handle_endtag(self, tag):
        self.inside = None

    def handle_data(self, data):
        if self.inside:
            self.raw.append((self.inside, data))
        else:
            self.text.append(data)


def page_of(run, **around):
    return render_page(model_of(run), Surroundings(**around, workflow=DAILY_PRICES))


def data_in(page):
    kind, text = re.search(r'<script type="application/([a-z-]+)" id="data">(.*?)</script>', page, re.DOTALL).groups()
    return json.loads(text if kind == "json" else gzip.decompress(base64.b64decode(text)))


def visible(page):
    return " ".join(" ".join(Tags(page).text).split())


@pytest.fixture(scope="module")
def page():
    return page_of(made_run({"AAPL": "ok", "NFLX": "bad", "TSLA": "retried", "BADSYM": "unknown", "MSFT": "quota"}))


class TestWithoutJavaScript:
    """Graph, causes and table are there as they stand in the file."""

    def test_the_header_tells_outcome_time_and_events(self, page):
        """The first thing that is read."""
        words = visible(page)
        for part in (
            "2026-11-20T2230-made",
            "Failed",
            "2026-11-20 22:30:00 UTC",
            "of 25,000",
            "2 failed",
            "1 deferred",
        ):
            assert part in words

    def test_the_causes_name_state_error_message_and_symbols(self, page):
        """Why it failed, in full."""
        words = visible(page)
        assert "Transform BadPrices" in words
        assert "No row of NFLX's answer can go into the dataset" in words
        assert "The run ended with SymbolsFailed" in words

    def test_the_table_has_a_row_for_each_symbol_failed_first(self, page):
        """In rank order."""
        rows = re.findall(r'<tr class="(\w+)">.*?<a href="#symbol=(\w+)">', page)
        assert rows == [("failed", "NFLX"), ("failed", "BADSYM"), ("deferred", "MSFT"), ("ok", "AAPL"), ("ok", "TSLA")]

    def test_the_graph_is_there(self, page):
        """Each state once."""
        names = re.findall(r'class="st [^"]*" data-s="\d+" aria-label="([^,]+),', page)
        assert sorted(names) == sorted(state.name for state in read_definition(DEFINITION).all_states())

    def test_commands_are_ready_to_paste(self, page):
        """Replay for each cause, rerun for the failed and deferred symbols."""
        assert "<code>stockflow replay latest --symbol NFLX --state Transform</code>" in page
        assert "<code>stockflow rerun latest</code>" in page


def test_a_run_under_way_is_not_run_again():
    """`stockflow rerun` would only say that it goes on."""
    run = made_run({"NFLX": "bad", "AAPL": "ok"})
    going = {**run.description, "status": "RUNNING"}
    page = page_of(SavedRun(definition=run.definition, description=going, events=run.events[:-6]))
    assert "1 failed" in visible(page)
    assert "stockflow rerun" not in page.split("<script")[0]


@pytest.mark.parametrize(("error", "offered"), [("StorageDenied", True), ("InvalidInput", False)])
def test_a_run_that_failed_before_its_plan_is_run_again_as_a_whole(error, offered):
    """Unless its input can't be used, however often."""
    events = history(
        "1 < 0 ExecutionStarted", "2 < 0 TaskStateEntered name=Plan", f"3 < 2 ExecutionFailed error={error}"
    )
    page = page_of(SavedRun(definition=DEFINITION, events=events))
    assert ("Run it again: stockflow rerun latest" in visible(page)) == offered


def test_a_foreign_run_offers_no_commands():
    """Its functions are not here to be called, its symbols not ours to run again."""
    page = page_of(SavedRun(events=events_of("a Map whose items are all out of time")))
    assert "stockflow replay" not in page.split("<script")[0]
    assert "stockflow rerun" not in page.split("<script")[0]


class TestSealed:
    """The page loads nothing and runs nothing but its own script."""

    def test_the_policy_allows_nothing_but_the_two_hashes(self, page):
        """default-src 'none', and what is in the file hashes to what the policy says."""
        policy = re.search(r'Content-Security-Policy" content="([^"]+)"', page)[1].replace("&#39;", "'")
        assert policy.startswith("default-src 'none'; ")
        assert "unsafe" not in policy
        style, script = (re.search(rf"<{tag}>(.*?)</{tag}>", page, re.DOTALL)[1] for tag in ("style", "script"))
        for text in (style, script):
            assert f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}" in policy

    def test_its_script_and_style_do_not_end_themselves(self):
        """Neither holds what a browser would take for the end of its element, or the beginning of a comment."""
        for name in ("page.min.js", "page.min.css"):
            text = (files("stockflow.page") / name).read_text(encoding="utf-8").lower()
            assert not re.search(r"</s(cript|tyle)|<!--", text)

    def test_there_is_no_address_in_it_but_the_name_of_svg(self, page):
        """Nothing to load, nothing to follow."""
        assert set(re.findall(r"https?://[^\s\"'<>)]+", page.replace(str(data_in(page)["texts"]), ""))) <= {
            "http://www.w3.org/2000/svg"
        }

    def test_no_element_has_a_style_or_a_handler(self, page):
        """The policy would refuse them; so there are none."""
        assert [a for a in Tags(page).attributes if a[1] == "style" or a[1].startswith("on")] == []

    def test_links_only_lead_into_the_page(self, page):
        """Every href is a fragment."""
        assert {value[:1] for _, name, value in Tags(page).attributes if name in {"href", "src", "action"}} == {"#"}


def hostile_manifest(text):
    symbol = {
        "symbol": text,
        "status": text,
        "rows_added": 1,
        "first_date": text,
        "last_date": text,
        "warnings": [text],
    }
    return {"symbols": [symbol], "source": text, "warnings": [text], "cost": {"dollars": 0.1}}


def tame(page):
    """What the page is made of, whatever the texts in it are: its tags, and names of attributes."""
    found = Tags(page)
    return found.tags, [(tag, name) for tag, name, _ in found.attributes]


def hostile_page(text):
    good = {text: LastGood(text, text, 1, 2, 3, 0.5)}
    around = Surroundings(text, hostile_manifest(text), good, DAILY_PRICES)
    return render_page(model_of(masked(hostile_run(text))), around)


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_texts_add_no_tag_and_no_attribute(text):
    """In every field at once: the page has the very tags and attributes that a harmless text gives."""
    tags, attributes = tame(hostile_page("harmless"))
    hostile_tags, hostile_attributes = tame(hostile_page(text))
    assert hostile_tags.count("script") == tags.count("script") == 2
    assert set(hostile_tags) == set(tags)
    assert set(hostile_attributes) == set(attributes) | {a for a in hostile_attributes if a == ("title", None)}


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.text(st.characters(exclude_categories=()), min_size=1, max_size=60))
def test_any_text_in_every_field_stays_text(text):
    """Whatever the characters: two scripts, ours and the data, and the data says what was put in."""
    page = hostile_page(text)
    tags, attributes = tame(page)
    assert tags.count("script") == 2
    assert not {name for _, name in attributes if name.startswith("on") or name == "style"}
    assert page.encode("utf-8", "replace")


def test_hostile_texts_come_back_as_they_were():
    """Escaping is not changing: the data in the page holds the very text."""
    text = "</script><b>&amp;</b>\u2028"
    rows = data_in(hostile_page(text))["rows"]
    assert rows[0][0] == text


@pytest.mark.parametrize("name", NAMES)
def test_a_history_of_another_workflow_has_a_page(name):
    """Some other workflow altogether is drawn all the same, and says what it was not told."""
    run = SavedRun(events=events_of(name))
    page = page_of(run)
    assert page.count('class="st ') == len({visit.path for visit in model_of(run).visits})
    assert "as far as its events show it" in page


def test_the_same_run_gives_the_same_page():
    """Byte for byte, packed or not."""
    assert page_of(made_run(mixed(80))) == page_of(made_run(mixed(80)))


def test_the_data_says_which_errors_are_no_failures(page):
    """Those that are fine once a Catch took them."""
    assert data_in(page)["calm"] == ["PutOff", "QuotaExhausted", "SlotMoved"]


def test_large_data_is_packed_and_reads_the_same():
    """Gzip in base64, without the HTTP headers of Lambda's answers."""
    page = page_of(made_run(mixed(80)))
    assert 'application/octet-stream" id="data"' in page
    data = data_in(page)
    assert len(data["events"]["type"]) == len(made_run(mixed(80)).events)
    assert not any("X-Amzn-Trace-Id" in text for text in data["texts"])
    assert any('"SdkHttpMetadata":"left out"' in text for text in data["texts"])


def test_of_a_large_run_only_logs_of_trouble_are_in_the_page():
    """The log lines of what went well at the first try are in run.json alone."""
    run = made_run({"AAPL": "ok", "NFLX": "bad", "TSLA": "retried"})
    run.logs = {request: [*lines, "x" * 40_000] for request, lines in run.logs.items()}
    model = model_of(run)
    kept = data_in(render_page(model))["logs"]
    ids = {
        symbol: {a.request_id for v in model.row_of(symbol).way for a in v.attempts}
        for symbol in ("AAPL", "NFLX", "TSLA")
    }
    assert ids["NFLX"] | ids["TSLA"] <= set(kept)
    assert not ids["AAPL"] & set(kept)


def test_log_lines_of_a_thousand_failures_leave_the_page_small():
    """Those of each cause's first symbols are there; all of them are in run.json."""
    run = made_run(dict.fromkeys(list(mixed(400)), "unknown") | {"ZZ": "bad"})
    run.logs = {request: [f"{n} " + "x" * 9_000] for n, request in enumerate(run.logs)}
    kept = data_in(page_of(run))["logs"]
    ids = {cause.error: [v.attempts[0].request_id for v in cause.visits] for cause in model_of(run).root_causes}
    assert ids["BadPrices"][0] in kept
    assert ids["UnknownSymbol"][0] in kept
    assert ids["UnknownSymbol"][-1] not in kept
    assert sum(len(line) for lines in kept.values() for line in lines) < 1_520_000


def test_the_last_good_run_is_compared():
    """Time against time in the table, and when a symbol that failed was well last; rows in the details."""
    run = made_run({"AAPL": "ok", "NFLX": "bad"})
    good = {"NFLX": LastGood("2026-11-19", "saved", 1, 0, 1, 1.5, "2026-11-19T22:30:00.000Z")}
    page = page_of(run, reference="x", last_good=good, manifest={"symbols": [{"symbol": "NFLX", "rows_added": 4}]})
    assert "vs good" in page
    assert data_in(page)["rows"][0][5] == ["2026-11-19", "saved", 1.5, 1, 0, "2026-11-19"]
    assert "<td>saved 11-19" in page
    assert data_in(page)["wrote"]["NFLX"][0] == 4


@pytest.mark.parametrize(
    ("source", "prices", "said"),
    [
        ("127.0.0.1", "simulated", "! Simulated prices"),
        ("127.0.0.1", "unknown", "! Prices from 127.0.0.1"),
        ("prices.example.com", "real", "! Prices from prices.example.com"),
        ("www.alphavantage.co", "real", "Prices from Alpha Vantage"),
    ],
)
def test_the_header_says_plainly_whose_prices_these_are(source, prices, said):
    """Prices that are not the vendor's are marked beside the outcome; the vendor's own are a fact among others."""
    run = made_run({"AAPL": "ok"})
    run.engine = {**run.engine, "prices": prices}
    page = page_of(run, manifest={"source": source, "symbols": []})
    header = visible(page[page.index("<header>") : page.index("</header>")])
    assert said.removeprefix("! ") in header
    assert ('<span class="pill handled" title="' in page) == said.startswith("!")


def test_without_a_manifest_the_engine_says_whose_prices_these_are():
    """A run whose manifest could not be written is not taken for one of market data."""
    run = made_run({"AAPL": "ok"})
    run.engine = {"name": "moto", "version": "5", "source": "127.0.0.1", "prices": "simulated"}
    assert "Simulated prices" in visible(page_of(run))


def test_different_words_of_one_error_are_all_told():
    """Two symbols that the vendor refused in other words; a symbol's name and numbers make no other words."""
    run = made_run({"AAPL": "bad", "NFLX": "bad", "MSFT": "bad"})
    for event in run.events:
        details = event.get("taskFailedEventDetails", {})
        details["cause"] = details.get("cause", "").replace("No row of MSFT's answer", "Half a row")
    page = page_of(run).split("<main>")[1].split("State machine")[0]
    assert re.findall(r'class="msg">(.{12})', page) == ["No row of AA", "Half a row c"]
    assert re.findall(r'class="chip" href="#symbol=(\w+)', page) == ["AAPL", "NFLX", "MSFT"]


def test_what_the_run_ended_with_is_told_once():
    """Where it is the one cause it is told as that; a stopped run says that somebody stopped it."""
    alone = visible(page_of(SavedRun(events=events_of("a function that fails"))))
    assert alone.count("The label is torn.") == 1
    assert "The run ended with" not in alone
    stopped = visible(page_of(SavedRun(events=events_of("a run that was stopped"))))
    assert "Somebody stopped the run" in stopped
    assert "no error name" not in stopped


def test_a_foreign_run_has_items():
    """Only this project's runs are about symbols."""
    words = visible(page_of(SavedRun(events=events_of("a Map whose items are all out of time"))))
    assert "4 items" in words
    assert "Symbol" not in words.split("Skip to the items")[1]


def test_items_of_a_distributed_map_that_are_not_at_hand_are_said():
    """A bare history holds nothing of its child executions."""
    words = visible(page_of(SavedRun(events=events_of("a Distributed Map in a loop"))))
    assert "ran in executions of their own, whose histories are not at hand" in words


def test_a_run_in_shards_says_how_many_were_read(tmp_path, monkeypatch):
    """And a symbol of another one says which that is."""
    monkeypatch.setattr("stockflow.sources.shards.MOST_EVENTS", 1)
    write(tmp_path, [{"AAPL": "ok"}, {"NFLX": "bad"}, {"IBM": "ok"}])
    opened = open_run("latest", tmp_path)

    page = render_page(opened.model, opened.surroundings())

    assert "<dd>3 <small>1 with their histories</small></dd>" in page
    rows = {row[0]: row[6:] for row in data_in(page)["rows"]}
    assert rows == {"NFLX": [], "AAPL": ["0001"], "IBM": ["0003"]}


def test_without_a_good_run_there_is_no_column_for_it(page):
    """Nothing is promised that is not there."""
    assert "vs good" not in page


def test_a_state_that_the_definition_does_not_have_is_named():
    """A history and a definition that do not belong together."""
    run = SavedRun(
        definition={"StartAt": "A", "States": {"A": {"Type": "Pass"}}}, events=history("2 < 0 PassStateEntered name=B")
    )
    assert "not in this definition: B" in visible(page_of(run))


def test_json_has_what_other_programs_rely_on():
    """The keys of DESIGN, for every event and cause."""
    printed = model_as_json(model_of(made_run({"AAPL": "ok", "NFLX": "bad"})))
    failed = next(event for event in printed["events"] if event["type"] == "TaskFailed")
    assert failed == {"id": failed["id"], "type": "TaskFailed", "state": "Transform", "iteration": [["EachSymbol", 1]]}
    cause = printed["root_causes"][0]
    assert {key: cause[key] for key in ("state", "error", "symbols")} == {
        "state": "Transform",
        "error": "BadPrices",
        "symbols": ["NFLX"],
    }
    assert [(one["symbol"], one["status"], one["outcome"]) for one in printed["symbols"]] == [
        ("NFLX", "handled", "failed"),
        ("AAPL", "ok", "saved"),
    ]
    assert json.loads(json.dumps(printed)) == printed


@pytest.mark.parametrize(
    ("seconds", "words"), [(0.0, "0.00 s"), (0.4, "0.40 s"), (12.34, "12.3 s"), (75, "1 min 15 s"), (7300, "2 h 1 min")]
)
def test_durations_read_well(seconds, words):
    """In the unit that fits."""
    assert duration(seconds) == words


def test_differences_have_a_sign():
    """Longer, shorter, or not known."""
    assert [difference(2, 1.5), difference(1, 1.5), difference(None, 1)] == ["+0.5 s", "-0.5 s", ""]


def test_commands_are_quoted_for_a_shell():
    """A symbol or a path may hold what a shell would take for its own."""
    assert commands.rerun("a b") == "stockflow rerun 'a b'"
    assert commands.replay("latest", "Save It", "$(id)") == "stockflow replay latest --symbol '$(id)' --state 'Save It'"
    assert commands.replay("latest", "Plan") == "stockflow replay latest --state Plan"


def test_slack_messages_are_read_as_text():
    """The blocks' texts where there are blocks, else the fallback; the channel colours it."""
    blocks = [
        {"type": "header", "text": {"type": "plain_text", "text": "Head"}},
        {"fields": [{"text": "a"}, {"text": "b"}]},
    ]
    told = messages(
        [
            {"channel": "error", "received_at": "t", "payload": {"text": "fallback", "blocks": blocks}},
            {"channel": "info", "received_at": "t", "payload": {"text": "plain"}},
        ]
    )
    assert [(m.channel, m.kind, m.text) for m in told] == [("error", "failed", "Head\na\nb"), ("info", "ok", "plain")]
