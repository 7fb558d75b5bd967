"""AWS in memory that can fail at any one call of a service."""

from collections import Counter
from dataclasses import dataclass

from botocore.exceptions import IncompleteReadError

from stockflow.testing import FakeAws, client_error
from tests.helpers.stepped import Killed

WRITES = frozenset({"put_object", "put_item", "update_item", "start_transcription_job"})
READS_A_BODY = frozenset({"get_object"})


@dataclass(frozen=True)
class AwsCall:
    """One call of a service that a state makes; ``nth`` where it makes the same one again."""

    state: str
    service: str
    operation: str
    subject: str
    nth: int = 1

    @property
    def call(self):
        """The same for every time."""
        return self.state, self.service, self.operation, self.subject

    @property
    def name(self):
        again = f" ({self.nth})" if self.nth > 1 else ""
        return " ".join(filter(None, (self.state, self.operation, self.subject))) + again


@dataclass(frozen=True)
class Trip:
    """What befalls a call: ``code`` is the service's refusal, or one of the three below; ``times`` how often."""

    call: AwsCall
    code: str
    when: str
    times: int


KILL, CUT = "killed", "the answer breaks off"


class TrippedAws(FakeAws):
    """Its calls are noted in ``made``; ``trip`` is what befalls one of them.

    Args:
        state: gives the state that is under way.
    """

    def __init__(self, clock, **variables):
        self.made, self.trip, self.state, self._times = [], None, lambda: "", Counter()
        super().__init__(clock, **variables)

    def client(self, name, **_):
        return _Tripped(super().client(name), name, self.around)

    def arm(self, trip):
        """From now on this befalls."""
        self.made, self.trip, self._times = [], trip, Counter()

    def around(self, service, operation, subject, effect):
        """Makes one call, or not."""
        call = (self.state(), service, operation, subject)
        self._times[call] += 1
        trip, nth = self.trip, self._times[call]
        self.made.append(AwsCall(*call, nth))
        if not trip or call != trip.call.call or not trip.call.nth <= nth < trip.call.nth + trip.times:
            return effect()
        return _tripped(trip, operation, effect)


def _tripped(trip, operation, effect):
    if trip.code == CUT:
        return {**effect(), "Body": _CutBody()}
    if trip.when == "after":
        effect()
    if trip.code == KILL:
        raise Killed
    raise client_error(trip.code, operation)


class _CutBody:
    def read(self, *_):
        raise IncompleteReadError(actual_bytes=1, expected_bytes=2)

    def close(self):
        """As a stream has it."""


class _Tripped:
    """A client each of whose calls goes through ``around``."""

    def __init__(self, client, service, around):
        self._client, self._service, self._around = client, service, around

    def __getattr__(self, operation):
        made = getattr(self._client, operation)

        def call(*args, **asked):
            subject = str(asked.get("Key", "")) if self._service == "s3" else ""
            return self._around(self._service, operation, subject, lambda: made(*args, **asked))

        return call
