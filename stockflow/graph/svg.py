"""The state machine as SVG: each state with its counts, unreached ones faded, a Map around its states."""

from collections import Counter
from collections.abc import Iterable, Mapping
from functools import partial

from markupsafe import Markup

from stockflow.graph.layout import FRAME_HEAD, LABEL_HEIGHT, TURN, Box, Label, Line, lay_out
from stockflow.history.definition import Path, Region, State
from stockflow.history.visits import ABORTED, DEFERRED, FAILED, HANDLED, MOVED, OK, RUNNING, UNFINISHED

Counts = Mapping[Path, Counter[str]]

MARKS = {
    OK: "✓",
    MOVED: "⇥",
    DEFERRED: "»",
    HANDLED: "!",
    FAILED: "✕",
    ABORTED: "⊘",
    UNFINISHED: "…",
    RUNNING: "▸",
}
RETRIES = "↻"
_WORST_FIRST = (FAILED, HANDLED, ABORTED, UNFINISHED, RUNNING, DEFERRED, OK, MOVED)
_NAME_LETTER, _COUNT_LETTER = 7.9, 6.6
_TEXT_X = 33.0
_NARROWEST, _WIDEST = 104.0, 264.0
_MARGIN = 8.0


def machine_svg(
    machine: Region, counts: Counts, taken: set[tuple[Path, Path]], number_of: Mapping[Path, int]
) -> Markup:
    """The whole picture.

    Args:
        machine: what is drawn.
        counts: visits by status for each state that was reached.
        taken: ways between states that were taken at least once.
        number_of: the page's number for each state.
    """
    drawing = lay_out(machine, partial(_width, counts=counts))
    width, height = drawing.width + 2 * _MARGIN, drawing.height + 2 * _MARGIN
    body = Markup("").join(
        [
            *(_frame(box, counts, number_of) for box in drawing.boxes if box.framed),
            *(
                _lines(stretches, taken, number_of)
                for stretches in sorted(_joined(drawing.lines), key=lambda lines: bool(taken & {*lines[0].ways}))
            ),
            *(Markup('<circle class="dot" cx="{}" cy="{}" r="4"/>').format(_n(x), _n(y)) for x, y in drawing.dots),
            *map(_label, drawing.labels),
            *(_box(box, counts, number_of) for box in drawing.boxes if not box.framed),
        ]
    )
    return Markup(
        '<svg class="machine" xmlns="http://www.w3.org/2000/svg" width="{w}" height="{h}" viewBox="{m} {m} {w} {h}" '
        'role="group" aria-label="State machine">{defs}{body}</svg>'
    ).format(w=_n(width), h=_n(height), m=_n(-_MARGIN), defs=_DEFS, body=body)


_DEFS = Markup(
    "<defs>"
    '<marker id="tip" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
    '<path class="tip" d="M0 .6 7.4 4 0 7.4z"/></marker>'
    '<g id="t-Task"><path d="M2 4.5 8 1.5l6 3v7l-6 3-6-3zM2 4.5l6 3 6-3M8 7.5v7"/></g>'
    '<g id="t-Choice"><path d="M8 1.5 14.5 8 8 14.5 1.5 8z"/></g>'
    '<g id="t-Wait"><circle cx="8" cy="8" r="6.3"/><path d="M8 4.2V8l2.6 1.7"/></g>'
    '<g id="t-Pass"><path d="M1.5 8h12M9.5 3.8 13.7 8l-4.2 4.2"/></g>'
    '<g id="t-Map"><rect x="4.5" y="4.5" width="10" height="10" rx="2"/><path d="M11.5 1.5h-8a2 2 0 0 0-2 2v8"/></g>'
    '<g id="t-Parallel"><path d="M5 2v12M11 2v12"/></g>'
    '<g id="t-Succeed"><circle cx="8" cy="8" r="6.3"/><path d="m5 8.2 2.2 2.2L11.2 6"/></g>'
    '<g id="t-Fail"><circle cx="8" cy="8" r="6.3"/><path d="m5.6 5.6 4.8 4.8m0-4.8-4.8 4.8"/></g>'
    "</defs>"
)


def _width(state: State, counts: Counts) -> float:
    name = min(len(state.name), 32) * _NAME_LETTER
    under = len(_plain_counts(state, counts)) * _COUNT_LETTER
    return min(max(_TEXT_X + max(name, under) + 11, _NARROWEST), _WIDEST)


def _frame(box: Box, counts: Counts, number_of: Mapping[Path, int]) -> Markup:
    return Markup(
        '<g {attributes}><rect class="frame" width="{w}" height="{h}" rx="12"/>'
        '<rect class="bx" width="{w}" height="{head}" rx="12"/>{inside}</g>'
    ).format(
        attributes=_attributes(box, counts, number_of),
        w=_n(box.width),
        h=_n(box.height),
        head=_n(FRAME_HEAD - 8),
        inside=_inside(box, counts, one_line=True),
    )


def _box(box: Box, counts: Counts, number_of: Mapping[Path, int]) -> Markup:
    return Markup(
        '<g {attributes}><rect class="bx" width="{w}" height="{h}" rx="9"/>'
        '<path class="bar" d="M2 11v{bar}"/>{inside}</g>'
    ).format(
        attributes=_attributes(box, counts, number_of),
        w=_n(box.width),
        h=_n(box.height),
        bar=_n(box.height - 22),
        inside=_inside(box, counts, one_line=False),
    )


def _attributes(box: Box, counts: Counts, number_of: Mapping[Path, int]) -> Markup:
    state = box.state
    return Markup('class="st {status}" data-s="{number}" aria-label="{label}" transform="translate({x} {y})"').format(
        x=_n(box.x),
        y=_n(box.y),
        status=status_of(counts.get(state.path)),
        number=number_of[state.path],
        label=f"{state.name}, {state.type or 'state'}, {spoken(counts.get(state.path))}",
    )


def _inside(box: Box, counts: Counts, *, one_line: bool) -> Markup:
    state, count = box.state, counts.get(box.state.path)
    room = int((box.width - _TEXT_X - 10) / _NAME_LETTER)
    name = state.name if len(state.name) <= room else state.name[: max(room - 1, 1)] + "…"
    title = Markup("<title>{}</title>").format(state.name) if name != state.name else Markup("")
    under = _counts(count) if count else Markup('<tspan class="kind">{}</tspan>').format(state.type)
    return Markup(
        '{title}<use href="#t-{type}" x="11" y="{icon}"/>'
        '<text x="{x}" y="{y}">{name}<tspan class="ct" {below}>{under}</tspan></text>'
    ).format(
        title=title,
        type=state.type if state.type in _TYPES else "Pass",
        icon=8 if one_line else 6,
        x=_n(_TEXT_X),
        y=20.5 if one_line else 18.5,
        name=name,
        below=Markup('dx="10"') if one_line else Markup('x="{}" dy="16"').format(_n(_TEXT_X)),
        under=under,
    )


_TYPES = {"Task", "Choice", "Wait", "Pass", "Map", "Parallel", "Succeed", "Fail"}


def _parts(count: Counter[str]) -> list[tuple[str, str]]:
    parts = [(status, f"{MARKS[status]} {count[status]:,}") for status in reversed(_WORST_FIRST) if count[status]]
    return parts + ([("retries", f"{RETRIES} {count['retries']:,}")] if count["retries"] else [])


def _counts(count: Counter[str]) -> Markup:
    spans = (
        Markup('<tspan class="{}"{}>{}</tspan>').format(status, Markup(' dx="8"') if n else "", text)
        for n, (status, text) in enumerate(_parts(count))
    )
    return Markup("").join(spans)


def _plain_counts(state: State, counts: Counts) -> str:
    count = counts.get(state.path)
    texts = [text for _, text in _parts(count)] if count else [state.type]
    extra = len(state.name) * _NAME_LETTER / _COUNT_LETTER + 2 if state.regions else 0
    return " " * int(extra) + "  ".join(texts)


def status_of(count: Counter[str] | None) -> str:
    """The worst that happened in a state; "none" if it was not reached."""
    return next((status for status in _WORST_FIRST if count and count[status]), "none")


def spoken(count: Counter[str] | None) -> str:
    """The counts in words."""
    if not count:
        return "not reached"
    words = [f"{count[status]:,} {status}" for status in _WORST_FIRST if count[status]]
    return ", ".join(words + ([f"{count['retries']:,} retries"] if count["retries"] else []))


def _joined(lines: Iterable[Line]) -> list[list[Line]]:
    """Joins consecutive stretches of the same ways into one line."""
    joined: list[list[Line]] = []
    for line in lines:
        before = joined[-1][-1] if joined else None
        goes_on = before and not before.arrow and before.points[1] == line.points[0]
        if before and goes_on and (before.kind, before.ways) == (line.kind, line.ways):
            joined[-1].append(line)
        else:
            joined.append([line])
    return joined


def _lines(stretches: list[Line], taken: set[tuple[Path, Path]], number_of: Mapping[Path, int]) -> Markup:
    line = stretches[-1]
    (x1, y1), _ = stretches[0].points
    ways = " ".join(f"{number_of[a]}-{number_of[b]}" for a, b in line.ways)
    used = not line.ways or any(way in taken for way in line.ways)
    return Markup('<path class="ln{kind}{used}{tip}" {ways}d="{d}"/>').format(
        kind=" catch" if line.kind == "catch" else "",
        used="" if used else " unused",
        tip=" to" if line.arrow else "",
        ways=Markup('data-w="{}" ').format(ways) if ways else "",
        d=f"M{_n(x1)} {_n(y1)}" + "".join(map(_curve, stretches)),
    )


def _curve(line: Line) -> str:
    """The path of a stretch, from where the pen is."""
    (x1, y1), (x2, y2) = line.points
    if x1 == x2:
        return f"V{_n(y2)}"
    bend_1, bend_2 = (y1 + line.turn * TURN, y2 + line.turn * TURN) if line.turn else ((y1 + y2) / 2, (y1 + y2) / 2)
    return f"C{_n(x1)} {_n(bend_1)} {_n(x2)} {_n(bend_2)} {_n(x2)} {_n(y2)}"


def _label(label: Label) -> Markup:
    return Markup(
        '<rect class="lbx" x="{x}" y="{y}" width="{w}" height="{h}" rx="9"/>'
        '<text class="lb" x="{tx}" y="{ty}">{text}</text>'
    ).format(
        x=_n(label.x - label.width / 2),
        y=_n(label.y - LABEL_HEIGHT / 2),
        w=_n(label.width),
        h=_n(LABEL_HEIGHT),
        tx=_n(label.x),
        ty=_n(label.y + 3.7),
        text=label.text,
    )


def _n(value: float) -> str:
    """A coordinate, to a tenth."""
    return f"{value:.1f}".rstrip("0").rstrip(".")
