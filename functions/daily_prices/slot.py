"""What a slot of this workflow may be for besides the run's own request for its symbol."""

SPLITS, FULL = "splits", "full"
"""Transform's questions, for the symbol's splits or its whole history; ``MovedPriceSlot`` has one under ``asks``."""
