"""A call as it is given to ``stockflow call``: checked before a file is copied or a run is started."""

import re
import stat
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from stockflow.errors import Unusable
from stockflow.stand_ins.audio import read_header
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.domain import quarters
from stockflow_functions.domain.calls.reading import read_transcript
from stockflow_functions.domain.errors import InvalidInput, StockflowError
from stockflow_functions.domain.symbols import quoted, symbol_of
from stockflow_functions.earnings_calls.names import AUDIO, RECORDINGS, TRANSCRIPT, VENDOR, CallName, call_of
from stockflow_functions.earnings_calls.plan.objects import (
    FIRST_BYTES,
    LARGEST_RECORDING_BYTES,
    LARGEST_TRANSCRIPT_BYTES,
    is_text,
)

_LABEL = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")


@dataclass(frozen=True)
class CallArguments:
    """What a person wrote; of ``audio``, ``transcript`` and ``quarter`` there should be one."""

    symbol: str
    day: str | None = None
    audio: Path | None = None
    transcript: Path | None = None
    quarter: str | None = None
    label: str | None = None
    language: str | None = None


@dataclass(frozen=True)
class GivenCall:
    """A call that can be judged; ``file`` is the recording or transcript, None for the vendor's."""

    call: CallName
    file: Path | None


def given_call(arguments: CallArguments, today: date) -> GivenCall:
    """The call that the arguments give.

    Raises:
        Unusable: they don't go together, one can't be used, or the file is no such thing.
    """
    door = _door(arguments)
    try:
        symbol = symbol_of(arguments.symbol, "SYMBOL")
        if door == VENDOR:
            return GivenCall(call_of(_published(arguments, symbol), "--quarter", today), None)
        label = f"-{_label(arguments.label)}" if arguments.label is not None else ""
        when = f"{_day(arguments.day)}{label}"
        file, extension = _recording(arguments) if door == AUDIO else _transcript(arguments)
        return GivenCall(call_of(f"{keys.safe_symbol(symbol)}/{when}.{extension}", "--date", today), file)
    except InvalidInput as error:
        raise Unusable(str(error)) from None


def put_in_place(given: GivenCall, bucket: Bucket) -> str:
    """Puts the file under the call's key, and returns a sentence if another was there; "" otherwise.

    Raises:
        Unusable: the file is gone since it was checked, or the folder does not take it.
    """
    if given.file is None:
        return ""
    key = keys.call_object(given.call.name)
    try:
        body = given.file.read_bytes()
        before = bucket.get(key)
        if before is None or before.body != body:
            bucket.put(key, body)
    except (OSError, StockflowError) as error:
        raise Unusable(f"{given.file} could not be copied to {key}: {error}") from None
    return "" if before is None or before.body == body else f"{given.file} takes the place of another {key}."


def _door(arguments: CallArguments) -> str:
    doors = {
        "--audio": (AUDIO, arguments.audio),
        "--transcript": (TRANSCRIPT, arguments.transcript),
        "--quarter": (VENDOR, arguments.quarter),
    }
    given = [option for option, (_, value) in doors.items() if value is not None]
    if len(given) != 1:
        there = " and ".join(given) + " exclude each other" if given else "It is not said where the words come from"
        raise Unusable(f"{there}: write one of --audio FILE, --transcript FILE and --quarter 2024Q1.")
    return doors[given[0]][0]


def _published(arguments: CallArguments, symbol: str) -> str:
    """The name of a call of the vendor's, which people may give without its date."""
    if arguments.label is not None:
        raise Unusable("--label tells recordings of one day apart, and the vendor has none: leave it out.")
    quarter = str(arguments.quarter).upper()
    if not quarters.FORM.fullmatch(quarter):
        raise Unusable(f"--quarter is {quoted(arguments.quarter)}: write a quarter such as 2024Q1.")
    day = f"@{_day(arguments.day)}" if arguments.day is not None else ""
    return f"{symbol}/{quarter}{day}"


def _day(text: str | None) -> str:
    if text is None:
        raise Unusable("It is not said when the call was: write its day, such as --date 2026-10-29.")
    try:
        day = date.fromisoformat(text).isoformat()
    except ValueError:
        day = ""
    if day != text:
        raise Unusable(f"--date is {quoted(text)}: write the day of the call, such as 2026-10-29.")
    return day


def _label(text: str) -> str:
    if not _LABEL.fullmatch(text):
        raise Unusable(f"--label is {quoted(text)}: write up to 40 of a-z, 0-9 and -, such as investor-day.")
    return text


def _recording(arguments: CallArguments) -> tuple[Path, str]:
    file = Path(str(arguments.audio))
    extension = file.suffix.lower().removeprefix(".")
    head = _head(file, LARGEST_RECORDING_BYTES)
    if extension == "json":
        raise Unusable(f"{file} is a transcript by its name: write --transcript {file}.")
    if extension not in RECORDINGS:
        raise Unusable(f"{file} has no name of a recording: it should end in one of .{', .'.join(RECORDINGS)}.")
    if is_text(head):
        raise Unusable(f"{file} is a text, not a recording: give a transcript with --transcript.")
    if read_header(file).format is None:
        raise Unusable(f"{file} does not begin as a recording does: give one of {', '.join(RECORDINGS)} as it came.")
    return file, extension


def _transcript(arguments: CallArguments) -> tuple[Path, str]:
    file = Path(str(arguments.transcript))
    _head(file, LARGEST_TRANSCRIPT_BYTES)
    if file.suffix.lower().removeprefix(".") in RECORDINGS:
        raise Unusable(f"{file} is a recording by its name: write --audio {file}.")
    try:
        read_transcript(file.read_bytes(), arguments.language)
    except (OSError, StockflowError) as error:
        raise Unusable(f"{file}: {error}") from None
    return file, "json"


def _head(file: Path, largest_bytes: int) -> bytes:
    """The first bytes of the file."""
    try:
        found = file.stat()
        _must_be_a_file(file, found.st_mode)
        with file.open("rb") as opened:
            head = opened.read(FIRST_BYTES)
    except (FileNotFoundError, NotADirectoryError):
        raise Unusable(f"There is no file {file}: correct its name.") from None
    except OSError as error:
        raise Unusable(f"{file} can't be read ({error.strerror}): name a file that can.") from None
    if not head:
        raise Unusable(f"{file} is empty: give the whole of it.")
    if found.st_size > largest_bytes:
        raise Unusable(f"{file} has {found.st_size:,} bytes, and {largest_bytes:,} are the most: give a smaller one.")
    return head


def _must_be_a_file(file: Path, mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise Unusable(f"{file} is a folder: name the file of one call.")
    if not stat.S_ISREG(mode):
        raise Unusable(f"{file} is no ordinary file: name the file of one call.")
