"""Codes of languages."""

import pytest

from stockflow.stand_ins.languages import code_for

CODES = ("en-AU", "en-US", "ja-JP", "ast-ES")


@pytest.mark.parametrize(
    ("language", "options", "code"),
    [
        ("en", (), "en-US"),
        ("en", ("en-GB", "ja-JP"), "en-GB"),
        ("en", ("en-GB", "en-US"), "en-US"),
        ("ja", (), "ja-JP"),
        ("ja", ("en-US",), "ja-JP"),
        ("eo", (), "eo"),
    ],
)
def test_a_language_gets_a_code_of_transcribes(language, options, code):
    """The request's own codes come first, then the usual one; an unknown language keeps its name."""
    assert code_for(language, options, CODES) == code
