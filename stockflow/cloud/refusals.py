"""AWS's refusals in a sentence: what is wrong, and what to do about it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from botocore.exceptions import (
    ClientError,
    ConnectionError,  # noqa: A004 # botocore's own name
    CredentialRetrievalError,
    HTTPClientError,
    InvalidRegionError,
    LoginError,
    NoAuthTokenError,
    NoCredentialsError,
    NoRegionError,
    PartialCredentialsError,
    ProfileNotFound,
    SSOError,
    TokenRetrievalError,
)

from stockflow.errors import CommandFailed, Unusable
from stockflow_functions.aws.errors import (
    AWS_ERRORS,
    EXPIRED,
    NOT_ALLOWED,
    THROTTLED,
    WRONG_CREDENTIALS,
    AwsError,
    code_of,
)

_CLOCK_IS_OFF = ("Signature expired", "Signature not yet current")
"""How the messages begin if a request's time is five minutes or more off; S3 has its own code for it."""

_NO_CREDENTIALS = (
    NoCredentialsError,
    PartialCredentialsError,
    CredentialRetrievalError,
    LoginError,
    NoAuthTokenError,
    SSOError,
    TokenRetrievalError,
)
_SIGN_IN = "sign in (`aws login`, `aws sso login` or `aws configure`), or name a profile in AWS_PROFILE"


@contextmanager
def aws_errors_as_sentences(
    doing: str, needs: str, sentences: Mapping[str, str | Unusable] | None = None
) -> Iterator[None]:
    """Raises whatever botocore raises inside as a command error of one sentence.

    Args:
        doing: what can't be done, as it follows "can't": ``read the stack stockflow-dev``.
        needs: the IAM actions that it takes.
        sentences: what to say of the refusals that this call can meet, by code; a text becomes a ``CommandFailed``.

    Raises:
        Unusable: no credentials, wrong or expired ones, no region.
        CommandFailed: AWS refuses this identity, does not answer, or says something unforeseen.
    """
    try:
        yield
    except AWS_ERRORS as error:
        said = (sentences or {}).get(code_of(error))
        if isinstance(said, Unusable):
            raise said from None
        raise (CommandFailed(said) if said else _named(error, doing, needs)) from None


def of_execution(arn: str) -> dict[str, str | Unusable]:
    """What to say if AWS knows no execution with this ARN, or the ARN is not an execution's."""
    unknown = (
        f"There is no execution {arn}: check the ARN and the account of your credentials; AWS forgets an execution "
        "90 days after its end."
    )
    wrong = Unusable(
        f"{arn} is not the ARN of an execution: take one from `stockflow runs --aws`, the console or a Slack message."
    )
    absent = dict.fromkeys(("ExecutionDoesNotExist", "StateMachineDoesNotExist", "ResourceNotFound"), unknown)
    return {**absent, "InvalidArn": wrong, "ValidationException": wrong}


def _named(error: AwsError, doing: str, needs: str) -> Unusable | CommandFailed:
    if isinstance(error, ClientError):
        return _refused(error, doing, needs)
    if isinstance(error, NoRegionError | InvalidRegionError):
        return Unusable(f"No AWS region is known ({error}): write --region eu-west-1, or set AWS_REGION.")
    if isinstance(error, ProfileNotFound):
        return Unusable(f"{error}: correct AWS_PROFILE, or run `aws configure --profile NAME`.")
    if isinstance(error, _NO_CREDENTIALS):
        return Unusable(f"There are no AWS credentials to use ({type(error).__name__}): {_SIGN_IN}.")
    if isinstance(error, ConnectionError | HTTPClientError):
        return CommandFailed(
            f"AWS can't be reached to {doing} ({type(error).__name__}): check the network and --region."
        )
    return CommandFailed(f"stockflow can't {doing}: {error}.")


def _refused(error: ClientError, doing: str, needs: str) -> Unusable | CommandFailed:
    code, said = code_of(error), str(error.response.get("Error", {}).get("Message", "")).rstrip(".")
    if code == "RequestTimeTooSkewed" or said.startswith(_CLOCK_IS_OFF):
        return Unusable(f"This machine's clock is off, so AWS refuses requests ({said}): set it.")
    if code in EXPIRED:
        return Unusable(f"The AWS credentials have expired: {_SIGN_IN}.")
    if code in WRONG_CREDENTIALS:
        return Unusable(f"AWS does not accept the credentials ({code}): {_SIGN_IN}.")
    if code in NOT_ALLOWED:
        return CommandFailed(f"This AWS identity can't {doing} ({code}): grant it {needs}, or use another profile.")
    if code in THROTTLED:
        return CommandFailed(f"AWS is throttling requests to {doing} ({code}): try again in a minute.")
    return CommandFailed(f"stockflow can't {doing} ({code}{': ' if said else ''}{said}).")
