"""The workflow input from a command's arguments."""

import json
from collections import Counter
from pathlib import Path

from stockflow.errors import Unusable
from stockflow.history.json_values import JsonObject


def workflow_input_of(
    symbols: tuple[str, ...],
    input_file: Path | None,
    *,
    force: bool,
    **others: str | None,
) -> JsonObject:
    """The file's input, if there is a file, overridden by the arguments; of ``others`` by those that are given.

    Raises:
        Unusable: the file can't be read, or does not hold a JSON object.
    """
    chosen = {"symbols": list(symbols) or None, **others, "force": force or None}
    given = {} if input_file is None else _read(input_file)
    return {**given, **{name: value for name, value in chosen.items() if value is not None}}


def _read(input_file: Path) -> JsonObject:
    try:
        value = json.loads(input_file.read_text(encoding="utf-8-sig"), object_pairs_hook=_once)
    except Unusable as error:
        raise Unusable(f"The input {input_file} {error}.") from None
    except RecursionError:
        raise Unusable(f"The input {input_file} is nested too deeply to be read.") from None
    except OSError as error:
        raise Unusable(f"The input {input_file} can't be read ({error.strerror}).") from None
    except ValueError as error:
        raise Unusable(
            f'The input {input_file} is not JSON ({error}): write {{"symbols": ["AAPL", "MSFT"]}}.'
        ) from None
    if not isinstance(value, dict):
        raise Unusable(f'The input {input_file} is not a JSON object: write {{"symbols": ["AAPL", "MSFT"]}}.')
    return value


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    """The object; a name that is given twice is refused, as it would be unclear which value counts."""
    times = Counter(name for name, _ in pairs)
    doubled = next((name for name, count in times.items() if count > 1), None)
    if doubled is not None:
        raise Unusable(f"has {doubled!r} twice: write it once")
    return dict(pairs)
