"""Whatever a manifest of either workflow says, its message stays a message."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from stockflow.local_servers.slack_inbox import check_payload
from stockflow_functions.daily_prices.notify.report import report
from stockflow_functions.domain.messages import plain, slack
from stockflow_functions.earnings_calls.notify.report import report as report_of_calls
from stockflow_functions.vendors.alpha_vantage import VENDOR

MARK = "§"
"""In every foreign text, so that a test can see where it got to."""

MENTIONS = ["<!channel>", "<!here|x>", "@here", "@channel", "<@U024BE7LH>", "#general", "<https://evil.example|Price>"]
MARKUP = ["https://evil.example/", "```", "`", "*bold*", "_", "~", "&", "&lt;", "<", ">", "|", ":", "> "]
ODDITIES = [
    "\n",
    "\r\n",
    "\t",
    "\u2028",
    "\u202e",
    "\ud800",
    "\x00",
    "\N{ROCKET}",
    "'; rm -rf ~ #",
    "$(id)",
    "--aws",
    "",
]
NASTY = st.sampled_from([*MENTIONS, *MARKUP, *ODDITIES])
TEXT = st.builds(
    lambda first, second, times: MARK + first + MARK + second * times, NASTY, NASTY, st.sampled_from([1, 800])
)
NAMES = TEXT | st.sampled_from(["UnknownSymbol", "QuotaExhausted", "Sandbox.Timedout", "Fetch", "Save", "unknown"])
COUNTS = st.integers(0, 10**12)

ERRORS = st.fixed_dictionaries({"type": NAMES, "message": TEXT, "state": NAMES})
SYMBOLS = st.fixed_dictionaries(
    {
        "symbol": TEXT,
        "status": st.sampled_from(["saved", "unchanged", "failed", "deferred"]),
        "attempts": COUNTS,
        "rows_added": COUNTS,
        "rows_changed": COUNTS,
        "rows_rejected": COUNTS,
        "first_date": st.none() | TEXT,
        "last_date": st.none() | TEXT,
        "stale": st.booleans(),
        "warnings": st.lists(TEXT, max_size=2),
        "error": st.none() | ERRORS,
    }
)
ARN = "arn:aws:states:eu-west-1:210987654321:execution:DailyPrices:"
MANIFESTS = st.fixed_dictionaries(
    {
        "execution": TEXT,
        "execution_arn": TEXT | TEXT.map(lambda text: ARN + text),
        "trigger": TEXT | st.sampled_from(["schedule", "laptop"]),
        "series": TEXT,
        "started_at": TEXT | st.just("2026-11-20T22:30:00.250Z"),
        "finished_at": TEXT | st.just("2026-11-20T22:31:12.250Z"),
        "outcome": st.sampled_from(["succeeded", "partial", "failed", "skipped"]),
        "sentence": TEXT,
        "symbols": st.lists(SYMBOLS, max_size=14),
        "requests": st.fixed_dictionaries(
            {},
            optional={
                "made": COUNTS,
                "planned": COUNTS,
                "day_limit": COUNTS,
                "day_used": COUNTS,
                "day_resets_at": TEXT,
            },
        ),
        "cost": st.fixed_dictionaries({"dollars": st.floats(0, 1e6)}),
        "warnings": st.lists(TEXT, max_size=2),
        "source": TEXT | st.just(VENDOR.host),
        "error": st.none() | ERRORS,
    }
)

TONES = st.none() | st.floats(-1, 1)
QUOTES = st.fixed_dictionaries(
    {
        "n": COUNTS,
        "section": st.none() | TEXT,
        "speaker": st.none() | TEXT,
        "start_seconds": st.none() | st.floats(0, 1e6),
        "end_seconds": st.none() | st.floats(0, 1e6),
        "text": TEXT,
        "tone": st.floats(-1, 1),
    }
)
CALLS = st.fixed_dictionaries(
    {
        "symbol": TEXT,
        "status": st.sampled_from(["saved", "unchanged", "failed", "deferred"]),
        "attempts": COUNTS,
        "company": TEXT | st.just("AAPL"),
        "call_date": TEXT | st.just("2026-10-29"),
        "source": TEXT,
        "language": st.none() | TEXT,
        "seconds": st.none() | st.floats(0, 1e6),
        "transcribed_seconds": st.floats(0, 1e6),
        "passages": COUNTS,
        "unscored": COUNTS,
        "units": COUNTS,
        "tone": TONES,
        "tone_prepared": TONES,
        "tone_qa": TONES,
        "tone_change": TONES,
        "previous_call_date": st.none() | TEXT,
        "engine_speech": TEXT,
        "engine_tone": TEXT,
        "most_negative": st.lists(QUOTES, max_size=5),
        "most_positive": st.lists(QUOTES, max_size=2),
        "warnings": st.lists(TEXT, max_size=2),
        "error": st.none() | ERRORS,
    }
)
MANIFESTS_OF_CALLS = st.builds(
    lambda manifest, calls: {**manifest, "symbols": calls}, MANIFESTS, st.lists(CALLS, max_size=8)
)
MESSAGES = MANIFESTS.map(lambda manifest: report(manifest, VENDOR)) | MANIFESTS_OF_CALLS.map(
    lambda manifest: report_of_calls(manifest, VENDOR)
)

OUR_LINK = re.compile(
    r"<https://eu-west-1\.console\.aws\.amazon\.com/states/home\?region=eu-west-1"
    r"#/v2/executions/details/[A-Za-z0-9:%._~-]+\|The execution in the console>"
)


def texts_of(payload):
    """The text objects of all blocks."""
    for block in payload["blocks"]:
        yield from block["elements"] if block["type"] == "context" else [block["text"]]


@given(MESSAGES)
def test_slack_takes_every_message(message):
    """No manifest makes a message that breaks one of Slack's limits, or that can't be sent as UTF-8."""
    payload = slack.payload(message)
    check_payload(payload)
    json.dumps(payload, ensure_ascii=False).encode()


@given(MESSAGES)
def test_foreign_text_stays_inside_code(message):
    """What others wrote is never outside a code span, where Slack would format it, link it or call people."""
    for text in texts_of(slack.payload(message)):
        outside = re.sub(r"```.+?```|`[^`\n]+`", "", OUR_LINK.sub("", text["text"]))
        assert MARK not in outside
        assert "`" not in outside


@given(MESSAGES)
def test_the_only_link_is_ours(message):
    """No angle bracket but the link's own, no ampersand but an entity's: nothing else can be a mention or a link."""
    payload = slack.payload(message)
    for text in [payload["text"], *(text["text"] for text in texts_of(payload))]:
        rest = re.sub(r"&(amp|lt|gt);", "", OUR_LINK.sub("", text))
        assert not set(rest) & set("<>&")


@given(MESSAGES)
def test_slack_is_told_to_leave_plain_words_alone(message):
    """Slack makes no links or mentions of its own, in any text of any message."""
    payload = slack.payload(message)
    assert (payload["parse"], payload["link_names"]) == ("none", False)
    assert all(text["type"] == "plain_text" or text["verbatim"] for text in texts_of(payload))


@given(MANIFESTS)
def test_at_most_ten_failed_symbols_are_named(manifest):
    """Long lists are counted, not recited."""
    manifest["symbols"] = [
        symbol | {"symbol": f"NAME{number}", "status": "failed"} for number, symbol in enumerate(manifest["symbols"])
    ]
    manifest["error"] = None
    named = set(re.findall(r"NAME\d+", plain.as_text(report(manifest, VENDOR))))
    assert len(named) <= 10


@given(MESSAGES)
def test_an_email_can_carry_every_message(message):
    """The subject is one line of fewer than 100 ASCII characters; the body fits into SNS's 256 KiB."""
    subject = plain.subject(message)
    assert subject.isascii()
    assert subject.isprintable()
    assert 0 < len(subject) < 100
    assert len(plain.as_text(message).encode()) < 262_144
