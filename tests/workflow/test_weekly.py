"""The series of weeks, from the simulated vendor to the dataset and its commands."""

from click.testing import CliRunner

from stockflow.cli.main import main
from stockflow_functions.domain.prices.series import WEEKLY
from tests.workflow.conftest import prices, statuses


def test_weeks_are_fetched_checked_stored_and_verified(start_aws):
    """Each symbol takes one request for its whole history; the same again changes nothing, and no rule is broken."""
    aws = start_aws()
    first = aws.wait(aws.start({"symbols": ["IBM", "TSCO.LON"], "series": "weekly"}))
    again = aws.wait(aws.start({"symbols": ["IBM", "TSCO.LON"], "series": "weekly", "outputsize": "full"}))

    assert statuses(first) == {"IBM": "saved", "TSCO.LON": "saved"}
    assert statuses(again) == {"IBM": "unchanged", "TSCO.LON": "unchanged"}
    asked = [(request.function, request.outputsize) for request in aws.vendor.requests]
    assert asked == [("TIME_SERIES_WEEKLY", "compact")] * 4
    table = prices(aws, "IBM", "weekly")
    assert tuple(table.columns) == WEEKLY.columns
    assert len(table) > 1300
    assert not table["date"].map(lambda day: day.isocalendar()[:2]).duplicated().any()
    assert [symbol["warnings"] for symbol in first["symbols"]] == [[], []]

    verified = CliRunner().invoke(main, ["verify", str(aws.output_dir)])
    assert "2 tables" in verified.output
    assert "none with a broken rule" in verified.output


def test_days_and_weeks_of_a_symbol_are_tables_of_their_own(start_aws):
    """A week ends as its last session does; neither run touches what the other one stored."""
    aws = start_aws()
    for series in ("daily", "weekly"):
        aws.wait(aws.start({"symbols": ["IBM"], "series": series}))

    days, weeks = (prices(aws, "IBM", series).set_index("date")["close"] for series in ("daily", "weekly"))
    common = weeks[weeks.index >= days.index[0]]
    assert len(common) >= 19
    assert common.equals(days[common.index])
