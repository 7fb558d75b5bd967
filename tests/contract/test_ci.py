"""What GitHub runs: the checks of .ci/run on every Python that is promised, by pinned actions; and what renews pins."""

import re
import tomllib

import pytest
import yaml

from tests.browser.conftest import SCREENSHOTS
from tests.helpers.stack import ROOT, template

WORKFLOWS = {file.stem: file.read_text() for file in (ROOT / ".github" / "workflows").glob("*.yml")}
CI = yaml.safe_load(WORKFLOWS["ci"])
JOBS = CI["jobs"]
STARTED_BY = CI[True]  # YAML 1.1 reads the key "on" so
STEPS = JOBS["tests-and-checks"]["steps"]


@pytest.mark.parametrize(
    "used", sorted({used for text in WORKFLOWS.values() for used in re.findall(r"uses: (.*)", text)})
)
def test_an_action_is_pinned(used):
    """Each action is named by the hash of a commit, with its version beside it for people."""
    assert re.fullmatch(r"[\w-]+(/[\w-]+){1,2}@[0-9a-f]{40} # v\d+\.\d+\.\d+", used)


@pytest.mark.parametrize("name", WORKFLOWS)
def test_a_workflow_may_only_read(name):
    """No workflow may write anything with its token; a job of CodeQL's may write what it found, and nothing else."""
    workflow = yaml.safe_load(WORKFLOWS[name])
    writes = {
        permission
        for job in workflow["jobs"].values()
        for permission, right in job.get("permissions", {}).items()
        if right != "read"
    }
    assert workflow["permissions"] == {"contents": "read"}
    assert writes == ({"security-events"} if name == "codeql" else set())


def test_every_python_that_is_promised_is_tried():
    """From the oldest Python that pyproject.toml promises to the one that Lambda runs, none left out."""
    oldest = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"].removeprefix(">=3.")
    newest = template()["Globals"]["Function"]["Runtime"].removeprefix("python3.")
    tried = JOBS["tests-and-checks"]["strategy"]["matrix"]["python"]
    assert tried == [f"3.{minor}" for minor in range(int(oldest), int(newest) + 1)]


def test_it_does_what_is_done_here():
    """The checks and tests are .ci/run's, whole."""
    assert ".ci/run" in [step.get("run") for step in STEPS]


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


UPDATES = yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text())["updates"]


def test_every_package_lock_is_renewed():
    """Dependabot looks into each folder that has a package-lock.json."""
    told = {update["directory"] for update in UPDATES if update["package-ecosystem"] == "npm"}
    locks = (lock for depth in ("", "*/", "*/*/") for lock in ROOT.glob(f"{depth}package-lock.json"))
    assert told == {f"/{lock.parent.relative_to(ROOT)}" for lock in locks if "node_modules" not in lock.parts}


@pytest.mark.parametrize("source", sorted((ROOT / "requirements").glob("*.in")), ids=lambda source: source.stem)
def test_a_raised_pin_is_locked(source):
    """Each version that a file of requirements/ asks for is the one of its lock file, whoever raised it."""
    wanted = re.findall(r"^([\w-]+)(?:\[.*\])?==(\S+)", source.read_text(), re.MULTILINE)
    locked = re.findall(r"^([\w-]+)(?:\[.*\])?==(\S+)", source.with_suffix(".lock").read_text(), re.MULTILINE)
    assert wanted
    assert set(wanted) <= set(locked), "run make lock"


def test_what_is_held_back_is_pinned():
    """Each package that Dependabot is to leave alone is one that a file of requirements/ asks for."""
    text = "".join(file.read_text() for file in (ROOT / "requirements").glob("*.in"))
    held = {one["dependency-name"] for update in UPDATES for one in update.get("ignore", [])}
    assert held <= set(re.findall(r"^([\w-]+)", text, re.MULTILINE))
