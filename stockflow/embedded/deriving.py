"""What a rule does on AWS when a run has ended: the function is called that makes derived tables anew."""

import json

from stockflow.embedded.resources import HostedWorkflow
from stockflow_functions.runtime.workflow import Payload

LONGEST_SECONDS = 60
"""So long somebody waits for it at most: a folder with the history of a whole market is copied in several runs."""


def derive(hosted: HostedWorkflow, manifest: Payload) -> str:
    """Calls it, if the workflow has one and the run has left a manifest of its own.

    Returns:
        a sentence if it failed, which is no failure of the run, or is not done; the next run goes on. "" if all is
        well.
    """
    function = hosted.functions.get(hosted.workflow.deriving)
    if function is None or "series" not in manifest:
        return ""
    event = {"execution": manifest["execution"], "longest_seconds": LONGEST_SECONDS, "trigger": "laptop"}
    answer = function(json.dumps(event).encode())
    told = json.loads(answer.payload)
    if answer.function_error:
        why = told.get("errorMessage", "the function failed.")
        return f"The run is saved, but the tables of all symbols, the catalog or the findings are not up to date: {why}"
    left = told.get("left", 0)
    return f"Still to be copied into the tables of all symbols: {left:,}. The next run goes on." if left else ""
