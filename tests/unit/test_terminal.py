"""What is printed of texts that are not ours."""

import json

import pytest
from click.testing import CliRunner
from hypothesis import given
from hypothesis import strategies as st

from stockflow.cli.main import main
from stockflow.sources import save_run
from stockflow.terminal import on_one_line, printable
from tests.helpers.made_runs import made_run

HOSTILE = "EV\x1b[31mIL\x1b]0;owned\x07\ud800\u202e\x9b2J\nstockflow: all is well"


@given(st.text())
def test_what_is_printed_moves_no_cursor_and_can_be_written(text):
    """No control character but the line break and the tab, no mark of direction, no half a character."""
    shown = printable(text)
    shown.encode()
    assert not [c for c in shown if (ord(c) < 32 and c not in "\n\t") or 126 < ord(c) < 160 or c in "\u202e\u2066"]
    assert len(shown) == len(text)


def test_a_text_cannot_pass_for_a_line_of_ours():
    """A line break in a name becomes a sign."""
    assert on_one_line(HOSTILE).splitlines() == [on_one_line(HOSTILE)]


@pytest.fixture
def folder(tmp_path):
    """An output folder with a run of a symbol, an error and a manifest that try everything."""
    run = made_run({HOSTILE: "bad", "AAPL": "ok"})
    for event in run.events:
        details = event.get("taskFailedEventDetails")
        if details:
            details.update(error=HOSTILE, cause=json.dumps({"errorMessage": HOSTILE}))
    run.description["name"] = HOSTILE
    run.engine = {"name": "moto"}
    save_run(tmp_path / "runs" / "evil", run)
    symbols = [{"symbol": HOSTILE, "status": "failed"}]
    manifest = {"execution": HOSTILE, "outcome": HOSTILE, "started_at": "2026-11-20T22:30:00.000Z", "symbols": symbols}
    (tmp_path / "runs" / "evil" / "manifest.json").write_text(json.dumps(manifest))
    return tmp_path


@pytest.mark.parametrize(
    ("command", "status"),
    [
        (["show", "latest"], 0),
        (["show", "latest", "--json"], 0),
        (["runs"], 0),
        (["replay", "latest"], 2),
        (["replay", "latest", "--symbol", "NOPE"], 1),
    ],
)
def test_commands_print_hostile_texts_as_texts(folder, command, status):
    """Neither a crash nor an escape sequence."""
    done = CliRunner().invoke(main, [*command, "--output-dir", str(folder)])
    assert done.exit_code == status, done.output
    assert isinstance(done.exception, SystemExit | None)
    assert not set(done.output) & set("\x1b\x07\x9b\u202e\ud800")


def test_json_keeps_every_text_as_it_is(folder):
    """What another program reads is what the history has."""
    done = CliRunner().invoke(main, ["show", "latest", "--json", "--output-dir", str(folder)])
    assert json.loads(done.output)["root_causes"][0]["symbols"] == [HOSTILE]
