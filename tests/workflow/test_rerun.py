"""``stockflow rerun`` on this machine: what a run did not save is run again."""

import json

import pytest
from click.testing import CliRunner

from stockflow.cli.main import main

from .conftest import FAST, statuses


@pytest.fixture
def stockflow(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    unset = dict.fromkeys(("ALPHA_VANTAGE_API_KEY", "MOCK_MODE", "SLACK_WEBHOOK_URL_INFO"))
    return lambda *arguments, **environment: CliRunner().invoke(
        main, arguments, env={**unset, **FAST, "NO_COLOR": "1", **environment}
    )


def test_only_what_was_not_saved_runs_again(stockflow, start_aws, tmp_path):
    """The failed and the deferred symbol run again with the same series, in the same folder; the saved one does not."""
    aws = start_aws({"REQUESTS_PER_DAY": "2"}, faults={"AAPL": ["unknown"]})
    first = aws.wait(aws.start({"symbols": ["AAPL", "IBM", "MSFT"], "outputsize": "full"}))
    url = aws.vendor.url
    folder = aws.run_folder(first["execution_arn"])
    aws.close()

    # Another budget: the day of the first one is spent.
    done = stockflow(
        "rerun", str(folder), ALPHA_VANTAGE_BASE_URL=url, ALPHA_VANTAGE_API_KEY="k", BUDGET_NAME="next-day"
    )

    assert statuses(first) == {"AAPL": "failed", "IBM": "saved", "MSFT": "deferred"}
    assert done.exit_code == 0, done.output
    again = json.loads(
        (tmp_path / done.stdout.splitlines()[-1].removeprefix("Run folder: ") / "manifest.json").read_text()
    )
    assert statuses(again) == {"AAPL": "saved", "MSFT": "saved"}
    assert min(symbol["rows_added"] for symbol in again["symbols"]) > 1000
    assert folder.parent == (tmp_path / done.stdout.splitlines()[-1].removeprefix("Run folder: ")).parent
