"""A vendor is a module, a setting and a recording."""

import io
import json
import sys
from dataclasses import replace

import pandas as pd
import pytest

from stockflow.testing import FakeAws, FakeClock
from stockflow_functions import vendors
from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.fetch.app import fetch, handler
from stockflow_functions.daily_prices.save.app import save
from stockflow_functions.daily_prices.transform.app import transform
from stockflow_functions.domain.clock import from_iso
from stockflow_functions.domain.errors import InvalidInput, UnknownSymbol
from stockflow_functions.pacing.slot import Slot
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.vendors import vendor_named
from tests.unit.functions.vendors import toy

NOW = from_iso("2026-11-23T18:00:00.000Z")  # London has closed, New York has not
RUN = {
    "execution": "run-1",
    "trigger": "console",
    "series": "daily",
    "outputsize": "compact",
    "force": False,
    "generation": 0,
    "spare_events": 100,
}


@pytest.fixture
def aws(monkeypatch):
    """The functions' equipment where the toy's module lies among the vendors and the setting names it."""
    monkeypatch.setitem(sys.modules, f"{vendors.__name__}.toy", toy)
    return FakeAws(FakeClock(NOW), {"TOY_API_KEY": "toykey"}, PRICE_VENDOR="toy")


def fetched(aws, symbol):
    slot = json.loads(Slot(NOW).as_message())
    return fetch({"run": RUN, "symbol": symbol, "slot": slot, "retry_count": 0}, aws.services)


def test_another_vendors_prices_go_through_the_workflows_own_states(aws):
    """Fetch, Transform and Save take its JSON, its exchange and its bars; what is wrong in them is set aside."""
    event = {"run": RUN, "symbol": "XLON:TSCO", "retry_count": 0}
    table = transform({**event, "answer": fetched(aws, "XLON:TSCO")}, aws.services)
    save({**event, "table": table}, aws.services)

    stored = aws.services.bucket.get(keys.prices("daily", "XLON:TSCO"))
    assert list(pd.read_parquet(io.BytesIO(stored.body))["close"]) == [3.55, 3.65]
    assert table["rows_rejected"] == 1  # its last high is below the low
    assert table["stale"]  # London closed on that day already; New York is still trading


def test_another_vendors_refusal_is_one_that_the_workflow_knows(aws):
    """What it says is in its own words, and its name in the sentence."""
    with pytest.raises(UnknownSymbol, match="Toy says 'no such listing'"):
        fetched(aws, "XLON:NONE")


def test_another_vendors_settings_have_its_name(aws):
    """Address and budget are the vendor's unless they are set."""
    settings = aws.services.settings

    assert (settings.vendor_base_url, settings.budget_name) == ("https://toy.invalid/v1", "toy")
    elsewhere = {"PRICE_VENDOR": "toy", "TOY_BASE_URL": "https://other.invalid", "BUDGET_NAME": "mine"}
    there = Settings.from_environment(elsewhere)
    assert (there.vendor_base_url, there.budget_name) == ("https://other.invalid", "mine")


def test_a_vendors_client_is_imported_where_an_instance_starts(aws):
    """Fetch is called in its slot, and imports take long."""
    prepared = []
    aws.services.vendor = replace(toy.VENDOR, prepare=lambda: prepared.append("toy"))

    aws.services.make_ready(handler.clients)

    assert prepared == ["toy"]


@pytest.mark.parametrize("name", ["nobody", "port", "../toy", "os.path", "Alpha-Vantage"])
def test_a_vendor_that_there_is_not_is_refused(name):
    """In one sentence with what to write instead, whatever else has that name."""
    with pytest.raises(InvalidInput, match="write the name of a vendor, such as alpha-vantage"):
        vendor_named(name)
