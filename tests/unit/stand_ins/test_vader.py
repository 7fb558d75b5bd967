"""The local engine of tone."""

import pytest

from stockflow.stand_ins.local import tone_engine


@pytest.mark.parametrize(
    ("text", "sign"),
    [
        ("We are disappointed with that result.", -1),
        ("We remain confident in our long term growth.", 1),
        ("Operating expenses were four billion dollars.", 0),
    ],
)
def test_english_gets_a_tone(text, sign):
    """Words of the lexicon make a text positive or negative, and without any it is neutral."""
    scores = tone_engine().score(text, "en")
    tone = scores.positive - scores.negative

    assert (tone > 0) - (tone < 0) == sign


def test_the_scores_are_shares():
    """The four sum to 1."""
    assert sum(vars(tone_engine().score("a disappointing loss", "en")).values()) == pytest.approx(1)


def test_the_name_has_the_release():
    """Rows name the release that scored them."""
    assert tone_engine().name == "VADER 3.3.2 (local lexicon)"


@pytest.mark.parametrize(("language", "known"), [("en", True), ("ja", False), ("de", False)])
def test_only_english_has_a_tone(language, known):
    """There is no local tone for other languages."""
    assert tone_engine().scores(language) is known
