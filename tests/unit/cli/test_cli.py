"""Sentences that end a command, where a secret was written in the wrong place."""

import pytest
from click.testing import CliRunner

from stockflow.cli.commands.runs import runs
from stockflow.cli.main import main

KEY = "ZQ9XKEYWORDTOPSECRET77"


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["plan", "AAPL"], "REQUESTS_PER_MINUTE is"),
        (["show", KEY], "There is no run"),
    ],
)
def test_a_secret_in_the_wrong_place_is_not_repeated(tmp_path, monkeypatch, arguments, sentence):
    """As the value of another setting, or as an argument: the sentence says what is wrong without it."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ALPHA_VANTAGE_API_KEY", KEY)
    monkeypatch.setenv("REQUESTS_PER_MINUTE", KEY)

    done = CliRunner().invoke(main, arguments)

    assert done.exit_code in {1, 2}
    assert sentence in done.output
    assert KEY not in done.output


def test_the_key_of_whatever_vendor_is_named_is_not_repeated(tmp_path, monkeypatch):
    """Its variable follows from the name, even where that is written wrong."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PRICE_VENDOR", "toy")
    monkeypatch.setenv("TOY_API_KEY", KEY)

    done = CliRunner().invoke(main, ["show", KEY])

    assert "There is no run" in done.output
    assert KEY not in done.output


def test_an_interrupted_command_ends_in_a_sentence(monkeypatch):
    """Wherever it was, with the status that shells have for it."""

    def interrupt(**_options):
        raise KeyboardInterrupt

    monkeypatch.setattr(runs, "callback", interrupt)

    done = CliRunner().invoke(main, ["runs"])

    assert (done.exit_code, done.stderr.count("\n")) == (130, 1)
    assert "`stockflow runs` lists the runs" in done.stderr
