"""Where runs come from and where they are kept: a folder on this machine, a file, or AWS.

Writing, at the end of a run on a laptop::

    run = SavedRun(
        engine={"name": "moto", "version": "5.2.5"},
        definition=describe_state_machine_for_execution["definition"],   # ASL, as JSON text or parsed
        description=describe_execution,     # DescribeExecution's answer as boto3 returns it (datetimes are fine)
        events=events,                      # GetExecutionHistory's events as boto3 returns them
        logs={request_id: [line, ...]},     # what the functions logged, by Lambda request id
    )
    files = save_run("out/runs/<execution>", run, redactor=services.redactor)   # run.json and report.html

Reading::

    model = open_run("latest", output_dir="out").model   # a name, a folder, a file, an ARN, a console address
    visit = model.find_visit(symbol="NFLX", state="Transform")   # or event_id=80; CommandFailed lists what exists
    visit.function_input                            # the handler's exact event, parsed
    visit.input_value, visit.output_value           # the state's own input and output, parsed
    model.rows                                      # a SymbolRow each: symbol, status, outcome, bad, failure, way
    model.root_causes, model.symbols_of(cause)
"""

from stockflow.history.model import RunModel
from stockflow.history.saved_run import SavedRun
from stockflow.sources.opening import OpenedRun, open_run
from stockflow.sources.saving import SavedFiles, save_run
from stockflow.workflows import model_of

__all__ = ["OpenedRun", "RunModel", "SavedFiles", "SavedRun", "model_of", "open_run", "save_run"]
