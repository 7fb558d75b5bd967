"""A second workflow is a folder of functions and a definition: nothing else knows of it."""

import json
import shutil
import sys
from dataclasses import replace
from pathlib import Path

import pytest
from click.testing import CliRunner

import stockflow_functions
from stockflow import workflows
from stockflow.cli.main import main
from stockflow.embedded.aws import EmbeddedAws
from stockflow.errors import Unusable
from stockflow.page.page import render_page
from stockflow.sources import open_run

SECOND = Path(__file__).parent / "second"
SOON_SECONDS = 30


@pytest.fixture(scope="module")
def greetings():
    """The second workflow's folder beside the first one's."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(stockflow_functions, "__path__", [*stockflow_functions.__path__, str(SECOND / "functions")])
        yield workflows.named("greetings")
    for name in [name for name in sys.modules if name.startswith("stockflow_functions.greetings")]:
        del sys.modules[name]


@pytest.fixture(scope="module")
def made(greetings, tmp_path_factory):
    """The output folder of a run in which Ada was greeted, and nobody knew Bob; and the run's name."""
    folder = tmp_path_factory.mktemp("second") / "out"
    with EmbeddedAws(folder) as aws:
        aws.services.bucket.put_json("people/ADA.json", {"name": "Ada"})
        arn = aws.start({"symbols": ["ADA", "BOB"], "language": "fr"}, workflow=greetings.name)
        aws.wait(arn, timeout_seconds=SOON_SECONDS)
        return folder, aws.run_folder(arn).name


@pytest.fixture
def folder(made, tmp_path, monkeypatch):
    """A copy of that run's folder, where commands look for it."""
    monkeypatch.chdir(tmp_path)
    shutil.copytree(made[0], "out")
    return Path("out/runs", made[1])


def stockflow(*arguments):
    return CliRunner().invoke(main, arguments, catch_exceptions=False)


def test_it_leaves_a_manifest(folder):
    """The one that its own notifier wrote."""
    manifest = json.loads((folder / "manifest.json").read_text())

    assert manifest["outcome"] == "partial"
    assert {symbol["symbol"]: symbol["status"] for symbol in manifest["symbols"]} == {"ADA": "saved", "BOB": "failed"}


def test_it_has_a_page(folder):
    """It says why a person was not greeted, and gives the commands to go on with."""
    opened = open_run("latest")

    assert [(row.symbol, row.outcome) for row in opened.model.rows] == [("BOB", "failed"), ("ADA", "saved")]
    page = render_page(opened.model, replace(opened.surroundings(), reference=folder.name))
    for said in ("Nobody knows BOB", f"rerun {folder.name}", f"replay {folder.name} --symbol BOB --state Greet"):
        assert said in page


def test_a_state_is_replayed(folder):
    """What failed fails again, with the input and the objects of the run."""
    done = stockflow("replay", folder.name, "--symbol", "BOB")

    assert "The same error as then." in done.output
    assert done.exit_code == 1


def test_a_state_that_went_well_is_replayed_without_effect(folder):
    """It says what it would have written."""
    done = stockflow("replay", folder.name, "--symbol", "ADA", "--state", "Greet")

    assert "The same output as then." in done.output
    assert "greetings/ADA.json" in done.output


def test_what_failed_is_run_again(folder):
    """By its own workflow, with the choices of the run before, and only what is left to do."""
    Path("out/people/BOB.json").write_text('{"name": "Bob"}')

    done = stockflow("rerun", folder.name)

    assert done.output.startswith("Again: 1 symbol, BOB.\n")
    assert "1/1  BOB        saved     Bonjour, Bob\nsucceeded: 1 saved.\n" in done.output
    assert done.exit_code == 0


def test_a_workflow_that_is_not_there_is_one_sentence(greetings):
    """The sentence says which there are."""
    with pytest.raises(Unusable, match="'earnings': write daily-prices or earnings-calls or greetings"):
        workflows.named("earnings")


def test_no_function_has_the_name_of_another_workflows(greetings):
    """The template and the definitions know functions by their names alone."""
    names = [function.name for workflow in workflows.workflows() for function in workflow.functions]

    assert len(names) == len(set(names))
