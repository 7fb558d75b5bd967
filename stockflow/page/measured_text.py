"""Measured texts as the page's script has them: column by column, each speaker and heading once.

They are shown as they come: a run from elsewhere may hold anything, and what is no text is left out.
"""

from collections.abc import Sequence

from stockflow.history.json_values import JsonObject, count_in, list_in, object_in, objects_in, text_in

_NAMED = ("title", "measure", "summary")


def packed_texts(texts: Sequence[object], items: Sequence[str]) -> dict[int, dict[str, object]]:
    """The texts by the number of their item's row; js/measured.mjs unpacks them."""
    number_of = {item: number for number, item in enumerate(items)}
    found = [(number_of.get(text_in(object_in(text).get("item")), -1), object_in(text)) for text in texts]
    return {number: _packed(text) for number, text in found if number >= 0}


def summaries(texts: Sequence[object]) -> dict[str, str]:
    """The measure of each item's whole text, in a few words."""
    return {text_in(object_in(text).get("item")): text_in(object_in(text).get("summary")) for text in texts}


def _packed(text: JsonObject) -> dict[str, object]:
    passages = objects_in(text.get("passages"))
    names: dict[str, int] = {}
    return {
        **{name: text_in(text.get(name)) for name in _NAMED},
        "facts": [pair for fact in list_in(text.get("facts")) if len(pair := list(map(str, list_in(fact)))) == 2],  # noqa: PLR2004
        "count": max(count_in(text.get("count")), len(passages)),
        "part": [names.setdefault(text_in(passage.get("part")), len(names)) for passage in passages],
        "who": [names.setdefault(text_in(passage.get("who")), len(names)) for passage in passages],
        "at": [_number(passage.get("at_seconds")) for passage in passages],
        "value": [_number(passage.get("value")) for passage in passages],
        "text": [text_in(passage.get("text")) for passage in passages],
        "names": list(names),
    }


def _number(value: object) -> float | None:
    return round(value, 3) if isinstance(value, int | float) and not isinstance(value, bool) else None
