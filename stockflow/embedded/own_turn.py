"""A run's turn: nobody else uses its output folder, and nobody else of this user asks with its key."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from stockflow.embedded.holder import Holder
from stockflow.embedded.state_folder import VARIABLE, SharedBudget
from stockflow.embedded.table_file import PRIVATE, TableFile
from stockflow.embedded.turn import Line
from stockflow.embedded.waiting import Waiting
from stockflow.errors import Unusable

_OF_THE_USER_ALONE = 0o700


@contextmanager
def own_turn(folder: Path, table: TableFile, shared: SharedBudget | None, waiting: Waiting) -> Iterator[Path | None]:
    """Waits for the turn, and gives the folder whose run had the budget before; None if that was on another machine.

    The line of the key comes first: who waits there keeps no folder from others.

    Raises:
        Unusable: a folder can't be written, or others took longer than this run waits.
    """
    with ExitStack() as stack:

        def enter(line: Line) -> Holder | None:
            return stack.enter_context(line.turn(folder, table.budget_file, waiting))

        before = _with_key(enter, shared) if shared else None
        _in_folder(enter, folder)
        if before is None:
            yield folder
        else:
            yield Path(before.folder) if before.is_on_this_machine else None


def _with_key(enter: Callable[[Line], Holder | None], shared: SharedBudget) -> Holder | None:
    place = shared.file.parent
    try:
        place.mkdir(mode=_OF_THE_USER_ALONE, parents=True, exist_ok=True)
        return enter(Line(shared.lock, "asks with the same key", "wait for its end"))
    except OSError as error:
        raise Unusable(f"{place} can't be written ({error.strerror}): name another folder with {VARIABLE}.") from None


def _in_folder(enter: Callable[[Line], Holder | None], folder: Path) -> None:
    private = folder / PRIVATE
    try:
        private.mkdir(parents=True, exist_ok=True)
        enter(Line(private / "lock", "uses the same folder", "wait for its end, or choose another with --output-dir"))
    except OSError as error:
        raise Unusable(
            f"{folder} can't be written ({error.strerror}): choose another folder with --output-dir."
        ) from None
