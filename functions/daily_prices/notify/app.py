"""Notify: writes the manifest of a run, then notifies people; see functions/reporting."""

from urllib.parse import urlsplit

from stockflow_functions.aws.backfills import BackfillStore
from stockflow_functions.daily_prices.notify.backfill import BackfillCounter
from stockflow_functions.daily_prices.notify.reporter import DailyPricesReporter
from stockflow_functions.reporting.notifier import state_function
from stockflow_functions.runtime.services import Services


def reporter_of(services: Services) -> DailyPricesReporter:
    """The reporter of daily prices, with a function's equipment."""
    return DailyPricesReporter(
        bucket=services.bucket,
        budget=services.budget,
        deferred=services.deferred,
        freshness=services.freshness,
        clock=services.clock,
        logger=services.logger,
        vendor=services.vendor,
        source=urlsplit(services.settings.vendor_base_url).hostname or "",
        backfills=BackfillCounter(BackfillStore(services.bucket), services.settings.terms),
        failure_is_red=services.settings.fail_run_on_symbol_failure,
    )


handler = state_function("Notify", reporter_of, clients=("dynamodb",))
