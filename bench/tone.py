"""How often the local tone of a sentence agrees with Amazon Comprehend's, beside always saying NEUTRAL.

The labels lie beside the checkout: 763 sentences of a sermon, which Amazon Comprehend labelled in 2020. No sentence of
a call with a recorded label was found. Comprehend's MIXED is told as itself, and never by VADER.
"""

import csv
import time
from pathlib import Path

from stockflow.stand_ins.local import tone_engine

LABELLED = Path(__file__).resolve().parents[2] / "shared/calls/comprehend/sentiment-per-sentence.csv"
OPPOSITE = {"POSITIVE", "NEGATIVE"}


def main() -> None:
    """Prints both shares, that of opposite labels, and the seconds for 1,000 sentences."""
    if not LABELLED.is_file():
        print("The labelled sentences are not beside this checkout (../shared).")
        return
    with LABELLED.open(encoding="utf-8", newline="") as file:
        labelled = [(row[0], row[1]) for row in csv.reader(file)]
    engine = tone_engine()
    began = time.monotonic()
    scores = [vars(engine.score(text, "en")) for text, _ in labelled]
    seconds = time.monotonic() - began
    own = [max(each, key=each.__getitem__).upper() for each in scores]
    pairs = [(mine, label) for mine, (_, label) in zip(own, labelled, strict=True)]
    agree = sum(mine == label for mine, label in pairs) / len(pairs)
    neutral = sum(label == "NEUTRAL" for _, label in pairs) / len(pairs)
    opposite = sum({mine, label} == OPPOSITE for mine, label in pairs) / len(pairs)
    print(f"{engine.name}, {len(pairs)} sentences: {agree:.1%} as Amazon Comprehend, {opposite:.1%} the opposite")
    print(f"always NEUTRAL: {neutral:.1%} as Amazon Comprehend")
    print(f"{seconds / len(pairs) * 1000:.2f} s for 1,000 sentences")


if __name__ == "__main__":
    main()
