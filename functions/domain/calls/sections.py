"""Where a call goes over from prepared remarks to questions and answers. No source says so: it is read off the words.

The handover is what a speaker or the operator says, in English or in Japanese. What the operator announces in the
welcome ("a question-and-answer session will follow") is none. Where none is found, nothing is guessed.
"""

import re
from collections.abc import Iterator, Sequence
from itertools import accumulate

from stockflow_functions.domain.calls.sentences import sentences
from stockflow_functions.domain.calls.transcript import Turn

PREPARED, QA = "prepared", "qa"

FIRST_POSSIBLE = 2
"""Index of the first turn that can be a question's: before it are the welcome and the first speaker."""
LEAST_SHARE = 0.05
"""Of a call's characters that come before its questions."""
FAR_INTO_TURN, FAR_FOR_HANDING_OVER = 600, 200
"""Characters: a handover behind so many ends its turn, and the questions begin with the next one. Who hands over to
the operator does so at the end of remarks; the operator begins with it, but for a few words on how to ask."""
LONGEST_HANDOVER = 1000
"""Characters of a sentence that are looked at."""

_Q_AND_A = r"(?:q ?(?:&|and|n) ?a\b|questions?[ -](?:and|&|n)[ -]answer)"
_QUESTIONS = rf"(?:questions\b|{_Q_AND_A})"
_FEW = r"(?:[\w'’]+,? ){0,6}?"
_TO = r"(?:move|moving|go|head|turn|jump|transition|proceed)(?: (?:on|over|right|straight))? (?:in)?to"
_DAY = r"(?:,? (?:today|tonight|this (?:morning|afternoon|evening)))?"
_BEGINS = re.compile(
    rf"\b(?:begin(?:ning)?|start(?:ing)?|conduct(?:ing)?|commence|{_TO}) {_FEW}"
    rf"(?:{_Q_AND_A}|(?:investor|analyst|your) questions)"
    rf"|\bfirst question{_DAY}(?: we have)?(?: is| will| will be)? (?:comes?|coming|goes|from)\b"
    rf"|\b(?:take|have|go to|poll for|get) {_FEW}first question\b"
    r"|質疑応答(?:の時間)?(?:に(?:移|入|うつ|はい)|を(?:始|開始|はじめ|行|お受け)|とさせて)"
    r"|質問を(?:お受け|受け付け|頂戴|承)|質問のある方|質問はございま|最初の(?:ご)?質問",
    re.IGNORECASE,
)
_HANDS_OVER = re.compile(
    rf"\bopen(?:ing)? {_FEW}(?:for|to) {_FEW}{_QUESTIONS}"
    rf"|\b(?:turn|hand|pass)(?:ing)? (?:it|the call|the line|this|things|over) {_FEW}(?:for|to) {_FEW}{_QUESTIONS}"
    rf"|\b(?:now|with that|operator),? {_FEW}(?:take|taking|ready for|(?:happy|glad) to answer) {_FEW}questions\b",
    re.IGNORECASE,
)
_ANNOUNCED = re.compile(
    r"\b(?:follow(?:s|ed|ing)?|after|afterwards?|later|before|until|once|when|during|conclusion|listen[- ]only|"
    r"and then|(?:at|towards?) the end|then (?:we|i|he|she|they|open|take|move|go|turn)|(?:will|'ll) then|"
    r"(?:may|might) have)\b"
    r"|^(?!.*\bconclud).*\b(?:remarks|comments)\b"
    r"|後ほど|のちほど|その後|終了後|の後|のあと|に続|最後に",
    re.IGNORECASE,
)


def first_of_questions(turns: Sequence[Turn]) -> int | None:
    """The index of the turn with which the questions and answers begin; None if no handover is found."""
    before = [0, *accumulate(len(turn.text) for turn in turns)]
    for number in _handovers(turns):
        if FIRST_POSSIBLE <= number < len(turns) and before[number] >= LEAST_SHARE * before[-1]:
            return number
    return None


def _handovers(turns: Sequence[Turn]) -> Iterator[int]:
    for number, turn in enumerate(turns):
        for start, end in sentences(turn.text):
            far = _far(turn.text[start : min(end, start + LONGEST_HANDOVER)])
            if far is not None:
                yield number + (start >= far)
                break


def _far(sentence: str) -> int | None:
    """Behind how many characters the sentence ends its turn; None if it is no handover."""
    hands_over, begins = _HANDS_OVER.search(sentence), _BEGINS.search(sentence)
    if not (hands_over or begins) or _ANNOUNCED.search(sentence):
        return None
    return FAR_FOR_HANDING_OVER if hands_over else FAR_INTO_TURN
