"""The in-memory table answers as moto's does."""

import uuid

import pytest
from botocore.exceptions import ClientError
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stockflow.testing import FakeDynamoDb
from stockflow_functions.aws.state_table.update import Update

NAMES = st.sampled_from(["a", "used_on_2026-11-20", "c"])
NUMBERS = st.integers(-5, 5)
CLAUSES = {
    "at_most": st.tuples(NAMES, NUMBERS),
    "within": st.tuples(NAMES, st.one_of(st.none(), NUMBERS), NUMBERS),
    "set": st.tuples(st.sampled_from(["a", "c"]), NUMBERS),
    "count": st.tuples(st.just("used_on_2026-11-20"), NUMBERS, st.integers(0, 5)),
    "add_name": st.tuples(st.just("names"), st.sampled_from(["x", "y"])),
    "remove": st.tuples(st.just("old"), st.just("older")),
}
UPDATES = st.lists(
    st.lists(st.sampled_from(sorted(CLAUSES)), unique=True).flatmap(
        lambda verbs: st.tuples(*(CLAUSES[verb].map(lambda args, verb=verb: (verb, args)) for verb in verbs))
    ),
    min_size=1,
    max_size=6,
)


def outcome(client, key, clauses):
    update = Update()
    update.of_version(1)
    for verb, args in clauses:
        getattr(update, verb)(*args)
    try:
        answer = client.update_item(
            TableName="stockflow",
            Key={"pk": {"S": key}},
            ReturnValues="ALL_NEW",
            ReturnValuesOnConditionCheckFailure="ALL_OLD",
            **update.as_arguments(),
        )
        return "taken", _in_order(answer["Attributes"])
    except ClientError as error:
        return error.response["Error"]["Code"], _in_order(error.response.get("Item", {}))


def _in_order(item):
    return {name: {"SS": sorted(value["SS"])} if "SS" in value else value for name, value in item.items()}


@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(updates=UPDATES)
def test_updates_end_as_they_do_in_moto(moto_table, updates):
    """Whatever is written in whatever order, both tables take and refuse the same, and hold the same."""
    memory, key = FakeDynamoDb(), str(uuid.uuid4())

    for clauses in updates:
        assert outcome(memory, key, clauses) == outcome(moto_table, key, clauses)


def test_update_relative_to_another_attribute_ends_as_it_does_in_moto(moto_table):
    """An attribute can be set from what another one was before the update."""
    for client in (FakeDynamoDb(), moto_table):
        outcome(client, "relative", [("set", ("a", 3))])
        taken, item = outcome(
            client, "relative", [("within", ("a", 3, 3)), ("set_from", ("a", "a", 4)), ("set_from", ("a", "c", 1))]
        )
        assert (taken, item["a"], item["c"]) == ("taken", {"N": "7"}, {"N": "4"})


def test_refusal_is_a_client_error():
    """A table that is told to refuse does so as boto3 would."""
    memory = FakeDynamoDb()
    memory.fail("ThrottlingException")

    with pytest.raises(ClientError, match="ThrottlingException"):
        memory.get_item(TableName="stockflow", Key={"pk": {"S": "x"}}, ConsistentRead=True)
