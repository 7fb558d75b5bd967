"""What an error of the workflow says: from its output, or from its name alone."""

import inspect
import json

from stockflow_functions.domain import errors
from stockflow_functions.domain.outcome import Failure
from stockflow_functions.domain.words import parsed

LONGEST_MESSAGE = 2_000
"""How many characters of an error's sentence a manifest keeps; a Cause may have 32,768."""

_SERVICE_SENTENCES = {
    "States.Timeout": "It took longer than its TimeoutSeconds.",
    "States.Runtime": "The workflow's definition can't handle the data that it was given.",
    "States.DataLimitExceeded": "A state's input or output was over 256 KiB.",
    "States.TaskFailed": "What the Task had started, and waited for, failed.",
    "StepFunctions.ExecutionLimitExceededException": "Step Functions had no room for another execution.",
    "Sandbox.Timedout": "The function took longer than its time-out, or ran out of memory.",
    "Runtime.ExitError": "The function's process ended without an answer, most often out of memory.",
    "Lambda.Unknown": "The function ended without an answer: out of memory, or past its time-out.",
    "Lambda.TooManyRequestsException": "Lambda had no room for another call of the function.",
    "Aborted": "Somebody stopped the execution.",
}


def standard_sentence(error_type: str) -> str:
    """The sentence for an error's name alone: for one of ours, the first line of its class's docstring."""
    kind = getattr(errors, error_type, None)
    if inspect.isclass(kind) and issubclass(kind, errors.StockflowError):
        return (inspect.getdoc(kind) or "").partition("\n")[0]
    return _SERVICE_SENTENCES.get(error_type, "Nothing more is known; the execution's history may have more.")


def read_error(error: object) -> tuple[str, str]:
    """An error output ``{"Error", "Cause"}`` as the error's name and one sentence.

    The Cause of a failed function is JSON, ``{"errorMessage", "errorType", "stackTrace", "requestId"}``; of anything
    else it is a text, or missing. Any other value is read as far as it goes.
    """
    output = error if isinstance(error, dict) else {}
    name = _text(output.get("Error")) or "Unknown"
    cause = _text(output.get("Cause"))
    payload = parsed(cause)
    if isinstance(payload, dict) and "errorMessage" in payload:
        cause = _text(payload["errorMessage"])
    return name, (cause or standard_sentence(name))[:LONGEST_MESSAGE]


def run_failed(failure: Failure) -> str:
    """The sentence of a run that failed."""
    return f"{failure.type} in {failure.state}: {failure.message}"


def _text(value: object) -> str:
    return value if isinstance(value, str) else "" if value is None else json.dumps(value)
