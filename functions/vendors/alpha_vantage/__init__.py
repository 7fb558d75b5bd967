"""Alpha Vantage: a client that leaks no key, a pure classifier of what it says, and a reader of its answers."""

from types import ModuleType

from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.vendors.alpha_vantage.answer import read
from stockflow_functions.vendors.alpha_vantage.suffixes import exchange_code
from stockflow_functions.vendors.port import Client, Vendor


def _client_module() -> ModuleType:
    # Imported here: only Fetch asks, and requests takes long to import.
    from stockflow_functions.vendors.alpha_vantage import client  # noqa: PLC0415

    return client


def _connect(base_url: str, api_key: str, redactor: Redactor) -> Client:
    client: Client = _client_module().connect(base_url, api_key, redactor)
    return client


VENDOR = Vendor(
    name="alpha-vantage",
    title="Alpha Vantage",
    base_url="https://www.alphavantage.co/query",
    connect=_connect,
    read=read,
    exchange_code=exchange_code,
    prepare=_client_module,
)
