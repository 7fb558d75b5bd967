"""boto3 sessions that share what they know of AWS's services."""

from typing import Any

import boto3
import botocore.session
from botocore.loaders import create_loader

_MODELS = create_loader()
"""Every session reads them anew if it is not given this, a tenth of a second for those that are needed here."""


def new_session(region: str, access_key: str = "embedded") -> Any:
    """A session for moto, which takes any credentials."""
    core = botocore.session.get_session()
    core.register_component("data_loader", _MODELS)
    return boto3.session.Session(
        aws_access_key_id=access_key,
        aws_secret_access_key="embedded",  # noqa: S106 # moto takes any
        region_name=region,
        botocore_session=core,
    )
