"""What a function answered: the payload that its state got, before ResultSelector and ResultPath."""

from stockflow.history.json_values import JsonObject, object_in, parsed
from stockflow.history.visits import Attempt, Visit, details_of


def answer_of_attempt(attempt: Attempt) -> object:
    """The function's answer, parsed; None if the attempt failed or the history does not have it."""
    output = parsed(details_of(attempt.ended).get("output"))
    if attempt.scheduled["type"] == "LambdaFunctionScheduled":
        return output
    return object_in(output).get("Payload")


def answer_of(visit: Visit) -> JsonObject:
    """The answer of the visit's last attempt; empty if it is not an object."""
    return object_in(answer_of_attempt(visit.attempts[-1])) if visit.attempts else {}
