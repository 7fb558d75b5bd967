"""A hostile vendor that repeats the API key in every place and form, and a Slack that repeats its webhook: what a run
and the commands on it leave behind holds neither.
"""

import gzip
import json
import re
from base64 import b64encode
from http.server import BaseHTTPRequestHandler
from types import SimpleNamespace
from urllib.parse import parse_qs, urlsplit

import pytest

from tests.helpers import forked
from tests.helpers.told_secrets import FORMS, KEY, PATH, RAW, SECRETS, Slack, found_in, serving
from tests.helpers.vendor_bodies import bar

GOOD = {
    "last refreshed": lambda told: answer(last_refreshed=f"2024-09-05 {told}"),
    "long last refreshed": lambda told: answer(last_refreshed=told * 200),
    "time zone": lambda told: answer(zone=told),
    "a price": lambda told: answer({"2024-09-04": bar(close=told), "2024-09-05": bar()}),
    "a date": lambda told: answer({told: bar(), "2024-09-05": bar()}),
    "a field's name": lambda told: answer({"2024-09-04": {told: "1"}, "2024-09-05": bar()}),
    "a row of text": lambda told: answer({"2024-09-04": told, "2024-09-05": bar()}),
    "words beside the prices": lambda told: answer(more={"Information": told}),
    "a name beside the prices": lambda told: answer(more={told: 1}),
}
BAD = {
    "known words": lambda told: {"Information": f"We have detected your API key as {told} and our rate limit is 25"},
    "new words": lambda told: {"Information": f"Hello {told}!"},
    "an error": lambda told: {"Error Message": f"No, {told}."},
    "a name": lambda told: {told: {}},
    "a list": lambda told: [told],
    "another symbol": lambda told: answer(symbol=told),
    "splits": lambda told: {"symbol": told, "data": told},
}
PLACES = [*GOOD, *BAD, *RAW, "an odd header", "a redirect"]
QUOTA = "known words"


def answer(rows=None, symbol=None, last_refreshed="2024-09-05", zone="US/Eastern", more=None):
    about = {"2. Symbol": symbol, "3. Last Refreshed": last_refreshed, "5. Time Zone": zone}
    return {
        "Meta Data": about,
        "Time Series (Daily)": rows or {"2024-09-05": bar(), "2024-09-04": bar()},
        **(more or {}),
    }


def body_for(place, told, symbol):
    """Status, type and body. An escape of JSON stands there as such, not as a backslash."""
    if place in RAW:
        status, kind, text = RAW[place](told)
        return status, kind, text.encode()
    value = (GOOD | BAD)[place]("<told>")
    if isinstance(value, dict) and "Meta Data" in value:
        value["Meta Data"]["2. Symbol"] = value["Meta Data"]["2. Symbol"] or symbol
    return 200, "application/json", json.dumps(value).replace("<told>", told).encode()


class Vendor(BaseHTTPRequestHandler):
    """Symbol P3F1 is answered with the key in the third place and the first form."""

    def do_GET(self):
        asked = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
        place, form = (int(number) for number in re.findall(r"\d+", asked["symbol"]))
        told, place = list(FORMS.values())[form](asked["apikey"]), PLACES[place]
        if place == "an odd header":
            odd = f"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nno colon {told}\r\nX: y\r\n\r\n{{}}"
            self.wfile.write(odd.encode())
            return
        if place == "a redirect":
            self.send_response(302)
            self.send_header("Location", f"/{told}")
            self.send_header("Content-Length", "0")
            self.end_headers()
            return
        status, kind, body = body_for(place, told, asked["symbol"])
        self.send_response(status, told if place == "a status" else None)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


@pytest.fixture(scope="module")
def left(tmp_path_factory):
    """The folder of two runs over all places and forms, and what they and the commands on them said.

    The words that say the quota is spent have a run of their own: after them nobody asks.
    """
    folder = tmp_path_factory.mktemp("secrets")
    symbols = {place: [f"P{number}F{form}" for form in range(len(FORMS))] for number, place in enumerate(PLACES)}
    spent = symbols[QUOTA]
    others = [symbol for place in PLACES if place != QUOTA for symbol in symbols[place]]
    said = {}
    with serving(Vendor) as vendor, serving(Slack) as slack:
        environment = {
            "COLUMNS": "500",
            "ALPHA_VANTAGE_API_KEY": KEY,
            "ALPHA_VANTAGE_BASE_URL": f"{vendor}/query",
            **{f"SLACK_WEBHOOK_URL_{kind}": slack + PATH for kind in ("INFO", "WARNING", "ERROR")},
            **dict.fromkeys(("POWERTOOLS_LOG_LEVEL", "AWS_LAMBDA_LOG_LEVEL"), "DEBUG"),
        }
        speed = ("--requests-per-minute", "60000", "--requests-per-day", "0")
        for name, of_run in (("spent", spent), ("others", others)):
            (folder / name).mkdir()
            for command in (
                ("run", *of_run, *speed),
                ("show", "latest"),
                ("show", "latest", "--json"),
                ("replay", "latest"),
                ("runs",),
                ("verify", "out"),
            ):
                done = forked.stockflow(folder / name, *command, **environment)
                said[name, " ".join(command[:3])] = done.output.encode()
    return SimpleNamespace(folder=folder, said=said, symbols=symbols)


@pytest.mark.parametrize("form", FORMS)
def test_the_search_finds_each_form(form):
    """In a file of any kind, or this module would prove nothing."""
    for name, secret in SECRETS.items():
        hidden = json.dumps({"a": "…" + FORMS[form](secret)}).encode()
        assert name in found_in(hidden)
        assert name in found_in(gzip.compress(hidden))
        assert name in found_in(b"<script>" + b64encode(gzip.compress(hidden)) + b"</script>")


@pytest.fixture(scope="module")
def status(left):
    """Each symbol's status, by its place."""
    manifests = [json.loads(path.read_text()) for path in left.folder.glob("*/out/runs/*/manifest.json")]
    of_symbol = {symbol["symbol"]: symbol["status"] for manifest in manifests for symbol in manifest["symbols"]}
    return {place: [of_symbol[symbol] for symbol in symbols] for place, symbols in left.symbols.items()}


@pytest.mark.parametrize("place", PLACES)
def test_every_place_and_form_was_answered(status, place):
    """A good answer was stored, and a bad one refused; a spent quota defers."""
    ends = {"saved"} if place in GOOD else {"deferred"} if place == QUOTA else {"failed"}
    assert set(status[place]) == ends


def test_no_file_holds_a_secret(left):
    """Raw answers, rejected rows, records, manifest, run.json, the page and the private files: none, in no form."""
    files = [path for path in left.folder.rglob("*") if path.is_file()]

    assert len(files) > 2 * len(PLACES) * len(FORMS)
    assert found_in("\n".join(map(str, files)).encode()) == set()
    assert {str(path): found for path in files if (found := found_in(path.read_bytes()))} == {}


def test_no_command_says_a_secret(left):
    """Neither the run nor what shows, lists, replays or verifies it."""
    assert {command: found for command, text in left.said.items() if (found := found_in(text))} == {}
    assert b"Traceback" not in b"".join(text for (_, command), text in left.said.items() if command != "replay latest")
