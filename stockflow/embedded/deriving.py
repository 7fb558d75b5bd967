"""What a rule does on AWS when a run has ended: the function is called that makes derived tables anew."""

import json

from stockflow.embedded.resources import HostedWorkflow
from stockflow_functions.runtime.workflow import Payload


def derive(hosted: HostedWorkflow, manifest: Payload) -> str:
    """Calls it, if the workflow has one and the run has left a manifest of its own.

    Returns:
        a sentence if it failed: that is no failure of the run, and the next run makes it good; "" if all is well.
    """
    function = hosted.functions.get(hosted.workflow.deriving)
    if function is None or "series" not in manifest:
        return ""
    answer = function(json.dumps({"execution": manifest["execution"], "trigger": "laptop"}).encode())
    if not answer.function_error:
        return ""
    why = json.loads(answer.payload).get("errorMessage", "the function failed.")
    return f"The run is saved, but the tables of all symbols and the catalog are as before: {why}"
