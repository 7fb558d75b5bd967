"""What a function answered: the payload that its state got, before ResultSelector and ResultPath."""

from typing import Any

from stockflow.history.visits import Attempt, Visit, details_of, parsed


def answer_of_attempt(attempt: Attempt) -> Any:
    """The function's answer, parsed; None where the attempt failed or the history does not hold it."""
    output = parsed(details_of(attempt.ended).get("output"))
    if attempt.scheduled["type"] == "LambdaFunctionScheduled":
        return output
    return output.get("Payload") if isinstance(output, dict) else None


def answer_of(visit: Visit) -> dict[str, Any]:
    """The answer of the visit's last attempt; empty where that is no object."""
    answer = answer_of_attempt(visit.attempts[-1]) if visit.attempts else None
    return answer if isinstance(answer, dict) else {}
