"""What was found, on its way through states and manifests."""

from datetime import date

from stockflow_functions.domain.prices.finding import Finding, findings_of, summed_up, without_places
from stockflow_functions.domain.prices.sentences import LONGEST, MOST

GAP = Finding("gap", "No bars between A and B.", 3, date(2024, 9, 2))
LATER_GAP = Finding("gap", "No bars between C and D.", 2, date(2024, 9, 5))
ZERO = Finding("zero-volume", "1 bar zero-volume.", 1, date(2024, 9, 4))
REMARK = Finding("", "It can't be asked for today.")


def test_a_finding_points_to_its_sentence():
    """Among the warnings, by place; a remark that no rule stands behind is a warning alone."""
    assert summed_up([REMARK, ZERO]) == (
        [REMARK.sentence, ZERO.sentence],
        {"zero-volume": {"bars": 1, "newest": "2024-09-04", "warning": 1}},
    )


def test_what_was_summed_up_comes_back():
    """Save adds to what Transform found, and the table of findings has it from the manifest."""
    assert findings_of(*summed_up([REMARK, GAP, ZERO])) == [REMARK, GAP, ZERO]


def test_findings_of_one_check_are_joined():
    """All their bars, the newest day, and the sentence of the first."""
    assert summed_up([GAP, LATER_GAP])[1] == {"gap": {"bars": 5, "newest": "2024-09-05", "warning": 0}}


def test_checks_may_share_a_sentence():
    """One says how many bars each of them set aside."""
    both = [Finding("weekend-date", "2 bars set aside.", 1), Finding("field-twice", "2 bars set aside.", 1)]
    warnings, found = summed_up(both)

    assert (warnings, findings_of(warnings, found)) == (["2 bars set aside."], both)


def test_a_finding_whose_sentence_has_no_room_is_kept_without():
    """Warnings are few and short; what was found is counted all the same."""
    many = [Finding(f"check-{number}", f"Sentence {number} {'x' * LONGEST}", 1) for number in range(MOST + 2)]
    warnings, found = summed_up(many)

    assert [one["warning"] for one in found.values() if "warning" in one] == list(range(MOST - 1))
    assert len(findings_of(warnings, found)) == len(many) + 1
    assert findings_of(warnings, found)[-1] == Finding(many[-1].check, "", 1)


def test_without_the_warnings_there_are_no_places_among_them():
    """As an outcome is noted on its object, where long warnings have no room."""
    _, found = summed_up([ZERO])

    assert findings_of([], without_places(found)) == [Finding("zero-volume", "", 1, date(2024, 9, 4))]
