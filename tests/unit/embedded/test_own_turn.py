"""A run's turn in its folder and with its key."""

import json
from contextlib import ExitStack
from pathlib import Path

import pytest

from stockflow.embedded.own_turn import own_turn
from stockflow.embedded.state_folder import SharedBudget
from stockflow.embedded.table_file import TableFile
from stockflow.embedded.waiting import Waiting
from stockflow.errors import Unusable

AT_ONCE = Waiting(most_seconds=0)


@pytest.fixture
def shared(tmp_path):
    return SharedBudget(tmp_path / "state/budgets/0123.json", "budget#b")


@pytest.fixture
def take():
    """Takes turns that end with the test; gives the folder whose run had the budget before."""
    with ExitStack() as stack:
        yield lambda folder, budget: stack.enter_context(own_turn(folder, TableFile(folder, budget), budget, AT_ONCE))


def test_runs_in_different_folders_share_a_key(take, tmp_path, shared):
    """The second has to wait."""
    take(tmp_path / "a", shared)

    with pytest.raises(Unusable, match=r"The run in .*/a \(since .*\) asks with the same key: wait for its end\."):
        take(tmp_path / "b", shared)


def test_runs_in_one_folder_wait_for_each_other_whatever_their_keys(take, tmp_path, shared):
    """One would not see what the other one saves."""
    take(tmp_path / "a", None)

    with pytest.raises(Unusable, match="uses the same folder: wait for its end, or choose another with --output-dir"):
        take(tmp_path / "a", shared)


def test_simulated_runs_in_different_folders_do_not_wait_for_each_other(take, tmp_path):
    """Nor for those with a key: their vendor is their own."""
    take(tmp_path / "a", None)

    assert take(tmp_path / "b", None) == tmp_path / "b"


def test_who_waits_for_a_key_keeps_no_folder_from_others(take, tmp_path, shared):
    """A simulated run in it has nothing to wait for."""
    take(tmp_path / "a", shared)
    with pytest.raises(Unusable):
        take(tmp_path / "b", shared)

    assert take(tmp_path / "b", None) == tmp_path / "b"


def had_before(folder, shared):
    with own_turn(folder, TableFile(folder, shared), shared, AT_ONCE) as before:
        return before


def test_the_run_that_had_the_budget_before_is_known_by_its_folder(tmp_path, shared):
    """At first, before there is any, it can only be one of an older release in this folder."""
    assert had_before(tmp_path / "a", shared) == tmp_path / "a"
    assert had_before(tmp_path / "b", shared) == tmp_path / "a"


def test_a_run_of_another_machine_has_no_folder_here(tmp_path, shared):
    """Whose home is on the network: what lies here under that name is something else."""
    had_before(tmp_path / "a", shared)
    file = shared.file.with_suffix(".holder.json")
    file.write_text(json.dumps({**json.loads(file.read_text()), "host": "elsewhere"}))

    assert had_before(tmp_path / "b", shared) is None


def test_a_state_folder_that_can_not_be_written_is_told_with_the_variable_to_change(tmp_path, shared):
    """One sentence."""
    (tmp_path / "state").write_text("")

    with pytest.raises(
        Unusable, match=r"state/budgets can't be written \(.*\): name another .* STOCKFLOW_STATE_DIR\.$"
    ):
        had_before(tmp_path / "a", shared)


def test_a_disk_without_locks_is_told_in_a_sentence(tmp_path, monkeypatch):
    """A network folder may know none; a lock that outlives a killed process would be worse than none."""

    def refuse(*_):
        raise OSError(38, "Function not implemented")

    monkeypatch.setattr("fcntl.flock", refuse)

    with pytest.raises(Unusable, match=r"can't be written \(Function not implemented\): choose another"):
        had_before(tmp_path / "a", None)


def test_a_key_s_folder_is_the_user_s_alone(tmp_path, shared):
    """It says in which folders the runs are."""
    had_before(tmp_path / "a", shared)

    assert Path(shared.file.parent).stat().st_mode & 0o777 == 0o700
