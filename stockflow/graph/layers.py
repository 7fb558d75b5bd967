"""A directed graph in layers, top down: which layer, in what order, at which x. Deterministic; nothing overlaps.

The steps are Sugiyama's: reverse back edges, longest-path layers, dummies where an edge crosses a layer, barycenter
order, then columns. Long edges to one node share their dummies: many Catches to one handler are one line.
"""

from bisect import bisect_right
from collections import defaultdict
from dataclasses import dataclass
from graphlib import TopologicalSorter
from itertools import pairwise

from stockflow.graph.columns import THIN, Node, set_columns

_SWEEPS = 8
_STRAIGHT = 8.0


@dataclass
class Edge:
    """From one node to another; a heavier one is kept straighter, and a labelled one gets a layer for its label.

    Edges of one ``group`` to the same node share their dummies.
    """

    source: str
    target: str
    weight: float = 1.0
    label_width: float = 0.0
    group: str = ""


@dataclass
class Layered:
    """The result; ``chains`` has the nodes and dummies along each edge, ``backward`` the edges that go up."""

    nodes: dict[str, Node]
    layers: list[list[str]]
    chains: list[list[str]]
    backward: set[int]
    labels: dict[int, str]


def arrange(widths: dict[str, float], edges: list[Edge], start: str) -> Layered:
    """Places the nodes (name -> width) so that edges lead down wherever the graph allows."""
    backward = _back_edges(list(widths), edges, start)
    rank = _ranks(list(widths), edges, backward)
    nodes = {name: Node(width, rank[name]) for name, width in widths.items()}
    chains, labels = _chains(nodes, edges, backward)
    layers = _order(nodes, chains, start)
    set_columns(nodes, layers, chains)
    return Layered(nodes, layers, chains, backward, labels)


def dummies(names: list[str], edges: list[Edge], start: str) -> int:
    """How many dummies ``arrange`` makes, not counting those of labels: its time depends on them."""
    backward = _back_edges(names, edges, start)
    rank = _ranks(names, edges, backward)
    upward, shared = 0, dict[tuple[str, str], int]()
    for number, edge in enumerate(edges):
        layers = rank[edge.target] - rank[edge.source]
        if number in backward:
            upward += 1 - layers
        else:
            line = edge.target, edge.group
            shared[line] = max(layers - 1, shared.get(line, 0))
    return upward + sum(shared.values())


def _back_edges(names: list[str], edges: list[Edge], start: str) -> set[int]:
    """Edges that close a cycle, found depth first from the start; a node's own order of edges decides."""
    out: dict[str, list[int]] = defaultdict(list)
    for number, edge in enumerate(edges):
        out[edge.source].append(number)
    state: dict[str, int] = {}
    back: set[int] = set()
    for root in [start, *names]:
        if root in state:
            continue
        stack = [(root, iter(out[root]))]
        state[root] = 1
        while stack:
            name, rest = stack[-1]
            for number in rest:
                target = edges[number].target
                if state.get(target) == 1:
                    back.add(number)
                elif target not in state:
                    state[target] = 1
                    stack.append((target, iter(out[target])))
                    break
            else:
                state[name] = 2
                stack.pop()
    return back


def _ranks(names: list[str], edges: list[Edge], backward: set[int]) -> dict[str, int]:
    """Longest path from the top; a labelled edge spans two layers, so that the label has one."""
    forward = [edge for number, edge in enumerate(edges) if number not in backward]
    into: dict[str, list[Edge]] = {name: [] for name in names}
    for edge in forward:
        into[edge.target].append(edge)
    rank: dict[str, int] = {}
    for name in TopologicalSorter({name: [edge.source for edge in some] for name, some in into.items()}).static_order():
        rank[name] = max((rank[edge.source] + (2 if edge.label_width else 1) for edge in into[name]), default=0)
    return rank


def _chains(nodes: dict[str, Node], edges: list[Edge], backward: set[int]) -> tuple[list[list[str]], dict[int, str]]:
    """Puts dummies where edges cross layers; those without a label are shared by all edges to the same node."""
    chains: list[list[str]] = []
    labels: dict[int, str] = {}
    for number, edge in enumerate(edges):
        up = number in backward
        top, bottom = (edge.target, edge.source) if up else (edge.source, edge.target)
        first, last = nodes[top].layer, nodes[bottom].layer
        between = range(first, last + 1) if up else range(first + 1, last)
        chain = []
        for layer in between:
            labelled = edge.label_width > 0 and layer == (last if up else first + 1)
            whose = str(number) if labelled or up else f"{edge.target}\0{edge.group}"
            name = f"\0{whose}\0{layer}"
            node = nodes.setdefault(name, Node(edge.label_width if labelled else THIN, layer))
            if up and layer in {first, last}:
                node.beside = bottom if layer == last else top
            if labelled:
                labels[number] = name
            chain.append(name)
        whole = [*reversed(chain)] if up else chain
        chains.append([edge.source, *whole, edge.target])
        _link(nodes, chain if up else [top, *chain, bottom], edge.weight)
    return chains, labels


def _link(nodes: dict[str, Node], chain: list[str], weight: float) -> None:
    for upper, lower in pairwise(chain):
        straight = _STRAIGHT if upper.startswith("\0") and lower.startswith("\0") else weight
        if all(name != lower for name, _ in nodes[upper].below):
            nodes[upper].below.append((lower, straight))
            nodes[lower].above.append((upper, straight))


def _order(nodes: dict[str, Node], chains: list[list[str]], start: str) -> list[list[str]]:
    layers: list[list[str]] = [[] for _ in range(max((node.layer for node in nodes.values()), default=-1) + 1)]
    for name in dict.fromkeys(
        [start, *_depth_first(nodes, start), *(name for chain in chains for name in chain), *nodes]
    ):
        if name in nodes:
            layers[nodes[name].layer].append(name)
    for layer in layers:
        _put_beside(nodes, layer)
    best, fewest = [list(layer) for layer in layers], _crossings(nodes, layers)
    for sweep in range(_SWEEPS):
        if sweep % 2 == 0:
            for upper, lower in pairwise(layers):
                _sort(nodes, lower, upper, down=True)
        else:
            for lower, upper in pairwise(reversed(layers)):
                _sort(nodes, upper, lower, down=False)
        crossings = _crossings(nodes, layers)
        if crossings < fewest:
            best, fewest = [list(layer) for layer in layers], crossings
    return best


def _depth_first(nodes: dict[str, Node], start: str) -> list[str]:
    seen: dict[str, None] = {}
    stack = [start]
    while stack:
        name = stack.pop()
        if name in seen or name not in nodes:
            continue
        seen[name] = None
        stack += [below for below, _ in reversed(nodes[name].below)]
    return list(seen)


def _sort(nodes: dict[str, Node], layer: list[str], neighbours: list[str], *, down: bool) -> None:
    """Puts each node in the middle of its neighbours in the layer above (``down``) or below."""
    place = {name: n for row in (layer, neighbours) for n, name in enumerate(row)}

    def middle(name: str) -> float:
        others = nodes[name].above if down else nodes[name].below
        total = sum(weight for _, weight in others)
        return sum(place[other] * weight for other, weight in others) / total if total else place[name]

    layer.sort(key=middle)
    _put_beside(nodes, layer)


def _put_beside(nodes: dict[str, Node], layer: list[str]) -> None:
    """An upward edge runs right beside the nodes it joins."""
    for name in [name for name in layer if nodes[name].beside]:
        layer.remove(name)
        layer.insert(layer.index(nodes[name].beside) + 1, name)


def _crossings(nodes: dict[str, Node], layers: list[list[str]]) -> float:
    total = 0.0
    for upper, lower in pairwise(layers):
        place = {name: n for n, name in enumerate(lower)}
        ends = [sorted(place[below] for below, _ in nodes[name].below if below in place) for name in upper]
        flat = [end for some in ends for end in some]
        total += _inversions(flat)
    return total


def _inversions(values: list[int]) -> int:
    """How many pairs are in the wrong order."""
    count, smaller = 0, list[int]()
    for value in values:
        place = bisect_right(smaller, value)
        count += len(smaller) - place
        smaller.insert(place, value)
    return count
