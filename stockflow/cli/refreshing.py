"""Has asked anew for what no run asks for: by the function on this machine, or by the one of a deployed stack."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
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


@dataclass(frozen=True)
class Refresh:
    """A function that no state calls, called by a person.

    Attributes:
        function: its name in the workflow's ``BESIDE``.
        failed: that it did not do its work, the beginning of a sentence.
    """

    function: str
    failed: str

    def here(self, aws: EmbeddedAws, **event: object) -> Mapping[str, Any]:
        """Calls the one on this machine, for its output folder; returns its result, which has a ``sentence``.

        Raises:
            CommandFailed: it failed; the sentence says why, and what stays.
        """
        answer = aws.functions[self.function](json.dumps({"trigger": "laptop", **event}).encode())
        return self._result(json.loads(answer.payload), failed=bool(answer.function_error))

    def on_aws(self, aws: Aws, stack: Stack, **event: object) -> Mapping[str, Any]:
        """Calls the one of a deployed stack, likewise.

        Raises:
            CommandFailed: as :meth:`here`; also if AWS refuses the call.
        """
        name = f"{stack.name}-{self.function}"
        client = aws.session.client("lambda", region_name=aws.region, config=self._one_call())
        payload = json.dumps({"trigger": "console", **event})
        missing = f"{stack.name} has no function {name}: deploy this release (docs/deploy.md)."
        with aws_errors_as_sentences(f"call {name}", "lambda:InvokeFunction", {"ResourceNotFoundException": missing}):
            answer = client.invoke(FunctionName=name, Qualifier="live", Payload=payload)
            body = answer["Payload"].read()
        return self._result(json.loads(body), failed="FunctionError" in answer)

    def _one_call(self) -> Config:
        """The call is answered when the function has ended; a second one would spend requests again."""
        (function,) = (each for each in BESIDE if each.name == self.function)
        return Config(read_timeout=function.timeout_seconds + 10, retries={"total_max_attempts": 1})

    def _result(self, payload: Mapping[str, Any], *, failed: bool) -> Mapping[str, Any]:
        if failed:
            raise CommandFailed(f"{self.failed}: {payload.get('errorMessage', 'the function failed.')}")
        return payload


LISTINGS = Refresh("RefreshListings", "The listings are not refreshed")
ACTIONS = Refresh("RefreshActions", "Splits and dividends are not refreshed")
TABLES = Refresh("UpdateTables", "The tables of all symbols and the catalog are as before")


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
        return f"Listings were asked for first, as {why}. {LISTINGS.here(aws)['sentence']}"
    except CommandError as error:
        if stored is None:
            raise
        return f"Listings could not be asked for, though {why}: {error}"


def _stored(aws: EmbeddedAws) -> StoredListings | None:
    try:
        return read_listings(aws.services.bucket)
    except StorageDenied as error:
        raise CommandFailed(str(error)) from None
