"""Manifests to report on, made from a few words."""

import pytest

EXECUTION = "2026-11-20-evening"
ON_AWS = f"arn:aws:states:eu-west-1:210987654321:execution:DailyPrices:{EXECUTION}"
ON_A_LAPTOP = f"arn:aws:states:us-east-1:123456789012:execution:DailyPrices:{EXECUTION}"


class Manifests:
    """Builds manifests and the symbols in them."""

    arn_on_aws, arn_on_a_laptop, execution = ON_AWS, ON_A_LAPTOP, EXECUTION

    def symbol(self, symbol, status="saved", **more):
        return {
            "symbol": symbol,
            "status": status,
            "attempts": 1,
            "rows_added": int(status == "saved"),
            "rows_changed": 0,
            "rows_rejected": 0,
            "first_date": "1999-11-01",
            "last_date": "2026-11-20",
            "stale": False,
            "warnings": [],
            "error": None,
            **more,
        }

    def failed(self, symbol, error_type="UnknownSymbol", state="Fetch", message=None):
        message = message or f"Alpha Vantage has no daily prices under {symbol}: check the spelling."
        error = {"type": error_type, "message": message, "state": state}
        return self.symbol(symbol, "failed", first_date=None, last_date=None, error=error)

    def deferred(self, symbol):
        return self.symbol(symbol, "deferred", attempts=0, first_date=None, last_date=None)

    def fresh(self, symbol):
        return self.symbol(symbol, "fresh", attempts=0, rows_added=0)

    def manifest(self, *symbols, outcome="succeeded", error=None, **more):
        return {
            "execution": EXECUTION,
            "execution_arn": ON_AWS,
            "trigger": "schedule",
            "series": "daily",
            "started_at": "2026-11-20T22:30:00.250Z",
            "finished_at": "2026-11-20T22:31:12.250Z",
            "outcome": outcome,
            "sentence": "What Notify gives on.",
            "symbols": list(symbols),
            "requests": {
                "planned": len(symbols),
                "made": sum(symbol["attempts"] for symbol in symbols),
                "day_limit": 25,
                "day_used": len(symbols),
                "day_left": 25 - len(symbols),
                "day_resets_at": "2026-11-21T05:00:00.000Z",
            },
            "cost": {"dollars": 0.003837},
            "warnings": [],
            "error": error,
            "source": "www.alphavantage.co",
            **more,
        }


@pytest.fixture
def make():
    return Manifests()
