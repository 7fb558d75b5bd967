"""A run's universe: who is listed, or a list that was put below ``universes/`` in the dataset's bucket."""

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.listings import read_listings
from stockflow_functions.daily_prices.plan.inbox import symbols_of_list
from stockflow_functions.daily_prices.plan.symbols import not_too_many
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.inputs import ObjectPlace
from stockflow_functions.domain.listings.lookup import BELIEVED_FOR_DAYS
from stockflow_functions.domain.listings.universe import is_listed_universe, listed_universe
from stockflow_functions.domain.prices.exchanges import US, today
from stockflow_functions.domain.symbols import quoted


def symbols_of_universe(universe: str, bucket: Bucket, now_ms: int) -> tuple[list[str], list[str]]:
    """The universe's symbols, and sentences about it: its listings are old, or a line of its list can't be a symbol.

    Raises:
        InvalidInput: there is no such list, there are no listings yet, or the universe has no symbols, or too many.
        StorageDenied: the listings can't be read; also as the bucket's methods do.
    """
    if not is_listed_universe(universe):
        return symbols_of_list(ObjectPlace(bucket.name, universe), bucket)
    chosen, day = listed_universe(universe), today(US, now_ms)
    stored = read_listings(bucket)
    if stored is None:
        raise InvalidInput(
            f"{universe} can't be looked up, as there are no listings yet: stockflow listings --update asks for them "
            "(with --aws on a deployed stack)."
        )
    age_days = stored.listings.age_days(day)
    old = age_days > BELIEVED_FOR_DAYS and (chosen.day is None or chosen.day > stored.listings.as_of)
    warnings = [f"{universe} is by the listings of {stored.listings.as_of}, {age_days} days ago."] if old else []
    return not_too_many(chosen.symbols(stored.listings, day)), warnings


def check_universe(universe: str) -> None:
    """Looks nothing up.

    Raises:
        InvalidInput: it is neither a universe of listings nor the key of a list.
    """
    if is_listed_universe(universe):
        listed_universe(universe)
    elif not universe.startswith(keys.UNIVERSES):
        raise InvalidInput(
            f"universe is {quoted(universe)}: write listed:NASDAQ, listed:NYSE:2015-06-30, or the key of a list below "
            f"{keys.UNIVERSES} in the dataset's bucket."
        )
