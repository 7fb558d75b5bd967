"""In the vendor's place: what the run stored, in the vendor's own shape."""

import gzip
import json
from datetime import date
from types import SimpleNamespace

import pytest
import requests

from stockflow.errors import CommandFailed
from stockflow.replay.objects import FoundObject
from stockflow.replay.vendor import StoredVendor, stored_answer
from stockflow_functions.aws.scratch import prefix_of
from stockflow_functions.daily_prices.workflow import DAILY_PRICES
from stockflow_functions.domain.errors import ProviderUnavailable
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.vendors.alpha_vantage.client import AlphaVantage
from tests.helpers.vendor_bodies import bar, body

RAW = "raw/daily/BRK-B/r.json.gz"
ANSWER = body({"2026-11-20": bar()}, "BRK-B")


def holding(**objects):
    """The run's objects."""
    return SimpleNamespace(place="out", get={key: FoundObject(value) for key, value in objects.items()}.get)


def call(*log, **slot):
    trigger = slot.pop("trigger", "console")
    run = {"execution": "r", "series": "daily", "trigger": trigger}
    payload, prefix = {"run": run, "symbol": "BRK-B", "slot": slot}, prefix_of("r", trigger)
    return SimpleNamespace(
        workflow=DAILY_PRICES, function="Fetch", symbol="BRK-B", payload=payload, prefix=prefix, log=log
    )


def ask(answer):
    """A client of the vendor's, in front of a stored answer."""
    session = requests.Session()
    session.trust_env = False
    return StoredVendor(answer), lambda url: AlphaVantage(session, url, "k", Redactor())


def test_the_raw_answer_is_given_byte_for_byte():
    """What Fetch gets is what it stored then."""
    answer = stored_answer(call(), holding(**{RAW: gzip.compress(ANSWER)}))
    stored, client = ask(answer)

    with stored as vendor:
        assert client(vendor.url).bars("BRK-B").body == ANSWER


def test_splits_are_put_back_into_the_vendors_shape():
    """A Fetch that asked for splits gets them from the object in which the run kept them."""
    kept = {"symbol": "BRK-B", "splits": [{"effective_date": "2010-01-21", "split_factor": 50.0}]}
    answer = stored_answer(call(asks="splits"), holding(**{"splits/BRK-B.json": json.dumps(kept).encode()}))
    stored, client = ask(answer)

    with stored as vendor:
        assert client(vendor.url).splits("BRK-B").entries == ((date(2010, 1, 21), 50.0),)


def test_a_smoke_runs_answer_is_below_its_scratch():
    """A smoke run stored its answer apart from the dataset's."""
    objects = holding(**{f"scratch/r/{RAW}": gzip.compress(ANSWER)})

    assert stored_answer(call(trigger="smoke"), objects).body == ANSWER


def refused(**answer):
    return json.dumps({"level": "ERROR", "message": "Fetch failed", "vendor_answer": answer})


def test_an_answer_that_was_refused_is_given_as_the_log_has_it():
    """With its status and type, and before an answer that a later try stored."""
    line = refused(status=503, content_type="text/html\r\nX: y", body="<html>", whole=True)
    stored, client = ask(stored_answer(call("START", "{}", line), holding(**{RAW: gzip.compress(ANSWER)})))

    with stored as vendor, pytest.raises(ProviderUnavailable, match="HTTP 503"):
        client(vendor.url).bars("BRK-B")


def test_of_a_refused_answer_half_is_not_given():
    """It would be judged as another one than it was."""
    with pytest.raises(CommandFailed, match="too long for the log"):
        stored_answer(call(refused(status=200, content_type="", body="{", whole=False)), holding())


@pytest.mark.parametrize(
    ("asks", "kept"),
    [("", {}), ("", {RAW: b"half"}), ("splits", {}), ("splits", {"splits/BRK-B.json": b'{"splits": ['})],
)
def test_without_a_stored_answer_nobody_is_asked(asks, kept):
    """An answer that is missing or broken is told, with the way to ask for another."""
    with pytest.raises(CommandFailed, match="--live"):
        stored_answer(call(asks=asks), holding(**kept))
