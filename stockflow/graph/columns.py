"""The x of each node in a layered graph: least squares within each layer's order, by pooling adjacent violators.

Order and gaps hold exactly, heavy edges are straight, and long edges too if there is room.
"""

from dataclasses import dataclass, field

GAP = 16.0
THIN = 6.0
_PASSES = 13


@dataclass
class Node:
    """A node or a dummy: its layer, the x of its middle, its neighbours with the weight of the edge between.

    ``beside`` is the node next to which a dummy of an upward edge ends or begins.
    """

    width: float
    layer: int = 0
    x: float = 0.0
    above: list[tuple[str, float]] = field(default_factory=list)
    below: list[tuple[str, float]] = field(default_factory=list)
    beside: str = ""


def set_columns(nodes: dict[str, Node], layers: list[list[str]], chains: list[list[str]]) -> None:
    """Sets each node's x; the order in each layer stays, and the gaps between neighbours are at least ``GAP``."""
    for layer in layers:
        x = 0.0
        for name in layer:
            nodes[name].x = x + nodes[name].width / 2
            x += nodes[name].width + GAP
    for turn in range(_PASSES):
        down = turn % 2 == 0
        for layer in layers if down else reversed(layers):
            wishes = [_wish(nodes, name, down=down) for name in layer]
            for name, x in zip(layer, _settle(nodes, layer, wishes), strict=True):
                nodes[name].x = x
    for chain in chains:
        _straighten(nodes, layers, [name for name in chain if nodes[name].width == THIN])
    left = min((node.x - node.width / 2 for node in nodes.values()), default=0.0)
    for node in nodes.values():
        node.x -= left


def _straighten(nodes: dict[str, Node], layers: list[list[str]], chain: list[str]) -> None:
    """Draws a long edge straight if its neighbours in every layer leave room; an upward one as near as it can be."""
    least, most = float("-inf"), float("inf")
    for name in chain:
        layer, half = layers[nodes[name].layer], nodes[name].width / 2 + GAP
        place = layer.index(name)
        if place:
            before = nodes[layer[place - 1]]
            least = max(least, before.x + before.width / 2 + half)
        if place + 1 < len(layer):
            after = nodes[layer[place + 1]]
            most = min(most, after.x - after.width / 2 - half)
    if chain and least <= most:
        upward = nodes[chain[0]].beside
        x = least if upward else min(max(sum(nodes[name].x for name in chain) / len(chain), least), most)
        for name in chain:
            nodes[name].x = x


def _wish(nodes: dict[str, Node], name: str, *, down: bool) -> tuple[float, float]:
    """The x that a node prefers, and its weight: in line with the heaviest edges towards the layer just set."""
    node = nodes[name]
    others = (node.above if down else node.below) or (node.below if down else node.above)
    pulls = [(nodes[other].x, weight) for other, weight in others]
    if node.beside:
        near = nodes[node.beside]
        pulls.append((near.x + (near.width + node.width) / 2 + GAP, 1.0))
    if not pulls:
        return node.x, 0.01
    heaviest = max(weight for _, weight in pulls)
    pulls = [(x, weight) for x, weight in pulls if weight == heaviest]
    return sum(x for x, _ in pulls) / len(pulls), heaviest


def _settle(nodes: dict[str, Node], layer: list[str], wishes: list[tuple[float, float]]) -> list[float]:
    """The x nearest to the preferred ones that keep order and gaps: least squares by pooling adjacent violators."""
    offsets, offset = [], 0.0
    for n, name in enumerate(layer):
        if n:
            offset += (nodes[layer[n - 1]].width + nodes[name].width) / 2 + GAP
        offsets.append(offset)
    blocks: list[list[float]] = []
    for (x, weight), shift in zip(wishes, offsets, strict=True):
        blocks.append([x - shift, weight, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            mean, mass, count = blocks.pop()
            below = blocks[-1]
            below[0] = (below[0] * below[1] + mean * mass) / (below[1] + mass)
            below[1] += mass
            below[2] += count
    means = [mean for mean, _, count in blocks for _ in range(int(count))]
    return [mean + shift for mean, shift in zip(means, offsets, strict=True)]
