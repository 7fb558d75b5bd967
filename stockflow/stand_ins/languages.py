"""Languages: the code that Amazon Transcribe has for an engine's, and how words are set apart."""

from collections.abc import Sequence

_USUAL = {"en": "en-US", "es": "es-US", "fr": "fr-FR", "de": "de-DE", "pt": "pt-BR", "zh": "zh-CN", "ar": "ar-SA"}
"""Of languages with several codes, since no engine tells one from the other."""

_WITHOUT_BLANKS = frozenset({"ja", "zh", "th", "lo", "my", "km"})


def code_for(language: str, options: Sequence[str], codes: Sequence[str]) -> str:
    """The code of a language: one of the request's ``LanguageOptions`` if any fits, else the usual, else the first.

    Args:
        language: its ISO 639 code.
        codes: all that Amazon Transcribe knows; a language that is not among them keeps its own.
    """
    for known in (options, codes):
        fitting = [code for code in known if language_of(code) == language]
        if fitting:
            return _USUAL[language] if _USUAL.get(language) in fitting else fitting[0]
    return language


def language_of(code: str) -> str:
    """The ISO 639 code of ``en-US`` is ``en``."""
    return code.partition("-")[0]


def has_blanks(language: str) -> bool:
    """Whether there is a blank between words."""
    return language not in _WITHOUT_BLANKS
