"""A vendor whose transcripts and refusals repeat the API key in every place and form, and a Slack that repeats its
webhook: what a run of earnings calls leaves behind holds neither.
"""

import json
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from stockflow.embedded.aws import EmbeddedAws
from stockflow_functions.domain.calls.tables import decode_passages
from tests.helpers.told_secrets import FORMS, KEY, PATH, RAW, Slack, found_in, serving
from tests.helpers.transcripts import vendor_turns
from tests.workflow.fault_stage import short_waits


def transcript(symbol, turn=None, **more):
    return {"symbol": symbol, "quarter": "2024Q1", "transcript": vendor_turns() + ([turn] if turn else []), **more}


def turn(**more):
    return {"speaker": "Ann Example", "title": "CEO", "content": "Thank you.", "sentiment": "0.5", **more}


GOOD = {
    "what is said": lambda symbol, told: transcript(symbol, turn(content=f"Our key is {told}, thank you.")),
    "a speaker": lambda symbol, told: transcript(symbol, turn(speaker=told)),
    "a title": lambda symbol, told: transcript(symbol, turn(title=told)),
    "a sentiment": lambda symbol, told: transcript(symbol, turn(sentiment=told)),
    "a field of a turn": lambda symbol, told: transcript(symbol, turn(**{told: 1})),
    "words beside it": lambda symbol, told: transcript(symbol, Information=told),
}
BAD = {
    "another symbol": lambda _symbol, told: transcript(told),
    "another quarter": lambda symbol, told: {**transcript(symbol), "quarter": told},
    "no list": lambda symbol, told: {**transcript(symbol), "transcript": told},
    "no turn": lambda symbol, told: {**transcript(symbol), "transcript": [told]},
    "new words": lambda _symbol, told: {"Information": f"Hello {told}!"},
    "an error": lambda _symbol, told: {"Error Message": f"No, {told}."},
    "a name": lambda _symbol, told: {told: {}},
}
PLACES = [*GOOD, *BAD, *RAW]


class Vendor(BaseHTTPRequestHandler):
    """Symbol P3 is answered with the key in the third place, in all forms."""

    def do_GET(self):
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        place = PLACES[int(asked["symbol"][1:])]
        told = " ".join(form(asked["apikey"]) for form in FORMS.values())
        status, kind, body = 200, "application/json", b""
        if place in RAW:
            status, kind, text = RAW[place](told)
            body = text.encode()
        else:
            # An escape of JSON stands there as such, not as a backslash.
            body = json.dumps((GOOD | BAD)[place](asked["symbol"], "<told>")).replace("<told>", told).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """The folder of a run over all places, and its manifest."""
    folder = tmp_path_factory.mktemp("secrets")
    with serving(Vendor) as vendor, serving(Slack) as slack, short_waits():
        environment = {
            "ALPHA_VANTAGE_API_KEY": KEY,
            "ALPHA_VANTAGE_BASE_URL": f"{vendor}/query",
            **{f"SLACK_WEBHOOK_URL_{kind}": slack + PATH for kind in ("INFO", "WARNING", "ERROR")},
            "REQUESTS_PER_MINUTE": "60000",
            "REQUESTS_PER_DAY": "0",
        }
        with EmbeddedAws(folder, environment) as aws:
            names = [f"P{number}/2024Q1@2024-04-24" for number in range(len(PLACES))]
            manifest = aws.wait(aws.start({"symbols": names}, "earnings-calls"), timeout_seconds=60)
    return SimpleNamespace(folder=folder, manifest=manifest)


@pytest.mark.parametrize("place", PLACES)
def test_every_place_was_answered(left, place):
    """A good answer was saved, and a bad one refused."""
    name = f"P{PLACES.index(place)}/2024Q1@2024-04-24"
    (status,) = [call["status"] for call in left.manifest["symbols"] if call["symbol"] == name]

    assert status == ("saved" if place in GOOD else "failed")


def test_no_file_holds_a_secret(left):
    """Raw answers, staged passages, records, manifest, run.json, the page and the private files: none, in no form."""
    files = [path for path in left.folder.rglob("*") if path.is_file()]

    assert len(files) > 5 * len(GOOD)
    assert {str(path): found for path in files if (found := found_in(path.read_bytes()))} == {}


def test_no_passage_holds_a_secret(left):
    """Parquet packs its texts: what is quoted to readers of the dataset is searched unpacked."""
    tables = list(left.folder.glob("transcripts/*/*.parquet"))
    texts = [str(passage) for path in tables for passage in decode_passages(path.read_bytes())]

    assert len(tables) == len(GOOD)
    assert found_in("\n".join(texts).encode()) == set()
