"""Where a smoke run keeps its objects: below ``scratch/<execution>/``, laid out as the bucket is.

``stockflow promote`` tries a new version of the workflow with such a run. It makes real requests to the vendor, on the
one request budget, and notifies people; but it reads and writes no object of the dataset, and no deferred symbol.
"""

from stockflow_functions.aws import keys
from stockflow_functions.domain.inputs import SMOKE


def prefix_of(execution: str | None, trigger: object) -> str:
    """The prefix under which this run keeps its objects; "" for every run but a smoke run and its shards."""
    return keys.scratch(keys.whole_run(execution)) if execution and trigger == SMOKE else ""
