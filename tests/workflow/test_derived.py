"""What is derived of the dataset when a run has ended."""

import pandas

from stockflow.embedded.faults import AwsFault
from stockflow_functions.aws import keys
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.series import DAILY
from tests.helpers.tables import daily
from tests.workflow.conftest import prices, statuses


def derived(aws, name):
    return pandas.read_parquet(aws.output_dir / name)


def test_a_run_leaves_its_bars_in_the_tables_of_all_symbols(run):
    """When the command ends they are there, and the catalog says so; a second run adds to them."""
    done = run({"symbols": ["AAPL", "MSFT", "UNKNOWN1"]})
    done.aws.wait(done.aws.start({"symbols": ["IBM"]}), timeout_seconds=60)

    bars = pandas.concat([derived(done.aws, file) for file in tables_of(done.aws)])
    stored = pandas.concat([prices(done.aws, symbol) for symbol in ("AAPL", "IBM", "MSFT")])
    order = ["date", "symbol"]
    pandas.testing.assert_frame_equal(bars.reset_index(drop=True), stored.sort_values(order, ignore_index=True))
    assert derived(done.aws, "catalog.parquet")["symbol"].tolist() == ["AAPL", "IBM", "MSFT"]
    assert derived(done.aws, "catalog.parquet")["last_confirmed"].notna().all()


def tables_of(aws):
    return sorted((aws.output_dir / "tables/daily").glob("*.parquet"))


def test_what_the_checks_found_is_kept(run):
    """From Save's gap over the manifest into the table of all runs: the last bar before it, and what was said."""
    old = encode(daily({"2020-01-02": 1.0, "2020-01-03": 1.0}, "AAPL"), DAILY)
    done = run({"symbols": ["AAPL"]}, prepare=lambda aws: aws.services.bucket.put(keys.prices("daily", "AAPL"), old))

    found = derived(done.aws, "findings/daily.parquet").set_index("rule").loc["gap"]
    (record,) = done.manifest["symbols"]
    assert (found["execution"], found["symbol"]) == (done.manifest["execution"], "AAPL")
    assert (str(found["newest_date"]), found["bars"]) == ("2020-01-03", record["found"]["gap"]["bars"])
    assert found["sentence"] == record["warnings"][record["found"]["gap"]["warning"]]


def test_what_cannot_be_derived_is_no_failure_of_the_run(run):
    """It is told, and the next run makes it good."""
    fault = AwsFault("s3", "AccessDenied", "PUT", "tables/", times=1)
    done = run({"symbols": ["AAPL"]}, prepare=lambda aws: aws.faults.add(fault))

    assert (done.status, statuses(done.manifest)) == ("SUCCEEDED", {"AAPL": "saved"})
    (said,) = done.aws.journals.complaints
    assert said.startswith(
        "The run is saved, but the tables of all symbols, the catalog or the findings are not up to date: "
    )
    assert tables_of(done.aws) == []
    done.aws.wait(done.aws.start({"symbols": ["MSFT"]}), timeout_seconds=60)
    assert set(derived(done.aws, tables_of(done.aws)[-1])["symbol"]) == {"AAPL", "MSFT"}
