"""The page in a real browser."""

import json
from pathlib import Path

import pytest

from stockflow.sources import SavedRun
from tests.helpers.hostile import HOSTILE, hostile_run
from tests.helpers.made_runs import made_run
from tests.helpers.measured import measured_text
from tests.helpers.recorded import events_of, history

NFLX = ("NFLX · Transform", ["NFLX"], ["Transform"])


class TestOpening:
    """What is seen at first."""

    def test_the_failing_symbol_is_chosen(self, page, ten):
        """Its row, its state in the graph, its error with the trace, its log lines."""
        page.open(ten)
        assert page.chosen == NFLX
        assert "BadPrices" in page.one("#details .error")
        assert "raise BadPrices(sentence)" in page.one("#details .error pre")
        assert "Transform failed: BadPrices" in page.one("#details .log")

    def test_nothing_is_complained_about_and_nothing_loaded(self, page, ten):
        """No error, no warning, no request."""
        page.open(ten)
        assert page.complaints == []
        assert page.run("return performance.getEntriesByType('resource').length") == 0

    def test_a_run_that_went_well_chooses_nothing(self, page_of):
        """The graph is not faded, and the details show the run's own input."""
        page = page_of(made_run({"AAPL": "ok", "MSFT": "ok"}))
        assert page.all("#body tr.on") == []
        assert page.all(".st.dim") == []
        assert "Input of the run" in " ".join(page.all("#details h4"))
        assert page.complaints == []

    def test_a_failure_outside_every_map_is_chosen(self, page_of):
        """There is no symbol to choose: the state is."""
        definition = {"StartAt": "A", "States": {"A": {"Type": "Task", "End": True}}}
        events = history(
            "2 < 0 TaskStateEntered name=A", "3 < 2 TaskFailed error=Boom", "4 < 3 ExecutionFailed error=Boom"
        )
        page = page_of(SavedRun(definition=definition, events=events))
        assert page.chosen == ("A", [], ["A"])
        assert page.complaints == []

    def test_the_cause_is_chosen_not_what_is_around_it(self, page_of):
        """A Parallel has the error of its branch, and fails with it."""
        page = page_of(SavedRun(events=events_of("a Parallel that fails")))
        assert page.chosen == ("LeftSide", [], ["LeftSide"])

    def test_a_cause_outside_the_map_comes_before_symbols(self, page_of):
        """A symbol that was put off does not hide that Notify failed."""
        run = made_run({"NVDA": "quota", "AAPL": "ok"})
        notify = next(n for n, event in enumerate(run.events) if "Notify" in str(event.get("stateEnteredEventDetails")))
        entered = run.events[notify]["id"]
        failed = history(
            f"{entered + 1} < {entered} TaskScheduled",
            f"{entered + 2} < {entered + 1} TaskFailed error=Boom",
            f"{entered + 3} < {entered + 2} ExecutionFailed error=Boom",
        )
        page = page_of(SavedRun(definition=run.definition, events=run.events[: notify + 1] + failed))
        assert page.chosen == ("Notify", [], ["Notify"])

    def test_a_trace_shows_the_line_that_raised(self, page_of):
        """Its end is in view, without the lines of marks; the log has the trace as lines, and says nothing twice."""
        run = made_run({"NFLX": "bad"})
        deep = [f'  File "/var/task/{n}.py", line {n}, in work\n    deeper()\n    ^^^^^^^^\n' for n in range(40)]
        for event in run.events:
            details = event.get("taskFailedEventDetails", {})
            if details:
                details["cause"] = json.dumps({**json.loads(details["cause"]), "stackTrace": deep})
        logged = {"level": "ERROR", "message": "It failed", "exception": "".join(deep), "symbol": "NFLX", "more": 1}
        run.logs = {request: [json.dumps(logged)] for request in run.logs}
        page = page_of(run)
        shown = "const pre = document.querySelector('.error pre'); "
        assert page.run(f"{shown}return pre.scrollHeight > pre.clientHeight")
        assert page.run(f"{shown}return pre.scrollHeight - pre.clientHeight - pre.scrollTop < 2")
        assert page.one("#details .error pre").endswith("line 39, in work\n    deeper()")
        lines = page.one("#details .log").splitlines()
        assert lines[0] == "ERROR It failed  more: 1"
        assert lines[1:3] == ['  File "/var/task/0.py", line 0, in work', "    deeper()"]

    @pytest.mark.parametrize("symbols", [{}, {"AAPL": "ok"}])
    def test_a_run_cut_off_anywhere_opens(self, page_of, symbols):
        """A run that has only just begun has no rows, or rows without an end."""
        run = made_run(symbols or {"AAPL": "ok"})
        page = page_of(SavedRun(definition=run.definition, events=run.events[: 25 if symbols else 1]))
        assert page.complaints == []


class TestCommands:
    """What is ready to be pasted into a terminal."""

    def test_replay_names_the_chosen_visit(self, page, ten):
        """Run, symbol and state."""
        page.open(ten, "#symbol=MSFT&state=Fetch")
        assert page.all("#details .cmd code")[0].endswith("--symbol MSFT --state Fetch")

    def test_on_aws_there_is_a_test_state_command(self, page, ten):
        """With the state's own definition, the parameters that were sent, and its input."""
        page.open(ten)
        page.run("document.querySelectorAll('#details details').forEach((e) => { e.open = true; })")
        command = page.all("#details .cmd code")[1]
        assert command.startswith("aws stepfunctions test-state --region eu-west-1 --role-arn ")
        assert '"FunctionName":"arn:aws:lambda:eu-west-1:123456789012:function:stockflow-Transform:live"' in command
        assert '"symbol":"NFLX"' in command

    def test_on_a_laptop_there_is_none(self, page_of):
        """AWS does not know that state machine."""
        run = made_run({"NFLX": "bad"})
        run.engine = {"name": "moto", "version": "5.2.5"}
        assert not any("test-state" in text for text in page_of(run).run(COMMANDS))


COMMANDS = "return [...document.querySelectorAll('#details code')].map((e) => e.textContent)"


class TestLinks:
    """Links within the page, as Slack messages carry them."""

    @pytest.mark.parametrize(
        ("fragment", "chosen"),
        [
            ("#symbol=BADSYM", ("BADSYM · Fetch", ["BADSYM"], ["Fetch"])),
            ("#symbol=BRK.B", ("BRK.B · Save", ["BRK.B"], ["Save"])),
            ("#symbol=NFLX&state=Fetch", ("NFLX · Fetch", ["NFLX"], ["Fetch"])),
            ("#event=3", ("Plan", [], ["Plan"])),
            ("#symbol=NOSUCH", NFLX),
            ("#event=99999", NFLX),
            ("#symbol=%", NFLX),
        ],
    )
    def test_a_link_chooses_what_it_names(self, page, ten, fragment, chosen):
        """What is not there chooses what is chosen without a link."""
        page.open(ten, fragment)
        assert page.chosen == chosen
        assert page.complaints == []

    def test_a_moved_slot_is_not_the_visit_meant(self, page, ten):
        """Of two visits of Fetch the one that got another slot is not the one that failed, nor the last."""
        page.open(ten, "#symbol=TSLA&state=Fetch")
        assert page.one("#details .head .pill") == "ok"

    def test_a_link_to_an_event_opens_its_group(self, page, ten):
        """#event=80 is in view and marked."""
        page.open(ten, "#event=80")
        assert page.one("#list .ev.on .id") == "#80"

    def test_a_symbol_in_a_cause_is_a_link(self, page, ten):
        """Choosing follows the address, and the address follows choosing."""
        page.open(ten)
        page.click('.chip[href^="#symbol=BADSYM"]')
        page.wait("return document.querySelector('#details h3').textContent.startsWith('BADSYM')")
        page.press("j")
        assert page.run("return location.hash") == "#symbol=NVDA&state=Fetch"


class TestChoosing:
    """A click in one place chooses in all."""

    def test_in_the_table(self, page, ten):
        """The row's own failing state, or its last one."""
        page.open(ten)
        page.click("#body tr:nth-child(5) td")
        assert page.chosen == ("MSFT · Save", ["MSFT"], ["Save"])

    def test_in_the_graph(self, page, ten):
        """The chosen symbol's visit of that state."""
        page.open(ten)
        page.click('.st[aria-label^="WaitForSlot,"]')
        assert page.chosen == ("NFLX · WaitForSlot", ["NFLX"], ["WaitForSlot"])

    def test_in_the_graph_a_state_the_symbol_did_not_reach(self, page, ten):
        """The first visit that went wrong, of whatever symbol."""
        page.open(ten, "#symbol=BADSYM")
        page.click('.st[aria-label^="Transform,"]')
        assert page.chosen == NFLX

    def test_in_the_graph_a_state_that_nothing_reached(self, page, ten):
        """Its definition is shown."""
        page.open(ten)
        page.click('.st[aria-label^="RunFailed,"]')
        assert page.one("#details h3") == "RunFailed"
        assert "not reached" in page.one("#details .head .pill")

    def test_in_the_timeline(self, page, ten):
        """A bar is a visit."""
        page.open(ten)
        bar = "document.querySelector('#body tr:nth-child(1) .lane rect.b-ok')"
        page.run(f"{bar}.dispatchEvent(new Event('click', {{bubbles: true}}))")
        assert page.chosen == ("NFLX · Fetch", ["NFLX"], ["Fetch"])

    def test_in_the_events(self, page, ten):
        """A group is a visit; opened, its events are told one by one."""
        page.open(ten, "#event=3")
        page.run("document.querySelector('#list').scrollTop = 0")
        names = "[...document.querySelectorAll('#list .ev .nm')]"
        page.run(f"{names}.find((e) => e.textContent.includes('AnythingToFetch')).click()")
        assert page.chosen == ("AnythingToFetch?", [], ["AnythingToFetch?"])
        assert "ChoiceStateEntered" in page.all("#list .ev.inside .nm")

    def test_states_that_the_symbol_never_reached_are_faded(self, page, ten):
        """BADSYM failed in Fetch: Transform and Save are faded, Notify is not."""
        page.open(ten, "#symbol=BADSYM")
        faded = page.run(
            "return [...document.querySelectorAll('.st.dim')].map((e) => e.getAttribute('aria-label').split(',')[0])"
        )
        assert {"Transform", "Save"} <= set(faded)
        assert not {"Fetch", "SymbolFailed", "Notify"} & set(faded)

    def test_the_way_of_the_symbol_is_lit(self, page, ten):
        """Three lines for three steps."""
        page.open(ten, "#symbol=BADSYM")
        assert page.run("return document.querySelectorAll('.ln.lit').length") >= 2


class TestFilter:
    """The table shows what is asked for."""

    def test_by_text(self, page, ten):
        """Symbol, state and error are searched."""
        page.open(ten)
        page.click("#filter")
        page.press("unknown")
        assert page.all("#body th") == ["BADSYM"]

    def test_by_status(self, page, ten):
        """A second click on the same button shows all again."""
        page.open(ten)
        page.click("#kinds button.failed")
        assert page.all("#body th") == ["NFLX", "BADSYM"]
        page.click("#kinds button.failed")
        assert len(page.all("#body th")) == 10

    def test_nothing_found_is_said(self, page, ten):
        """An empty table would look broken."""
        page.open(ten)
        page.click("#filter")
        page.press("zzz")
        assert page.one("#none") == "No symbol matches."

    def test_events_by_number_and_by_text(self, page, ten):
        """#80 finds the group that has it; an error's name finds the visits it came up in."""
        page.open(ten)
        page.click("#event-filter")
        page.press("BadPrices")
        assert page.all("#list .who") == ["NFLX"]
        page.run("document.querySelector('#event-filter').value = ''")
        page.press("#80")
        assert page.one("#event-count").endswith("of 215 events")
        assert len(page.all("#list .ev")) == 1

    def test_events_of_the_chosen_symbol_only(self, page, ten):
        """The rest of the run is out of the way."""
        page.open(ten)
        page.click("#only-chosen")
        assert set(page.all("#list .who")) == {"NFLX"}


class TestKeys:
    """Hands stay on the keyboard."""

    def test_j_and_k_go_down_and_up(self, page, ten):
        """They stop at the ends."""
        page.open(ten)
        page.press("j")
        assert page.chosen[1] == ["BADSYM"]
        page.press("k", "k")
        assert page.chosen[1] == ["NFLX"]

    def test_f_goes_to_the_next_failure_and_round(self, page, ten):
        """After the last failure comes the first."""
        page.open(ten)
        page.press("f")
        assert page.chosen[1] == ["BADSYM"]
        page.press("f")
        assert page.chosen[1] == ["NFLX"]

    def test_slash_filters_and_escape_clears(self, page, ten):
        """Keys are text while a field has the focus."""
        page.open(ten)
        page.press("/", "j", "j")
        assert page.run("return document.querySelector('#filter').value") == "jj"
        page.press("\ue00c")
        assert page.run("return document.querySelector('#filter').value") == ""
        assert len(page.all("#body th")) == 10

    def test_enter_goes_to_the_details(self, page, ten):
        """And a screen reader hears them, for they are announced."""
        page.open(ten)
        page.press("\ue007")
        assert page.run("return document.activeElement.id") == "visit"
        assert page.run("return document.querySelector('#details').getAttribute('aria-live')") == "polite"

    def test_states_can_be_reached_by_tab_and_opened_by_enter(self, page, ten):
        """Each is a button with a label."""
        page.open(ten)
        page.run("document.querySelector('.st[aria-label^=\"Plan,\"]').focus()")
        page.press("\ue007")
        assert page.chosen == ("Plan", [], ["Plan"])
        assert page.run(
            "return [...document.querySelectorAll('.st')].every((e) => e.getAttribute('role') === 'button')"
        )


def test_own_time_draws_each_symbol_from_its_first_attempt(page, ten):
    """The wait for its slot is then out of the picture."""
    page.open(ten)
    page.click('#scale [data-scale="own"]')
    page.wait("return document.querySelector('#body tr .lane').dataset.scale === 'own'")
    assert page.run("return document.querySelectorAll('#body tr:nth-child(1) .b-wait').length") == 0


def test_attempts_back_offs_and_waits_look_different(page, ten):
    """Each has a class of its own in the timeline."""
    page.open(ten)
    page.wait("return document.querySelectorAll('#body .lane svg').length >= 10")
    for kind in ("wait", "off", "ok", "failed", "moved"):
        assert page.run(f"return document.querySelectorAll('#body .b-{kind}').length") > 0


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_both_themes(page, ten, scheme):
    """The system's choice is followed, the button overrules it, and a picture of each is kept."""
    page.open(ten, scheme=scheme)
    light = page.run("return getComputedStyle(document.body).backgroundColor")
    page.screenshot(f"ten-symbols-{scheme}")
    page.click("#theme")
    assert page.run("return getComputedStyle(document.body).backgroundColor") != light
    assert page.complaints == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_texts_can_be_read_in_both_themes(page, ten, scheme):
    """Pills, errors and muted words have a contrast of at least 4.5 to what is behind them (WCAG 2.2, AA)."""
    page.open(ten, scheme=scheme)
    poor = page.run((Path(__file__).parent / "contrast.js").read_text(encoding="utf-8"))
    assert poor == []


def test_it_reads_without_javascript(page, ten, driver):
    """Graph, causes and table; what needs a script is not offered."""
    page.open(ten)
    driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": True})
    try:
        driver.get("about:blank")
        driver.get(ten.as_uri())
        page.screenshot("without-javascript")
        body = driver.find_element("tag name", "body").text
        offered = [one.is_displayed() for one in driver.find_elements("css selector", "button, input, #events")]
    finally:
        driver.execute_cdp_cmd("Emulation.setScriptExecutionDisabled", {"value": False})
    for part in ("BadPrices", "The run ended with SymbolsFailed", "WaitForSlot", "BADSYM", "META"):
        assert part in body
    assert not any(offered)


@pytest.mark.parametrize("width", [700, 390])
def test_a_narrow_window_has_one_column(page, ten, driver, width):
    """As on half a screen, at 200 % zoom, or on a phone; nothing is cut off at the side."""
    size = {"width": width, "height": 1400, "deviceScaleFactor": 1, "mobile": False}
    driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
    try:
        page.open(ten)
        assert page.run("return [document.documentElement.scrollWidth, innerWidth]") == [width, width]
        page.screenshot(f"narrow-{width}")
    finally:
        driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


class TestAThousandSymbols:
    """Large runs stay quick."""

    def test_all_is_there_and_nothing_is_complained_about(self, page, thousand):
        """19,061 events, of which only those in view are elements."""
        page.open(thousand)
        assert page.complaints == []
        assert page.one("#event-count").startswith("19,061")
        assert page.run("return document.querySelectorAll('#list .ev').length") < 60
        page.screenshot("a-thousand-symbols")

    def test_rows_come_in_portions(self, page, thousand):
        """Two hundred at first, all on demand, and any by filter."""
        page.open(thousand)
        assert len(page.all("#body th")) == 200
        page.click("#more")
        assert len(page.all("#body th")) == 1000
        page.open(thousand)
        page.click("#filter")
        page.press("BML")
        assert page.all("#body th") == ["BML"]

    def test_a_symbol_far_down_can_be_linked_to(self, page, thousand):
        """Its row is shown though it is not among the first."""
        page.open(thousand, "#symbol=BML")
        assert page.chosen[1] == ["BML"]
        top, bottom = (f"document.querySelector('tr.on').getBoundingClientRect().{side}" for side in ("top", "bottom"))
        box = "document.querySelector('.rows').getBoundingClientRect()"
        assert page.run(f"return {top} >= {box}.top && {bottom} <= {box}.bottom")

    def test_scrolling_the_events_draws_those_in_view(self, page, thousand):
        """To the very last."""
        page.open(thousand)
        page.run("const l = document.querySelector('#list'); l.scrollTop = l.scrollHeight")
        names = "[...document.querySelectorAll('#list .nm')]"
        page.wait(f"return {names}.some((e) => e.textContent.includes('ExecutionFailed'))")


@pytest.mark.parametrize("number", range(len(HOSTILE)))
def test_hostile_texts_stay_texts(page_of, number):
    """In every field: nothing runs, nothing is complained about, nothing is added to the document."""
    page = page_of(hostile_run(HOSTILE[number]))
    page.press("j", "f", "\ue007")
    assert page.complaints == []
    assert page.run("return document.querySelectorAll('script').length") == 2
    assert page.run("return document.querySelectorAll('img, iframe, object, embed, form, base').length") == 0
    assert page.run("return document.querySelectorAll('.st').length") >= 2


class TestAMeasuredText:
    """A text whose passages were measured: a picture of the values, and the passages in a list."""

    def test_it_is_what_is_seen_of_a_run_that_went_well(self, page, measured):
        """The first item that has one is chosen."""
        page.open(measured)
        assert page.all("#body tr.on th") == ["AAPL"]
        assert page.one(".measured h4 b") == "tone +0.18, -0.12 against 2026-07-30"
        assert page.all(".passages h5") == ["Prepared remarks", "Questions and answers"]
        assert len(page.all(".passages li")) == 40
        assert page.complaints == []
        assert page.run("return performance.getEntriesByType('resource').length") == 0

    def test_the_picture_is_told_in_words(self, page, measured):
        """For whoever does not see it; each value stands as a number in the list too."""
        page.open(measured)
        told = page.run("return document.querySelector('.series svg').getAttribute('aria-label')")
        assert told.startswith("The tone of 39 passages, from \N{MINUS SIGN}0.95 to +0.95: ")
        assert page.all(".passages .val")[:3] == ["▼▼ \N{MINUS SIGN}0.95", "? not measured", "▲ +0.57"]

    def test_a_click_in_the_picture_leads_to_the_passage(self, page, measured):
        """It is in view, and has the focus."""
        page.open(measured)
        page.run(
            "const box = document.querySelector('.series svg').getBoundingClientRect();"
            "document.querySelector('.series svg').dispatchEvent(new MouseEvent('click',"
            "{bubbles: true, clientX: box.left + box.width * 0.99, clientY: box.top + 5}))"
        )
        assert page.run("return document.activeElement.dataset.n") == "39"
        seen = (
            "const item = document.activeElement.getBoundingClientRect();"
            "const box = document.querySelector('.passages').getBoundingClientRect();"
            "return item.top >= box.top - 1 && item.bottom <= box.bottom + 1"
        )
        assert page.run(seen)

    def test_the_lowest_can_be_read_first(self, page, measured):
        """By mouse or by keyboard; with the heading that each stands under."""
        page.open(measured)
        page.run("document.querySelectorAll('.orders button')[1].focus()")
        page.press("\ue007")
        values = page.all(".passages .val")
        assert values[0] == "▼▼ \N{MINUS SIGN}0.95"
        assert values[-1] == "▲▲ +0.95"
        assert page.all(".passages h5") == []
        assert page.run("return document.querySelector('.orders [aria-pressed=true]').textContent") == "Lowest first"

    def test_what_is_left_out_is_told(self, page_of):
        """Where it was, and how much is in the page."""
        run = made_run({"AAPL": "ok"})
        run.texts = [measured_text("AAPL")]
        for passage in run.texts[0]["passages"][5:30]:
            passage["text"] = ""
        page = page_of(run)
        assert page.all(".passages .skipped") == ["8 passages left out", "17 passages left out"]
        assert page.all(".measured .hint")[-1].startswith("15 of 40 passages are in this page")

    @pytest.mark.parametrize("scheme", ["light", "dark"])
    def test_it_can_be_read_in_both_themes(self, page, measured, scheme):
        """Contrast of at least 4.5 (WCAG 2.2, AA), in strong and plain passages."""
        page.open(measured, scheme=scheme)
        assert page.run((Path(__file__).parent / "contrast.js").read_text(encoding="utf-8")) == []
        page.screenshot(f"measured-text-{scheme}")

    def test_it_fits_a_phone(self, page, measured, driver):
        """Nothing is cut off at the side."""
        size = {"width": 390, "height": 1400, "deviceScaleFactor": 1, "mobile": False}
        driver.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", size)
        try:
            page.open(measured)
            assert page.run("return [document.documentElement.scrollWidth, innerWidth]") == [390, 390]
            page.screenshot("measured-text-390")
        finally:
            driver.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
