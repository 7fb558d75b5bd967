"""The project's GitHub workflow: the same checks as .ci/run, on every Python that is promised, by pinned actions."""

import re
import tomllib

import pytest
import yaml

from tests.browser.conftest import SCREENSHOTS
from tests.contract.stack import ROOT, template

TEXT = (ROOT / ".github" / "workflows" / "ci.yml").read_text()
JOBS = yaml.safe_load(TEXT)["jobs"]
STARTED_BY = yaml.safe_load(TEXT)[True]  # YAML 1.1 reads the key "on" so
STEPS = JOBS["tests-and-checks"]["steps"]


@pytest.mark.parametrize("used", re.findall(r"uses: (.*)", TEXT))
def test_an_action_is_pinned(used):
    """Each action is named by the hash of a commit, with its version beside it for people."""
    assert re.fullmatch(r"[\w-]+/[\w-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+", used)


def test_every_python_that_is_promised_is_tried():
    """From the oldest Python that pyproject.toml promises to the one that Lambda runs, none left out."""
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=3.")
    newest = template()["Globals"]["Function"]["Runtime"].removeprefix("python3.")
    tried = JOBS["tests-and-checks"]["strategy"]["matrix"]["python"]
    assert tried == [f"3.{minor}" for minor in range(int(oldest), int(newest) + 1)]


def test_it_does_what_is_done_here():
    """The checks and tests are .ci/run's, whole; and nothing may be written with the token."""
    assert ".ci/run" in [step.get("run") for step in STEPS]
    assert yaml.safe_load(TEXT)["permissions"] == {"contents": "read"}


WEEKLY = {"step-functions-local": "make test-stepfunctions-local", "engines": "make test-engines"}


@pytest.mark.parametrize("job", JOBS)
def test_what_takes_long_is_done_weekly(job):
    """Step Functions Local and the emulators of AWS are tried weekly and on demand, all else at each push."""
    commands = [step.get("run") for step in JOBS[job]["steps"]]
    weekly = "github.event_name == 'schedule' || github.event_name == 'workflow_dispatch'"
    assert JOBS[job].get("if") == (weekly if job in WEEKLY else None)
    assert job not in WEEKLY or WEEKLY[job] in commands


def test_every_tier_is_run():
    """Each folder with tests is one of those that pytest looks into."""
    tiers = {str(file.relative_to(ROOT).parents[-3]) for file in (ROOT / "tests").glob("*/**/test_*.py")}
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["pytest"]["ini_options"]
    assert tiers == set(settings["testpaths"])


def test_the_weekly_jobs_have_a_week_day():
    """The workflow is started once a week, and by hand."""
    (when,) = STARTED_BY["schedule"]
    assert re.fullmatch(r"\d+ \d+ \* \* [0-6]", when["cron"])
    assert "workflow_dispatch" in STARTED_BY


def test_the_screenshots_are_kept():
    """What the browser saw is kept from every run, a failed one too."""
    (kept,) = (step for step in STEPS if "upload-artifact" in step.get("uses", ""))
    assert kept["if"] == "always()"
    assert ROOT / kept["with"]["path"] == SCREENSHOTS
