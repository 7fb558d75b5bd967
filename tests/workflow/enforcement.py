"""IAM between the functions and their calls: each call is decided under the function's own role before it is made."""

from collections import defaultdict
from collections.abc import Iterator
from contextlib import AbstractContextManager
from unittest.mock import patch

from botocore.client import BaseClient
from botocore.exceptions import ClientError

from stockflow.embedded.function_host import CURRENT
from tests.helpers.iam import Request, is_allowed, matches
from tests.helpers.policies import ACCOUNT, REGION, STACK, Deployed
from tests.helpers.stack import synthesised

# What each service calls it.
_REFUSALS = {
    "s3": ("AccessDenied", 403),
    "dynamodb": ("AccessDeniedException", 400),
    "secretsmanager": ("AccessDeniedException", 400),
    "sns": ("AuthorizationError", 403),
    "transcribe": ("AccessDeniedException", 400),
    "comprehend": ("AccessDeniedException", 400),
    "stepfunctions": ("AccessDeniedException", 400),
}
# What AWS itself does in a function's name, so that no run of ours shows it.
_DONE_BY_AWS = {"logs:CreateLogStream", "logs:PutLogEvents", "sqs:SendMessage"}
_DONE_BY_AWS |= {"xray:PutTraceSegments", "xray:PutTelemetryRecords"}


class Enforcement(AbstractContextManager):
    """Refuses what the template does not allow, as AWS would, to the functions of the embedded AWSs entered inside.

    Args:
        without: a statement that is taken away, as ``SaveRole/WritePrices``.

    ``asked`` and ``refused`` have the requests by state. Calls that no function makes go through: they are the test's.
    """

    def __init__(self, *, without: str = "") -> None:
        # The first embedded AWS of a process has these names.
        names = {"Bucket": "stockflow", "StateTable": "stockflow", "Secret": "stockflow-AbCdEf", "Topic": "stockflow"}
        self._stack = Deployed(synthesised(), names=names)
        whole = self._stack.statements()
        self._statements = [one for one in whole if one.where != without]
        assert len(self._statements) == len(whole) - bool(without), f"There is no statement {without}."
        self._of_resources = [one for one in self._statements if one.principals and one.resources]
        self.asked: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self.refused: dict[str, set[tuple[str, str]]] = defaultdict(set)
        self._patch = patch.object(BaseClient, "_make_api_call", self._enforced(BaseClient._make_api_call))

    def __enter__(self):
        self._patch.start()
        return self

    def __exit__(self, *_):
        self._patch.stop()

    def role(self, state: str):
        """The statements of a function's role."""
        return [one for one in self._statements if one.where.startswith(f"{state}Role/")]

    def unused(self, state: str) -> list[tuple[str, str]]:
        """The permissions of a function's role that nothing has asked for, but for what AWS does in its name."""
        return [
            (action, pattern)
            for statement in self.role(state)
            for action in statement.actions
            for pattern in statement.resources
            if action not in _DONE_BY_AWS
            and not any(asked == action and matches(pattern, place) for asked, place in self.asked[state])
        ]

    def _enforced(self, call):
        def enforced(client, operation, request):
            invocation = CURRENT.get()
            if invocation is None:
                return call(client, operation, request)
            state = invocation.function.split("-")[1]
            for needed in self._needs(operation, request):
                self._decide(state, client, operation, needed)
            try:
                return call(client, operation, request)
            except ClientError as error:
                # Who may not list the bucket is not told that an object is missing:
                # docs.aws.amazon.com/AmazonS3/latest/API/API_GetObject.html, "Permissions".
                if error.response["Error"]["Code"] in {"NoSuchKey", "404"}:
                    self._decide(state, client, operation, Request("s3:ListBucket", self._stack.arn("Bucket")))
                raise

        return enforced

    def _needs(self, operation: str, request: dict) -> Iterator[Request]:  # noqa: C901, PLR0912 # one case an operation
        """What a call needs; a write with If-Match needs GetObject too (the S3 user guide, "conditional writes")."""
        key = f"{self._stack.arn('Bucket')}/{request.get('Key', '')}"
        match operation:
            case "GetObject" | "HeadObject":
                yield Request("s3:GetObjectVersion" if "VersionId" in request else "s3:GetObject", key)
            case "ListObjectVersions":
                yield Request("s3:ListBucketVersions", self._stack.arn("Bucket"))
            case "PutObject":
                yield Request("s3:PutObject", key)
                if "IfMatch" in request:
                    yield Request("s3:GetObject", key)
            case "ListObjectsV2":
                yield Request("s3:ListBucket", self._stack.arn("Bucket"))
            case "GetItem" | "PutItem" | "UpdateItem":
                yield Request(f"dynamodb:{operation}", self._stack.arn("StateTable"))
            case "GetSecretValue":
                yield Request("secretsmanager:GetSecretValue", self._stack.arn("Secret"))
            case "StartTranscriptionJob":
                yield from self._needs_of_a_job(request)
            case "GetTranscriptionJob":
                job = f"arn:aws:transcribe:{REGION}:{ACCOUNT}:transcription-job/{request['TranscriptionJobName']}"
                yield Request("transcribe:GetTranscriptionJob", job)
            case "BatchDetectSentiment" | "DetectSentiment":
                yield Request(f"comprehend:{operation}", "*")
            case "DescribeExecution":
                name = request["executionArn"].rpartition(":")[2]
                execution = f"arn:aws:states:{REGION}:{ACCOUNT}:execution:{STACK}-DailyPrices:{name}"
                yield Request("states:DescribeExecution", execution)
            case "Publish":
                yield Request("sns:Publish", self._stack.arn("Topic"))
            case _:
                raise AssertionError(f"A function calls {operation}: say here what that needs, and grant it.")

    def _needs_of_a_job(self, request: dict) -> Iterator[Request]:
        """Transcribe reads and writes with the caller's rights (transcribe/latest/dg, "Data input and output")."""
        bucket, recording = self._stack.arn("Bucket"), request["Media"]["MediaFileUri"].split("/", 3)[3]
        written = {"transcribe:OutputBucketName": [request["OutputBucketName"]]}
        yield Request("transcribe:StartTranscriptionJob", "*", written)
        yield Request("s3:GetObject", f"{bucket}/{recording}")
        yield Request("s3:PutObject", f"{bucket}/{request['OutputKey']}")

    def _decide(self, state: str, client: BaseClient, operation: str, request: Request) -> None:
        self.asked[state].add((request.action, request.resource))
        if is_allowed(request, [*self.role(state), *self._of_resources]):
            return
        self.refused[state].add((request.action, request.resource))
        code, status = _REFUSALS[client.meta.service_model.service_name]
        code = "403" if operation == "HeadObject" else code  # an answer without a body has no other
        caller = f"arn:aws:sts::{ACCOUNT}:assumed-role/{state}Role/{state}"
        told = f"User: {caller} is not authorized to perform: {request.action} on resource: {request.resource}"
        answer = {"Error": {"Code": code, "Message": told}, "ResponseMetadata": {"HTTPStatusCode": status}}
        raise ClientError(answer, operation)
