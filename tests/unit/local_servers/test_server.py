"""The servers on this machine answer its own programs, and no web page."""

import http.client
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

import pytest

from stockflow.errors import Unusable
from stockflow.local_servers.lambda_endpoint import InvokeResponse, LambdaEndpoint
from stockflow.local_servers.server import LARGEST_BODY_BYTES, LocalHandler, LocalServer
from stockflow.local_servers.slack_inbox import SlackInbox
from stockflow.replay.vendor import StoredAnswer, StoredVendor
from stockflow.simulated_alpha_vantage import SimulatedVendor

FUNCTION = "/2015-03-31/functions/f/invocations"
MESSAGE = b'{"text": "hello"}'


@contextmanager
def functions(called):
    with LambdaEndpoint() as endpoint:
        endpoint.host("f", lambda body: (called.append(body), InvokeResponse(body, "request"))[1])
        yield "POST", f"{endpoint.base_url}{FUNCTION}"


@contextmanager
def slack(called):
    with SlackInbox() as inbox:
        yield "POST", inbox.url("info")
        called.extend(inbox.messages)


@contextmanager
def vendor(called):
    with SimulatedVendor() as simulated:
        yield "GET", f"{simulated.url}?function=TIME_SERIES_DAILY&symbol=AAPL&apikey=k"
        called.extend(simulated.requests)


@contextmanager
def replayed(_called):
    with StoredVendor(StoredAnswer(b"{}")) as stored:
        yield "GET", stored.url


SERVERS = [functions, slack, vendor, replayed]


def ask(method, url, body=MESSAGE, **headers):
    """The status of a request with these headers beside, or in the place of, the usual ones."""
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.hostname, parts.port, timeout=10)
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    connection.putrequest(method, f"{parts.path}?{parts.query}".rstrip("?"), skip_host="Host" in named)
    for name, value in {"Content-Length": str(len(body)), **named}.items():
        if value is not None:
            connection.putheader(name, value)
    connection.endheaders()
    if "Content-Length" not in named:
        connection.send(body)
    status = connection.getresponse().status
    connection.close()
    return status


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize("host", ["127.0.0.1:{port}", "localhost:{port}", "LOCALHOST", "[::1]:{port}"])
def test_a_server_answers_to_this_machine_s_names(server, host):
    """A request for this machine by any of its names is served."""
    with server([]) as (method, url):
        assert ask(method, url, Host=host.format(port=urlsplit(url).port)) == http.HTTPStatus.OK


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    "headers",
    [
        {"Host": "evil.example"},
        {"Host": "evil.example:80"},
        {"Host": "127.0.0.1.evil.example"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
    ],
    ids=lambda headers: "-".join(headers.values()),
)
def test_a_server_refuses_a_web_page(server, headers):
    """A request with a foreign Host, or with any Origin, is refused and has no effect."""
    called = []
    with server(called) as (method, url):
        status = ask(method, url, **headers)

    assert (status, called) == (http.HTTPStatus.FORBIDDEN, [])


@pytest.mark.parametrize("server", SERVERS)
@pytest.mark.parametrize(
    ("length", "status"),
    [
        (str(LARGEST_BODY_BYTES + 1), http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        ("9" * 5_000, http.HTTPStatus.REQUEST_ENTITY_TOO_LARGE),
        ("-1", http.HTTPStatus.BAD_REQUEST),
        ("1e3", http.HTTPStatus.BAD_REQUEST),
        ("٣", http.HTTPStatus.BAD_REQUEST),
    ],
    ids=["too-large", "endless", "negative", "no-number", "other-digits"],
)
def test_a_server_reads_no_body_without_a_bound(server, length, status):
    """A body that is announced as too large, or as no number of bytes, is refused before it is read."""
    with server([]) as (method, url):
        assert ask(method, url, Content_Length=length.encode()) == status


@pytest.mark.parametrize("server", SERVERS)
def test_a_server_reads_no_body_in_chunks(server):
    """A body whose length is not told is refused: it could be without an end."""
    with server([]) as (method, url):
        headers = {"Transfer_Encoding": "chunked", "Content_Length": None}
        assert ask(method, url, **headers) == http.HTTPStatus.LENGTH_REQUIRED


def test_functions_answer_a_container_on_this_machine():
    """Step Functions Local in Docker names this machine host.docker.internal."""
    with functions([]) as (method, url):
        assert ask(method, url, Host="host.docker.internal:3001") == http.HTTPStatus.OK


@pytest.mark.parametrize("port", [None, 70_000])
def test_where_nothing_can_listen_is_told(port):
    """A port in use, and a number that is no port: one sentence that names it and the option."""
    with closing(LocalServer(LocalHandler)) as server:
        port = port or server.server_port
        with pytest.raises(Unusable, match=rf"can listen at 127.0.0.1:{port} \(.+\): choose another --port\.$"):
            LambdaEndpoint(port=port)


@pytest.mark.parametrize(("error", "told"), [(BrokenPipeError, False), (ConnectionResetError, False), (KeyError, True)])
def test_a_client_that_goes_away_is_no_error(error, told, capsys):
    """Nothing is written of it; a mistake of the server's own has its traceback."""
    with closing(LocalServer(LocalHandler)) as server:
        try:
            raise error
        except error:
            server.handle_error(None, ("127.0.0.1", 1))
    assert (error.__name__ in capsys.readouterr().err) is told


def test_a_server_that_was_never_entered_can_be_closed():
    """It has listened since it was made: its port is free again."""
    server = LocalServer(LocalHandler)
    server.close()
    LocalServer(LocalHandler, port=server.server_port).close()
