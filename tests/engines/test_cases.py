"""A run of the deployed stack on LocalStack, in real processes with the built packages, ends as one on the laptop."""

from dataclasses import dataclass

import pytest

from tests.engines.cases import CASES
from tests.engines.outcome import Outcome, uncounted
from tests.engines.runs import run_on_laptop


@dataclass(frozen=True)
class Both:
    """One case's outcome on LocalStack and on the laptop."""

    deployed: Outcome
    laptop: Outcome


@pytest.fixture(scope="session")
def outcomes(stack, tmp_path_factory):
    """Runs a case on both at once, the first time that it is asked for."""
    known = {}

    def outcomes_of(name):
        if name not in known:
            case = CASES[name]
            with stack.running(case) as outcome:
                laptop = run_on_laptop(case, tmp_path_factory.mktemp("laptop"))
                known[name] = Both(outcome(), laptop)
        return known[name]

    return outcomes_of


@pytest.fixture(params=CASES)
def case(request):
    return request.param


def test_the_deployed_run_ends_as_it_should(case, outcomes):
    """On LocalStack the execution has the status and the error it should, and so has every symbol."""
    ended, should = outcomes(case).deployed, CASES[case]
    assert (ended.status, ended.error, ended.symbols) == (should.status, should.error, should.symbols)


def test_the_laptop_run_ends_as_it_should(case, outcomes):
    """On the laptop the execution and every symbol end so too."""
    ended, should = outcomes(case).laptop, CASES[case]
    assert (ended.status, ended.error, ended.symbols) == (should.status, should.error, should.symbols)


def test_the_manifests_are_the_same(case, outcomes):
    """The manifests differ in times and names only, and in what a race decides where the case names one."""
    both = outcomes(case)
    told = uncounted if CASES[case].tries else dict
    assert told(both.deployed.manifest) == told(both.laptop.manifest)


@pytest.mark.parametrize("name", [name for name, case in CASES.items() if case.tries])
def test_a_symbol_is_tried_as_often_as_it_may(name, outcomes):
    """Where a race decides how many requests are made, they are as many as the policy allows, on both."""
    both = outcomes(name)
    for symbol, right in CASES[name].tries.items():
        assert {both.deployed.attempts[symbol], both.laptop.attempts[symbol]} <= set(right)


def test_the_datasets_are_the_same(case, outcomes):
    """The same files are below prices/, row by row."""
    both = outcomes(case)
    assert both.deployed.dataset == both.laptop.dataset


def test_the_same_people_are_told(case, outcomes):
    """The messages go to the same channels."""
    both = outcomes(case)
    assert both.deployed.channels == both.laptop.channels


def test_the_states_are_the_same(case, outcomes):
    """Every symbol takes the same way through the workflow, and so does the run around them."""
    if CASES[case].races:
        pytest.skip(f"two runs may differ: {CASES[case].races}")
    both = outcomes(case)
    assert both.deployed.states == both.laptop.states
