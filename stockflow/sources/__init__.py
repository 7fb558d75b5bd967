"""A run as data, and its page.

Writing, at the end of a run on a laptop::

    from stockflow.sources import SavedRun, save_run

    run = SavedRun(
        engine={"name": "stockflow on this machine", "version": "moto 5.2.5"},
        definition=describe_state_machine_for_execution["definition"],   # ASL, as JSON text or parsed
        description=describe_execution,     # DescribeExecution's answer as boto3 returns it (datetimes are fine)
        events=events,                      # GetExecutionHistory's events as boto3 returns them
        logs={request_id: [line, ...]},     # what the functions logged, by Lambda request id
        slack=[{"channel": "error", "received_at": "2026-11-20T22:30:00.250Z", "payload": {...}}],
        fetched_at="2026-11-20T22:30:00.250Z",
    )
    files = save_run(folder, run, redactor=services.redactor)   # folder: DIR/runs/<execution>
    files.run, files.report                 # Path of run.json and of report.html

``save_run(folder, run, *, redactor=None) -> SavedFiles`` masks secrets, writes ``run.json`` and then ``report.html``. A
manifest that is already in the folder, and those of the sibling folders, serve for the outcome and the comparison.

Reading::

    from stockflow.sources import open_run

    opened = open_run("latest", output_dir="out")   # a name, a folder, a file, an ARN, a console address
    model = opened.model
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
