"""The picture of a state machine: nothing overlaps, whatever the machine."""

import random
from itertools import combinations

import pytest

from stockflow.graph.layers import Edge, arrange, dummies
from stockflow.graph.layout import LABEL_HEIGHT, TURN, lay_out
from stockflow.history.definition import Way, condition, read_definition
from tests.helpers.made_runs import DEFINITION

GROUPS = 20
EACH = 50
TINY = 1e-6


def random_machine(rng, depth=0, prefix=""):
    """Loops, catchers, choices, Maps and Parallels two deep, names short and long."""
    count = rng.randint(1, 5) if depth else rng.randint(1, 14)
    names = [f"{prefix}S{n}{'x' * rng.randint(0, 20)}" for n in range(count)]
    kinds = ["Task", "Task", "Task", "Pass", "Choice", "Wait"] + (["Map", "Parallel"] if depth < 2 else [])
    states = {}
    for n, name in enumerate(names):

        def pick(n=n):
            return rng.choice(names) if rng.random() < 0.25 else names[min(count - 1, n + rng.randint(1, 3))]

        kind = rng.choice(kinds)
        state = {"Type": kind}
        if kind == "Choice":
            state["Choices"] = [
                {"Variable": "$.a" * rng.randint(1, 9), "NumericEquals": 1, "Next": pick()}
                for _ in range(rng.randint(1, 4))
            ]
            if rng.random() < 0.7:
                state["Default"] = pick()
        elif n < count - 1 or rng.random() < 0.2:
            state["Next"] = pick()
        if kind in {"Task", "Map", "Parallel"}:
            state["Catch"] = [{"ErrorEquals": ["E"], "Next": pick()} for _ in range(rng.choice([0, 0, 1, 2, 3]))]
        if kind == "Map":
            state["ItemProcessor"] = random_machine(rng, depth + 1, f"{name}.")
        if kind == "Parallel":
            state["Branches"] = [random_machine(rng, depth + 1, f"{name}.{b}.") for b in range(rng.randint(1, 3))]
        states[name] = state
    return {"StartAt": names[0], "States": states}


def drawn(definition):
    return lay_out(read_definition(definition), lambda state: min(110 + 3 * len(state.name), 260))


def overlap(a, b):
    return all(
        low + size > other_low + TINY and other_low + other_size > low + TINY
        for low, size, other_low, other_size in ((a[0], a[2], b[0], b[2]), (a[1], a[3], b[1], b[3]))
    )


def box_of(box):
    return (box.x, box.y, box.width, box.height)


def inside(inner, outer):
    return (
        inner[0] >= outer[0] - TINY
        and inner[1] >= outer[1] - TINY
        and inner[0] + inner[2] <= outer[0] + outer[2] + TINY
        and inner[1] + inner[3] <= outer[1] + outer[3] + TINY
    )


def wrong_boxes(drawing):
    """Pairs that overlap though neither holds the other, and boxes outside what holds them."""
    whole = (0, 0, drawing.width, drawing.height)
    wrong = [box.state.path for box in drawing.boxes if not inside(box_of(box), whole)]
    for a, b in combinations(drawing.boxes, 2):
        short, long = sorted((a, b), key=lambda box: len(box.state.path))
        if long.state.path[: len(short.state.path)] == short.state.path:
            if not inside(box_of(long), box_of(short)):
                wrong.append((short.state.path, long.state.path))
        elif overlap(box_of(a), box_of(b)):
            wrong.append((a.state.path, b.state.path))
    return wrong


def wrong_labels(drawing):
    """Labels on a box or on one another."""
    places = [(a.x - a.width / 2, a.y - LABEL_HEIGHT / 2, a.width, LABEL_HEIGHT) for a in drawing.labels]
    boxes = [box_of(box) for box in drawing.boxes if not box.framed]
    on_boxes = [place for place in places for box in boxes if overlap(place, box)]
    return on_boxes + [a for a, b in combinations(places, 2) if overlap(a, b)]


def wrong_lines(drawing):
    """Lines that pass through a box, tried at eleven points each."""
    boxes = [box for box in drawing.boxes if not box.framed]
    wrong = []
    for line in drawing.lines:
        (x1, y1), (x2, y2) = line.points
        bends = (y1 + line.turn * TURN, y2 + line.turn * TURN) if line.turn else ((y1 + y2) / 2,) * 2
        for step in range(1, 12):
            t, u = step / 12, 1 - step / 12
            x = u**3 * x1 + 3 * u * u * t * x1 + 3 * u * t * t * x2 + t**3 * x2
            y = u**3 * y1 + 3 * u * u * t * bends[0] + 3 * u * t * t * bends[1] + t**3 * y2
            wrong += [
                box.state.path
                for box in boxes
                if box.x + 1 < x < box.x + box.width - 1 and box.y + 1 < y < box.y + box.height - 1
            ]
    return wrong


@pytest.mark.parametrize("group", range(GROUPS))
def test_nothing_overlaps_in_a_thousand_random_machines(group):
    """Boxes lie beside one another or inside what holds them; labels lie free; lines go around boxes."""
    for seed in range(group * EACH, (group + 1) * EACH):
        drawing = drawn(random_machine(random.Random(seed)))
        assert (seed, wrong_boxes(drawing), wrong_labels(drawing)) == (seed, [], [])
        if seed % 10 == 0:
            assert (seed, wrong_lines(drawing)) == (seed, [])


def test_the_same_machine_is_drawn_the_same_every_time():
    """Down to the last coordinate, so that a picture can be compared as text."""
    machine = random_machine(random.Random(7))
    assert drawn(machine) == drawn(machine)


def test_what_follows_a_map_stands_below_it():
    """Not beside it, as Graphviz has it."""
    boxes = {box.state.path: box for box in drawn(DEFINITION).boxes}
    whole, notify = boxes["EachSymbol",], boxes["Notify",]
    assert notify.y >= whole.y + whole.height


def test_the_main_way_is_straight():
    """Plan, the choice and the Map of symbols stand in one line; Notify and the outcome in another."""
    boxes = {box.state.path: box for box in drawn(DEFINITION).boxes}
    for line in (("Plan", "AnythingToFetch?", "EachSymbol"), ("Notify", "Outcome?")):
        middles = [boxes[name,].x + boxes[name,].width / 2 for name in line]
        assert max(middles) - min(middles) < 3


def test_every_way_is_drawn():
    """Each way between two states is on a line that ends with an arrow."""
    region = read_definition(DEFINITION)
    ways = {
        (state.path, (*state.path[:-1], way.target))
        for inner in (region, *region.states["EachSymbol"].regions, *region.states["EachShard"].regions)
        for state in inner.states.values()
        for way in inner.ways
        if way.source == state.name
    }
    arrows = {way for line in drawn(DEFINITION).lines if line.arrow for way in line.ways}
    assert arrows == ways


def test_catches_to_one_handler_share_a_line():
    """Many states with the same handler: its arrow is drawn once or twice, not forty times."""
    states = {
        f"S{n}": {"Type": "Task", "Catch": [{"ErrorEquals": ["E"], "Next": "Handler"}], "Next": f"S{n + 1}"}
        for n in range(40)
    }
    machine = {"StartAt": "S0", "States": {**states, "S40": {"Type": "Succeed"}, "Handler": {"Type": "Pass"}}}
    arrows = [line for line in drawn(machine).lines if line.arrow and any(b == ("Handler",) for _, b in line.ways)]
    assert len(arrows) <= 2


def looping(count):
    """A chain of Tasks, each with a Catch that leads back to the first."""
    catch = [{"ErrorEquals": ["E"], "Next": "S0"}]
    states = {f"S{n}": {"Type": "Task", "Catch": catch, "Next": f"S{n + 1}"} for n in range(count)}
    return {"StartAt": "S0", "States": {**states, f"S{count}": {"Type": "Succeed"}}}


@pytest.mark.parametrize(("count", "drawn_kinds"), [(30, {"next", "catch"}), (110, {"next"})])
def test_catches_that_pass_many_layers_are_left_out(count, drawn_kinds):
    """A loop of 110 states would take 6,000 stand-ins for its Catches, and no eye could follow them."""
    drawing = drawn(looping(count))
    assert ({line.kind for line in drawing.lines}, len(drawing.boxes)) == (drawn_kinds, count + 1)


def test_the_dummies_are_counted_before_they_are_made():
    """In 50 random graphs the count is that of the nodes that are made beside those that were given."""
    for seed in range(50):
        rng = random.Random(seed)
        names = [f"n{n}" for n in range(rng.randint(2, 12))]
        edges = [
            Edge(rng.choice(names), rng.choice(names), group=rng.choice(["", "catch"]))
            for _ in range(rng.randint(1, 20))
        ]
        made = len(arrange(dict.fromkeys(names, 10.0), edges, names[0]).nodes) - len(names)
        assert (seed, dummies(names, edges, names[0])) == (seed, made)


def test_a_machine_of_a_thousand_states_is_drawn():
    """Nobody would look at it, but a page must still be made."""
    assert len(drawn(looping(1000)).boxes) == 1001


@pytest.mark.parametrize(
    ("rule", "words"),
    [
        ({"Variable": "$.n", "NumericGreaterThan": 3}, "$.n > 3"),
        ({"Variable": "$.n", "NumericLessThanEquals": 3}, "$.n ≤ 3"),
        ({"Variable": "$.s", "StringEquals": "a"}, "$.s = a"),
        ({"Variable": "$.b", "BooleanEquals": True}, "$.b = true"),
        ({"Variable": "$.s", "StringMatches": "a*"}, "$.s matches a*"),
        ({"Variable": "$.s", "StringEqualsPath": "$.t"}, "$.s = $.t"),
        ({"Variable": "$.w[0]", "IsPresent": True}, "$.w[0] is present"),
        ({"Variable": "$.w", "IsNull": False}, "$.w is not null"),
        ({"Not": {"Variable": "$.n", "NumericEquals": 1}}, "not ($.n = 1)"),
        (
            {"And": [{"Variable": "$.a", "IsString": True}, {"Variable": "$.b", "IsNull": True}]},
            "$.a is string and $.b is null",
        ),
        ({"Condition": "{% $n > 3 %}"}, "$n > 3"),
        ({"Variable": "$.x", "Future": 1}, "$.x"),
    ],
)
def test_a_choice_rule_is_said_in_few_words(rule, words):
    """On the line that it leads along."""
    assert condition(rule) == words


@pytest.mark.parametrize(
    "definition",
    [None, [], {}, {"States": []}, {"States": {}}, {"States": {"A": None}}, {"StartAt": 5, "States": {"A": "x"}}],
)
def test_what_is_no_definition_is_none(definition):
    """The picture is then made from the events."""
    assert read_definition(definition) is None


def test_a_broken_definition_is_drawn_as_far_as_it_goes():
    """A start that isn't there, ways to nowhere, lists that are none, a name that cannot be."""
    states = {
        "A": {"Type": "Choice", "Choices": [None, {"Next": 5}, {"Next": "B"}], "Default": "nowhere", "Catch": 5},
        "B": {
            "Type": "Map",
            "ItemProcessor": {"States": {"\0start": {"Type": 7, "Next": "\0start"}}},
            "Catch": [{"Next": "A"}],
        },
        "C": {"Type": "Parallel", "Branches": {"no": "list"}},
    }
    region = read_definition({"StartAt": ["x"], "States": states})
    assert region.ways == [Way("A", "B", "choice", ""), Way("B", "A", "catch", "")]
    assert len(lay_out(region, lambda _: 120).boxes) == 4


def test_a_definition_that_is_nested_without_end_is_cut():
    """A Map in a Map in a Map: what is too deep is left out, and nothing breaks."""
    machine = {"StartAt": "M", "States": {"M": {"Type": "Map"}}}
    for _ in range(200):
        machine = {"StartAt": "M", "States": {"M": {"Type": "Map", "ItemProcessor": machine}}}
    assert 5 < len(drawn(machine).boxes) < 50
