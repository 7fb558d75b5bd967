"""NotifyCalls: writes the manifest of a run, then notifies people; see functions/reporting."""

from urllib.parse import urlsplit

from stockflow_functions.earnings_calls.notify.reporter import CallsReporter
from stockflow_functions.reporting.notifier import state_function
from stockflow_functions.runtime.services import Services


def reporter_of(services: Services) -> CallsReporter:
    """The reporter of earnings calls, with a function's equipment."""
    settings = services.settings
    return CallsReporter(
        budget=services.budget,
        deferred=services.deferred,
        logger=services.logger,
        engines={"speech": settings.speech_engine, "tone": settings.tone_engine},
        vendor=services.vendor,
        source=urlsplit(settings.vendor_base_url).hostname or "",
    )


handler = state_function("NotifyCalls", reporter_of, clients=("dynamodb",))
