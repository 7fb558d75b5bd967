"""Runs under a bare Python 3.13, as Lambda would: python3.13 -I -S -B in_lambda_python.py JOB FOLDER...

The folders stand for /var/task and /opt/python, in that order. JOB is "import HANDLER" or
"save" (Transform, then Save, twice). It prints one JSON object.
"""

# ruff: noqa: PLC0415, T201 # the path is set first; the answer is what is printed

import gzip
import json
import sys
import time
from importlib import import_module
from pathlib import Path

sys.path[:0] = sys.argv[2:]


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

    sys.path.append(str(Path(__file__).parents[2]))  # last, for what the package does not hold
    from stockflow.testing import FakeAws

    aws = FakeAws()
    services = aws.services
    day = {"1. open": "10.0", "2. high": "11.0", "3. low": "9.5", "4. close": "10.5", "5. volume": "100"}
    body = {
        "Meta Data": {"2. Symbol": "IBM", "3. Last Refreshed": "2026-11-20", "5. Time Zone": "US/Eastern"},
        "Time Series (Daily)": {"2026-11-20": day, "2026-11-19": day},
    }
    aws.s3.place("raw/a", gzip.compress(json.dumps(body).encode()))
    answer = {"key": "raw/a", "fetched_at": "2026-11-21T12:00:00.000Z", "attempts": 1}
    told = []
    for execution in ("first", "second"):
        run = {"execution": execution, "series": "daily", "outputsize": "compact", "force": False}
        table = transform({"run": run, "symbol": "IBM", "answer": answer}, services)
        told.append(save({"run": run, "symbol": "IBM", "table": table}, services))
    return {"told": told, "objects": {key: len(body) for key, body in aws.s3.objects.items()}}


job, _, handler_name = sys.argv[1].partition(" ")
print(json.dumps(import_handler(handler_name) if job == "import" else transform_and_save()))
