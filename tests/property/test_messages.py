"""Whatever a manifest says, its message stays a message."""

import json
import re

from hypothesis import given
from hypothesis import strategies as st

from stockflow.local_servers.slack_inbox import check_payload
from stockflow_functions.daily_prices.notify.report import report
from stockflow_functions.domain.messages import plain, slack
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

OUR_LINK = re.compile(
    r"<https://eu-west-1\.console\.aws\.amazon\.com/states/home\?region=eu-west-1"
    r"#/v2/executions/details/[A-Za-z0-9:%._~-]+\|The execution in the console>"
)


def texts_of(payload):
    """The text objects of all blocks."""
    for block in payload["blocks"]:
        yield from block["elements"] if block["type"] == "context" else [block["text"]]


@given(MANIFESTS)
def test_slack_takes_every_message(manifest):
    """No manifest makes a message that breaks one of Slack's limits, or that can't be sent as UTF-8."""
    payload = slack.payload(report(manifest, VENDOR))
    check_payload(payload)
    json.dumps(payload, ensure_ascii=False).encode()


@given(MANIFESTS)
def test_foreign_text_stays_inside_code(manifest):
    """What others wrote is never outside a code span, where Slack would format it, link it or call people."""
    for text in texts_of(slack.payload(report(manifest, VENDOR))):
        outside = re.sub(r"```.+?```|`[^`\n]+`", "", OUR_LINK.sub("", text["text"]))
        assert MARK not in outside
        assert "`" not in outside


@given(MANIFESTS)
def test_the_only_link_is_ours(manifest):
    """No angle bracket but the link's own, no ampersand but an entity's: nothing else can be a mention or a link."""
    payload = slack.payload(report(manifest, VENDOR))
    for text in [payload["text"], *(text["text"] for text in texts_of(payload))]:
        rest = re.sub(r"&(amp|lt|gt);", "", OUR_LINK.sub("", text))
        assert not set(rest) & set("<>&")


@given(MANIFESTS)
def test_slack_is_told_to_leave_plain_words_alone(manifest):
    """Slack makes no links or mentions of its own, in any text of any message."""
    payload = slack.payload(report(manifest, VENDOR))
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


@given(MANIFESTS)
def test_an_email_can_carry_every_message(manifest):
    """The subject is one line of fewer than 100 ASCII characters; the body fits into SNS's 256 KiB."""
    message = report(manifest, VENDOR)
    subject = plain.subject(message)
    assert subject.isascii()
    assert subject.isprintable()
    assert 0 < len(subject) < 100
    assert len(plain.as_text(message).encode()) < 262_144
