"""The universe that a command is given: who is listed, or a file of symbols."""

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from stockflow.errors import Unusable
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.daily_prices.plan.inbox import LARGEST_LIST_BYTES, MOST_NAMED
from stockflow_functions.daily_prices.plan.list_text import symbols_of_text
from stockflow_functions.daily_prices.plan.symbols import not_too_many
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.listings.lookup import Listings
from stockflow_functions.domain.listings.universe import is_listed_universe, listed_universe
from stockflow_functions.domain.prices.exchanges import US, today

_DIGITS = 8


@dataclass(frozen=True)
class GivenUniverse:
    """A universe as a workflow input has it.

    Attributes:
        name: ``listed:…``, or the key of the list.
        body: of the list; None where it is none.
        symbols: of the list, likewise.
        complaints: a sentence for each entry of the list that can't be a symbol.
    """

    name: str
    body: bytes | None = None
    symbols: tuple[str, ...] = ()
    complaints: tuple[str, ...] = ()

    def put_in_place(self, bucket: Bucket) -> None:
        """Copies the list to where the workflow finds it; the same list is the same object."""
        if self.body is not None:
            bucket.put(self.name, self.body, content_type="text/plain")

    def symbols_by(self, find: Callable[[], Listings | None], now_ms: int) -> list[str]:
        """Its symbols; ``find`` reads the listings, which a list does not need.

        Raises:
            Unusable: there are no listings, or it has no symbols by them.
        """
        if self.body is not None:
            return list(self.symbols)
        listings = find()
        if listings is None:
            raise Unusable(
                f"{self.name} needs listings, and there are none: stockflow listings --update asks for them."
            )
        try:
            return not_too_many(listed_universe(self.name).symbols(listings, today(US, now_ms)))
        except InvalidInput as error:
            raise Unusable(str(error)) from None


def given_universe(text: str) -> GivenUniverse:
    """The universe that a person names.

    Raises:
        Unusable: it can't be one, or the file can't be read, or has no symbol, or too many.
    """
    try:
        if is_listed_universe(text):
            return GivenUniverse(listed_universe(text).text)
        return _list_in(Path(text))
    except InvalidInput as error:
        raise Unusable(str(error)) from None


def universe_input(given: GivenUniverse | None, workflow_input: Mapping[str, object]) -> dict[str, object]:
    """The workflow input with the universe in it.

    Raises:
        Unusable: it names symbols too, or a universe as one of them.
    """
    symbols = workflow_input.get("symbols")
    must_be_symbols(symbols if isinstance(symbols, list) else [])
    if given is None:
        return dict(workflow_input)
    other = next((name for name in ("symbols", "list", "universe") if workflow_input.get(name)), None)
    if other:
        raise Unusable(f"There are both {other} and --universe: give one of them.")
    return {**workflow_input, "universe": given.name}


def must_be_symbols(names: Iterable[object]) -> None:
    """Refuses a universe among symbols, which by its letters might be one.

    Raises:
        Unusable: there is one.
    """
    for name in names:
        if isinstance(name, str) and is_listed_universe(name.lower()):
            raise Unusable(f"{name} is no symbol, but a universe: write --universe {name}.")


def complaints_of(given: GivenUniverse | None) -> str:
    """What is wrong with entries of the list, of which at most ten are named; "" if nothing is."""
    complaints = given.complaints if given else ()
    more = len(complaints) - MOST_NAMED
    named = [*complaints[:MOST_NAMED], *([f"{more:,} more of its entries can't be symbols."] if more > 0 else [])]
    return "\n".join(named)


def _list_in(file: Path) -> GivenUniverse:
    try:
        with file.open("rb") as opened:
            body = opened.read(LARGEST_LIST_BYTES + 1)
        text = body.decode("utf-8-sig")
    except OSError as error:
        raise Unusable(
            f"The universe {file} can't be read ({error.strerror}): name a file with one symbol a line, or write "
            "listed:NASDAQ."
        ) from None
    except UnicodeDecodeError:
        raise Unusable(f"The universe {file} is not UTF-8 text: save it as plain text or CSV.") from None
    if len(body) > LARGEST_LIST_BYTES:
        raise Unusable(f"The universe {file} is larger than {LARGEST_LIST_BYTES} bytes: write symbols only.")
    try:
        symbols, complaints = symbols_of_text(text)
    except InvalidInput as error:
        raise Unusable(f"{error} The list is {file}.") from None
    key = keys.universe(file.stem, hashlib.sha256(body).hexdigest()[:_DIGITS])
    return GivenUniverse(key, body, tuple(symbols), tuple(complaints))
