"""stockflow promote --skip-smoke: an urgent fix on a day whose quota is spent."""

import pytest

from tests.workflow.promotion_stage import promote


def test_a_version_goes_live_without_a_smoke_run(stack):
    """With a reason nothing is fetched, the delivery is tried all the same, and the version goes live."""
    deployed = stack()

    done = promote("--skip-smoke", "the quota is spent")
    deployed.wait_for_all()

    assert (done.exit_code, deployed.live(), deployed.live("previous")) == (0, 2, 1)
    assert deployed.stepfunctions.starts() == ["live"]
    assert deployed.aws.vendor.requests == []


def test_the_reason_is_said_and_kept(stack):
    """The output has the reason, and so has the alias as long as it leads to that version, also after the next one."""
    deployed = stack()

    done = promote("--skip-smoke", "the quota is spent")
    at_first = deployed.alias()["description"]
    promote("--symbols", "AAPL")

    assert "no smoke run (the quota is spent)" in done.output
    assert at_first == "Version 2, without a smoke run: the quota is spent"
    assert deployed.alias("previous")["description"] == at_first
    assert deployed.alias()["description"] == "Version 3, after a smoke run"


def test_a_rollback_takes_the_reasons_along(stack):
    """What is said of a version goes with it from one alias to the other."""
    deployed = stack()
    promote("--skip-smoke", "the quota is spent")

    promote("--rollback")

    assert deployed.alias("previous")["description"] == "Version 2, without a smoke run: the quota is spent"


@pytest.mark.parametrize(
    ("arguments", "word"),
    [
        (["--skip-smoke", ""], "takes a reason"),
        (["--skip-smoke", "  "], "takes a reason"),
        (["--skip-smoke", "x" * 201], "at most 200"),
        (["--skip-smoke", "in a hurry", "--rollback"], "--rollback makes no smoke run"),
    ],
)
def test_a_reason_that_can_not_be_used_changes_nothing(stack, arguments, word):
    """No reason, one too long for the alias, or a rollback beside it: a sentence, and status 2."""
    deployed = stack()

    done = promote(*arguments)

    assert (done.exit_code, deployed.live()) == (2, 1)
    assert word in done.stderr
    assert deployed.calls == []
