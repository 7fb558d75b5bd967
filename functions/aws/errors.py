"""AWS's errors, as far as all services share them; each adapter says what its own mean for the workflow."""

from typing import TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

AWS_ERRORS = (ClientError, BotoCoreError)
"""What a call of a client raises: a service's refusal, or a fault on the way to it."""
AwsError: TypeAlias = ClientError | BotoCoreError

DENIED = frozenset(
    {
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "InvalidAccessKeyId",
        "InvalidSignatureException",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""The codes by which services say that this role may not do something, or is unknown."""


def code_of(error: AwsError) -> str:
    """The service's error code, or the class of a fault on the way to it."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    return type(error).__name__
