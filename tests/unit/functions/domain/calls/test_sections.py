"""Where the questions begin: said in many ways, and announced in as many more."""

import pytest

from stockflow_functions.domain.calls.reading import read_transcript
from stockflow_functions.domain.calls.sections import first_of_questions
from stockflow_functions.domain.calls.transcript import Turn
from tests.helpers.written_calls import CALL, PLAIN, SHAPES, alpha_vantage_body, transcribe_body

REMARKS = "We sold more pumps than in any quarter before, at better prices, and in more countries. "


def turns(*texts):
    return [Turn(text, f"spk_{number}", None, None, None) for number, text in enumerate(texts)]


def with_handover(sentence):
    return turns("Welcome.", REMARKS * 10, sentence, "What about next year?", "We shall see.")


HANDOVERS = [
    "We will now begin the question-and-answer session.",
    "We'll now be conducting a question and answer session.",
    "Our first question comes from the line of John Quill with Vane Brothers.",
    "The first question is from the line of Ann Vane.",
    "Your first question today comes from Ann at Vane Brothers.",
    "Operator, may we have the first question, please?",
    "We will go ahead and take our first question from Ann Vane.",
    "With that, I will turn the call over to the operator for questions.",
    "With that, operator, we are ready to open the call for questions.",
    "Operator, let's please open it up for questions.",
    "With that, we'd be happy to answer your questions.",
    "Jess, could we open us up for questions, please?",
    "This concludes our prepared remarks, and we will now open the call for questions.",
    "Let's move on to Q&A.",
    "Let's go to investor questions.",
    "The floor is now open for questions.",
    "それでは、質疑応答に移らせていただきます。",
    "これより質疑応答を始めます。",
    "ご質問のある方は、挙手をお願いいたします。",
    "最初のご質問は、そちらの方です。",
]
ANNOUNCEMENTS = [
    "A question and answer session will follow the formal presentation.",
    "After the speakers' remarks, there will be a question-and-answer session.",
    "Later, we will conduct a question and answer session.",
    "Before we open the call for questions, I want to leave you with this thought.",
    "Following our prepared remarks, we will be happy to take your questions.",
    "Ann will make some comments, and then we'll open the call to questions.",
    "Joining me are Ann and John, who will be happy to answer your questions.",
    "Whether it pays off is an open question.",
    "The first question I get from investors is about prices.",
    "Thank you for joining our Q&A session.",
    "This concludes today's question-and-answer session.",
    "後ほど質疑応答の時間を設けております。",
    "説明の後、質疑応答の時間とさせていただきます。",
]


@pytest.mark.parametrize("sentence", HANDOVERS)
def test_a_handover_begins_the_questions(sentence):
    """Whoever says it, in English or in Japanese."""
    assert first_of_questions(with_handover(sentence)) == 2


@pytest.mark.parametrize("sentence", ANNOUNCEMENTS)
def test_what_is_only_announced_or_over_is_no_handover(sentence):
    """Nor is what only sounds like it."""
    assert first_of_questions(with_handover(sentence)) is None


@pytest.mark.parametrize("sentence", HANDOVERS)
def test_the_first_turns_are_no_questions(sentence):
    """Whatever the welcome says."""
    assert first_of_questions(turns(sentence, sentence, REMARKS * 10, "That was it.")) is None


def test_a_handover_that_ends_remarks_leaves_them_prepared():
    """The questions begin with the next speaker."""
    remarks = f"{REMARKS * 3}With that, let us open the call for questions."

    assert first_of_questions(turns("Welcome.", "Thanks.", remarks, "Thank you. John Quill, please.", "Why?")) == 3


def test_a_handover_that_nobody_follows_is_none():
    """Remarks alone are not told apart into two."""
    assert (
        first_of_questions(turns("Welcome.", "Thanks.", f"{REMARKS * 9}We will now open the call for questions."))
        is None
    )


def test_a_twentieth_of_the_call_comes_before_the_questions():
    """A handover earlier than that is a part of the welcome."""
    early = turns("Welcome.", "Hello.", "We will now begin the Q&A.", *[REMARKS] * 20)

    assert first_of_questions(early) is None


def test_a_call_without_a_handover_has_no_sections():
    """Nothing is guessed."""
    assert first_of_questions(turns(*[REMARKS] * 6)) is None
    assert first_of_questions([]) is None


@pytest.mark.parametrize("shape", [shape for shape in SHAPES if shape != PLAIN])
def test_a_written_call_is_told_apart(shape):
    """The third turn ends with the handover, and the fourth is the operator's."""
    assert first_of_questions(read_transcript(transcribe_body(shape=shape)).turns) == 3
    assert first_of_questions(read_transcript(alpha_vantage_body()).turns) == 3


def test_without_speakers_the_sentence_of_the_handover_begins_the_questions():
    """Each sentence is a turn there."""
    found = read_transcript(transcribe_body(CALL, PLAIN)).turns

    assert found[first_of_questions(found)].text == "Operator, we are now ready for questions."
