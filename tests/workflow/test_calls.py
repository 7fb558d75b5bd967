"""Earnings calls on the embedded AWS: what may befall one, all in one run, and what a second run makes of it."""

from contextlib import ExitStack

import pytest

from tests.workflow.call_troubles import PAUSING, TROUBLES
from tests.workflow.calls_stage import CallsStage, told

NAMES = [trouble.name for trouble in TROUBLES]


class Tried:
    """One run in which each call meets its trouble, and a clean one after it."""

    def __init__(self, stage):
        self.stage = stage
        for trouble in TROUBLES:
            if trouble.body is not None:
                stage.drop(trouble.name, trouble.body)
            if trouble.prepare:
                trouble.prepare(stage, trouble.name)
        faults = {each.name: stage.aws.faults.add(each.fault(each.name)) for each in TROUBLES if each.fault}
        arn = stage.start(*NAMES)
        for trouble in PAUSING:
            if trouble.meanwhile:
                stage.between(faults[trouble.name], lambda trouble=trouble: trouble.meanwhile(stage, trouble.name))
        self.manifest = stage.end(arn)
        self.unmet = [name for name, fault in faults.items() if not fault.met]
        stage.aws.faults.clear()
        self.again = stage.run(*NAMES)
        self.jobs = stage.jobs()


@pytest.fixture(scope="module")
def tried(tmp_path_factory):
    with ExitStack() as stack:
        yield Tried(CallsStage(stack, tmp_path_factory.mktemp("calls")))


def call_of(manifest, name):
    return next(call for call in manifest["symbols"] if call["symbol"] == name)


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.what)
def test_call_ends_as_its_trouble_has_it(tried, trouble):
    """Saved, deferred, or failed by an error with a name, in the state where it happened."""
    assert told(call_of(tried.manifest, trouble.name)) == trouble.ends


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.what)
def test_clean_run_makes_up_for_it(tried, trouble):
    """What a fault kept away is saved; what is saved is unchanged; what is wrong for good fails the same way."""
    assert told(call_of(tried.again, trouble.name)) == trouble.again


@pytest.mark.parametrize("trouble", TROUBLES, ids=lambda trouble: trouble.what)
def test_no_job_is_started_for_nothing(tried, trouble):
    """A recording has one, another after one that failed, and none for a second event."""
    name = trouble.name.rpartition(".")[0].replace("/", "-") or "no recording"

    assert (
        sum(job.startswith(f"stockflow-{name}-") and "investor" not in job[len(name) :] for job in tried.jobs)
        == trouble.jobs
    )


def test_every_fault_was_met(tried):
    """Otherwise nothing was tried."""
    assert tried.unmet == []
