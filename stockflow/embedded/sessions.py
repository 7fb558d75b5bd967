"""Sessions of boto3 for this process's AWS, which share what botocore knows of the services."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import boto3
import botocore.session
from botocore.loaders import JSONFileLoader, Loader


class _PlainJson(JSONFileLoader):  # type: ignore[misc] # likewise
    """Reads into dictionaries, which keep their order, instead of ``OrderedDict``s of twice their size."""

    def _load_file(self, full_path: str, open_method: Callable[[str, str], Any]) -> Any:
        if not Path(full_path).is_file():
            return None
        with open_method(full_path, "rb") as file:
            return json.loads(file.read())


class _Models(Loader):  # type: ignore[misc] # botocore has no types
    """Reads each service's description once in this process.

    boto3 adds a folder of its own to these paths for each session; they have it from the beginning.
    """

    FILE_LOADER_CLASS = _PlainJson

    @property
    def search_paths(self) -> list[str]:
        return [*self._search_paths]


# Megabytes of JSON: an embedded AWS that read them anew would take five times as long to enter.
MODELS = _Models(extra_search_paths=[str(Path(boto3.__file__).with_name("data"))])


def new_session(region: str, access_key: str = "embedded") -> Any:
    """A boto3 session with keys that moto takes, as it takes any."""
    core = botocore.session.get_session()
    core.register_component("data_loader", MODELS)
    return boto3.session.Session(access_key, "embedded", region_name=region, botocore_session=core)
