"""Alpha Vantage: an HTTP client that leaks no key, and a pure classifier of its answers."""

from stockflow_functions.vendors.alpha_vantage.client import AlphaVantage, Answer, Split
from stockflow_functions.vendors.alpha_vantage.download import Limits, new_session
from stockflow_functions.vendors.alpha_vantage.gate import Gate

__all__ = ["AlphaVantage", "Answer", "Gate", "Limits", "Split", "new_session"]
