"""Each case of MockConfigFile.json takes its way through the definition to its end.

``make test`` runs them on the embedded engine. With STEPFUNCTIONS_LOCAL_URL set, as ``make test-stepfunctions-local``
sets it, they run on AWS's Step Functions Local instead.
"""

import json
import os

import pytest

from stockflow_functions.domain import errors
from stockflow_functions.runtime.retries import SERVICE_FAULTS
from tests.stepfunctions_local.cases import CASES, CONFIG, TEST_CASES, WORKFLOWS, definition_of, without_shards
from tests.stepfunctions_local.engines import Embedded, InDocker
from tests.stepfunctions_local.expected import EXPECTED


@pytest.fixture(scope="module")
def engine(tmp_path_factory):
    """The engine that runs a case."""
    url = os.environ.get("STEPFUNCTIONS_LOCAL_URL")
    with InDocker(url) if url else Embedded(tmp_path_factory.mktemp("out")) as chosen:
        yield chosen


@pytest.mark.parametrize(("machine", "case"), CASES)
def test_a_case_takes_its_way(machine, case, engine):
    """The execution ends with the status and the error it should, by the states it should."""
    assert engine(machine, case) == EXPECTED[machine][case]


@pytest.mark.parametrize("machine", WORKFLOWS)
def test_an_engine_without_distributed_maps_gets_all_other_states(machine):
    """The cut leaves no way to what it took, and changes nothing that a case goes through."""
    whole = json.loads(definition_of(machine))
    cut = json.loads(without_shards(definition_of(machine)))

    assert whole["States"].keys() - cut["States"].keys() <= {"EachShard"}
    assert "EachShard" not in json.dumps(cut)
    assert "DISTRIBUTED" not in json.dumps(cut)


def test_every_workflow_has_cases():
    """The file has cases of each state machine, and of none that there is not."""
    assert TEST_CASES.keys() == WORKFLOWS.keys()


def test_every_case_is_expected_to_end_somehow():
    """No case is without an expectation, and no expectation without a case."""
    expected = [(machine, case) for machine, ends in EXPECTED.items() for case in ends]

    assert sorted(CASES) == sorted(expected)


def test_no_response_is_left_over():
    """Each mocked response belongs to a case."""
    assert {name for cases in TEST_CASES.values() for case in cases.values() for name in case.values()} == CONFIG[
        "MockedResponses"
    ].keys()


def test_thrown_errors_are_ours():
    """A case throws only what the functions raise, or Lambda in their place: so a run can really go."""
    thrown = {
        response["Throw"]["Error"]
        for responses in CONFIG["MockedResponses"].values()
        for response in responses.values()
        if "Throw" in response
    }
    ours = thrown - set(SERVICE_FAULTS.error_equals)
    assert all(issubclass(getattr(errors, name), errors.StockflowError) for name in ours)
