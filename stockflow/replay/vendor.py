"""In the vendor's place: the answer that the run stored, so that a replayed Fetch asks nobody."""

import gzip
import json
import threading
import zlib
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from functions.fetch.slot import SPLITS
from functions.lake import keys
from functions.lake.scratch import prefix_of
from stockflow.errors import NotFound
from stockflow.replay.objects import Objects
from stockflow.replay.visit import CalledState


class StoredVendor:
    """Answers every request on 127.0.0.1 with one body; a context manager."""

    def __init__(self, body: bytes) -> None:
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _handler_of(body))
        self._server.daemon_threads = True
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,), daemon=True)

    @property
    def url(self) -> str:
        """What ALPHA_VANTAGE_BASE_URL is set to."""
        return f"http://127.0.0.1:{self._server.server_address[1]}/query"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()


def stored_answer(call: CalledState, objects: Objects) -> bytes:
    """The vendor's answer to this Fetch, byte for byte; splits are put back into the vendor's shape.

    Raises:
        NotFound: the run stored none, as when Fetch failed.
    """
    run, symbol = call.payload["run"], call.symbol
    prefix = prefix_of(call.payload, run["execution"])
    if call.payload.get("slot", {}).get("asks") == SPLITS:
        key = prefix + keys.splits(symbol)
        found = objects.get(key)
        body = None if found is None else _as_vendor_gives(json.loads(found.body))
    else:
        key = prefix + keys.raw(run["series"], symbol, run["execution"])
        found = objects.get(key)
        body = None if found is None else _unzipped(found.body)
    if body is None:
        raise NotFound(
            f"This run stored no answer for {symbol} ({key} is not in {objects.place}), and a replay asks nobody: add "
            "--live to ask Alpha Vantage."
        )
    return body


def _as_vendor_gives(stored: dict[str, Any]) -> bytes:
    data = [{name: str(split[name]) for name in ("effective_date", "split_factor")} for split in stored["splits"]]
    return json.dumps({"symbol": stored["symbol"], "data": data}).encode()


def _unzipped(body: bytes) -> bytes | None:
    try:
        return gzip.decompress(body)
    except (OSError, EOFError, zlib.error):
        return None


def _handler_of(body: bytes) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 # the base class's name
            """Says nothing: standard error is the command's."""

    return Handler
