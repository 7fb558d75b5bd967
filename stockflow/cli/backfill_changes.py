"""Backfills that there are, looked at and changed."""

from collections.abc import Callable

from stockflow.cli.backfill_place import Place
from stockflow.cli.backfill_words import lines_of, standing_lines
from stockflow.terminal import say
from stockflow_functions.domain.backfill.backfill import Backfill
from stockflow_functions.domain.errors import InvalidInput


def change_one(place: Place, names: tuple[str, ...], change: Callable[[Backfill], Backfill]) -> None:
    """Changes the backfill of this name, or the first unfinished one, and says how far it is.

    Raises:
        InvalidInput: there is none.
        Unusable: a run uses the folder.
    """
    with place.changing() as store:
        after = store.change(named_one(place, names).name, change)
    say(next(lines_of(after, place.days())))


def named_one(place: Place, names: tuple[str, ...]) -> Backfill:
    """The backfill of this name, or the first unfinished one.

    Raises:
        InvalidInput: there is none.
    """
    if not names:
        waiting = place.store.unfinished()
        if not waiting:
            raise InvalidInput("There is no backfill: `stockflow backfill --universe FILE` begins one.")
        return waiting[0]
    found = [one for one in place.store.all() if one.name == names[0]]
    if len(names) > 1 or not found:
        raise InvalidInput(
            f"There is no backfill {' '.join(names)}: `stockflow backfill --status` names those there are."
        )
    return found[0]


def say_status(place: Place, names: tuple[str, ...]) -> None:
    """Says how far the backfill of this name is, or the first unfinished one, or the last that there was.

    Raises:
        InvalidInput: there is none of this name.
    """
    waiting = place.store.unfinished()
    if names:
        lines = lines_of(named_one(place, names), place.days())
    elif waiting:
        lines = standing_lines(waiting, place.days())
    else:
        over = place.store.all()[-1:]
        lines = (line for one in over for line in lines_of(one, place.days()))
        if not over:
            say("There is no backfill: `stockflow backfill --universe FILE` begins one.")
    for line in lines:
        say(line)
