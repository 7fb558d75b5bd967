"""A hundred runs that save the same symbol at once, each with dates of its own."""

import json
import random
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from threading import Barrier

import pandas

from stockflow_functions.aws import keys
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.runtime.retries import WRITE_CONFLICT

from .conftest import prices

WRITERS = 100
DATES_EACH = 3
FIRST = date(2020, 1, 1)


def dates_of(writer):
    """Every hundredth day, so that each writer's rows lie among those of all others."""
    return [FIRST + timedelta(days=writer + number * WRITERS) for number in range(DATES_EACH)]


def staged(aws, writer):
    """Stages the writer's table, and gives the event of its Save."""
    execution = f"run-{writer}"
    rows = pandas.DataFrame({"symbol": "MANY", "date": pandas.to_datetime(dates_of(writer)).astype("datetime64[s]")})
    rows[["open", "high", "low", "close"]] = float(writer + 1)
    rows["volume"] = writer
    key = keys.staged(execution, "MANY")
    aws.services.bucket.put(key, encode(rows, DAILY))
    run = {"execution": execution, "execution_arn": execution, "trigger": "laptop", "series": "daily", "force": False}
    table = {
        "key": key,
        "rows": DATES_EACH,
        "rows_rejected": 0,
        "full": False,
        "fetched_at": "2026-01-01T00:00:00.000Z",
        "stale": False,
        "warnings": [],
        "attempts": 1,
    }
    return {"run": run, "symbol": "MANY", "table": table, "retry_count": 0}


def saved(aws, event, begin):
    """Calls Save as the workflow does, a lost race tried again by its Retry; gives Save's last answer."""
    policy, draw = WRITE_CONFLICT, random.Random(event["run"]["execution"])
    begin.wait()
    for attempt in range(policy.max_attempts + 1):
        answer = json.loads(aws.functions["Save"](json.dumps({**event, "retry_count": attempt}).encode()).payload)
        if answer.get("errorType") != "WriteConflict":
            break
        back_off_seconds = policy.interval_seconds * policy.backoff_rate**attempt
        time.sleep(draw.random() * min(back_off_seconds, policy.max_delay_seconds))
    return answer


def test_a_hundred_writers_at_once_lose_no_row(start_aws):
    """All rows of all writers are there, each once and as its writer had it; each was told that its rows went in."""
    aws = start_aws()
    events = [staged(aws, writer) for writer in range(WRITERS)]
    begin = Barrier(WRITERS)

    with ThreadPoolExecutor(WRITERS) as writers:
        answers = list(writers.map(lambda event: saved(aws, event, begin), events))

    table = prices(aws, "MANY")
    expected = sorted((day, writer) for writer in range(WRITERS) for day in dates_of(writer))
    assert list(zip(table["date"], table["volume"], strict=True)) == expected
    assert [(answer.get("status"), answer.get("rows_added")) for answer in answers] == [("saved", DATES_EACH)] * WRITERS
