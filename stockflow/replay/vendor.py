"""Stands in for the vendor with the answer that the run stored or logged, so that a replayed Fetch asks nobody."""

import gzip
import json
import zlib
from dataclasses import dataclass

from stockflow.errors import CommandFailed
from stockflow.history.json_values import parsed
from stockflow.local_servers.server import LocalHandler, LocalServer
from stockflow.replay.objects import Objects
from stockflow.replay.visit import CalledState
from stockflow_functions.aws.former import lookup


@dataclass(frozen=True)
class StoredAnswer:
    """One answer from the vendor."""

    body: bytes
    status: int = 200
    content_type: str = "application/json"


class StoredVendor(LocalServer):
    """Answers every request the same way, on 127.0.0.1; a context manager."""

    def __init__(self, answer: StoredAnswer) -> None:
        super().__init__(_Handler)
        self.stored = answer

    @property
    def url(self) -> str:
        """What ALPHA_VANTAGE_BASE_URL is set to."""
        return f"{self.base_url}/query"


class _Handler(LocalHandler):
    server: StoredVendor

    def do_GET(self) -> None:  # noqa: N802 # http.server's own name
        stored = self.server.stored
        content_type = stored.content_type.replace("\r", " ").replace("\n", " ")
        self.answer(stored.status, stored.body, {"Content-Type": content_type})


def stored_answer(call: CalledState, objects: Objects) -> StoredAnswer:
    """The vendor's answer to this Fetch: a good one byte for byte, a refused one as in the log.

    Splits are converted back into the vendor's shape.

    Raises:
        CommandFailed: there is none, for example because the vendor could not be reached.
    """
    refused = _refused_answer(call)
    return refused or StoredAnswer(_stored_body(call, objects))


def _refused_answer(call: CalledState) -> StoredAnswer | None:
    """What Fetch logged about an answer that it refused."""
    lines = [line for line in map(parsed, call.log) if isinstance(line, dict)]
    answer = next((line["vendor_answer"] for line in lines if isinstance(line.get("vendor_answer"), dict)), None)
    if answer is None:
        return None
    if not answer.get("whole"):
        raise CommandFailed(
            f"The answer that Fetch refused for {call.symbol} was too long for the log, which has its beginning "
            "(`stockflow show` shows it), and a replay makes no request: add --live to ask Alpha Vantage."
        )
    return StoredAnswer(
        str(answer["body"]).encode(errors="replace"), int(answer["status"]), str(answer["content_type"])
    )


def _stored_body(call: CalledState, objects: Objects) -> bytes:
    key = call.prefix + call.workflow.asking[call.function](call.payload)
    found = lookup(objects.get, key)
    body = None if found is None else _unzipped(found.body) if key.endswith(".gz") else _as_vendor_gives(found.body)
    if body is None:
        raise CommandFailed(
            f"There is no answer for {call.symbol}: {key} is not in {objects.place}, none that was refused is in the "
            "log lines at hand, and a replay makes no request. Add --live to ask Alpha Vantage."
        )
    return body


def _as_vendor_gives(splits: bytes) -> bytes | None:
    try:
        stored = json.loads(splits)
        data = [{name: str(split[name]) for name in ("effective_date", "split_factor")} for split in stored["splits"]]
        return json.dumps({"symbol": stored["symbol"], "data": data}).encode()
    except (ValueError, LookupError, TypeError):
        return None


def _unzipped(body: bytes) -> bytes | None:
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return None
