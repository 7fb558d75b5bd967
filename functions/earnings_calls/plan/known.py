"""Whether a call is in the dataset already, found out without reading a table."""

from collections.abc import Mapping

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import ObjectFacts
from stockflow_functions.earnings_calls import marks
from stockflow_functions.earnings_calls.names import VENDOR, CallName
from stockflow_functions.earnings_calls.plan.request import Request
from stockflow_functions.runtime.services import Services


def is_known(call: CallName, facts: ObjectFacts | None, request: Request, services: Services) -> bool:
    """Whether the same recording or transcript was saved, as the language that is asked for, by the engines in use.

    Nothing is known where the request is to do it again.
    """
    if request.force:
        return False
    key = keys.tone(call.symbol) if call.date is None else keys.transcript(call.symbol, call.when)
    found = services.bucket.facts(key)
    if found is None:
        return False
    noted = found.metadata
    if call.date is None:
        return call.quarter in noted.get(marks.QUARTERS, "").split(",")
    return (
        _is_same(call, facts, noted)
        and marks.marked_engines(noted) == marks.engines_of(call.door, services.settings)
        and (call.door == VENDOR or request.language in {"", noted.get(marks.ASKED_LANGUAGE, "")})
    )


def _is_same(call: CallName, facts: ObjectFacts | None, noted: Mapping[str, str]) -> bool:
    if call.door == VENDOR:
        return noted.get(marks.QUARTER) == call.quarter
    return facts is not None and noted.get(marks.SOURCE_ETAG) == facts.etag
