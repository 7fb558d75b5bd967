"""Gives back the slots that an ended run had reserved and did not use."""

from aws_lambda_powertools import Logger

from stockflow_functions.aws.state_table.store import BudgetStore
from stockflow_functions.domain.errors import StockflowError


def release_slots(budget: BudgetStore, execution: str, logger: Logger) -> None:
    """Releases them. Never raises: a table that refuses must not hide why the run ended."""
    try:
        count = budget.release(execution)
    except StockflowError as error:
        logger.warning("the remaining slots could not be released", extra={"reason": str(error)})
    else:
        logger.info("slots were released", extra={"slots": count})
