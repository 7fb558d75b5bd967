"""Secrets never get into a file."""

import json

import pytest

from stockflow.history.masking import Masker, masked
from stockflow.sources import SavedRun, save_run
from stockflow_functions.domain.redaction import Redactor
from tests.helpers.made_runs import made_run, mixed
from tests.helpers.recorded import history

HOOK = "https://hooks.slack.com/services/T00/B00/abcdefghijkl"
mask = Masker()


@pytest.mark.parametrize(
    "name",
    [
        *("password", "db_password", "PASSWD", "passphrase", "secret", "client-secret", "apikey", "api_key", "ApiKey"),
        *("Authorization", "webhook_url", "private_key", "SecretAccessKey", "AccessKeyId", "credentials", "Cookie"),
        *("taskToken", "id_token", "x-amz-security-token"),
    ],
)
def test_what_stands_under_a_secrets_name_is_masked(name):
    """However it is spelled, in a payload, in a payload within a payload, and in one that is cut off."""
    inner = json.dumps({name: "hunter2-value", "kept": "plain"})
    outer = json.dumps({"Cause": inner})
    for text in (inner, outer, inner[: inner.index("value") + 3]):
        assert "hunter2" not in mask.text(text)
    assert "plain" in mask.text(inner)
    assert "plain" in mask.text(outer)


def test_all_below_a_secrets_name_is_masked():
    """Lists and objects too; what says nothing stays."""
    value = mask.value({"credentials": {"user": "u1", "list": ["a", 5], "on": True, "none": None, "empty": ""}})
    assert value == {
        "credentials": {"user": "[redacted]", "list": ["[redacted]"] * 2, "on": True, "none": None, "empty": ""}
    }


@pytest.mark.parametrize(
    "text",
    [
        f"posted to {HOOK} twice",
        "GET https://www.alphavantage.co/query?symbol=X&apikey=ABCDEFGH123&series=daily",
        "We have detected your API key as ABCDEFGH123 and our standard rate limit is 25 requests",
        "curl -H 'Authorization: Bearer ABCDEFGH123.abc'",
        "Authorization: Basic ABCDEFGH123==",
        "password=ABCDEFGH123 user=me",
        '{"broken": "x", "token": "ABCDEFGH123',
    ],
)
def test_secrets_are_known_by_their_shape(text):
    """In log lines and messages there are no keys, only words."""
    clean = mask.text(text)
    assert "ABCDEFGH123" not in clean
    assert "abcdefghijkl" not in clean
    assert "[redacted]" in clean


@pytest.mark.parametrize(
    "text",
    [
        "InvalidApiKey: the vendor refuses the key",
        '{"key":"raw/daily/NFLX/x.json.gz","bytes":21043}',
        '{"tokens_left": 5, "symbol": "PASS"}',
        "the token was refused, the secret is safe",
        "Fetch failed: Throttled",
    ],
)
def test_what_is_no_secret_stays(text):
    """A person has to be able to read what went wrong."""
    assert mask.text(text) == text


def test_masking_twice_changes_nothing():
    """A saved run is masked again when it is read."""
    text = json.dumps(
        {"a": {"password": "x"}, "b": f"see {HOOK}, apikey=123456", "c": "Authorization: Bearer abcdefgh1"}
    )
    assert mask.text(mask.text(text)) == mask.text(text)


def test_values_that_the_redactor_has_learned_are_masked_everywhere():
    """A key that looks like any other word, in a place that nothing marks."""
    redactor = Redactor()
    redactor.learn("PLAINWORD")
    run = SavedRun(
        events=history('1 < 0 ExecutionStarted input={"symbols":["PLAINWORD"]}'),
        logs={"r": ["got PLAINWORD"]},
        slack=[{"payload": {"text": "PLAINWORD"}}],
        description={"input": "PLAINWORD"},
        definition={"Comment": "PLAINWORD"},
        map_runs=[{"children": [{"description": {"output": "PLAINWORD"}}]}],
        missing=["PLAINWORD is missing"],
    )
    assert "PLAINWORD" not in masked(run, redactor).to_json()


def test_a_definition_keeps_its_states_and_paths():
    """A state may be called GetToken; a path to a secret is none."""
    definition = {
        "StartAt": "GetToken",
        "States": {
            "GetToken": {"Type": "Task", "Parameters": {"token.$": "$.token", "apikey": "ABCDEFGH123"}, "End": True}
        },
    }
    clean = masked(SavedRun(definition=definition)).definition
    state = clean["States"]["GetToken"]
    assert state == {"Type": "Task", "Parameters": {"token.$": "$.token", "apikey": "[redacted]"}, "End": True}


def test_a_clean_run_is_left_as_it_is():
    """Nothing of a run without secrets is changed by masking."""
    run = made_run(mixed(50))
    assert masked(run).events == run.events


def test_no_file_that_is_written_holds_a_secret(tmp_path):
    """Neither run.json nor the page, wherever the secret stood."""
    hook, key = f"{HOOK}", "SECRETKEY42"
    events = history(
        f'1 < 0 ExecutionStarted input={{"webhook":"{hook}"}}',
        f'2 < 0 TaskStateEntered name=T input={{"apikey":"{key}"}}',
        f"3 < 2 TaskFailed error=E cause=query?apikey={key}",
        f"4 < 3 ExecutionFailed error=E cause={hook}",
    )
    run = SavedRun(events=events, logs={"r": [f"Authorization: Bearer {key}"]}, slack=[f"sent to {hook}"])
    files = save_run(tmp_path, run)
    for file in (files.run, files.report):
        text = file.read_text(encoding="utf-8")
        assert key not in text
        assert "abcdefghijkl" not in text
