"""The page of a run: one HTML file that opens from disk, without network access."""

import base64
import hashlib
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from jinja2 import Environment, StrictUndefined, Template
from markupsafe import Markup

from stockflow.graph.svg import machine_svg
from stockflow.history.causes import RootCause
from stockflow.history.collection import no_garbage_collection
from stockflow.history.compare import LastGood
from stockflow.history.definition import Path
from stockflow.history.json_values import JsonObject
from stockflow.history.model import RunModel
from stockflow.history.saved_run import AWS
from stockflow.history.symbols import SymbolRow
from stockflow.history.visits import FAILED, ErrorDetails, event_name
from stockflow.page import as_words
from stockflow.page.measured_text import summaries
from stockflow.page.page_data import as_text, page_data
from stockflow.terminal import printable
from stockflow_functions.domain.errors import InvalidInput
from stockflow_functions.domain.limits import MOST_EVENTS
from stockflow_functions.reporting import commands
from stockflow_functions.runtime.workflow import Workflow

_CHIPS = 24
MOST_WORDINGS = 3


@dataclass(frozen=True)
class Surroundings:
    """A run's surroundings: how commands name it, its manifest, the last good run of each symbol, its workflow."""

    reference: str = "latest"
    manifest: JsonObject | None = None
    last_good: dict[str, LastGood] | None = None
    workflow: Workflow | None = None


@no_garbage_collection()
def render_page(model: RunModel, around: Surroundings | None = None) -> str:
    """The whole page as text; the same model always makes the same page."""
    around = around or Surroundings()
    number_of = _numbers(model)
    several_maps = len({row.map_visit.path for row in model.rows if row.map_visit}) > 1
    said = summaries(model.run.texts)
    data, packed = as_text(page_data(model, number_of, manifest=around.manifest, last_good=around.last_good or {}))
    vendors, given, item = _words_of(around.workflow)
    drawn = {state.path for state in model.machine.all_states()}
    style, script = _asset("page.min.css"), _asset("page.min.js")
    page: str = _template().render(
        model=model,
        words=as_words,
        policy=_policy(style, script),
        style=Markup(style),  # noqa: S704 # our own file, free of </style
        script=Markup(script),  # noqa: S704 # our own file, free of </script
        data=Markup(data),  # noqa: S704 # JSON without <, or base64
        packed=packed,
        graph=machine_picture(model),
        undrawn=[path for path in number_of if path not in drawn],
        causes=[_Cause(model, cause, around.reference) for cause in model.root_causes],
        also=[_Cause(model, cause, around.reference) for cause in model.also_failed],
        rows=[_Row(row, around, said) for row in model.rows],
        ended=_ended(model),
        several_maps=several_maps,
        noun="item" if several_maps or not model.replayable else item,
        compared=bool(around.last_good),
        tally=as_words.tally(model.rows),
        limit=MOST_EVENTS,
        used=min(100, round(100 * (model.run.events[-1]["id"] if model.run.events else 0) / MOST_EVENTS)),
        rerun=_rerun(model, around.reference, item),
        chips=_CHIPS,
        quoted=shlex.quote(around.reference) if model.replayable else "",
        on_aws=model.run.engine.get("name") == AWS,
        manifest_facts=as_words.manifest_facts(around.manifest, vendors, given),
        invented=as_words.invented(around.manifest, model.run.engine, vendors, given),
        engine=as_words.engine(model.run.engine),
        legend=_legend(model),
        notes=[*model.missing, *as_words.warnings(around.manifest)],
    )
    return page


def _words_of(workflow: Workflow | None) -> tuple[Mapping[str, str], str, str]:
    """The names of a workflow's vendors by their hosts, what those give, and what its items are called."""
    return (workflow.vendors, workflow.given, workflow.item) if workflow else ({}, "prices", "symbol")


def machine_picture(model: RunModel) -> Markup:
    """The state machine as SVG, with what happened in each state."""
    return machine_svg(model.machine, model.counts(), _taken(model), _numbers(model))


def _legend(model: RunModel) -> list[str]:
    """The marks that the picture has."""
    seen = {visit.status for visit in model.visits}
    seen |= {"retries"} if any(len(visit.attempts) > 1 for visit in model.visits) else set()
    return [kind for kind in as_words.LEGEND if kind in seen]


def _ended(model: RunModel) -> ErrorDetails | None:
    """The error that the run ended with, unless its only cause says the same."""
    ended, causes = model.ended_with, [*model.root_causes, *model.also_failed]
    same = ended and len(causes) == 1 and causes[0].error == ended.error and ended.message in {"", causes[0].message}
    return None if same else ended


def _rerun(model: RunModel, reference: str, item: str) -> tuple[str, str] | None:
    """The command that repeats what failed, and what it does."""
    if not (model.over and model.replayable):
        return None
    if model.resumable:
        return "Run what it did not save", commands.resume(reference)
    if any(row.bad or row.outcome == model.conventions.deferred for row in model.rows):
        return f"Run just the failed and deferred {item}s again", commands.rerun(reference)
    if model.rows or not model.ended_with or model.ended_with.error == InvalidInput.__name__:
        return None
    return "Run it again", commands.rerun(reference)


def _replay(reference: str, state: str, symbols: list[str]) -> str:
    """The command for the first of the symbols; a name from elsewhere may hold anything, and is pasted."""
    return commands.replay(reference, printable(state), printable(symbols[0]) if symbols else None)


class _Cause:
    """A root cause as the page shows it."""

    def __init__(self, model: RunModel, cause: RootCause, reference: str) -> None:
        self.state = cause.state
        self.error = cause.error
        self.symbols = model.symbols_of(cause)
        said = model.said_of(cause)
        self.said = said[:MOST_WORDINGS]
        self.unsaid = len(said) - len(self.said)
        self.times = len(cause.visits) + len(cause.told)
        first = cause.visits[0] if cause.visits else None
        self.event = event_name(first.entered, first.scope) if first and first.entered else None
        called = model.replayable and (
            bool(cause.told) or any(visit.attempts for visit in cause.visits if visit.type == "Task")
        )
        self.replay = _replay(reference, cause.state, self.symbols) if called else ""


class _Row:
    """A symbol's row as the page shows it."""

    def __init__(self, row: SymbolRow, around: Surroundings, said: Mapping[str, str]) -> None:
        failure = row.failure
        self.symbol = row.symbol
        self.where = " / ".join(f"{name} #{index}" for name, index in row.iterations)
        self.kind = FAILED if row.bad else row.status
        self.word = as_words.row_word(row)
        self.state = row.place
        self.error = failure.error if failure else ""
        self.message = failure.message if failure else ""
        self.said = "" if failure else said.get(row.symbol, "")
        self.retries = row.retries or ""
        self.seconds = as_words.duration(row.seconds) if row.seconds is not None else ""
        good = (around.last_good or {}).get(row.symbol)
        self.comparison = as_words.comparison(row, good) if good else ""


def _numbers(model: RunModel) -> dict[Path, int]:
    paths = dict.fromkeys([*(state.path for state in model.machine.all_states()), *(v.path for v in model.visits)])
    return {path: number for number, path in enumerate(paths)}


def _taken(model: RunModel) -> set[tuple[Path, Path]]:
    """The ways between states that this run took."""
    taken = set()
    for scope in dict.fromkeys(visit.scope for visit in model.visits):
        taken |= {(a.path, b.path) for a, b in zip(scope.visits, scope.visits[1:], strict=False)}
    return taken


def _policy(style: str, script: str) -> str:
    """The policy: nothing may be loaded from anywhere, and only this style and this script may take effect."""
    own = f"style-src '{_hash(style)}'; script-src '{_hash(script)}'"
    return f"default-src 'none'; {own}; base-uri 'none'; form-action 'none'"


def _hash(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


@cache
def _asset(name: str) -> str:
    """The bundle of page.css and js/ that `make page` wrote."""
    return (files("stockflow.page") / name).read_text(encoding="utf-8")


@cache
def _template() -> Template:
    environment = Environment(autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.from_string((files("stockflow.page") / "page.jinja").read_text(encoding="utf-8"))
