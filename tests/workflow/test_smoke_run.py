"""A smoke run, as stockflow promote starts it: everything as in a run, but nothing of the dataset is touched."""

SMOKE = {"symbols": ["AAPL", "MSFT"], "trigger": "smoke"}


def objects(aws):
    listed = aws.session.client("s3").list_objects_v2(Bucket=aws.settings.bucket).get("Contents", [])
    return {item["Key"]: item["ETag"] for item in listed}


def test_all_objects_of_a_smoke_run_are_below_its_prefix(start_aws):
    """A smoke run saves its symbols below scratch/ and leaves every other object as it was."""
    aws = start_aws()
    aws.wait(aws.start({"symbols": ["AAPL"]}), timeout_seconds=60)
    before = objects(aws)

    arn = aws.start(SMOKE)
    aws.wait(arn, timeout_seconds=60)

    made = {key: etag for key, etag in objects(aws).items() if before.get(key) != etag}
    prefix = f"scratch/{arn.rpartition(':')[2]}/"
    assert {key for key in made if not key.startswith(prefix)} == set()
    assert {prefix + f"prices/daily/{symbol}.parquet" for symbol in SMOKE["symbols"]} <= made.keys()


def test_a_smoke_run_forgets_no_deferred_symbol(start_aws):
    """A symbol that waits for the next scheduled run still waits after a smoke run of it."""
    aws = start_aws()
    waiting = aws.services.deferred
    waiting.add("daily", ["AAPL"])

    aws.wait(aws.start(SMOKE), timeout_seconds=60)

    assert waiting.remembered("daily") == ["AAPL"]


def test_a_smoke_run_defers_nothing(start_aws):
    """What a smoke run's quota does not pay for is not remembered for the next scheduled run."""
    aws = start_aws({"REQUESTS_PER_DAY": "1"})

    aws.wait(aws.start(SMOKE), timeout_seconds=60)

    assert aws.services.deferred.remembered("daily") == []
