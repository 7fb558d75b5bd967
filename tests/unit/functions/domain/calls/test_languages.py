"""Languages, from the one service's names to the other's."""

import pytest

from stockflow_functions.domain.calls.languages import comprehend_language


@pytest.mark.parametrize(
    ("language", "code"),
    [
        ("en-US", "en"),
        ("en-AB", "en"),
        ("ja-JP", "ja"),
        ("zh-CN", "zh"),
        ("zh-TW", "zh-TW"),
        ("zh-HK", None),
        ("EN-us", "en"),
        ("en", "en"),
        ("nl-NL", None),
        ("enm-GB", None),
        ("", None),
        (None, None),
    ],
)
def test_a_language_has_comprehends_name_or_none(language, code):
    """None is a language whose tone is not judged."""
    assert comprehend_language(language) == code
