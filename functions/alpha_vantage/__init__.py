"""Alpha Vantage: an HTTP client that leaks no key, and a pure classifier of its answers."""

from functions.alpha_vantage.client import AlphaVantage, Answer, Split
from functions.alpha_vantage.download import Limits, new_session
from functions.alpha_vantage.gate import Gate

__all__ = ["AlphaVantage", "Answer", "Gate", "Limits", "Split", "new_session"]
