"""Which Retry blocks each Task of the workflow has.

ASL has no includes, so each Task of ``statemachine/daily_prices.asl.json`` repeats its blocks; a contract
test holds every copy to this table.
"""

from collections.abc import Mapping

from stockflow_functions.runtime.retries import (
    NO_ROOM,
    NO_START,
    NOTIFICATION_FAILED,
    PROVIDER_UNAVAILABLE,
    SERVICE_FAULTS,
    STORAGE_UNAVAILABLE,
    THROTTLED,
    UNEXPECTED_ANSWER,
    WRITE_CONFLICT,
)
from stockflow_functions.runtime.workflow import Retry

POLICY: Mapping[str, tuple[Retry, ...]] = {
    "Plan": (STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS),
    "RunShard": (NO_START,),
    "Fetch": (THROTTLED, PROVIDER_UNAVAILABLE, UNEXPECTED_ANSWER, STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS),
    "Transform": (STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS),
    "Save": (WRITE_CONFLICT, STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS),
    "Notify": (NOTIFICATION_FAILED, STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS),
    "NotifyFailure": (NOTIFICATION_FAILED, STORAGE_UNAVAILABLE, NO_ROOM, SERVICE_FAULTS),
}
