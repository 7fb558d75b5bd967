"""Languages as Transcribe names them, and as Comprehend does."""

COMPREHEND = frozenset(("ar", "de", "en", "es", "fr", "hi", "it", "ja", "ko", "pt", "zh"))
"""Those of DetectSentiment beside zh-TW (docs.aws.amazon.com/comprehend/latest/dg/supported-languages.html)."""
_TRADITIONAL = "zh-tw"
_CANTONESE = "zh-hk"


def comprehend_language(language: str | None) -> str | None:
    """``"ja-JP"`` to ``"ja"``; None for a language whose sentiment Comprehend does not judge, such as Cantonese."""
    folded = (language or "").casefold()
    if folded == _TRADITIONAL:
        return "zh-TW"
    primary = folded.partition("-")[0]
    return primary if primary in COMPREHEND and folded != _CANTONESE else None
