"""The state Tell: writes the manifest."""

from stockflow_functions.aws import keys
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.runtime.state import StateFunction


def tell(event, services):
    run, symbols = event["plan"]["run"], event["plan"]["symbols"]
    outcome = "partial" if any(symbol["status"] == "failed" for symbol in symbols) else "succeeded"
    manifest = {
        **run,
        "finished_at": to_iso(services.clock.now_ms()),
        "outcome": outcome,
        "sentence": "",
        "symbols": symbols,
        "warnings": [],
        "error": None,
    }
    services.bucket.put_json(keys.manifest(run["execution"]), manifest)
    return {"outcome": outcome, "end_as_failed": False, "sentence": ""}


handler = StateFunction("Tell", tell)
