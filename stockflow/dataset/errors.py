"""What the dataset can't answer."""

from stockflow.errors import Unusable


class DatasetError(Unusable):  # "unusable" is what was asked, or where
    """What was asked can't be answered: one sentence on what is wrong, where, and what to do instead."""
