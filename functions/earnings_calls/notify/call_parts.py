"""What a message says of each call: its tone against the call before, and the passages to read first. Pure."""

from collections.abc import Iterable, Sequence

from stockflow_functions.domain.messages.message import Part, Piece, Untrusted
from stockflow_functions.domain.outcome import CHECKED
from stockflow_functions.domain.words import and_more, counted, on_the_clock, signed
from stockflow_functions.earnings_calls.contracts import QuotedPassage
from stockflow_functions.earnings_calls.notify.headline import NOUN, day_of
from stockflow_functions.earnings_calls.outcome import SAVED, UNCHANGED, CallOutcome
from stockflow_functions.reporting.parts import LONGEST_NAME, Line

MOST_CALLS = 20
MOST_IN_FULL = 5
"""Calls with a part of their own; of more there is a line each."""
_QUOTES = {1: (5, 2), 2: (3, 1), 3: (2, 1)}
"""How many of the most negative and most positive passages are quoted of each, by the number of calls."""
_FEW_QUOTES = (1, 1)
LONGEST_QUOTE = 240
_TWO_MINUTES = 120


def call_parts(calls: Sequence[CallOutcome]) -> list[Part]:
    """The calls that have a tone, those first whose tone has changed most."""
    judged = sorted((call for call in calls if call.tone is not None), key=_news, reverse=True)
    if len(judged) <= MOST_IN_FULL:
        quotes = _QUOTES.get(len(judged), _FEW_QUOTES)
        return [_in_full(call, *quotes) for call in judged]
    left_out = and_more(len(judged) - MOST_CALLS).strip()
    lines = [_heading(call) for call in judged[:MOST_CALLS]]
    return [Part("The calls, most changed first", (*lines, *([(left_out,)] if left_out else [])))]


def without_tone(calls: Iterable[CallOutcome]) -> list[Part]:
    """The calls that were saved without a tone."""
    well = {SAVED, UNCHANGED, CHECKED}
    names = [call.symbol for call in calls if call.status in well and call.passages and call.tone is None]
    if not names:
        return []
    shown: list[Piece] = [f"{counted(len(names), NOUN)} kept without a tone: "]
    for name in names[:MOST_CALLS]:
        shown += [Untrusted(name, LONGEST_NAME), ", "]
    return [Part("", ((*shown[:-1], and_more(len(names) - MOST_CALLS)),))]


def _news(call: CallOutcome) -> tuple[float, float]:
    return abs(call.tone_change or 0.0), abs(call.tone or 0.0)


def _in_full(call: CallOutcome, most_negative: int, most_positive: int) -> Part:
    lines = [_heading(call), *_sections(call), _about(call)]
    lines += _quotes("Most negative", call.most_negative[:most_negative])
    lines += _quotes("Most positive", call.most_positive[:most_positive])
    return Part("", tuple(lines))


def _heading(call: CallOutcome) -> Line:
    """``AAPL, 2026-10-29: tone +0.18, -0.12 against 2026-07-30``."""
    day = f", {day_of(call)}" if day_of(call) else ""
    pieces: list[Piece] = [
        Untrusted(call.company or call.symbol, LONGEST_NAME),
        f"{day}: tone {signed(call.tone or 0)}",
    ]
    if call.tone_change is not None:
        pieces += [f", {signed(call.tone_change)} against ", Untrusted(call.previous_call_date or "", 10)]
    return tuple(pieces)


def _sections(call: CallOutcome) -> list[Line]:
    named = [("prepared remarks", call.tone_prepared), ("questions and answers", call.tone_qa)]
    found = [f"{name} {signed(tone)}" for name, tone in named if tone is not None]
    return [(f"{found[0][0].upper()}{', '.join(found)[1:]}",)] if found else []


def _about(call: CallOutcome) -> Line:
    """How long it is, and in which language."""
    length = "" if call.seconds is None else f"{_length(call.seconds)}, "
    unscored = f", {call.unscored:,} of them without a tone" if call.unscored else ""
    language: Line = (", ", Untrusted(call.language, 12)) if call.language else ()
    return (f"{length}{counted(call.passages, 'passage')}{unscored}", *language)


def _length(seconds: float) -> str:
    """``62 minutes``, ``45 seconds``."""
    return counted(round(seconds / 60), "minute") if seconds >= _TWO_MINUTES else counted(round(seconds), "second")


def _quotes(title: str, quotes: Sequence[QuotedPassage]) -> list[Line]:
    return [(f"{title}:",), *map(_quote, quotes)] if quotes else []


def _quote(quote: QuotedPassage) -> Line:
    """``-0.91 at 41:07, spk_2: "..."``."""
    at = "" if quote["start_seconds"] is None else f" at {on_the_clock(quote['start_seconds'])}"
    who: Line = (", ", Untrusted(quote["speaker"], LONGEST_NAME)) if quote["speaker"] else ()
    return (f"{signed(quote['tone'])}{at}", *who, ": ", Untrusted(quote["text"], LONGEST_QUOTE))
