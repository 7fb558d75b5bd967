"""Where a user's state is, and whose budget is whose."""

from pathlib import Path

import pytest

from stockflow.embedded import state_folder as state
from stockflow_functions.runtime.settings import Settings

KEY = "SECRETKEY1234567"
REAL = {"ALPHA_VANTAGE_API_KEY": KEY}


def budget(**environment):
    return state.shared_budget_of(environment, Settings.from_environment(environment))


def test_a_variable_names_it(state_folder):
    """That of the run before that of its process; a home is understood, and so is a relative path."""
    assert state.state_folder({}) == state_folder
    assert state.state_folder({"STOCKFLOW_STATE_DIR": "/elsewhere"}) == Path("/elsewhere")
    assert state.state_folder({"STOCKFLOW_STATE_DIR": "~/state"}) == Path.home() / "state"
    assert state.state_folder({"STOCKFLOW_STATE_DIR": "state"}) == Path.cwd() / "state"


@pytest.mark.skipif("sys.platform != 'linux'", reason="where other systems keep state is platformdirs' own affair")
def test_without_it_the_folder_is_where_the_system_has_state(monkeypatch, tmp_path):
    """By the XDG Base Directory Specification."""
    monkeypatch.delenv("STOCKFLOW_STATE_DIR")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.delenv("XDG_STATE_HOME", raising=False)
    by_default = state.state_folder({})
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "xdg"))

    assert (by_default, state.state_folder({})) == (tmp_path / ".local/state/stockflow", tmp_path / "xdg/stockflow")


def test_one_key_has_one_budget():
    """Whatever else the runs have for settings, and whatever their name for it."""
    assert budget(**REAL).file == budget(**REAL, REQUESTS_PER_MINUTE="600", BUDGET_NAME="mine").file


def test_another_key_or_another_address_has_its_own():
    """A stand-in for the vendor counts for itself."""
    local = {"ALPHA_VANTAGE_BASE_URL": "http://127.0.0.1:1/query"}
    files = {
        budget(**environment).file for environment in (REAL, {"ALPHA_VANTAGE_API_KEY": "ANOTHER"}, REAL | local, local)
    }

    assert len(files) == 4


def test_the_key_is_not_in_the_name():
    """Nor a part of it that tells it."""
    assert KEY not in str(budget(**REAL).file)


@pytest.mark.parametrize("environment", [{}, REAL | {"MOCK_MODE": "true"}])
def test_invented_prices_have_none(environment):
    """Theirs is the output folder's."""
    assert budget(**environment) is None
