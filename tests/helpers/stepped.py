"""A workflow's definition, taken state by state in one thread and without waiting, on AWS in memory.

It knows the part of the Amazon States Language that ``statemachine/*.asl.json`` is made of. The interpreter of the
embedded AWS is what runs on laptops; this one costs milliseconds, and can be stopped at any call of AWS.
"""

import json
import re
from contextlib import suppress
from importlib import import_module
from pathlib import Path

from stockflow_functions.domain.clock import from_iso, to_iso

_STATEMACHINES = Path(__file__).resolve().parents[2] / "statemachine"
_PART = re.compile(r"[^.\[\]$]+")
KILLED = "Runtime.ExitError"


class Killed(BaseException):
    """The process of a function ends here."""


class Failed(Exception):
    """A state's error that nothing has caught yet."""

    def __init__(self, error, cause=""):
        super().__init__(f"{error}: {cause}")
        self.output = {"Error": error, "Cause": cause}


class Stepped:
    """The executions of one workflow.

    Args:
        workflow: a ``Workflow``.
        aws: a ``FakeAws``.
        services: gives what the functions of one execution work with.

    Attributes:
        state: the Task that is under way, with its item; "" between two.
        waited: called with each Wait's state; the world may go on meanwhile.
        entered: the states that were entered, in order.
        called: each call of a function, as its Task, the function's name and the payload.
    """

    def __init__(self, workflow, aws, services=None):
        self._definition = json.loads((_STATEMACHINES / workflow.definition).read_text())
        self._handlers = {each.name: import_module(each.module).handler for each in workflow.functions}
        self._aws, self._new_services, self._services = aws, services or aws.services_with, None
        self.state = ""
        self.waited = lambda _name: None
        self.entered, self.called = [], []

    def run(self, workflow_input, name="one"):
        """One execution from beginning to end: ``SUCCEEDED`` or ``FAILED``, with its output or its error."""
        started = {"Name": name, "Id": f"arn:{name}", "Input": workflow_input}
        self._services = self._new_services()
        context = {"Execution": {**started, "StartTime": to_iso(self._aws.clock.now_ms())}}
        try:
            return "SUCCEEDED", self._machine(self._definition, workflow_input, context)
        except Failed as failed:
            return "FAILED", failed.output

    def _machine(self, machine, data, context):
        name = machine["StartAt"]
        while name:
            state = machine["States"][name]
            self.entered.append(name)
            try:
                data, name = getattr(self, f"_{state['Type'].lower()}")(name, state, data, context)
            except Failed as failed:
                catch = next((each for each in state.get("Catch", []) if _matches(each, failed.output["Error"])), None)
                if catch is None:
                    raise
                data, name = _put(data, catch.get("ResultPath", "$"), failed.output), catch["Next"]
        return data

    def _task(self, name, state, data, context):
        function = re.fullmatch(r"\$\{(\w+)Function\}", state["Parameters"]["FunctionName"])[1]
        answer = self._called_with_retries(name, function, state, data, context)
        result = {"Payload": json.loads(json.dumps(answer))}
        if "ResultSelector" in state:
            result = _filled(state["ResultSelector"], result, context)
        data = _put(data, state.get("ResultPath", "$"), result)
        return _at(state.get("OutputPath", "$"), data, context), state.get("Next")

    def _called_with_retries(self, name, function, state, data, context):
        tried, retry_count = [0] * len(state["Retry"]), 0
        while True:
            payload = _filled(state["Parameters"], data, {**context, "State": {"RetryCount": retry_count}})["Payload"]
            try:
                return self._called(name, function, payload)
            except Failed as failed:
                error = failed.output["Error"]
                number = next((n for n, each in enumerate(state["Retry"]) if _matches(each, error)), None)
                if number is None or tried[number] >= state["Retry"][number]["MaxAttempts"]:
                    raise
                tried[number] += 1
                retry_count += 1

    def call_again(self, name, function, payload):
        """Calls a function once more as it was called before, which Lambda may do too; what it raises is let go."""
        with suppress(Failed):
            self._called(name, function, payload)

    def _called(self, name, function, payload):
        self.called.append((name, function, payload))
        self.state = f"{name} {payload['symbol']}" if "symbol" in payload else name
        try:
            return self._handlers[function].run(payload, None, self._services)
        except Killed:
            raise Failed(KILLED) from None
        except Exception as error:
            cause = json.dumps({"errorMessage": str(error), "errorType": type(error).__name__})
            raise Failed(type(error).__name__, cause) from error
        finally:
            self.state = ""

    def _wait(self, name, state, data, context):
        if "SecondsPath" in state:
            self._aws.clock.sleep(_at(state["SecondsPath"], data, context))
        else:
            until = from_iso(_at(state["TimestampPath"], data, context))
            self._aws.clock.ms = max(self._aws.clock.ms, until)
        self.waited(name)
        return data, state["Next"]

    def _choice(self, name, state, data, context):
        for choice in state["Choices"]:
            (operator, wanted) = next((key, value) for key, value in choice.items() if key not in {"Variable", "Next"})
            found = _at(choice["Variable"], data, context)
            if (found is not None) == wanted if operator == "IsPresent" else found == wanted:
                return data, choice["Next"]
        return data, state["Default"]

    def _pass(self, name, state, data, context):
        made = _filled(state["Parameters"], data, context)
        return _put(data, state.get("ResultPath", "$"), made), state.get("Next")

    def _map(self, name, state, data, context):
        results = []
        for item in _at(state["ItemsPath"], data, context):
            about = {**context, "Map": {"Item": {"Value": item}}}
            given = _filled(state["ItemSelector"], data, about)
            results.append(self._machine(state["ItemProcessor"], given, about))
        return _put(data, state["ResultPath"], results), state["Next"]

    def _succeed(self, name, state, data, context):
        return data, None

    def _fail(self, name, state, data, context):
        error, cause = (_at(state[f"{each}Path"], data, context) if f"{each}Path" in state else state.get(each, "")
                        for each in ("Error", "Cause"))  # fmt: skip
        raise Failed(error, cause)


def _matches(block, error):
    return bool({"States.ALL", error} & set(block["ErrorEquals"]))


def _at(path, data, context):
    """What is there, or None."""
    if path.startswith("States.StringToJson("):
        return json.loads(_at(path[len("States.StringToJson(") : -1], data, context))
    found = context if path.startswith("$$") else data
    for part in _PART.findall(path):
        if isinstance(found, list):
            found = found[int(part)] if int(part) < len(found) else None
        else:
            found = (found or {}).get(part)
    return found


def _filled(template, data, context):
    if not isinstance(template, dict):
        return template
    return {
        name.removesuffix(".$"): _at(value, data, context) if name.endswith(".$") else _filled(value, data, context)
        for name, value in template.items()
    }


def _put(data, path, value):
    if path == "$":
        return value
    return {**data, path.removeprefix("$."): value}
