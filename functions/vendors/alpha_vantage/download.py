"""One bounded HTTP GET: limited in time as a whole and in size, and silent about the URL, which holds the key."""

import logging
import threading
from collections.abc import Mapping
from concurrent.futures import Future, wait
from dataclasses import dataclass
from http import client as http_client
from urllib.parse import urlsplit

import requests
import urllib3

from stockflow_functions.domain.errors import ProviderUnavailable
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.vendors.alpha_vantage.gate import Gate, GatedAdapter
from stockflow_functions.version import __version__

USER_AGENT = f"stockflow/{__version__}"
CHUNK_BYTES = 65_536
LOOPBACK = frozenset({"127.0.0.1", "localhost", "::1"})


class _WithoutKeys(logging.Filter):
    """Masks the key in urllib3's own log lines, which hold the URL: each request at DEBUG, odd headers at WARNING.

    The latter lose their traceback: it has the header, which may hold the key in any form, and says nothing more.
    """

    def filter(self, record: logging.LogRecord) -> bool:
        record.msg, record.args, record.exc_info = _IN_LOGS.clean(record.getMessage()), None, None
        return True


_IN_LOGS = Redactor()
mask_in_logs = _IN_LOGS.learn
"""Takes a key that urllib3's log lines may hold from now on."""

for name in ("urllib3.connection", "urllib3.connectionpool"):
    logging.getLogger(name).addFilter(_WithoutKeys())


@dataclass(frozen=True)
class DownloadLimits:
    """How long one request may take, and how large its answer may be.

    The total must leave time for the rest of Fetch: its Task gives up after 140 s. Answers take 0.2 to 0.8 s, a full
    adjusted history 20 s at worst; that one is 2.1 MB and grows by 330 bytes a day (FACTS on the vendor, section 2).
    """

    connect_seconds: float = 5.0
    read_seconds: float = 30.0
    total_seconds: float = 40.0
    max_body_bytes: int = 8_000_000


@dataclass(frozen=True)
class Download:
    """What came back: the body is as sent, with HTTP's own compression taken off."""

    status: int
    content_type: str
    body: bytes


def new_session(base_url: str, gate: Gate | None = None) -> requests.Session:
    """A session for one function instance, with a User-Agent of our own; no proxy is used towards this machine.

    All that it sends passes the gate.
    """
    session = requests.Session()
    if gate:
        session.mount("http://", GatedAdapter(gate))
        session.mount("https://", GatedAdapter(gate))
    session.headers["User-Agent"] = USER_AGENT
    session.trust_env = urlsplit(base_url).hostname not in LOOPBACK
    return session


def download(http: requests.Session, url: str, parameters: Mapping[str, str], limits: DownloadLimits) -> Download:
    """Gets the URL; follows no redirect, which would hand the key to another place.

    Raises:
        ProviderUnavailable: no connection, no answer in time, an answer that breaks off or is too large. It has no
            cause and no context: texts of requests and urllib3 hold the URL.
    """
    answer: Future[Download] = Future()
    abandoned = threading.Event()

    def ask() -> None:
        try:
            answer.set_result(_get(http, url, parameters, limits, abandoned))
        except Exception as error:  # noqa: BLE001 - it is raised where the caller waits
            answer.set_exception(error)

    # In a thread, because time-outs of sockets hold for each read: a server that drips bytes would never end.
    threading.Thread(target=ask, name="alpha-vantage", daemon=True).start()
    if not wait([answer], limits.total_seconds).done:
        abandoned.set()
        raise ProviderUnavailable(f"Alpha Vantage did not complete its answer within {limits.total_seconds:g} s.")
    try:
        return answer.result()
    except (requests.RequestException, urllib3.exceptions.HTTPError, http_client.HTTPException, OSError) as error:
        trouble = _sentence(error, limits)
    raise ProviderUnavailable(trouble)


def _get(
    http: requests.Session, url: str, parameters: Mapping[str, str], limits: DownloadLimits, abandoned: threading.Event
) -> Download:
    time_outs = (limits.connect_seconds, limits.read_seconds)
    with http.get(url, params=parameters, timeout=time_outs, stream=True, allow_redirects=False) as response:
        body = bytearray()
        # read1 gives what one receive brought; read would wait for a whole chunk.
        while not abandoned.is_set() and (chunk := response.raw.read1(CHUNK_BYTES, decode_content=True)):
            body += chunk
            if len(body) > limits.max_body_bytes:
                raise ProviderUnavailable(f"Alpha Vantage's answer is larger than {limits.max_body_bytes} bytes.")
        return Download(response.status_code, response.headers.get("Content-Type", ""), bytes(body))


def _sentence(error: Exception, limits: DownloadLimits) -> str:
    if isinstance(error, requests.ConnectTimeout):
        return f"Alpha Vantage could not be reached within {limits.connect_seconds:g} s."
    if isinstance(error, requests.Timeout | urllib3.exceptions.TimeoutError | TimeoutError):
        return f"Alpha Vantage was silent for {limits.read_seconds:g} s."
    return f"Alpha Vantage could not be reached, or broke off its answer ({type(error).__name__})."
