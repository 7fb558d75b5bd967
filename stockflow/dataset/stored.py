"""Which symbols a dataset has, and which one somebody may have meant."""

from collections.abc import Callable, Sequence

from stockflow.dataset.errors import DatasetError
from stockflow.dataset.places import Place, is_hidden
from stockflow.dataset.sentences import running
from stockflow_functions.aws import keys
from stockflow_functions.domain.listings.nearest import Names
from stockflow_functions.domain.prices.series import SERIES, Series
from stockflow_functions.domain.words import named_few


def symbols_of(place: Place, series: Series) -> list[str]:
    """All symbols that have a table of the series, sorted."""
    return sorted({keys.symbol_of(key) for key in place.keys(keys.prices_of(series.name)) if _is_table(key, series)})


def symbols_below(place: Place, prefix: str, key_of: Callable[[str], str]) -> list[str]:
    """All symbols that have an object below the prefix, each under the key that ``key_of`` gives it, sorted."""
    found = {key: keys.symbol_of(key) for key in place.keys(prefix) if not is_hidden(key)}
    return sorted(symbol for key, symbol in found.items() if key == key_of(symbol))


def nothing_of(place: Place, series: Series) -> DatasetError:
    """That the place has no prices of the series, and what it has in their place."""
    others = [other.name for other in SERIES.values() if other is not series and symbols_of(place, other)]
    if others:
        return DatasetError(f"{place.name} has no {series.name} prices: write series={' or '.join(map(repr, others))}.")
    prefix = keys.prices_of(series.name)
    return DatasetError(
        f"{place.name} is no dataset, as no table is below {prefix} in it: name a folder that `stockflow run` has "
        "written, or s3://BUCKET/PREFIX."
    )


def unknown(place: Place, series: Series, missing: Sequence[str]) -> DatasetError:
    """That the place has no prices of these symbols, and what may have been meant."""
    stored = symbols_of(place, series)
    if not stored:
        return nothing_of(place, series)
    names = Names({symbol: symbol for symbol in stored})
    near = list(dict.fromkeys(name for symbol in missing for name in names.nearest(symbol)))
    wanted = f"{' '.join(missing[:3])} --series {series.name}"
    fetching = f"{running(place, wanted)} fetches {_them(missing)}"
    meant = f"did you mean {named_few(near)}? Else {fetching}" if near else fetching
    return DatasetError(f"{place.name} has no {series.name} prices of {named_few(missing)}: {meant}.")


def _is_table(key: str, series: Series) -> bool:
    """Whether prices are looked for there: under a symbol's own key, or the former one of some."""
    symbol = keys.symbol_of(key)
    kept = keys.prices(series.name, symbol)
    return (key == kept and not is_hidden(key)) or (symbol.isupper() and key == keys.former(kept))


def _them(symbols: Sequence[str]) -> str:
    return "it" if len(symbols) == 1 else "them"
