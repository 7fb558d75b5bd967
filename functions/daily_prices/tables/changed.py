"""What has changed since the catalog was written: told by lists of objects, without reading one."""

import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket, ObjectFacts
from stockflow_functions.domain.catalog.entry import Entry, Key
from stockflow_functions.domain.prices.series import SERIES

_TABLE = re.compile(rf"{keys.TABLES}([a-z_]+)/(\d{{4}})\.parquet")


@dataclass(frozen=True)
class Listed:
    """A symbol's object in a list."""

    key: str
    facts: ObjectFacts

    @property
    def etag(self) -> str:
        """Its ETag, without the quotes that HTTP puts around it."""
        return self.facts.etag.strip('"')


@dataclass(frozen=True)
class There:
    """What the bucket lists.

    Attributes:
        prices: the symbols' objects, by series and symbol.
        actions: the symbols' objects with splits and dividends.
        years: of each series, the years whose tables there are.
        copy_etag: of the catalog's copy; None if there is none.
    """

    prices: Mapping[Key, Listed]
    actions: Mapping[str, Listed]
    years: Mapping[str, frozenset[int]]
    copy_etag: str | None


def there(bucket: Bucket) -> There:
    """Lists prices, actions, the tables of years and the copy of the catalog."""
    prices = {
        (series, symbol): listed
        for series in SERIES
        for symbol, listed in _by_symbol(bucket, keys.prices_of(series)).items()
    }
    tables = dict(bucket.listed(keys.TABLES))
    matches = [match for key in tables if (match := _TABLE.fullmatch(key))]
    years = {series: frozenset(int(match[2]) for match in matches if match[1] == series) for series in SERIES}
    copy = tables.get(keys.CATALOG_COPY)
    return There(prices, _by_symbol(bucket, keys.ACTIONS), years, copy.etag if copy else None)


def copied(entries: Mapping[Key, Entry], there: There) -> dict[Key, Entry]:
    """The entries of symbols whose bars in the tables are as the catalog says: copied whole, and no table is gone."""
    return {key: entry for key, entry in entries.items() if entry.etag and there.years[key[0]].issuperset(entry.years)}


def changed(entries: Iterable[Key], copied: Mapping[Key, Entry], there: There) -> dict[Key, str | None]:
    """The symbols whose bars in the tables are not those of their objects, of ``entries`` and of all that are there.

    Returns:
        the key of each object; None for one that is gone.
    """
    gone: dict[Key, str | None] = dict.fromkeys(key for key in entries if key not in there.prices)
    return gone | {
        key: listed.key for key, listed in there.prices.items() if key not in copied or copied[key].etag != listed.etag
    }


def years_of(old: Entry | None, new: range, *, same_before: bool, years: Collection[int]) -> range:
    """The years whose tables must be written for a symbol, from the first to the last.

    Args:
        old: what the catalog says; None where the tables may have any bars of the symbol.
        new: the years of its bars now.
        same_before: whether its bars before the last year of ``old`` are those that the tables have.
        years: those that have a table.
    """
    if old is None:
        span = [*years, *new]
    elif same_before:
        span = [*old.years[-1:], *(year for year in new if not old.years or year >= old.years[-1])]
    else:
        span = [*old.years, *new]
    return range(min(span), max(span) + 1) if span else range(0)


def _by_symbol(bucket: Bucket, prefix: str) -> dict[str, Listed]:
    """By symbol; of one that also has an object under its former key, that under the present one."""
    found: dict[str, Listed] = {}
    for key, facts in bucket.listed(prefix):
        name = key.removeprefix(prefix)
        symbol = keys.symbol_of(key)
        if name.endswith(".parquet") and "/" not in name and (symbol not in found or _is_present(name, symbol)):
            found[symbol] = Listed(key, facts)
    return found


def _is_present(name: str, symbol: str) -> bool:
    return name == f"{keys.safe_symbol(symbol)}.parquet"
