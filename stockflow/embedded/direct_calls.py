"""Lambda's Invoke inside this process: the Task states of moto's interpreter call the functions without HTTP."""

import io
from typing import Any
from uuid import uuid4

from botocore.exceptions import ClientError

from stockflow.local_servers.lambda_endpoint import Host, name_in

_VERSION = "1"


class DirectCalls:
    """Stands in for boto3's Lambda client; functions are found by name or ARN, with any version or alias."""

    def __init__(self) -> None:
        self._hosts: dict[str, Host] = {}

    def host(self, name: str, host: Host) -> None:
        """Answers invocations of this function from now on."""
        self._hosts[name] = host

    def remove(self, name: str) -> None:
        """Forgets the function."""
        self._hosts.pop(name, None)

    def invoke(self, *, FunctionName: str, Payload: bytes = b"{}", **_: Any) -> dict[str, Any]:  # noqa: N803 # boto3's
        """What boto3 answers; waits for the function's end, or for that of its time.

        Raises:
            ClientError: ResourceNotFoundException, there is no such function.
        """
        host = self._hosts.get(name_in(FunctionName))
        if host is None:
            raise _not_found(FunctionName)
        answer = host(Payload)
        response = {
            "StatusCode": 200,
            "ExecutedVersion": _VERSION,
            "Payload": io.BytesIO(answer.payload),
            "ResponseMetadata": {"RequestId": answer.request_id, "HTTPStatusCode": 200},
        }
        return {**response, "FunctionError": answer.function_error} if answer.function_error else response


def _not_found(function: str) -> ClientError:
    error = {"Code": "ResourceNotFoundException", "Message": f"Function not found: {function}"}
    metadata = {"RequestId": str(uuid4()), "HTTPStatusCode": 404}
    return ClientError({"Error": error, "ResponseMetadata": metadata}, "Invoke")
