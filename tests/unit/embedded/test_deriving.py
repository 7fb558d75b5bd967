"""The call of what derives tables, when a run has ended."""

import json
from types import SimpleNamespace

import pytest

from stockflow.embedded.deriving import derive
from stockflow.local_servers.lambda_endpoint import InvokeResponse

MANIFEST = {"execution": "one", "series": "daily"}


@pytest.fixture
def called():
    return []


def hosted(called, answer, deriving="UpdateTables"):
    def function(payload):
        called.append(json.loads(payload))
        return answer

    return SimpleNamespace(workflow=SimpleNamespace(deriving=deriving), functions={"UpdateTables": function})


def answered(value, error=""):
    return InvokeResponse(json.dumps(value).encode(), "request", error)


def test_it_is_called_with_the_run_that_has_ended(called):
    """Once; all is well, so nothing is said."""
    assert derive(hosted(called, answered({"copied": 1})), MANIFEST) == ""
    assert called == [{"execution": "one", "longest_seconds": 60, "trigger": "laptop"}]


def test_what_there_was_no_time_for_is_told(called):
    """Nobody waits for a whole market after a run of one symbol."""
    said = derive(hosted(called, answered({"left": 900})), MANIFEST)
    assert said == "Still to be copied into the tables of all symbols: 900. The next run goes on."


def test_its_failure_is_a_sentence(called):
    """With the function's own."""
    failed = answered({"errorType": "StorageDenied", "errorMessage": "No room."}, "Unhandled")
    said = derive(hosted(called, failed), MANIFEST)
    sentence = "The run is saved, but the tables of all symbols, the catalog or the findings are not up to date: {}"
    assert said == sentence.format("No room.")


@pytest.mark.parametrize(
    ("deriving", "manifest"), [("", MANIFEST), ("UpdateTables", {"execution": "one", "outcome": "failed"})]
)
def test_where_there_is_nothing_to_derive_nothing_is_called(called, deriving, manifest):
    """By a workflow that has no such function, and after a run that could not even write its manifest."""
    assert derive(hosted(called, answered({}), deriving), manifest) == ""
    assert called == []
