"""What judging a call costs: our passages, against a document a sentence and the densest packing, on recordings.

Comprehend bills a document by 100 characters begun, three units at least, at $0.0001 a unit up to ten million a month
(aws.amazon.com/comprehend/pricing). The densest packing fills each document to the 5,000 bytes that Comprehend takes,
whoever speaks. The recordings are read from ../shared/calls where that is beside the checkout.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

from stockflow_functions.aws.dollars import DOLLARS_PER_COMPREHEND_UNIT
from stockflow_functions.domain.calls.passages import Passage, passages_of
from stockflow_functions.domain.calls.reading import read_transcript
from stockflow_functions.domain.calls.sentences import sentences
from stockflow_functions.domain.calls.tone import units
from stockflow_functions.domain.calls.transcript import Transcript
from stockflow_functions.domain.errors import BadTranscript

RECORDINGS = Path(__file__).resolve().parents[2] / "shared/calls"
MOST_BYTES = 5000
LINE = "{:<28} {:<24} {:>10} {:>10} {:>10} {:>9}"


def recorded() -> Iterable[tuple[str, Transcript]]:
    """Transcribe's outputs; and the sentences of a longer one, which was kept as sentences only, as one speaker's."""
    for file in sorted((RECORDINGS / "transcribe").glob("*.json")):
        try:
            yield file.name, read_transcript(file.read_bytes())
        except BadTranscript as error:
            print(f"{file.name}: left out. {error}")
    for file in sorted((RECORDINGS / "comprehend").glob("*.csv")):
        with file.open(encoding="utf-8", newline="") as lines:
            said = " ".join(f"{row[0].strip()}." for row in csv.reader(lines))
        yield file.name, read_transcript(json.dumps({"transcript": [{"speaker": "one", "content": said}]}).encode())


def a_document_a_sentence(transcript: Transcript) -> list[str]:
    """What is written by most."""
    return [turn.text[start:end] for turn in transcript.turns for start, end in sentences(turn.text)]


def densest(transcript: Transcript) -> list[str]:
    """Sentences into as few documents as Comprehend takes; a speaker's end is not seen."""
    documents = [""]
    for sentence in a_document_a_sentence(transcript):
        longer = f"{documents[-1]} {sentence}".strip()
        if len(longer.encode()) <= MOST_BYTES:
            documents[-1] = longer
        else:
            documents.append(sentence)
    return documents


def billed(documents: Sequence[str]) -> int:
    """Units of Comprehend."""
    return units(Passage(1, None, None, None, None, document) for document in documents)


def main() -> None:
    """Prints the table."""
    if not RECORDINGS.is_dir():
        print("The recorded transcripts are not beside this checkout (../shared/calls): nothing is measured.")
        return
    print(LINE.format("transcript", "cut", "characters", "documents", "units", "dollars"))
    for name, transcript in recorded():
        cuts = {
            "passages": [each.text for each in passages_of(transcript)],
            "a document a sentence": a_document_a_sentence(transcript),
            "densest, 5,000 bytes": densest(transcript),
        }
        for cut, documents in cuts.items():
            characters, bill = sum(map(len, documents)), billed(documents)
            print(LINE.format(name, cut, characters, len(documents), bill, f"{bill * DOLLARS_PER_COMPREHEND_UNIT:.4f}"))


if __name__ == "__main__":
    main()
