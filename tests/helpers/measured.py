"""Measured texts that nobody said."""

from itertools import product
from random import Random

from stockflow_functions.runtime.measured import MeasuredText

PREPARED, QUESTIONS = "Prepared remarks", "Questions and answers"
_SYLLABLES = ("ba", "de", "fi", "go", "ku", "la", "me", "ni", "po", "ru", "sa", "te")
_WORDS = ["".join(word) for length in (2, 3) for word in product(_SYLLABLES, repeat=length)]


def measured_text(item: str, count: int = 40, characters: int = 120) -> MeasuredText:
    """A text of so many passages; a third of them in the first part, its values from low to high and back."""
    values = [round(((n * 8) % 21 - 10) / 10.5, 3) for n in range(count)]
    draw = Random(item)  # no secret
    return {
        "item": item,
        "title": f"{item}, 2026-10-29",
        "measure": "tone",
        "summary": "tone +0.18, -0.12 against 2026-07-30",
        "facts": [["Length", "62 min"], ["Judged by", "Amazon Comprehend"]],
        "passages": [
            {
                "part": PREPARED if n < count // 3 else QUESTIONS,
                "who": f"spk_{n // 2 % 3}",
                "at_seconds": n * 28.4,
                "value": None if n == 1 else value,
                "text": f"Passage {n}: {' '.join(draw.choices(_WORDS, k=characters // 4))}"[:characters],
            }
            for n, value in enumerate(values)
        ],
        "count": count,
    }
