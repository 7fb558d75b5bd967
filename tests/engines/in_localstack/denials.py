"""Refuses calls that a file names, as if a policy forbade them."""

from pathlib import Path

from localstack.aws import handlers
from localstack.aws.api import CommonServiceException


def deny_what_is_named_in(file):
    """From now on calls get AccessDenied that a line of the file names: ``s3.PutObject prices/daily/IBM``."""
    file = Path(file)

    def refuse(_chain, context, _response):
        if not context.operation or not file.exists():
            return
        call = f"{context.service.service_name}.{context.operation.name}"
        key = (context.service_request or {}).get("Key", "")
        for line in file.read_text().splitlines():
            operation, _, part = line.partition(" ")
            if operation == call and part in key:
                raise CommonServiceException("AccessDenied", f"told to refuse {call} {key}", status_code=403)

    handlers.serve_custom_service_request_handlers.append(refuse)
