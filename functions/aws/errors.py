"""AWS's errors, as far as all services share them; each adapter says what its own mean for the workflow."""

from typing import TypeAlias

from botocore.exceptions import BotoCoreError, ClientError

AWS_ERRORS = (ClientError, BotoCoreError)
"""What a call of a client raises: a service's refusal, or a fault on the way to it."""
AwsError: TypeAlias = ClientError | BotoCoreError

NOT_ALLOWED = frozenset(
    {
        "403",  # S3's answer to HEAD has no body, and so no code of its own
        "AccessDenied",
        "AccessDeniedException",
        "AllAccessDisabled",
        "KmsAccessDeniedException",
        "NotAuthorized",
        "UnauthorizedOperation",
    }
)
"""The codes by which services say that this identity may not do something."""
WRONG_CREDENTIALS = frozenset(
    {
        "AuthFailure",
        "InvalidAccessKeyId",
        "InvalidClientTokenId",
        "InvalidSignatureException",
        "MissingAuthenticationToken",
        "SignatureDoesNotMatch",
        "UnrecognizedClientException",
    }
)
"""That they do not know it."""
DENIED = NOT_ALLOWED | WRONG_CREDENTIALS
"""Both: what is refused now is refused again."""
EXPIRED = frozenset({"ExpiredToken", "ExpiredTokenException", "RequestExpired", "TokenRefreshRequired"})
"""That its credentials were good once."""
THROTTLED = frozenset({"Throttling", "ThrottlingException", "TooManyRequestsException", "RequestLimitExceeded"})
"""That it asks too often."""


def code_of(error: AwsError) -> str:
    """The service's error code, or the class of a fault on the way to it."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    return type(error).__name__
