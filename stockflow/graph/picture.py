"""The workflow's picture for the README, drawn from its definition: ``python -m stockflow.graph.picture``."""

import json
import re
from pathlib import Path

from stockflow import workflows
from stockflow.graph.svg import machine_svg
from stockflow.history.definition import read_definition

PICTURE = Path("docs/workflow.svg")

_STYLE = """<style>
.machine { --text: #1b2430; --soft: #5b6775; --line: #c9d1da; --card: #fff; --sunk: #f3f5f8; --edge: #8a98a8; \
font-family: system-ui, sans-serif; }
@media (prefers-color-scheme: dark) { .machine { --text: #e6ebf1; --soft: #9aa7b5; --line: #3a4552; --card: #1c232c; \
--sunk: #141a21; --edge: #6d7b8a; } }
text { fill: var(--text); font-size: 12.5px; font-weight: 600; }
.bx { fill: var(--card); stroke: var(--line); } .frame { fill: var(--sunk); stroke: var(--line); }
.bar { stroke: var(--edge); stroke-width: 4; stroke-linecap: round; }
.st use { fill: none; stroke: var(--soft); stroke-width: 1.3; stroke-linecap: round; stroke-linejoin: round; }
.kind { font-size: 11px; font-weight: 400; fill: var(--soft); }
.ln { fill: none; stroke: var(--edge); stroke-width: 1.4; } .catch { stroke-dasharray: 3.5 3.5; }
.to { marker-end: url(#tip); } .tip, .dot { fill: var(--edge); }
.lbx { fill: var(--card); stroke: var(--line); } .lb { font-size: 10.5px; text-anchor: middle; fill: var(--soft); }
</style>"""


def picture(definition: Path | None = None) -> str:
    """The state machine as a self-contained SVG file; dashed lines are Catch paths.

    Args:
        definition: a file; None for the default workflow's.

    Raises:
        ValueError: the file does not hold a state machine.
    """
    definition = definition or workflows.definition_path(workflows.default())
    machine = read_definition(json.loads(definition.read_text(encoding="utf-8")))
    if machine is None:
        raise ValueError(f"{definition} holds no state machine.")
    states = [state.path for state in machine.all_states()]
    drawn = machine_svg(machine, {}, set(), {path: number for number, path in enumerate(states)})
    without_runs = re.sub(r' (data-[sw]="[^"]*"|aria-label="[^"]*, not reached")', "", str(drawn))
    return without_runs.replace("<defs>", f"{_STYLE}<defs>", 1) + "\n"


if __name__ == "__main__":
    PICTURE.write_text(picture(), encoding="utf-8")
