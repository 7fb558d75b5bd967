"""Masks secrets in a saved run before any of it is written: by value, by shape, and by the name of their key."""

import json
import re
from dataclasses import replace
from functools import lru_cache
from typing import TypeVar, cast

from stockflow.history.saved_run import SavedRun
from stockflow_functions.domain.redaction import MASK, Redactor

_NAMES = (
    r"pass(?:word|wd|phrase)|secret|(?:api|private|access)[_-]?key|authori[sz]ation"
    r"|webhook|credential|cookie|token(?!s)"
)
_SECRET_NAME = re.compile(_NAMES, re.IGNORECASE)
# What must be in a text (in lower case) for anything in it to be worth a closer look; plain searches are fast.
_HINTS = (
    *("passw", "passph", "secret", "apikey", "api_key", "api-key", "api key", "authori", "webhook"),
    *("privatekey", "private_key", "private-key", "accesskey", "access_key", "access-key"),
    *("credential", "cookie", "token", "hooks.slack.com", "bearer "),
)
_UNLESS_MASKED = r"(?!\[redacted\])"
_IN_TEXT = (
    # "name": "value" of JSON that is cut off or stands in the middle of a sentence, quotes escaped or not.
    re.compile(rf"(?i)([\"'][\w-]*(?:{_NAMES})[\w-]*\\*[\"']\s*:\s*\\*[\"']){_UNLESS_MASKED}[^\"'\\]+"),
    re.compile(rf"(?i)(\b[\w-]*(?:{_NAMES})[\w-]*=[\"']?){_UNLESS_MASKED}[^\s\"'&,;<>\\)\]}}]+"),
    re.compile(rf"(?i)(\bauthorization:\s*(?:basic\s+|bearer\s+)?){_UNLESS_MASKED}(?!basic\s|bearer\s)[^\s\"',\\]+"),
    re.compile(rf"(?i)(\bbearer\s+){_UNLESS_MASKED}[a-z0-9._~+/=-]{{8,}}"),
)
_DEEPEST = 40

Value = TypeVar("Value")


def masked(run: SavedRun, redactor: Redactor | None = None, masker: "Masker | None" = None) -> SavedRun:
    """The same run without secrets. Values that the redactor has learned are masked everywhere.

    A masker that has seen the run's texts before replaces the redactor.
    """
    mask = masker or Masker(redactor)
    return replace(
        run,
        description=mask.value(run.description),
        events=[mask.value(event) for event in run.events],
        logs={request: [mask.text(line) for line in lines] for request, lines in run.logs.items()},
        slack=mask.value(run.slack),
        manifest=mask.value(run.manifest),
        texts=mask.value(run.texts),
        map_runs=mask.value(run.map_runs),
        shards=mask.value(run.shards),
        records=mask.value(run.records),
        definition=mask.definition(run.definition),
        missing=[mask.text(sentence) for sentence in run.missing],
        redacted=True,
    )


@lru_cache(maxsize=4096)
def _names_a_secret(key: object) -> bool:
    return bool(_SECRET_NAME.search(str(key)))


class Masker:
    """Masks texts and values; the same thing masked twice is masked once."""

    def __init__(self, redactor: Redactor | None = None) -> None:
        self._redactor = redactor or Redactor()
        self._hints_tell_all = redactor is None
        # A history says the same over and over: inputs are outputs of the state before.
        self._known: dict[tuple[str, int], str] = {}

    def value(self, value: Value) -> Value:
        """Any JSON value, with its texts masked, and everything below a key that names a secret."""
        return cast("Value", self._value(value, 0))

    def _value(self, value: object, depth: int) -> object:
        if isinstance(value, str):
            return self.text(value, depth)
        if isinstance(value, dict):
            return {
                key: _hidden(item) if _names_a_secret(key) else self._value(item, depth + 1)
                for key, item in value.items()
            }
        if isinstance(value, list):
            return [self._value(item, depth + 1) for item in value]
        return value

    def definition(self, value: Value) -> Value:
        """ASL: a state may be called GetToken, and a path to a secret is none: only texts by such keys go."""
        return cast("Value", self._definition(value))

    def _definition(self, value: object) -> object:
        if isinstance(value, dict):
            return {key: self._field(key, item) for key, item in value.items()}
        if isinstance(value, list):
            return [self._definition(item) for item in value]
        return self.text(value) if isinstance(value, str) else value

    def _field(self, key: object, item: object) -> object:
        secret = isinstance(item, str) and not item.startswith("$") and _names_a_secret(key)
        return MASK if secret else self._definition(item)

    def text(self, text: str, depth: int = 0) -> str:
        """A text; if it is JSON itself, as payloads and causes are, its keys are checked too."""
        known = self._known.get((text, depth))
        if known is None:
            known = self._known[text, depth] = self._masked(text, depth)
        return known

    def _masked(self, text: str, depth: int) -> str:
        low = text.lower()
        if not any(hint in low for hint in _HINTS) and (self._hints_tell_all or self._holds_no_secret(text)):
            return text
        if text[:1] in "{[" and depth < _DEEPEST:
            try:
                parsed = json.loads(text)
            except (ValueError, RecursionError):
                pass
            else:
                clean = self._value(parsed, depth + 1)
                return text if clean == parsed else json.dumps(clean, ensure_ascii=False, separators=(",", ":"))
        for pattern in _IN_TEXT:
            text = pattern.sub(rf"\g<1>{MASK}", text)
        return self._redactor.clean(text)

    def _holds_no_secret(self, text: str) -> bool:
        """Whether a text without a hint is clearly clean: JSON without a backslash has every text in it unescaped.

        Whatever the redactor recognises by shape contains a hint, so only the values that it has learned are checked.
        """
        return "\\" not in text and self._redactor.clean_data(text) == text


def _hidden(value: object) -> object:
    if isinstance(value, dict):
        return {key: _hidden(item) for key, item in value.items()}
    if isinstance(value, list):
        return [_hidden(item) for item in value]
    return value if value is None or isinstance(value, bool) or value == "" else MASK
