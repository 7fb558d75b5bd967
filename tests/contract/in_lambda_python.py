"""Runs under a bare Python 3.13, as Lambda would: python3.13 -I -S -B in_lambda_python.py JOB FOLDER...

The folders stand for /var/task and /opt/python, in that order. JOB is "import HANDLER" or
"save" (Transform, then Save, twice). It prints one JSON object.
"""

# ruff: noqa: N803, PLC0415, T201 # S3 names its arguments so; the path is set first; the answer is what is printed

import gzip
import io
import json
import sys
import time
from importlib import import_module
from types import SimpleNamespace

sys.path[:0] = sys.argv[2:]


class MemoryS3:
    """As much of S3 as the bucket's adapter uses: whole objects, ETags, conditional writes."""

    def __init__(self):
        self.objects = {}

    def get_object(self, Bucket, Key):
        if Key not in self.objects:
            raise error("NoSuchKey", "GetObject")
        return {"Body": io.BytesIO(self.objects[Key]), "ETag": str(hash(self.objects[Key])), "Metadata": {}}

    def put_object(self, Bucket, Key, Body, IfMatch=None, IfNoneMatch=None, **_):
        kept = self.objects.get(Key)
        if (IfNoneMatch and kept is not None) or (IfMatch and IfMatch != str(hash(kept))):
            raise error("PreconditionFailed", "PutObject")
        self.objects[Key] = Body
        return {"ETag": str(hash(Body))}


def error(code, operation):
    from botocore.exceptions import ClientError

    return ClientError({"Error": {"Code": code, "Message": code}}, operation)


def import_handler(name):
    began = time.perf_counter()
    module = import_module(name)
    seconds = time.perf_counter() - began
    files = {getattr(loaded, "__file__", None) or "" for loaded in list(sys.modules.values())}
    return {
        "callable": callable(module.handler),
        "seconds": round(seconds, 3),
        "heavy": sorted({"pandas", "pyarrow", "numpy"} & sys.modules.keys()),
        "files": sorted(file for file in files if file and file != __file__),
    }


def transform_and_save():
    from stockflow_functions.daily_prices.save.app import save
    from stockflow_functions.daily_prices.transform.app import transform
    from stockflow_functions.runtime.services import Services
    from stockflow_functions.runtime.settings import Settings

    s3 = MemoryS3()
    services = Services(Settings(bucket="b"), session=SimpleNamespace(client=lambda name, **_: s3))
    day = {"1. open": "10.0", "2. high": "11.0", "3. low": "9.5", "4. close": "10.5", "5. volume": "100"}
    body = {
        "Meta Data": {"2. Symbol": "IBM", "3. Last Refreshed": "2026-11-20", "5. Time Zone": "US/Eastern"},
        "Time Series (Daily)": {"2026-11-20": day, "2026-11-19": day},
    }
    s3.objects["raw/a"] = gzip.compress(json.dumps(body).encode())
    run = {"execution": "e", "series": "daily", "outputsize": "compact", "force": False}
    answer = {"key": "raw/a", "fetched_at": "2026-11-21T12:00:00.000Z", "attempts": 1}
    told = []
    for _ in range(2):
        table = transform({"run": run, "symbol": "IBM", "answer": answer}, services)
        told.append(save({"run": run, "symbol": "IBM", "table": table}, services))
    return {"told": told, "objects": {key: len(body) for key, body in s3.objects.items()}}


job, _, handler_name = sys.argv[1].partition(" ")
print(json.dumps(import_handler(handler_name) if job == "import" else transform_and_save()))
