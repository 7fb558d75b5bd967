"""What is said of a run."""

import pytest

from stockflow.local_servers.slack_inbox import check_payload
from stockflow_functions.daily_prices.notify.report import report
from stockflow_functions.domain.messages import plain, slack
from stockflow_functions.vendors.alpha_vantage import VENDOR


def text(manifest):
    return plain.as_text(report(manifest, VENDOR))


def test_a_thousand_failed_symbols_fit_into_one_message(make):
    """A message about 1,000 failures of 20 kinds, with long names and sentences, stays within Slack's limits."""
    symbols = [
        make.failed(f"&<>{'W' * 100}{number}", f"Error{number % 20}", "Fetch", "& < > " * 1_000)
        for number in range(1_000)
    ]
    payload = slack.payload(report(make.manifest(*symbols, outcome="failed"), VENDOR))
    check_payload(payload)
    assert len(payload["blocks"]) < 20


def test_ten_failed_symbols_are_named_over_all_groups(make):
    """The ten names are shared out, so that a small group is named beside a large one."""
    many = [make.failed(f"MANY{number}") for number in range(300)]
    said = text(make.manifest(*many, make.failed("ONE", "BadPrices", "Transform"), outcome="failed"))
    assert "300 symbols: MANY0, MANY1, MANY2, MANY3, MANY4, MANY5, MANY6, MANY7, MANY8 and 291 more" in said
    assert "1 symbol: ONE\n" in said


def test_the_largest_group_comes_first(make):
    """What went wrong most is read first."""
    rare, often = make.failed("A", "BadPrices", "Transform"), [make.failed("B"), make.failed("C")]
    said = text(make.manifest(rare, *often, outcome="failed"))
    assert said.index("UnknownSymbol") < said.index("BadPrices")


def test_the_same_error_in_two_states_is_two_groups(make):
    """Where it went wrong tells groups apart."""
    said = text(
        make.manifest(
            make.failed("A", "StorageDenied", "Fetch"), make.failed("B", "StorageDenied", "Save"), outcome="failed"
        )
    )
    assert "StorageDenied in Fetch" in said
    assert "StorageDenied in Save" in said


def test_more_than_ten_groups_are_counted_together(make):
    """The eleventh error and those after it are one line."""
    symbols = [make.failed(f"S{number}", f"Error{number}") for number in range(14)]
    said = text(make.manifest(*symbols, outcome="failed"))
    assert "and 4 symbols with other errors" in said


def test_a_failed_symbol_without_a_record_is_a_group_of_its_own(make):
    """Nothing known is said as such."""
    said = text(make.manifest(make.symbol("LOST", "failed"), outcome="failed"))
    assert "There is no record of what went wrong." in said


@pytest.mark.parametrize(
    ("more", "line"),
    [
        ({"stale": True, "last_date": "2022-06-08"}, "FB Stale: the newest bar is from 2022-06-08."),
        ({"warnings": ["a jump of 60 %"]}, "FB a jump of 60 %"),
        ({"rows_rejected": 2}, "FB 2 rows were set aside."),
    ],
)
def test_odd_prices_make_a_warning(make, more, line):
    """A symbol that is saved but odd is named with what is odd about it."""
    message = report(make.manifest(make.symbol("FB", **more)), VENDOR)
    assert message.kind == "warning"
    assert line in plain.as_text(message)


def test_changed_rows_alone_make_no_warning(make):
    """The vendor restates the newest volume nearly every day: that is counted, not warned of."""
    message = report(make.manifest(make.symbol("AAPL", rows_changed=1)), VENDOR)
    assert message.kind == "info"
    assert "1 added, 1 changed" in plain.as_text(message)


def test_how_many_symbols_have_only_another_newest_volume_is_counted(make):
    """So that a person sees at a glance that the other changes are few."""
    volumes = [make.symbol(f"S{n}", rows_changed=1, restated="newest-volume") for n in range(3)]
    message = report(make.manifest(*volumes, make.symbol("GE", rows_changed=2, restated="few")), VENDOR)
    assert message.kind == "info"
    assert "5 changed (3 in the newest volume alone)" in plain.as_text(message)


def test_what_plan_warns_of_is_told(make):
    """A line of a dropped list that is no symbol is reported, though no symbol failed of it."""
    message = report(
        make.manifest(make.symbol("AAPL"), warnings=["line 3 of the list can't be a symbol: '../x'"]), VENDOR
    )
    assert message.kind == "warning"
    assert "line 3 of the list" in plain.as_text(message)


def test_a_warning_is_not_said_twice(make):
    """Where Transform has words for a stale symbol, the message adds none of its own."""
    said = text(make.manifest(make.symbol("FB", stale=True, warnings=["Stale: the newest bar is from 2022-06-08."])))
    assert said.count("Stale") == 1


def test_warnings_that_differ_in_figures_are_one_line(make):
    """Three hundred zero volumes do not hide the one restated history, which is read first."""
    volumes = [
        make.symbol(f"S{n}", warnings=[f"{n} bars zero-volume: nothing was traded; newest 2026-11-19."])
        for n in range(300)
    ]
    said = text(make.manifest(*volumes, make.symbol("GE", warnings=["10 stored bars were restated."])))
    assert (
        "To look at\n"
        "GE 10 stored bars were restated.\n"
        "S0 0 bars zero-volume: nothing was traded; newest 2026-11-19. and 299 like it\n"
    ) in said


def test_more_than_ten_oddities_are_counted(make):
    """The eleventh is one of those that are more."""
    said = text(make.manifest(*(make.symbol(f"S{number}", warnings=["odd" + "!" * number]) for number in range(13))))
    assert "S9 odd!!!!!!!!!\nand 3 more" in said


def test_a_failed_run_with_other_failures_tells_both(make):
    """A refused key is the run's error; a symbol that had failed before it keeps its own."""
    key = make.failed("AAPL", "InvalidApiKey", message="Alpha Vantage refuses the key.")
    said = text(make.manifest(key, make.failed("BOGUS"), outcome="failed", error=key["error"]))
    assert said.startswith("The run failed in Fetch: InvalidApiKey\n")
    assert "It stopped 1 symbol: AAPL" in said
    assert "UnknownSymbol in Fetch\n1 symbol: BOGUS" in said


@pytest.mark.parametrize("error_type", ["QuotaExhausted", "InvalidApiKey"])
def test_a_wrong_key_and_a_spent_quota_are_told_as_look_alikes(make, error_type):
    """Whichever of the two it seems to be, the other one is named."""
    assert "a wrong key and a spent quota" in text(make.manifest(make.failed("A", error_type), outcome="failed"))


def test_a_misspelt_symbol_brings_no_word_of_the_key(make):
    """The hint stands only where it helps."""
    assert "wrong key" not in text(make.manifest(make.failed("A"), outcome="failed"))


def test_an_error_name_that_is_none_is_not_repeated_as_our_words(make):
    """A title never carries foreign text."""
    error = {"type": "<!channel>", "message": "x", "state": "Fetch"}
    assert (
        report(make.manifest(outcome="failed", error=error), VENDOR).title
        == "The run failed in Fetch: something unnamed"
    )


def test_no_daily_limit_is_not_spoken_of(make):
    """On a paid plan there is no count of the day."""
    said = text(make.manifest(make.symbol("A"), requests={"made": 1, "planned": 1, "day_limit": 0, "day_used": 0}))
    assert "of the day" not in said


def test_a_long_run_is_told_in_minutes(make):
    """Two minutes and more are minutes."""
    said = text(make.manifest(make.symbol("A"), finished_at="2026-11-20T23:30:00.250Z"))
    assert ", 60.0 minutes" in said


def test_simulated_prices_are_told_as_such(make):
    """A run against the simulated vendor never passes for market data."""
    assert "Prices come from 127.0.0.1, not from Alpha Vantage: they may be invented." in text(
        make.manifest(make.symbol("A"), source="127.0.0.1")
    )
    assert "invented" not in text(make.manifest(make.symbol("A"), source="www.alphavantage.co"))
