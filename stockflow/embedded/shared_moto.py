"""moto, shared by all embedded AWSs of this process, with one request at a time.

moto is not thread-safe, and the lanes of a Map are threads. Measured on 5.2.5 with 16 threads: of 400 conditional
DynamoDB updates 7 were granted twice, of 128 conditional S3 writes 9 were lost. With one lock around each request into
the backends both came out exact. Requests to 127.0.0.1 pass through and never take the lock.
"""

import errno
import os
import re
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from threading import Event as Flag
from threading import RLock
from typing import Any, TypeVar, cast
from unittest.mock import patch
from urllib.parse import unquote, urlsplit

from moto import mock_aws
from moto.core.botocore_stubber import BotocoreStubber

from stockflow.embedded import interpreter, past_moto
from stockflow.embedded.direct_calls import DirectCalls
from stockflow.embedded.faults import Faults, refusal
from stockflow.history.saved_run import HistoryEvent
from stockflow.local_servers.server import without_proxy
from stockflow.stand_ins.answers import Response
from stockflow.stand_ins.service import SERVICES, StandIns

# Called inside the lock after each successful request with service, operation, bucket and key. If it raises an OSError
# (a full disk), the request fails.
Listener = Callable[[str, str, str, str], None]

T = TypeVar("T")

_LOOPBACK = r"http://127\.0\.0\.1:.*"
_OK = range(200, 300)
# At each system call, a Fetch that wakes for its slot waits this long for a thread that computes.
_SWITCH_SECONDS = 0.001
_SERVICES = SERVICES | {"s3", "dynamodb", "sns", "secretsmanager"}
_ACCESS_KEY = re.compile(r"Credential=([^/]+)/")
_LEADS_ELSEWHERE = ("AWS_PROFILE", "AWS_DEFAULT_PROFILE", "AWS_ENDPOINT_URL", "AWS_SESSION_TOKEN", "AWS_ROLE_ARN")


class SharedMoto:
    """The one moto of this process, entered by each embedded AWS; it starts with the first and stops with the last."""

    def __init__(self) -> None:
        self._lock = RLock()
        self._users = 0
        self._stack = ExitStack()
        self._closing = Flag()
        self.endpoint = DirectCalls()
        self.faults = Faults()
        self.listeners: list[Listener] = []
        self.witnesses: list[interpreter.Witness] = []
        self.of_ends: list[Callable[[str], None]] = []
        """Called with the ARN of each execution that has ended, in its thread."""
        self.stand_ins: dict[str, StandIns] = {}
        """Those of each embedded AWS, by the access key of its session."""

    def enter(self) -> int:
        """Starts moto if it isn't running, and returns how many embedded AWSs had entered before."""
        with self._lock:
            if self._users == 0:
                self._start()
            self._users += 1
            return self._users - 1

    def leave(self) -> None:
        """Stops moto when the last one leaves, which empties its backends."""
        with self._lock:
            self._users -= 1
            if self._users == 0:
                self._closing.set()
                self.faults.clear()
                self._stack.close()

    def at_once(self, told: tuple[str, str, str, str], effect: Callable[[], T]) -> T:
        """The effect of one successful request that does not come through botocore: alone, and heard by the listeners.

        Args:
            told: what listeners are told.

        Raises:
            OSError: a listener's.
        """
        with self._lock:
            answer = effect()
            for listener in self.listeners:
                listener(*told)
            return answer

    def _start(self) -> None:
        self._closing.clear()
        self._stack = ExitStack()
        self._stack.enter_context(
            mock_aws(
                config={
                    "core": {"passthrough": {"urls": [_LOOPBACK], "services": []}},
                    "stepfunctions": {"execute_state_machine": True},
                }
            )
        )
        self._stack.enter_context(patch.dict(os.environ, _on_this_machine(os.environ), clear=True))
        self._stack.enter_context(patch.object(BotocoreStubber, "process_request", self._one_at_a_time()))
        for patched in past_moto.patches():
            self._stack.enter_context(patched)
        self._stack.callback(sys.setswitchinterval, sys.getswitchinterval())
        sys.setswitchinterval(_SWITCH_SECONDS)
        interpreter.patch_moto(
            self._stack, self.endpoint, self._closing.is_set, self._tell_witnesses, self._tell_of_end
        )

    def _tell_witnesses(self, execution_arn: str, event: HistoryEvent) -> None:
        for witness in self.witnesses:
            witness(execution_arn, event)

    def _tell_of_end(self, execution_arn: str) -> None:
        for listener in self.of_ends:
            listener(execution_arn)

    def _tell(self, answer: Response, *told: str) -> None:
        for listener in self.listeners if answer[0] in _OK else ():
            listener(*told)

    def _one_at_a_time(self) -> Callable[[BotocoreStubber, Any], Response | None]:
        process = BotocoreStubber.process_request

        def process_request(stubber: BotocoreStubber, request: Any) -> Response | None:
            if re.match(_LOOPBACK, request.url):
                return None
            service, operation, bucket, key = _described(request)
            if service in SERVICES and self.stand_ins:
                ask = partial(self._stand_ins_for(request).answer, operation, request.body)
                return self.faults.around(service, operation, _text(request.body), ask)
            subject = key or unquote(urlsplit(request.url).query) or _text(request.body)

            def effect() -> Response:
                with self._lock:
                    try:
                        answer = cast("Response", process(stubber, request))
                        self._tell(answer, service, operation, bucket, key)
                    except OSError as error:
                        return refusal(service, disk_code(error))
                    return answer

            return self.faults.around(service, operation, subject, effect)

        return process_request

    def _stand_ins_for(self, request: Any) -> StandIns:
        """Those of the embedded AWS that asks; of the newest one if a stranger does, such as a Task of the engine."""
        found = _ACCESS_KEY.search(_text(request.headers.get("Authorization")))
        newest = next(reversed(self.stand_ins.values()))
        return self.stand_ins.get(found[1], newest) if found else newest


def disk_code(error: OSError) -> str:
    """The code of a request that the disk did not let come about."""
    return f"Disk{errno.errorcode.get(error.errno or 0, 'Error')}"


def _on_this_machine(environment: Mapping[str, str]) -> dict[str, str]:
    """The environment without what leads boto3 elsewhere: a profile, an endpoint, a proxy for 127.0.0.1 too."""
    kept = {name: value for name, value in environment.items() if not name.startswith(_LEADS_ELSEWHERE)}
    no_files = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    return {**kept, **no_files, **without_proxy(environment), "AWS_EC2_METADATA_DISABLED": "true"}


def _described(request: Any) -> tuple[str, str, str, str]:
    """Service, operation, bucket and key of a request; the last two only for S3."""
    parts = urlsplit(request.url)
    host = parts.hostname or ""
    service = next((name for name in host.split(".") if name in _SERVICES), host)
    if service != "s3":
        target = request.headers.get("X-Amz-Target", b"")
        return service, _text(target).rpartition(".")[2], "", ""
    path = unquote(parts.path).lstrip("/")
    bucket, separator, _ = host.partition(".s3")
    if not separator:
        bucket, _, path = path.partition("/")
    return service, str(request.method), bucket, path


def _text(value: bytes | str | None) -> str:
    return value.decode(errors="replace") if isinstance(value, bytes) else str(value or "")


MOTO = SharedMoto()
