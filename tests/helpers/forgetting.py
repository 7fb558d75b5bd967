"""A dataset that nobody knows anything of, for tests of what happens when a symbol is asked for again."""

from stockflow_functions.aws import keys
from stockflow_functions.domain.prices.series import SERIES


def forget_symbols(aws):
    """Removes what is known of the symbols of an embedded AWS: as in a dataset of an earlier release, each is asked for
    once more, though nothing may be new.
    """
    for series in SERIES:
        aws.session.client("s3").delete_object(Bucket=aws.settings.bucket, Key=keys.freshness(series))
