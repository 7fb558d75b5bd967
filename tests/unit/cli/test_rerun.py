"""``stockflow rerun``: which symbols run again, and where."""

import json
from dataclasses import replace

import pytest

from stockflow.cli.commands.rerun import _must_fit, input_again
from stockflow.errors import CommandFailed, Unusable
from stockflow.history.saved_run import SavedRun
from stockflow.sources import open_run
from stockflow.workflows import model_of
from tests.helpers.fake_aws import EXECUTION, FakeCloudFormation
from tests.helpers.made_runs import made_run
from tests.helpers.sharded_runs import write

STORIES = {"A": "ok", "B": "bad", "C": "quota", "D": "retried", "E": "unknown"}


def again(run):
    return input_again(model_of(run))


def begun(events, **description):
    """A run whose Plan gave nothing."""
    entered = {"name": "Plan", "input": "{}"}
    first = [
        {"id": 1, "type": "ExecutionStarted", "previousEventId": 0},
        {"id": 2, "type": "TaskStateEntered", "previousEventId": 0, "stateEnteredEventDetails": entered},
    ]
    return SavedRun(description={"name": "r", "status": "FAILED", **description}, events=first + events)


def ended(error, cause="why"):
    details = {"error": error, "cause": cause}
    return [{"id": 3, "type": "ExecutionFailed", "previousEventId": 2, "executionFailedEventDetails": details}]


def keep(tmp_path, run, **changes):
    """The saved run in the output folder."""
    folder = tmp_path / "out/runs" / run.execution
    folder.mkdir(parents=True)
    (folder / "run.json").write_text(replace(run, **changes).to_json())


def test_the_failed_and_the_deferred_run_again():
    """In the order of the run, and no other symbol."""
    assert again(made_run(STORIES)) == {"symbols": ["B", "C", "E"], "series": "daily", "outputsize": "compact"}


def test_what_a_refused_key_stopped_runs_again():
    """Symbols that the end of the run caught on their way run again, those saved before do not."""
    assert again(made_run({"A": "ok", "B": "refused", "C": "ok"}))["symbols"] == ["B", "C"]


def test_what_failed_in_shards_runs_again(tmp_path):
    """In the order of the shards, whether or not their histories are at hand."""
    stories = [{"A": "ok", "B": "bad"}, {"C": "ok"}, {"D": "bad", "E": "quota"}]
    write(tmp_path, stories)
    run = open_run("latest", tmp_path).run
    run.shards[0]["events"] = []
    assert again(run)["symbols"] == ["B", "D", "E"]


def test_more_symbols_than_an_input_holds_are_a_universe():
    """AWS takes no longer input; the sentence says what to do."""
    _must_fit({"symbols": [f"S{number}" for number in range(10_000)]})
    with pytest.raises(Unusable, match="start --universe FILE"):
        _must_fit({"symbols": [f"S{number}" for number in range(40_000)]})


@pytest.mark.parametrize("parameters", [True, False])
def test_a_history_whose_inputs_are_cut_off(parameters):
    """The calls still name the symbols; without them there is nothing to run, and that is said."""
    run = made_run(STORIES)
    for event in run.events:
        for details in (value for key, value in event.items() if key.endswith("EventDetails")):
            for name in ("input",) if parameters else ("input", "parameters"):
                details.update({name: details[name][:9]} if name in details else {})
    if parameters:
        assert again(run)["symbols"] == ["B", "C", "E"]
        return
    with pytest.raises(CommandFailed, match="does not hold the symbols"):
        again(run)


def test_nothing_to_run_again():
    """A run that saved all leaves nothing."""
    assert again(made_run({"A": "ok", "B": "retried"})) is None


def test_a_run_without_a_plan_runs_again_as_a_whole():
    """Where Plan itself failed, the same input is tried again; who started it does not matter."""
    run = begun(ended("StorageUnavailable"), input='{"symbols": ["A"], "force": true, "trigger": "schedule"}')

    assert again(run) == {"symbols": ["A"], "force": True}


def test_an_input_that_could_not_be_used_does_not_run_again():
    """It would fail again; the sentence is Plan's own."""
    with pytest.raises(Unusable, match="no symbols"):
        again(begun(ended("InvalidInput", "There are no symbols."), input="{}"))


@pytest.mark.parametrize(
    ("run", "word"),
    [
        (begun([], status="RUNNING"), "still going"),
        (begun(ended("X")), "not at hand"),
        (SavedRun(description={"name": "r", "status": "FAILED"}, events=ended("X")), "not a run of daily prices"),
    ],
)
def test_a_run_that_cannot_be_repeated_is_told(run, word):
    """A run that still goes, one whose input is lost, one of another workflow."""
    with pytest.raises(CommandFailed, match=word):
        again(run)


def test_nothing_to_run_again_is_no_failure(stockflow, tmp_path):
    """One sentence, exit status 0."""
    keep(tmp_path, made_run({"A": "ok"}))

    done = stockflow("rerun", "latest")

    assert (done.exit_code, done.stdout.count("\n")) == (0, 1), done.output
    assert "Nothing to run again" in done.stdout


def test_a_run_of_the_laptop_can_run_again_on_aws(stockflow, cloud, tmp_path):
    """With --aws the usual stack gets the symbols."""
    keep(tmp_path, made_run(STORIES), engine={"name": "moto"})

    done = stockflow("rerun", "latest", "--aws")

    assert done.exit_code == 0, done.output
    (request,) = cloud.stepfunctions.started
    assert json.loads(request["input"])["symbols"] == ["B", "C", "E"]
    assert done.stdout.splitlines()[0] == "Again: 3 symbols, B, C, E."
    assert done.stdout.splitlines()[-1] == f"Follow it: stockflow watch {EXECUTION}:{request['name']}"


def test_a_run_of_aws_runs_again_on_its_own_stack(stockflow, cloud, tmp_path):
    """The stack and the region are those that the run's ARN tells."""
    cloud.clients["cloudformation"] = FakeCloudFormation(name="stockflow-prd")
    run = made_run(STORIES)
    arn = f"arn:aws:states:ap-south-1:210987654321:execution:stockflow-prd-DailyPrices:{run.execution}"
    keep(tmp_path, run, engine={"name": "AWS Step Functions"}, description={**run.description, "executionArn": arn})

    done = stockflow("rerun", "latest", "--aws")

    assert done.exit_code == 0, done.output
    assert cloud.regions == ["ap-south-1"]
    assert len(cloud.stepfunctions.started) == 1
