"""Has the listings asked for anew: by the function on this machine, or by the one of a deployed stack."""

import json
from collections.abc import Mapping
from typing import Any

from botocore.config import Config

from stockflow.cloud.refusals import aws_errors_as_sentences
from stockflow.cloud.stack import Aws, Stack
from stockflow.embedded.aws import EmbeddedAws
from stockflow.errors import CommandError, CommandFailed
from stockflow_functions.aws.listings import StoredListings, read_listings
from stockflow_functions.daily_prices.functions import BESIDE
from stockflow_functions.domain.errors import StorageDenied
from stockflow_functions.domain.listings.lookup import REFRESHED_AFTER_DAYS
from stockflow_functions.domain.listings.universe import is_listed_universe
from stockflow_functions.domain.prices.exchanges import US, today

_FUNCTION = BESIDE[0]
_ONE_CALL = Config(read_timeout=_FUNCTION.timeout_seconds + 10, retries={"total_max_attempts": 1})
"""The call is answered when the function has ended; a second one would spend two more requests."""


def refresh_here(aws: EmbeddedAws) -> str:
    """Refreshes the output folder's listings; returns what they are now, a sentence.

    Raises:
        CommandFailed: they can't be refreshed; the sentence says why, and which stay.
    """
    answer = aws.functions[_FUNCTION.name](json.dumps({"trigger": "laptop"}).encode())
    return _sentence(json.loads(answer.payload), failed=bool(answer.function_error))


def refresh_on_aws(aws: Aws, stack: Stack) -> str:
    """Refreshes the listings of a deployed stack, likewise.

    Raises:
        CommandFailed: as :func:`refresh_here`; also if AWS refuses the call.
    """
    function = f"{stack.name}-{_FUNCTION.name}"
    client = aws.session.client("lambda", region_name=aws.region, config=_ONE_CALL)
    missing = f"{stack.name} has no function {function}: deploy this release (docs/deploy.md)."
    with aws_errors_as_sentences(f"call {function}", "lambda:InvokeFunction", {"ResourceNotFoundException": missing}):
        answer = client.invoke(FunctionName=function, Qualifier="live", Payload=json.dumps({"trigger": "console"}))
        payload = answer["Payload"].read()
    return _sentence(json.loads(payload), failed="FunctionError" in answer)


def ready_for(universe: object, aws: EmbeddedAws) -> str:
    """Refreshes the listings where this universe needs them, and they are missing or older than a week.

    Returns:
        What was done, a sentence; "" if nothing was.

    Raises:
        CommandFailed: there are none, and they can't be had.
    """
    if not isinstance(universe, str) or not is_listed_universe(universe):
        return ""
    stored = _stored(aws)
    age_days = stored.listings.age_days(today(US, aws.services.clock.now_ms())) if stored else 0
    if stored and age_days <= REFRESHED_AFTER_DAYS:
        return ""
    why = f"those of {stored.listings.as_of} are older than a week" if stored else "there are none yet"
    try:
        return f"Listings were asked for first, as {why}. {refresh_here(aws)}"
    except CommandError as error:
        if stored is None:
            raise
        return f"Listings could not be asked for, though {why}: {error}"


def _stored(aws: EmbeddedAws) -> StoredListings | None:
    try:
        return read_listings(aws.services.bucket)
    except StorageDenied as error:
        raise CommandFailed(str(error)) from None


def _sentence(payload: Mapping[str, Any], *, failed: bool) -> str:
    if failed:
        raise CommandFailed(f"The listings are not refreshed: {payload.get('errorMessage', 'the function failed.')}")
    return str(payload["sentence"])
