"""How many events the history of a run has room for beyond what its calls take. Pure.

Step Functions ends an execution at 25,000 events; what is left is for waits and repeated requests, which
:mod:`stockflow_functions.aws.state_table.history` counts. A contract test holds the figures against the definition.
"""

from collections.abc import Iterable

from stockflow_functions.aws.state_table.history import EVENTS_OF_A_RUN, KEPT_BACK
from stockflow_functions.domain.limits import MOST_EVENTS
from stockflow_functions.earnings_calls.names import AUDIO, TRANSCRIPT, VENDOR

EVENTS_OF_A_CALL = {TRANSCRIPT: 19, VENDOR: 26, AUDIO: 731}
"""By its door, from Door? to SaveTone: a recording's with two jobs in turn, each of which hangs until it is given up,
which is the most that one takes but for retries."""


def spare_events(doors: Iterable[str]) -> int:
    """How many events a run whose calls come in by these doors may spend on waits and repeated requests in all."""
    return MOST_EVENTS - KEPT_BACK - EVENTS_OF_A_RUN - sum(EVENTS_OF_A_CALL[door] for door in doors)
