"""The splits and dividends that a command reads: of an output folder, or of a deployed stack."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from stockflow.dataset.places import Place, is_hidden
from stockflow.dataset.sentences import readable
from stockflow.errors import CommandFailed
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import StoredObject
from stockflow_functions.aws.freshness import ACTIONS, understood
from stockflow_functions.domain.actions.table import Actions, decode
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices.freshness import Known
from stockflow_functions.domain.prices.series import DAILY


@dataclass(frozen=True)
class KeptActions:
    """Those of a place. What can't be read there is a ``DatasetError`` or a ``CommandFailed``."""

    place: Place

    def symbols(self) -> list[str]:
        """Those of whom something was asked, in alphabetical order."""
        with readable(self.place.name):
            return sorted(keys.symbol_of(key) for key in self.place.keys(keys.ACTIONS) if not is_hidden(key))

    def read(self, symbol: str) -> Actions:
        """What is known of a symbol; of one that was never asked for, nothing."""
        key = keys.actions(symbol)
        with readable(self.place.name):
            body = self.place.read(key)
        try:
            return Actions() if body is None else decode(body, symbol)
        except NewerTableError as error:
            raise CommandFailed(f"{self.place.name}/{key} is a newer release's ({error}): install that one.") from None
        except NotATableError as error:
            raise CommandFailed(
                f"{self.place.name}/{key} can't be read ({error}): move it away, and have it made anew."
            ) from None

    def without(self, kept: Iterable[str]) -> tuple[list[str], list[str]]:
        """The symbols with daily prices that are not among those: never asked for, and asked for in vain."""
        others = {symbol for symbol, known in self._freshness(DAILY.name).items() if known.last} - set(kept)
        in_vain = others & self._freshness(ACTIONS).keys()
        return sorted(others - in_vain), sorted(in_vain)

    def _freshness(self, series: str) -> Mapping[str, Known]:
        key = keys.freshness(series)
        with readable(self.place.name):
            body = self.place.read(key)
        return understood(key, None if body is None else StoredObject(body, "")).known
