"""VADER, a local engine of tone: a lexicon and rules for English."""

from functools import cached_property
from importlib.metadata import version

from vaderSentiment.vaderSentiment import SentimentIntensityAnalyzer

from stockflow_functions.aws.comprehend import Scores


class Vader:
    """VADER (Hutto and Gilbert, 2014), made for social media. What it says is not what Amazon Comprehend would say.

    Its compound score in [-1, 1] becomes the share of positive or negative, so that their difference is that score;
    what is left is neutral. It knows no mixed tone.
    """

    name = f"VADER {version('vaderSentiment')} (local lexicon)"

    def scores(self, language: str) -> bool:
        """Only English."""
        return language == "en"

    def score(self, text: str, language: str) -> Scores:  # noqa: ARG002 # it is English
        """The compound score, as shares."""
        compound = float(self._analyzer.polarity_scores(text)["compound"])
        return Scores(max(compound, 0.0), max(-compound, 0.0), 1.0 - abs(compound), 0.0)

    @cached_property
    def _analyzer(self) -> SentimentIntensityAnalyzer:
        return SentimentIntensityAnalyzer()
