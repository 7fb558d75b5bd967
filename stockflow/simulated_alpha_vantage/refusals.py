"""The vendor's refusals, word for word (recorded answers, and issue threads of its clients until 2026)."""

import json

from stockflow.simulated_alpha_vantage.terms import Reply

THROTTLED, BURST, VOLUME, QUOTA = "throttled", "burst", "volume", "quota"
PREMIUM, INVALID_KEY, UNKNOWN, NO_FUNCTION = "premium", "invalid_key", "unknown", "no_function"

_SITE = "https://www.alphavantage.co"


def throttled() -> Reply:
    """A free key with more than one request a second."""
    return _information(
        "Thank you for using Alpha Vantage! Please consider spreading out your free API requests more sparingly "
        f"(1 request per second). You may subscribe to any of the premium plans at {_SITE}/premium/ to lift the free "
        "key rate limit (25 requests per day), raise the per-second burst limit, and instantly unlock all premium "
        "endpoints",
        THROTTLED,
    )


def burst(requests_per_second: int) -> Reply:
    """A paid key with too many requests in a second."""
    return _information(
        "Burst pattern detected. Please consider spreading out your API requests more evenly across a 1-minute window "
        f"and query no more than {requests_per_second} requests per second. Please contact support@alphavantage.co if "
        "you are targeting a higher API request volume.",
        BURST,
    )


def volume() -> Reply:
    """A paid key past its requests per minute."""
    return _information(
        "Thank you for using Alpha Vantage! Please contact premium@alphavantage.co if you are targeting a higher API "
        "call volume.",
        VOLUME,
    )


def quota(api_key: str, requests_per_day: int) -> Reply:
    """The day's quota is spent; as the vendor does, it repeats the key."""
    return _information(
        f"We have detected your API key as {api_key} and our standard API rate limit is {requests_per_day} requests "
        f"per day. Please subscribe to any of the premium plans at {_SITE}/premium/ to instantly remove all daily rate "
        "limits.",
        QUOTA,
    )


def premium_endpoint() -> Reply:
    """A function that the plan does not include."""
    return _information(
        "Thank you for using Alpha Vantage! This is a premium endpoint. You may subscribe to any of the premium plans "
        f"at {_SITE}/premium/ to instantly unlock all premium endpoints",
        PREMIUM,
    )


def premium_size(function: str) -> Reply:
    """The whole history, if the plan has only the newest 100 sessions."""
    return _information(
        "Thank you for using Alpha Vantage! The outputsize=full parameter value is a premium feature for the "
        f"{function} endpoint. You may subscribe to any of the premium plans at {_SITE}/premium/ to instantly unlock "
        "all premium features",
        PREMIUM,
    )


def invalid_key() -> Reply:
    """No key, or an invalid one."""
    return _error(
        f"the parameter apikey is invalid or missing. Please claim your free API key on ({_SITE}/support/#api-key). It "
        "should take less than 20 seconds.",
        INVALID_KEY,
    )


def unknown(function: str) -> Reply:
    """No such symbol, most of the time."""
    return _error(
        f"Invalid API call. Please retry or visit the documentation ({_SITE}/documentation/) for {function}.", UNKNOWN
    )


def no_function(function: str) -> Reply:
    """No such function."""
    return _error(f"This API function ({function}) does not exist.", NO_FUNCTION)


def _information(text: str, answered: str) -> Reply:
    return Reply(json.dumps({"Information": text}, indent=4).encode(), answered)


def _error(text: str, answered: str) -> Reply:
    return Reply(json.dumps({"Error Message": text}, indent=4).encode(), answered)
