"""Where everything in a state machine is drawn: boxes for states, frames for Maps and Parallels, lines between them.

A Map's body is laid out first and becomes one large node of the region around it: what follows a Map is below it.
Lines run only in the gaps between layers and through their own dummies, so none crosses a box.
"""

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

from stockflow.graph.layers import Edge, Layered, arrange, dummies
from stockflow.history.definition import Path, Region, State, Way

HEIGHT = 44.0
LAYER_GAP = 32.0
LABEL_HEIGHT = 20.0
LABEL_LETTER = 6.3
FRAME_HEAD = 40.0
FRAME_SIDE = 13.0
DOT = 10.0
_WEIGHTS = {"next": 10.0, "choice": 4.0, "default": 4.0, "catch": 1.0}
_SPINE = 1000.0
_PORT = 15.0
# Above either, the lines of the Catches are left out: nobody could follow them, and they would take seconds.
_MANY_STATES = 300
_MANY_DUMMIES = 5_000
_START = "start"
_KEY = "="
TURN = 20.0

Point = tuple[float, float]
Width = Callable[[State], float]


@dataclass
class Box:
    """A state; for a Map or Parallel ``framed`` is true and others lie inside."""

    state: State
    x: float
    y: float
    width: float
    height: float
    framed: bool = False


@dataclass
class Line:
    """A stretch of one or more ways between two points; ``turn`` is 1 or -1 if it turns back below or above."""

    points: list[Point]
    kind: str
    ways: list[tuple[Path, Path]]
    arrow: bool
    turn: int = 0


@dataclass
class Label:
    """A choice's condition, at its middle."""

    text: str
    x: float
    y: float
    width: float


@dataclass
class Drawing:
    """A whole machine, in one coordinate system from (0, 0) to (width, height)."""

    width: float = 0.0
    height: float = 0.0
    boxes: list[Box] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)
    labels: list[Label] = field(default_factory=list)
    dots: list[Point] = field(default_factory=list)

    def take(self, other: "Drawing", dx: float, dy: float) -> None:
        """Draws another into this one."""
        for box in other.boxes:
            box.x += dx
            box.y += dy
        for line in other.lines:
            line.points = [(x + dx, y + dy) for x, y in line.points]
        for label in other.labels:
            label.x += dx
            label.y += dy
        self.boxes += other.boxes
        self.lines += other.lines
        self.labels += other.labels
        self.dots += [(x + dx, y + dy) for x, y in other.dots]


def lay_out(region: Region, width_of: Width) -> Drawing:
    """Lays out a region with everything inside its states; ``width_of`` returns how wide a state's own box must be."""
    return _RegionLayout(region, width_of).draw() if region.states else Drawing()


class _RegionLayout:
    def __init__(self, region: Region, width_of: Width) -> None:
        self.region = region
        self.width_of = width_of
        self.inner = {name: _inside(state, width_of) for name, state in region.states.items() if state.regions}
        widths = {_START: DOT, **{_key(name): self._size(name)[0] for name in region.states}}
        self._join(region.ways)
        if len(region.states) > _MANY_STATES or dummies(list(widths), self.edges, _START) > _MANY_DUMMIES:
            self._join([way for way in region.ways if way.kind != "catch"])
        self.layered: Layered = arrange(widths, self.edges, _START)
        self.drawing = Drawing()

    def _join(self, ways: list[Way]) -> None:
        """The ways that are drawn, and their edges."""
        self.ways = _merged(ways)
        self.edges = [Edge(_START, _key(self.region.start), _SPINE), *_edges(self.ways)]

    def _size(self, name: str) -> Point:
        own = self.width_of(self.region.states[name])
        inner = self.inner.get(name)
        return (max(own, inner.width), inner.height) if inner else (own, HEIGHT)

    def draw(self) -> Drawing:
        self._rows()
        drawing, nodes = self.drawing, self.layered.nodes
        for name, state in self.region.states.items():
            width, height = self._size(name)
            node = nodes[_key(name)]
            x, y = node.x - width / 2, self.top[node.layer]
            inner = self.inner.get(name)
            drawing.boxes.append(Box(state, x, y, width, height, framed=inner is not None))
            if inner:
                drawing.take(inner, x + (width - inner.width) / 2, y)
        dot = nodes[_START]
        drawing.dots.append((dot.x, self.top[dot.layer] + DOT / 2))
        self._lines()
        for number, name in self.layered.labels.items():
            node, way = nodes[name], self.ways[number - 1]
            y = self.top[node.layer] + LABEL_HEIGHT / 2
            drawing.labels.append(Label(way.label, node.x, y, node.width))
        drawing.width = max((node.x + node.width / 2 for node in nodes.values()), default=0.0)
        drawing.height = self.bottom[-1] + (TURN if self._turns_at(len(self.bottom) - 1) else 0)
        return drawing

    def _rows(self) -> None:
        """The top and bottom of each layer."""
        self.top: list[float] = []
        self.bottom: list[float] = []
        y = 0.0
        for layer in self.layered.layers:
            height = max((self._height(name) for name in layer), default=0.0)
            self.top.append(y)
            self.bottom.append(y + height)
            y += height + LAYER_GAP

    def _height(self, name: str) -> float:
        if name == _START:
            return DOT
        if name.startswith(_KEY):
            return self._size(name.removeprefix(_KEY))[1]
        return LABEL_HEIGHT if name in self.layered.labels.values() else 0.0

    def _turns_at(self, layer: int) -> bool:
        return any(self.layered.nodes[self.edges[n].source].layer == layer for n in self.layered.backward)

    def _lines(self) -> None:
        """One line for each stretch between two layers; ways that share a stretch share the line."""
        leaving, arriving = self._ports()
        lines: dict[tuple[Point, ...], Line] = {}
        for number, (edge, chain) in enumerate(zip(self.edges, self.layered.chains, strict=True)):
            way = None if number == 0 else self.ways[number - 1]
            ends = (self._path(way.source), self._path(way.target)) if way else None
            kind = way.kind if way else "next"
            leave, arrive = leaving[number], arriving[number]
            below = (leave[0], self.bottom[self.layered.nodes[edge.source].layer])
            points = [leave, below, *self._between(chain, up=number in self.layered.backward), arrive]
            for n, (a, b) in enumerate(pairwise(points)):
                if a == b:
                    continue
                turn = 0 if a[1] != b[1] else 1 if a == below else -1
                line = lines.setdefault((a, b), Line([a, b], kind, [], n == len(points) - 2, turn))
                line.kind = line.kind if line.kind != "catch" else kind
                if ends and ends not in line.ways:
                    line.ways.append(ends)
        self.drawing.lines += lines.values()

    def _path(self, name: str) -> Path:
        return self.region.states[name].path

    def _between(self, chain: list[str], *, up: bool) -> list[Point]:
        points: list[Point] = []
        for name in chain[1:-1]:
            node = self.layered.nodes[name]
            ends = [(node.x, self.top[node.layer]), (node.x, self.bottom[node.layer])]
            points += reversed(ends) if up else ends
        return points

    def _ports(self) -> tuple[dict[int, Point], dict[int, Point]]:
        """Where each edge leaves its node at the bottom, and reaches the other at the top."""
        out: dict[str, list[int]] = defaultdict(list)
        into: dict[str, list[int]] = defaultdict(list)
        for number, edge in enumerate(self.edges):
            out[edge.source].append(number)
            into[edge.target].append(number)
        leaving = {n: p for name, some in out.items() for n, p in self._spread(name, some, 1, leaving=True).items()}
        arriving = {n: p for name, some in into.items() for n, p in self._spread(name, some, -2, leaving=False).items()}
        return leaving, arriving

    def _spread(self, name: str, numbers: list[int], step: int, *, leaving: bool) -> dict[int, Point]:
        """Side by side in the order of where they lead, the heaviest in the middle; shared dummies share a port."""
        nodes = self.layered.nodes
        towards = {number: self.layered.chains[number][step] for number in numbers}
        ordered = sorted(dict.fromkeys(towards.values()), key=lambda other: nodes[other].x)
        weight = {other: max(self.edges[n].weight for n in numbers if towards[n] == other) for other in ordered}
        middle = max(ordered, key=lambda other: (weight[other], -abs(nodes[other].x - nodes[name].x)))
        width = nodes[name].width
        gap = min(_PORT, (width / 2 - 8) / max(len(ordered) - 1, 1))
        places = {other: (n - ordered.index(middle)) * gap for n, other in enumerate(ordered)}
        y = self._edge_y(name, leaving=leaving)
        return {number: (nodes[name].x + places[towards[number]], y) for number in numbers}

    def _edge_y(self, name: str, *, leaving: bool) -> float:
        top = self.top[self.layered.nodes[name].layer]
        return top + self._height(name) if leaving else top


def _key(name: str) -> str:
    """A state's name among the nodes, which can't be confused with the start or a dummy."""
    return _KEY + name


def _edges(ways: list[Way]) -> Iterator[Edge]:
    """The first way out of a state that is not a Catch is the spine, and kept straight."""
    seen: set[str] = set()
    for way in ways:
        plain = way.kind != "catch"
        weight = _SPINE if plain and way.source not in seen else _WEIGHTS[way.kind]
        if plain:
            seen.add(way.source)
        label = way.label if way.kind in {"choice", "default"} else ""
        label_width = len(label) * LABEL_LETTER + 14 if label else 0.0
        yield Edge(_key(way.source), _key(way.target), weight, label_width, "" if plain else "catch")


def _merged(ways: list[Way]) -> list[Way]:
    """One way from a state to another: a Catch beside a Next is drawn as the Next, two conditions as one label."""
    merged: dict[tuple[str, str], Way] = {}
    for way in sorted(ways, key=lambda way: way.kind == "catch"):
        known = merged.get((way.source, way.target))
        if known is None:
            merged[way.source, way.target] = way
        elif way.kind in {"choice", "default"} and known.kind in {"choice", "default"}:
            label = f"{known.label} or {way.label}"
            label = label if len(label) <= 40 else known.label + " or …"  # noqa: PLR2004 # letters that are still read at a glance
            merged[way.source, way.target] = Way(way.source, way.target, known.kind, label)
    return list(merged.values())


def _inside(state: State, width_of: Width) -> Drawing:
    """The frame's contents: a Map's body, or a Parallel's branches side by side."""
    drawing = Drawing()
    x = FRAME_SIDE
    for region in state.regions:
        inner = lay_out(region, width_of)
        drawing.take(inner, x, FRAME_HEAD)
        x += inner.width + 2 * FRAME_SIDE
        drawing.height = max(drawing.height, inner.height)
    drawing.width = x - FRAME_SIDE
    drawing.height += FRAME_HEAD + FRAME_SIDE
    own = width_of(state)
    if own > drawing.width:
        wider = Drawing(own, drawing.height)
        wider.take(drawing, (own - drawing.width) / 2, 0)
        drawing = wider
    return drawing
