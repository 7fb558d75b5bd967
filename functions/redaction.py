"""Keeps the API key and the webhook URLs out of every text that leaves a function."""

import re
from urllib.parse import quote

MASK = "[redacted]"
SHORTEST_SECRET = 4

_PATTERNS = (
    re.compile(r"(?i)(apikey=)[^&\s\"'<>]+"),
    # The vendor's day-quota refusal repeats the key in clear: "We have detected your API key as ABC and our ...".
    re.compile(r"(?i)(API key as )\S+"),
    re.compile(r"(https://hooks\.slack\.com/)[^\s\"'<>\\]+"),
)


class Redactor:
    """Masks the secrets it was told, and whatever has the shape of one."""

    def __init__(self) -> None:
        self._secrets: frozenset[str] = frozenset()

    def learn(self, *secrets: str | None) -> None:
        """Takes values to mask from now on; empty ones and very short words are passed over."""
        known = {secret for secret in secrets if secret and len(secret) >= SHORTEST_SECRET}
        self._secrets |= known | {quote(secret, safe="") for secret in known}

    def clean(self, text: str) -> str:
        """The text with every secret masked."""
        for secret in sorted(self._secrets, key=len, reverse=True):
            text = text.replace(secret, MASK)
        for pattern in _PATTERNS:
            text = pattern.sub(rf"\g<1>{MASK}", text)
        return text
