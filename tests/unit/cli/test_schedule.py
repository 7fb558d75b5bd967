"""``stockflow schedule``: what it prints is what cron and systemd take."""

import os
import re
import shlex
import shutil
import stat
import subprocess

import pytest
from click.testing import CliRunner

from stockflow.cli.commands.actions import actions
from stockflow.cli.commands.run import run
from stockflow.cli.main import main

KEY = "SECRETKEY1234567"
HARD = 'my 100% $out "q" it\'s \\b'
"""A folder's name with all that a shell, cron or systemd could take for something else."""


@pytest.fixture
def schedule(tmp_path, monkeypatch):
    """Runs the command with a key, a program of its own and folders of hard names."""
    program = tmp_path / "bin" / "stockflow"
    program.parent.mkdir()
    program.write_text('#!/bin/sh\nprintf \'%s\\n\' "$STOCKFLOW_STATE_DIR" "$REQUESTS_PER_DAY" "$@"\n')
    program.chmod(0o755)
    monkeypatch.setattr("sys.executable", str(program.with_name("python")))
    monkeypatch.chdir(tmp_path)
    for name in [name for name in os.environ if name.startswith(("ALPHA_", "REQUESTS_", "STOCK_", "SLACK_"))]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("STOCKFLOW_STATE_DIR", str(tmp_path / "st ate%"))
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "con fig%"))
    monkeypatch.setenv("ALPHA_VANTAGE_API_KEY", KEY)
    return lambda *arguments: CliRunner().invoke(main, ["schedule", *arguments])


ARGUMENTS = ("AAPL", "BRK-B", "--series", "daily", "--requests-per-minute", "75", "--output-dir", HARD)


def passed_on(folder):
    """What the program is to be given."""
    options = ["--series", "daily", "--requests-per-minute", "75", "--output-dir", str(folder / HARD)]
    return ["run", "--scheduled", *options, "--", "AAPL", "BRK-B"]


def passed_on_to_actions(folder):
    """What it is to be given to ask for splits and dividends."""
    return ["actions", "--scheduled", "--requests-per-minute", "75", "--output-dir", str(folder / HARD)]


def test_each_line_for_cron_runs_its_command_with_its_settings(schedule, tmp_path):
    """As cron reads it: five fields, then a command in which only \\% is changed, for /bin/sh."""
    (tmp_path / "con fig%/stockflow").mkdir(parents=True)
    (tmp_path / "con fig%/stockflow/environment").write_text("REQUESTS_PER_DAY='7 a day'\n")
    text = schedule(*ARGUMENTS, "--cron").stdout
    lines = [line.split(" ", 5) for line in text.splitlines()]

    assert re.search(r"(?<!\\)%", text) is None
    for *_, line in lines:
        subprocess.run(["/bin/sh", "-c", line.replace(r"\%", "%")], check=True, env={"PATH": os.defpath})

    assert [line[:5] for line in lines] == [["17", "*", "*", "*", "*"], ["47", "*", "*", "*", "*"]]
    told = (tmp_path / HARD / "schedule.log").read_text().splitlines()
    settings = [str(tmp_path / "st ate%"), "7 a day"]
    assert told == [*settings, *passed_on(tmp_path), *settings, *passed_on_to_actions(tmp_path)]


def test_without_the_file_of_settings_cron_runs_nothing(schedule, tmp_path):
    """Without the key the prices would be invented."""
    command = schedule(*ARGUMENTS, "--cron").stdout.split(" ", 5)[5].replace(r"\%", "%")

    done = subprocess.run(["/bin/sh", "-c", command], check=False, capture_output=True, env={"PATH": os.defpath})

    assert done.returncode != 0
    assert not (tmp_path / HARD).exists()


def units(text):
    """The files, by their names."""
    parts = re.split(r"^# ~/\.config/systemd/user/(.*)\n", text, flags=re.MULTILINE)[1:]
    return dict(zip(parts[::2], parts[1::2], strict=True))


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd is not on this machine")
def test_the_units_are_what_systemd_takes(schedule, tmp_path):
    """Its own verification has nothing to say about them."""
    files = units(schedule(*ARGUMENTS, "--systemd").stdout)
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    (tmp_path / "runtime").mkdir(mode=stat.S_IRWXU)
    verify = ["systemd-analyze", "verify", "--user", "--man=no", "--recursive-errors=no"]
    environment = {"PATH": os.environ["PATH"], "XDG_RUNTIME_DIR": str(tmp_path / "runtime"), "HOME": str(tmp_path)}

    done = subprocess.run([*verify, *files], check=False, capture_output=True, text=True, env=environment, cwd=tmp_path)

    names = ("stockflow", "stockflow-actions")
    assert set(files) == {f"{name}.{kind}" for name in names for kind in ("service", "timer")}
    assert (done.returncode, done.stderr) == (0, "")


@pytest.mark.parametrize(("unit", "expected"), [("stockflow", passed_on), ("stockflow-actions", passed_on_to_actions)])
def test_the_service_runs_the_command(schedule, tmp_path, unit, expected):
    """Quoted as systemd reads it: %% and $$ stand for themselves, and a backslash for what is behind it."""
    service = units(schedule(*ARGUMENTS, "--systemd").stdout)[f"{unit}.service"]
    (command,) = re.findall(r"^ExecStart=(.*)$", service, re.MULTILINE)

    words = [word.replace("%%", "%").replace("$$", "$") for word in shlex.split(command)]

    assert words == [str(tmp_path / "bin/stockflow"), *expected(tmp_path)]
    assert f"EnvironmentFile={tmp_path}/con fig%%/stockflow/environment\n" in service
    assert f'Environment="STOCKFLOW_STATE_DIR={tmp_path}/st ate%%"\n' in service


def test_the_timer_rings_after_the_close_and_makes_up_for_what_it_missed(schedule):
    """By New York's clock, so that no change to summer time comes between."""
    timer = units(schedule(*ARGUMENTS, "--systemd").stdout)["stockflow.timer"]

    assert "OnCalendar=Mon..Fri 20:00 America/New_York\nPersistent=true\n" in timer


@pytest.mark.parametrize(
    ("variables", "calendar"),
    [
        ({}, "*-*-* 22:30 America/New_York"),
        ({"QUOTA_RESET_TIME_ZONE": "UTC", "QUOTA_RESET_HOUR": "1"}, "*-*-* 23:30 UTC"),
    ],
)
def test_splits_and_dividends_have_a_timer_before_the_quotas_day_ends(schedule, monkeypatch, variables, calendar):
    """By the clock that the quota goes by; later it would take requests of the next day, so nothing is made up for."""
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    timer = units(schedule(*ARGUMENTS, "--systemd").stdout)["stockflow-actions.timer"]

    assert f"OnCalendar={calendar}\nPersistent=false\n" in timer


def test_other_series_than_daily_have_no_splits_and_dividends_asked_for(schedule):
    """They are those of the symbols with daily prices."""
    text = schedule("AAPL", "--series", "weekly").stdout

    assert "actions" not in text
    assert "plits and dividends" not in text


def test_the_whole_text_has_both_and_no_value_of_a_variable(schedule, monkeypatch):
    """The key least of all; which variables are set here is said by their names."""
    monkeypatch.setenv("SLACK_WEBHOOK_URL_ERROR", "https://hooks.slack.com/services/T/B/secret")
    text = schedule(*ARGUMENTS).stdout

    assert schedule(*ARGUMENTS, "--cron").stdout in text
    assert schedule(*ARGUMENTS, "--systemd").stdout in text
    assert "for name in ALPHA_VANTAGE_API_KEY SLACK_WEBHOOK_URL_ERROR; do" in text
    assert (KEY in text, "hooks.slack.com" in text) == (False, False)


def test_the_command_in_the_text_writes_the_file_of_settings(schedule, tmp_path):
    """For its user alone, and so that both /bin/sh and systemd read it."""
    (command,) = re.findall(r"^\(umask .*$", schedule(*ARGUMENTS).stdout, re.MULTILINE)
    subprocess.run(["/bin/sh", "-c", command], check=True)

    file = tmp_path / "con fig%/stockflow/environment"
    assert file.read_text() == f"ALPHA_VANTAGE_API_KEY='{KEY}'\n"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


def test_without_a_key_the_text_says_that_prices_are_invented(schedule, monkeypatch):
    """Nobody wants that by a schedule."""
    monkeypatch.delenv("ALPHA_VANTAGE_API_KEY")

    assert "(ALPHA_VANTAGE_API_KEY is not set here; without it prices are invented)" in schedule(*ARGUMENTS).stdout


def test_a_universe_is_passed_on(schedule, tmp_path):
    """A file by its absolute path; what is listed somewhere as it is."""
    (tmp_path / "mine.txt").write_text("AAPL\n")

    lines = [schedule("--universe", universe, "--cron").stdout for universe in ("mine.txt", "listed:NASDAQ")]

    assert f"--universe {tmp_path}/mine.txt --output-dir" in lines[0]
    assert "--universe listed:NASDAQ --output-dir" in lines[1]


def test_what_is_passed_on_are_options_of_the_commands(schedule, tmp_path):
    """Each of them."""
    (tmp_path / "mine.txt").write_text("AAPL\n")
    words = ("--series", "daily", "--outputsize", "full", "--requests-per-minute", "9", "--requests-per-day", "9")
    line = schedule("AAPL", *words, "--cron").stdout + schedule("--universe", "mine.txt", "--cron").stdout

    for command in (run, actions):
        given = [each for each in line.splitlines() if f"stockflow {command.name} " in each]
        options = {option for parameter in command.params for option in parameter.opts}
        assert {word for word in " ".join(given).split() if re.fullmatch("--[a-z-]{2,}", word)} <= options


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ((), "Of whom? Write symbols"),
        (("A", "--universe", "listed:NASDAQ"), "give one of them"),
        (("--universe", "none.txt"), "The universe none.txt can't be read"),
        (("--universe", "listed:"), "write listed:NASDAQ"),
        (("../x",), "'../x'"),
        (("A", "--requests-per-minute", "0"), "REQUESTS_PER_MINUTE is 0"),
        (("A", "--output-dir", "two\nlines"), "has a character that no line"),
        ([f"SYMBOL{number}" for number in range(150)], "and cron takes 998: write the symbols into a file"),
    ],
)
def test_what_can_not_be_used_ends_in_a_sentence(schedule, arguments, sentence):
    """Exit status 2, one line, and nothing printed that somebody could take for a schedule."""
    done = schedule(*arguments)

    assert (done.exit_code, done.stderr.count("\n"), done.stdout) == (2, 1, "")
    assert sentence in done.stderr


def test_more_symbols_than_cron_takes_are_no_matter_for_systemd(schedule):
    """Its lines may be long."""
    assert schedule(*(f"SYMBOL{number}" for number in range(150)), "--systemd").exit_code == 0
