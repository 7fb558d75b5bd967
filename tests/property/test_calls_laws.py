"""Laws of earnings calls: whatever the order, and whatever is repeated, the same calls make the same dataset."""

from functools import cache

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stockflow_functions.aws import keys
from stockflow_functions.earnings_calls.names import AUDIO, TRANSCRIPT, VENDOR
from tests.helpers.transcripts import published, written_down
from tests.workflow.calls_by_hand import NAMES, TURNS, CallsByHand

OTHERS = {"IBM/2024-07-24.json": TURNS[1:], "IBM/2024-07-24-investor-day.json": TURNS[2:]}
LATER = "IBM/2024Q2@2024-07-25"
CALLS = [NAMES[AUDIO], LATER, *OTHERS]
FEW = settings(max_examples=12)


def stage():
    calls = CallsByHand()
    calls.vendor.answers["2024Q2"] = published(TURNS, quarter="2024Q2")
    for name, turns in OTHERS.items():
        calls.s3.place(keys.call_object(name), written_down(turns, language_code="en-US"))
    return calls


@cache
def in_one_run():
    """The dataset of one run of all calls."""
    calls = stage()
    calls.run(*CALLS)
    return calls.dataset()


@FEW
@given(order=st.permutations(CALLS), first=st.integers(0, len(CALLS)))
def test_any_order_of_two_runs_makes_the_same_tables(order, first):
    """Each change stands against the call before, whichever came first."""
    calls = stage()
    for execution, names in (("one", order[:first]), ("two", order[first:])):
        if names:
            calls.run(*names, execution=execution)

    assert calls.dataset() == in_one_run()


@FEW
@given(data=st.data())
def test_state_that_is_called_again_changes_nothing(data):
    """At any later moment, in any order: Lambda may call a function twice, and Step Functions may repeat it."""
    calls = stage()
    calls.run(*CALLS)
    made, before, jobs = list(calls.steps.called), calls.dataset(), len(calls.transcribe.started)
    again = data.draw(st.lists(st.sampled_from(range(len(made))), max_size=6), label="called again")
    for number in again:
        name, function, payload = made[number]
        if name != "FetchTranscript":  # whose request is paced: the slot is another's by then
            calls.steps.call_again(name, function, {**payload, "retry_count": 1})

    assert calls.dataset() == before
    assert len(calls.transcribe.started) == jobs
    assert [record["status"] for record in records(calls, "one")] == ["saved"] * len(CALLS)


@FEW
@given(
    unwell=st.dictionaries(
        st.sampled_from(sorted(OTHERS)), st.sampled_from([b"{", b'{"results": {}}', b'{"transcript": []}']), max_size=2
    ),
    quarter_is_there=st.booleans(),
    again=st.booleans(),
)
def test_manifest_agrees_with_its_records(unwell, quarter_is_there, again):
    """Call by call and in its sums, however the calls end."""
    calls = stage()
    for name, body in unwell.items():
        calls.s3.place(keys.call_object(name), body)
    asked = [*CALLS[:1], *OTHERS, *([LATER] if quarter_is_there else [])]
    for execution in ["one", "two"] if again else ["one"]:
        _, manifest, _ = calls.run(*asked, execution=execution)

    told = {call["symbol"]: call for call in manifest["symbols"]}
    recorded = {record["symbol"]: record for record in records(calls, execution)}
    assert told.keys() == set(asked)
    assert all(told[name] == record for name, record in recorded.items())
    assert {call["status"] for name, call in told.items() if name not in recorded} <= {"unchanged"}
    assert manifest["cost"]["comprehend_units"] == sum(call["units"] for call in told.values())
    assert {name for name, call in told.items() if call["status"] == "failed"} == set(unwell)


def records(calls, execution):
    prefix = keys.symbol_records(execution)
    return [calls.s3.json(key) for key in sorted(calls.s3.objects) if key.startswith(prefix)]


@pytest.mark.parametrize("door", [AUDIO, TRANSCRIPT, VENDOR])
def test_no_result_of_a_state_grows_with_the_call(door):
    """Ten times the words pass through the states as the same pointer and counts."""
    sizes = []
    for times in (1, 10):
        calls = stage()
        calls.spoken = written_down(TURNS * times, language_code="en-US")
        calls.s3.place(keys.call_object(NAMES[TRANSCRIPT]), calls.spoken)
        calls.run(NAMES[door])
        sizes.append(max(len(str(payload)) for _, _, payload in calls.steps.called))

    assert sizes[1] < sizes[0] + 100
