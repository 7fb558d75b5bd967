"""A run on a laptop asks the vendor that the setting names."""

import sys
from contextlib import ExitStack

import pytest

from stockflow.embedded.local_services import LocalServices
from stockflow.embedded.resources import make_stores
from stockflow_functions import vendors
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.settings import Settings
from tests.unit.functions.vendors import toy

ENVIRONMENT = {"PRICE_VENDOR": "toy", "SLACK_WEBHOOK_URL_INFO": "https://hooks.slack.com/services/T0/B0/secret"}


@pytest.fixture(autouse=True)
def _the_toy_is_a_vendor(monkeypatch):
    monkeypatch.setitem(sys.modules, f"{vendors.__name__}.toy", toy)


def entered(environment, stack):
    services = LocalServices(environment)
    services.enter(stack)
    return services


def test_its_key_is_in_the_secret(session):
    """The function that asks gets the key under the vendor's own name."""
    environment = {**ENVIRONMENT, "TOY_API_KEY": "toykey"}
    settings = Settings.from_environment(environment)
    make_stores(session, settings, environment)

    assert Services(settings, session=session).secret("TOY_API_KEY") == "toykey"


@pytest.mark.parametrize("variable", ["TOY_API_KEY", "TOY_BASE_URL"])
def test_it_is_real_where_its_key_or_address_is_set(variable):
    """Nothing is simulated then, although no variable of Alpha Vantage's is set."""
    with ExitStack() as stack:
        services = entered({**ENVIRONMENT, variable: "https://toy.invalid"}, stack)

    assert not services.prices_are_invented
    assert services.environment["PRICE_VENDOR"] == "toy"


def test_simulated_prices_are_alpha_vantages():
    """Where neither is set, the simulated Alpha Vantage is asked, not the other vendor at its own address."""
    with ExitStack() as stack:
        services = entered(ENVIRONMENT, stack)
        settings = Settings.from_environment(services.environment)

        assert (settings.vendor, settings.vendor_base_url) == ("alpha-vantage", services.vendor.url)
