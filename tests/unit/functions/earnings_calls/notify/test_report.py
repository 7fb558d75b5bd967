"""What is said of a run of calls."""

import pytest

from stockflow.local_servers.slack_inbox import check_payload
from stockflow_functions.domain.messages import plain, slack
from stockflow_functions.earnings_calls.notify.report import report
from stockflow_functions.vendors.alpha_vantage import VENDOR


def text(manifest):
    return plain.as_text(report(manifest, VENDOR))


@pytest.mark.parametrize("count", [1, 2, 5, 6, 50])
def test_calls_with_the_longest_texts_fit_into_one_message(make, count):
    """Names, speakers, quotes, engines and warnings at their longest stay within Slack's limits."""
    long = "& < > 損失 " * 400
    quotes = [make.quote(-0.5, long, 36_000.0, long)] * 5
    calls = [
        make.call(long, most_negative=quotes, most_positive=quotes[:2], language=long, warnings=[f"{'!' * n}{long}"])
        for n in range(count)
    ]
    payload = slack.payload(report(make.manifest(*calls), VENDOR))
    check_payload(payload)
    assert len(payload["blocks"]) < 20


def test_failed_and_deferred_calls_fit_too(make):
    """Fifty calls that failed with errors of ten kinds, and as many deferred ones."""
    failed = [make.failed(f"{'W' * 90}{n}", f"Error{n % 10}", message="& < > " * 500) for n in range(50)]
    late = [make.deferred(f"{'W' * 90}{n}") for n in range(50)]
    check_payload(slack.payload(report(make.manifest(*failed, *late, outcome="failed"), VENDOR)))


@pytest.mark.parametrize(
    ("change", "title"),
    [
        (-0.1204, "AAPL, 2026-10-29: tone +0.18, down 0.12"),
        (0.3, "AAPL, 2026-10-29: tone +0.18, up 0.30"),
        (0.001, "AAPL, 2026-10-29: tone +0.18, as in the call before"),
        (None, "AAPL, 2026-10-29: tone +0.18"),
    ],
)
def test_a_single_calls_title_is_its_tone(make, change, title):
    """With how far it is from the call before, where there is one to compare it with."""
    assert report(make.manifest(make.call(tone_change=change)), VENDOR).title == title


def test_a_symbol_that_is_no_plain_one_is_not_in_the_title(make):
    """A title never carries foreign text."""
    assert report(make.manifest(make.call("<!channel>")), VENDOR).title == "1 call judged"


def test_failures_are_the_title_of_a_run_with_failures(make):
    """What is to be done comes before what is new."""
    message = report(make.manifest(make.call(), make.failed("IBM/2026-10-29.mp3"), outcome="partial"), VENDOR)
    assert (message.kind, message.title) == ("warning", "1 of 2 calls failed")


def test_the_calls_whose_tone_changed_most_come_first(make):
    """Fifty calls are not read to the end."""
    changes = {"QUIET": 0.01, "LOUD": -0.4, "NEW": None, "FAIR": 0.2}
    said = text(make.manifest(*(make.call(name, tone_change=change) for name, change in changes.items())))
    assert sorted(changes, key=said.index) == ["LOUD", "FAIR", "QUIET", "NEW"]


def test_a_call_with_nothing_to_compare_it_with_is_not_compared(make):
    """The first of its kind has a tone, and no change."""
    said = text(make.manifest(make.call(tone_change=None, previous_call_date=None)))
    assert "AAPL, 2026-10-29: tone +0.18\n" in said
    assert "against" not in said


def test_an_engine_that_is_not_amazons_is_named_as_such(make):
    """Its tone is not to be read beside Amazon's."""
    said = text(make.manifest(make.call(engine_tone="VADER 3.3.2 (local lexicon)")))
    assert "Tone by VADER 3.3.2 (local lexicon), not by Amazon\n" in said
    assert "Written down by Amazon Transcribe\n" in said


def test_a_transcript_was_written_down_by_nobody(make):
    """What people dropped in or the vendor gave has no engine of speech, and no minutes."""
    said = text(make.manifest(make.given()))
    assert "ritten down" not in said


def test_a_transcript_has_no_times(make):
    """Its quotes say who speaks, not when."""
    assert "\n-0.40, Jim Kavanaugh: Consulting was soft.\n" in text(make.manifest(make.given()))


@pytest.mark.parametrize(("seconds", "words"), [(45.3, "45 seconds"), (119, "119 seconds"), (120, "2 minutes")])
def test_a_short_call_is_told_in_seconds(make, seconds, words):
    """As short recordings are, with which people try it out."""
    assert f"\n{words}, 131 passages, en-US\n" in text(make.manifest(make.call(seconds=seconds)))


def test_japanese_is_quoted_as_it_was_said(make):
    """Neither cut within its limit nor spelt in another script."""
    words = "通期の業績予想を下方修正いたします。" * 10
    payload = slack.payload(report(make.manifest(make.call(most_negative=[make.quote(-0.9, words)])), VENDOR))
    assert any(words in block["text"]["text"] for block in payload["blocks"] if block["type"] == "section")


def test_a_call_that_is_not_published_is_asked_for_again(make):
    """It is no failure, and nobody has to do anything."""
    said = text(make.manifest(make.deferred("AMZN/2026Q3"), outcome="partial"))
    assert "1 call: AMZN/2026Q3\nNot published yet: asked again in the next scheduled run.\n" in said


def test_a_run_that_saves_nothing_does_not_say_that_deferred_calls_are_asked_for_again(make):
    """Nothing is remembered of them."""
    late, other = make.deferred("AMZN/2026Q3"), make.deferred("IBM/2026Q3", "QuotaExhausted")
    said = text(make.manifest(late, other, outcome="partial", switched_off=["SAVE_TO_S3"]))
    assert "Not published yet.\n" in said
    assert "next scheduled run" not in said


def test_a_call_without_a_tone_is_named(make):
    """Its transcript is saved all the same."""
    said = text(make.manifest(make.call(tone=None, engine_tone="", most_negative=[], most_positive=[])))
    assert "1 call kept without a tone: AAPL/2026-10-29.mp3\n" in said


def test_a_warning_of_a_call_makes_the_message_one(make):
    """It is saved, and worth a look."""
    message = report(make.manifest(make.call(warnings=["was hard to hear."])), VENDOR)
    assert message.kind == "warning"
    assert "To look at\nAAPL/2026-10-29.mp3 was hard to hear.\n" in plain.as_text(message)


def test_the_commands_name_run_state_and_call(make):
    """To be pasted as they are."""
    said = text(make.manifest(make.failed("AAPL/2026-10-29.mp3"), outcome="failed"))
    assert f"stockflow replay {make.arn_on_aws} --symbol AAPL/2026-10-29.mp3 --state LookAtTranscription\n" in said
    assert f"stockflow rerun {make.arn_on_aws} --aws\n" in said
    assert f"stockflow show {make.arn_on_aws}\n" in said


def test_invented_transcripts_are_told_as_such(make):
    """A run against the simulated vendor never passes for what was said."""
    assert "Transcripts come from 127.0.0.1, not from Alpha Vantage: they may be invented." in text(
        make.manifest(make.given(), source="127.0.0.1")
    )
    assert "invented" not in text(make.manifest(make.given(), source=VENDOR.host))


def test_minutes_units_and_dollars_are_the_small_print(make):
    """What the run took, and on a laptop what it would have taken."""
    here = make.manifest(make.call(), trigger="laptop", execution_arn=make.arn_on_a_laptop)
    assert text(make.manifest(make.call())).endswith(
        "62.0 minutes written down, 748 units of tone. Cost about $1.5672."
    )
    assert text(here).endswith("62.0 minutes written down, 748 units of tone. On AWS about $1.5672.")
