"""Measured texts that nobody said."""

PREPARED, QUESTIONS = "Prepared remarks", "Questions and answers"


def measured_text(item, count=40, characters=120):
    """A text of so many passages; a third of them in the first part, its values from low to high and back."""
    values = [round(((n * 8) % 21 - 10) / 10.5, 3) for n in range(count)]
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
                "text": f"Passage {n}. {'Words. ' * characters}"[:characters],
            }
            for n, value in enumerate(values)
        ],
        "count": count,
    }
