"""The Lambda functions of the workflow, with what the template gives each."""

from stockflow_functions.runtime.workflow import Function

_HERE = __package__

FUNCTIONS = (
    Function("PlanCalls", f"{_HERE}.plan.app", memory_mb=256, timeout_seconds=60),
    Function("StartTranscription", f"{_HERE}.start.app", memory_mb=256, timeout_seconds=60),
    Function("LookAtTranscription", f"{_HERE}.look.app", memory_mb=256, timeout_seconds=60),
    Function("FetchTranscript", f"{_HERE}.fetch.app", memory_mb=512, timeout_seconds=145),
    Function("ReadTranscript", f"{_HERE}.read.app", memory_mb=1769, timeout_seconds=120),
    Function("JudgeTone", f"{_HERE}.judge.app", memory_mb=512, timeout_seconds=300),
    Function("SaveTone", f"{_HERE}.save.app", memory_mb=1769, timeout_seconds=120),
    Function("NotifyCalls", f"{_HERE}.notify.app", memory_mb=512, timeout_seconds=120),
)
