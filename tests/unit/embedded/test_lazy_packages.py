"""Packages whose modules are imported one by one."""

import subprocess
import sys

import pytest

LOADED = "import sys, {0}; print(sum(name.startswith('{1}') for name in sys.modules))"


def loaded(imported: str, prefix: str) -> int:
    """How many modules of this prefix a fresh process has after that import."""
    program = LOADED.format(imported, prefix)
    return int(subprocess.run([sys.executable, "-c", program], check=True, capture_output=True, text=True).stdout)


def test_the_interpreter_comes_without_ec2():
    """It would take half of the CPU seconds of the start."""
    assert loaded("stockflow.embedded.interpreter", "moto.ec2") == 0


@pytest.mark.parametrize(
    ("program", "said"),
    [
        ("from holidays import UnitedStates; print(UnitedStates(years=2026)['2026-07-04'])", "Independence Day"),
        ("from holidays.countries import Germany, DEU; print(Germany.country, DEU.country)", "DE DE"),
        ("from holidays.financial import XNYS; print(XNYS.market)", "XNYS"),
        ("from moto.batch import batch_backends; print(type(batch_backends).__name__)", "BackendDict"),
        ("import holidays.countries as c; print(hasattr(c, 'Atlantis'))", "False"),
    ],
)
def test_whoever_asks_gets_what_there_is(program, said):
    """A country's own calendar, or a service of moto's, for who runs more than a workflow in the process."""
    done = subprocess.run(
        [sys.executable, "-c", f"import stockflow.embedded; {program}"], check=True, capture_output=True, text=True
    )

    assert said in done.stdout
