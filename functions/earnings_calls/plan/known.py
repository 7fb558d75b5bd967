"""Whether a call is in the dataset already, found out without reading a table."""

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import ObjectFacts
from stockflow_functions.earnings_calls.marks import QUARTER, QUARTERS, SOURCE_ETAG, engines_of, marked_engines
from stockflow_functions.earnings_calls.names import CallName
from stockflow_functions.runtime.services import Services


def is_known(call: CallName, facts: ObjectFacts | None, services: Services) -> bool:
    """Whether the same recording or transcript was saved, judged by the engine that is in use now."""
    symbol = call.symbol
    if call.date is None:
        found = services.bucket.facts(keys.tone(symbol))
        return found is not None and call.quarter in found.metadata.get(QUARTERS, "").split(",")
    found = services.bucket.facts(keys.transcript(symbol, call.when))
    if found is None:
        return False
    marks = found.metadata
    if call.quarter:
        return marks.get(QUARTER) == call.quarter
    same = facts is not None and marks.get(SOURCE_ETAG) == facts.etag
    return same and marked_engines(marks) == engines_of(call.door, services.settings)
