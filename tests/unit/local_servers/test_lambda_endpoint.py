"""Lambda's Invoke API on this machine."""

import http.client
import time

from stockflow.local_servers.lambda_endpoint import InvokeResponse, LambdaEndpoint

CALLS = 20
DELAYED_ACKNOWLEDGEMENT_SECONDS = 0.04


def test_a_call_does_not_wait_for_the_network():
    """Calls on one connection take milliseconds, not the 40 each that an answer in two packets takes."""
    with LambdaEndpoint() as endpoint:
        endpoint.host("f", lambda body: InvokeResponse(body, "request"))
        connection = http.client.HTTPConnection(endpoint.base_url.removeprefix("http://"))
        began = time.monotonic()
        for _ in range(CALLS):
            connection.request("POST", "/2015-03-31/functions/f/invocations", b"{}")
            assert connection.getresponse().read() == b"{}"
        took = time.monotonic() - began
        connection.close()

    assert took < CALLS * DELAYED_ACKNOWLEDGEMENT_SECONDS / 2
