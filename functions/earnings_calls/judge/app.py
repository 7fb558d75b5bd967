"""JudgeTone: the tone of every passage, in batches; what can't be judged is counted, not guessed."""

from collections.abc import Sequence
from dataclasses import replace

from stockflow_functions.aws import keys
from stockflow_functions.aws.comprehend import Scores, ToneJudge, UnsupportedLanguageError
from stockflow_functions.domain.calls.languages import comprehend_language
from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.calls.tone import is_scored, units
from stockflow_functions.domain.errors import ToneIncomplete
from stockflow_functions.earnings_calls.calls import call_of, failed
from stockflow_functions.earnings_calls.contracts import Judged, JudgeEvent
from stockflow_functions.earnings_calls.read.warnings import ENGLISH
from stockflow_functions.earnings_calls.staged import stage, staged
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction

MOST_UNSCORED = 0.1
"""The share of passages that may stay without a tone; above it the call's would be a guess."""


def judge(event: JudgeEvent, services: Services) -> Judged:
    """Judges the passages; those of a language that nothing here judges stay without a tone, and a sentence says so.

    Raises:
        BadTranscript: the staged passages are gone, or damaged.
        ToneIncomplete: more than a tenth of them could not be judged.
        ToneUnavailable, StorageDenied: as Comprehend does.
    """
    about, execution = event["passages"], event["run"]["execution"]
    passages, warnings = staged(services.bucket, about["key"]), list(about["warnings"])
    language = comprehend_language(about["language"] or ENGLISH)
    paid = 0
    if language is not None:
        try:
            scores = ToneJudge(services.client("comprehend"), language).judge([each.text for each in passages])
            passages, paid = _with_scores(passages, scores, event["symbol"]), units(passages)
        except UnsupportedLanguageError:
            engine = services.settings.tone_engine
            warnings.insert(0, f"The call is in {language}, which {engine} does not judge: it is kept without a tone.")
    key = keys.judged_passages(execution, event["symbol"])
    stage(services.bucket, key, passages)
    unscored = sum(not is_scored(each) for each in passages)
    if 0 < unscored < len(passages):
        warnings.append(f"{unscored} of {len(passages)} passages could not be judged: they are in no mean.")
    return {**about, "key": key, "warnings": warnings, "unscored": unscored, "units": paid}


def _with_scores(passages: Sequence[Passage], scores: Sequence[Scores | None], name: str) -> list[Passage]:
    unscored = sum(score is None for score in scores)
    if unscored > MOST_UNSCORED * len(passages):
        raise ToneIncomplete(
            f"{unscored} of {len(passages)} passages of {name} could not be judged: too many for a tone."
        )
    return [
        passage
        if score is None
        else replace(
            passage, positive=score.positive, negative=score.negative, neutral=score.neutral, mixed=score.mixed
        )
        for passage, score in zip(passages, scores, strict=True)
    ]


handler = StateFunction(
    "JudgeTone",
    judge,
    call_of,
    outcome=failed,
    clients=("s3", "comprehend"),
)
