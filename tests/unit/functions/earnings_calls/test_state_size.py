"""Whatever a run of earnings calls meets, its states stay far below Step Functions' limit: none grows with a call."""

import json

import pytest

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.domain.symbols import LONGEST_SYMBOL
from stockflow_functions.earnings_calls.names import MOST_CALLS
from stockflow_functions.earnings_calls.plan.app import handler as planner
from stockflow_functions.earnings_calls.read.app import read
from tests.helpers.written_calls import CALL, alpha_vantage_body, transcribe_output

MOST_BYTES = 262_144
"""docs.aws.amazon.com/step-functions/latest/dg/service-quotas.html: input or output of a state or an execution."""
LONGEST_OF_AWS = "Lambda.ClientExecutionTimeoutException"
EXECUTION = "x" * 80
ARN = f"arn:aws:states:ap-southeast-2:123456789012:execution:{'m' * 80}:{EXECUTION}"


def size(value):
    """As Lambda's runtime client writes it, which is longer than what Step Functions makes of it."""
    return len(json.dumps(value, ensure_ascii=False).encode(errors="replace"))


def planned(*names, aws):
    """What PlanCalls makes of calls whose objects are there."""
    event = {"input": {"symbols": list(names)}, "execution": EXECUTION, "execution_arn": ARN, "retry_count": 0}
    return planner.run({**event, "started_at": "2026-11-20T22:30:00.250Z"}, None, aws.services)


def test_a_run_of_the_most_calls_fits_into_a_state_if_all_fail():
    """With the longest names and errors, its report is below a fifth of 256 KiB."""
    names = [
        f"{f'S{number:02}'.ljust(LONGEST_SYMBOL, 'X')}/2026-10-{1 + number % 28:02}-{'l' * 40}.webm"
        for number in range(MOST_CALLS)
    ]
    aws = FakeAws()
    for name in names:
        aws.s3.place(keys.call_object(name), b"\0" * 100)
    plan = planned(*names, aws=aws)
    error = {"type": LONGEST_OF_AWS, "state": "LookAtTranscription"}
    ended = [{"symbol": item["symbol"], "status": "failed", "error": error} for item in plan["work"]]

    assert len(plan["work"]) == MOST_CALLS
    assert size({"report": "summary", "plan": {**plan, "symbols": ended}, "retry_count": 10}) < MOST_BYTES / 5


LONG = "x" * 100_000
TRANSCRIPTS = {
    "of many turns": transcribe_output([*CALL] * 100),
    "of many voices": transcribe_output([(f"spk_{number}", "Thank you.") for number in range(500)]),
    "with a long word": transcribe_output([*CALL, ("spk_0", LONG)]),
    "with a long label": transcribe_output([(LONG, "Thank you."), *CALL]),
    "with a long language": transcribe_output(
        language_code=LONG, language_identification=[{"code": LONG, "score": "0.9"}] * 100
    ),
    "of the vendor's, with long names": json.loads(alpha_vantage_body([(LONG, "Thank you."), *CALL], title=LONG)),
}


@pytest.mark.parametrize("transcript", TRANSCRIPTS.values(), ids=TRANSCRIPTS)
def test_what_is_known_of_a_transcript_does_not_grow_with_it(transcript):
    """However long it is and whatever it says of itself, ReadTranscript gives on a few hundred bytes, and pointers."""
    aws, name = FakeAws(), "ACME/2026-10-29.json"
    aws.s3.place(keys.call_object(name), json.dumps(transcript).encode())
    plan = planned(name, aws=aws)
    (item,) = plan["work"]
    asked = {**item, "run": plan["run"], "transcript": item["progress"]["transcript"], "retry_count": 0}

    assert size(read(asked, aws.services)) < 2_000
