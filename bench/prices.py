"""Transform beside the alpha_vantage package, and Save of 100 rows into 6,000 beside plain pandas, on moto's S3."""

import gzip
import io
import json
import logging
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path
from statistics import median
from typing import Any
from unittest.mock import patch

import pandas as pd
import requests
from alpha_vantage.timeseries import TimeSeries
from moto import mock_aws

from stockflow.simulated_alpha_vantage.bodies import simulated_series
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.contracts import Answer, PlannedRun, SaveEvent, Table
from stockflow_functions.daily_prices.save.app import handler as save
from stockflow_functions.daily_prices.transform.app import handler as transform
from stockflow_functions.domain.clock import SystemClock, from_iso, to_iso
from stockflow_functions.domain.prices.anomalies import find_anomalies
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.parquet import empty_table, encode
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.domain.prices.transforming import transform_answer
from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.settings import Settings
from stockflow_functions.runtime.telemetry import make_logger
from stockflow_functions.vendors.alpha_vantage import VENDOR

ROUNDS = 31
OLD_ROWS, NEW_ROWS = 6000, 100
FETCHED_AT = "2026-09-01T22:00:00.000Z"
RUN: PlannedRun = {
    "execution": "bench",
    "execution_arn": "",
    "started_at": "",
    "trigger": "laptop",
    "series": "daily",
    "outputsize": "full",
    "force": False,
    "generation": 0,
    "spare_events": 0,
}
REDACTOR = Redactor()
LOGGER = make_logger(REDACTOR, logging.NullHandler())
STATUS = Path("/proc/self/status")


class Traffic:
    """Counts the bytes of bodies that go to S3 and come back."""

    def __init__(self, s3: Any) -> None:
        self.sent = self.received = 0
        s3.meta.events.register_first("before-parameter-build.s3.PutObject", self._put)
        s3.meta.events.register("after-call.s3.GetObject", self._got)

    def _put(self, params: dict[str, Any], **_: Any) -> None:
        self.sent += len(params["Body"])

    def _got(self, parsed: dict[str, Any], **_: Any) -> None:
        self.received += 0 if "Error" in parsed else parsed["ContentLength"]


def services_on_moto() -> tuple[Services, Traffic]:
    """The functions' equipment, silent, on a fresh bucket."""
    services = Services(
        Settings(bucket="bench"), clock=SystemClock(), redactor=REDACTOR, logger=LOGGER, emit=lambda _: None
    )
    s3 = services.client("s3")
    s3.create_bucket(Bucket="bench")
    services.bucket = Bucket(s3, "bench")
    return services, Traffic(s3)


def full_body() -> bytes:
    """An invented full history, from 1999-11-01 on, in the vendor's own shape."""
    return simulated_series("BENCH", "TIME_SERIES_DAILY", date(2026, 9, 1), {}, full=True)


def our_path(body: bytes) -> Callable[[], bytes]:
    """From the body to Parquet with every check."""

    def work() -> bytes:
        done = transform_answer(VENDOR.read(body), "BENCH", DAILY, US, fetched_ms=from_iso(FETCHED_AT))
        find_anomalies(done.table, empty_table(DAILY), done.as_of, {}, done.seen)
        return encode(done.table, DAILY)

    return work


def package_path(body: bytes) -> Callable[[], bytes]:
    """From the HTTP answer to the alpha_vantage package's data frame, and that to Parquet, with no check at all."""
    series = TimeSeries(key="bench", output_format="pandas")

    def answer(*_: object, **__: object) -> requests.Response:
        made = requests.Response()
        made.status_code, made.encoding, made.raw = 200, "utf-8", io.BytesIO(body)
        return made

    def work() -> bytes:
        with patch("requests.get", answer), patch("requests.Session.get", answer):
            table, _ = series.get_daily("BENCH", outputsize="full")
        sink = io.BytesIO()
        table.to_parquet(sink)
        return sink.getvalue()

    return work


PATHS = {"checks and Parquet": our_path, "alpha_vantage and Parquet": package_path}


def alternately(*works: Callable[[], object]) -> list[float]:
    """Median milliseconds of each, run in turns so that a busy moment meets all alike."""
    spent: list[list[float]] = [[] for _ in works]
    for _ in range(ROUNDS):
        for work, times in zip(works, spent, strict=True):
            times.append(milliseconds_of(work))
    return [median(times) for times in spent]


def milliseconds_of(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def print_peak(name: str) -> None:
    """How far one call raises a new process's memory over what its imports took."""
    work, before = PATHS[name](full_body()), _mib("VmHWM")
    work()
    print(f"{_mib('VmHWM') - before:.1f}")


def _mib(field: str) -> float:
    return int(next(line for line in STATUS.read_text().splitlines() if line.startswith(field)).split()[1]) / 1024


def peak_of(name: str) -> str:
    """The same in a process of its own; the field is Linux's."""
    if not STATUS.exists():
        return "peak memory: not known here"
    done = subprocess.run([sys.executable, __file__, name], capture_output=True, text=True, check=True)  # noqa: S603 - this file
    return f"peak memory +{done.stdout.strip()} MiB"


def bench_transform() -> None:
    """Body to Parquet, every check included, beside the package in the same process."""
    body = full_body()
    works = {name: path(body) for name, path in PATHS.items()}
    first_ms = milliseconds_of(works["checks and Parquet"])
    ours, theirs = alternately(*works.values())
    print(f"Transform of {body.count(b'1. open')} rows ({len(body) / 1e6:.2f} MB of JSON), medians of {ROUNDS}:")
    for name, milliseconds in zip(works, (ours, theirs), strict=True):
        print(f"  {name:<26} {milliseconds:6.1f} ms   {peak_of(name)}")
    print(f"  ratio                      {ours / theirs:6.2f}      to reach: at most 1.5")
    print(f"  a process's first call, with the exchange's calendar: {first_ms:.0f} ms")


def bench_merge() -> None:
    """100 rows into 6,000: GET the staged and the stored table, join, PUT the table and the record."""
    services, traffic = services_on_moto()
    staged = {name: staged_table(services, name) for name in ("stored", "new")}
    bodies = {name: read(services, str(table["key"])) for name, table in staged.items()}
    key = keys.prices("daily", "BENCH")

    def ours() -> None:
        event: SaveEvent = {"run": RUN, "symbol": "BENCH", "table": staged["new"], "retry_count": 0}
        assert save.run(event, None, services)["rows_added"] == NEW_ROWS

    def plain() -> None:
        old, new = (pd.read_parquet(io.BytesIO(read(services, name))) for name in (key, str(staged["new"]["key"])))
        sink = io.BytesIO()
        pd.concat([old, new]).drop_duplicates("date", keep="last").sort_values("date").to_parquet(sink)
        services.bucket.put(key, sink.getvalue())

    print(f"Save of 100 new rows into an object of 6,000, on moto's S3, medians of {ROUNDS}:")
    for name, work in (("Save", ours), ("plain pandas, no checks", plain)):
        times = []
        for _ in range(ROUNDS):
            services.bucket.put(key, bodies["stored"])
            traffic.sent = traffic.received = 0
            times.append(milliseconds_of(work))
        print(f"  {name:<26} {median(times):6.1f} ms   {traffic.received:,} bytes read, {traffic.sent:,} written")


def staged_table(services: Services, name: str) -> Table:
    """Runs Transform over the first 6,000 of the last 6,100 bars, or over the rest, under an execution of its own."""
    value = json.loads(full_body())
    bars = sorted(value["Time Series (Daily)"].items())[-OLD_ROWS - NEW_ROWS :]
    value["Time Series (Daily)"] = dict(bars[:OLD_ROWS] if name == "stored" else bars[OLD_ROWS:])
    key = keys.raw("daily", "BENCH", name)
    services.bucket.put(key, gzip.compress(json.dumps(value).encode(), mtime=0))
    fetched_at = to_iso(from_iso(FETCHED_AT) + len(name))
    answer: Answer = {"key": key, "bytes": 0, "fetched_at": fetched_at, "last_refreshed": "", "attempts": 1}
    run: PlannedRun = {**RUN, "execution": name}
    return transform.run({"run": run, "symbol": "BENCH", "answer": answer, "retry_count": 0}, None, services)


def read(services: Services, key: str) -> bytes:
    found = services.bucket.get(key)
    assert found is not None
    return found.body


if __name__ == "__main__":
    if len(sys.argv) > 1:
        print_peak(sys.argv[1])
    else:
        bench_transform()
        with mock_aws():
            bench_merge()
