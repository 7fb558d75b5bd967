"""The journals of the runs of one embedded AWS, as they are written."""

import json
import resource
from pathlib import Path

import pytest

from stockflow.embedded.function_host import Invocation, LogBook
from stockflow.embedded.journal import Journals, naming
from stockflow.sources.journal import is_going, read_journal
from stockflow_functions.domain.redaction import Redactor

ARN = "arn:aws:states:us-east-1:123456789012:execution:daily-prices:run-1f"
KEY = "SECRETKEY12345"


def event(number, **details):
    return {"id": number, "type": "PassStateEntered", "stateEnteredEventDetails": {"name": "P", **details}}


@pytest.fixture
def redactor():
    known = Redactor()
    known.learn(KEY)
    return known


@pytest.fixture
def journals(tmp_path, redactor):
    """Those of an AWS in an empty folder, to which only executions of daily-prices belong."""

    def folder_of(arn):
        return tmp_path / arn.rpartition(":")[2] if ":daily-prices:" in arn else None

    made = Journals(folder_of, lambda arn, _: {"engine": {}, "definition": {}, "description": {"name": arn}}, redactor)
    yield made
    made.close()


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "run-1f"


def lines(folder):
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


def test_an_event_is_on_the_disk_when_it_has_happened(journals, folder):
    """Behind the head, without anything being closed first."""
    journals.witness(ARN, event(1))
    journals.witness(ARN, event(2))

    head, *events = lines(folder)
    assert (head["journal"], [entry["event"]["id"] for entry in events]) == (1, [1, 2])


@pytest.mark.parametrize(
    ("line", "of_run", "of_shard"),
    [
        ("planned run-1f", True, False),
        ("saved A in run-1f-shard-0002", False, True),
        ("saved B in run-1f-shard-0021", False, False),
        ("run-1f began run-1f-shard-0002", True, True),
    ],
)
def test_a_shards_lines_are_not_the_runs(line, of_run, of_shard):
    """The shard's name begins with the run's."""
    assert (naming("run-1f")([line]), naming("run-1f-shard-0002")([line])) == (of_run, of_shard)


def test_an_execution_of_another_machine_has_none(journals, tmp_path):
    """An embedded AWS beside this one keeps its own."""
    journals.witness(ARN.replace("daily-prices", "daily-prices-2"), event(1))

    assert list(tmp_path.iterdir()) == []


def test_a_line_is_on_the_disk_when_it_is_logged(journals, folder):
    """Each once, as soon as one of the invocation's names the run."""
    journals.witness(ARN, event(1))
    book = LogBook(journals.hear)
    invocation = Invocation("Fetch", "q", 0)
    book.keep(invocation)
    for line in ("before", 'execution "run-1f"', "after"):
        invocation.say(line)

    assert [entry["lines"] for entry in lines(folder)[2:]] == [["before", 'execution "run-1f"'], ["after"]]


def test_a_line_of_another_run_is_not(journals, folder):
    """An invocation that never names this one."""
    journals.witness(ARN, event(1))
    book = LogBook(journals.hear)
    invocation = Invocation("Fetch", "q", 0)
    book.keep(invocation)
    invocation.say("another")

    assert len(lines(folder)) == 2


@pytest.mark.parametrize("form", [KEY, f'{{"a": "{KEY}"}}', f'{{"cause": "{{\\"url\\": \\"apikey={KEY}\\"}}"}}'])
def test_no_secret_reaches_it(journals, folder, form):
    """In an event, a log line or the head, nested or not."""
    journals._head_of = lambda *_: {"description": {"input": form}, "definition": {"Comment": form}}
    journals.witness(ARN, event(1, input=form))
    book = LogBook(journals.hear)
    invocation = Invocation("Fetch", "q", 0)
    book.keep(invocation)
    invocation.say(f"run-1f {form}")

    text = (folder / "journal.jsonl").read_text()
    assert KEY not in text
    assert text.count("redacted") == 4


def test_a_run_goes_on_until_its_journal_is_ended(journals, folder):
    """Its lock tells, and is gone afterwards."""
    journals.witness(ARN, event(1))
    going = is_going(folder)
    journals.end(ARN, saved=False)

    assert (going, is_going(folder)) == (True, False)
    assert {path.name for path in folder.iterdir()} == {"journal.jsonl"}


def test_the_journal_of_a_run_that_is_saved_is_removed(journals, folder):
    """run.json has it all."""
    journals.witness(ARN, event(1))
    journals.end(ARN, saved=True)

    assert list(folder.iterdir()) == []


def test_what_a_lane_notes_after_the_end_begins_no_other(journals, folder):
    """The folder has its run.json by then."""
    journals.witness(ARN, event(1))
    journals.end(ARN, saved=True)
    journals.witness(ARN, event(2))

    assert list(folder.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a file on a disk that is always full")
def test_a_full_disk_is_told_once_and_the_run_goes_on(journals, folder):
    """Nothing is raised into the interpreter, however much follows."""
    folder.mkdir()
    (folder / "journal.jsonl").symlink_to("/dev/full")
    for number in range(1, 9):
        journals.witness(ARN, event(number))

    (said,) = journals.complaints
    assert "journal.jsonl can't be written (No space left on device): the run continues" in said


@pytest.mark.parametrize("taken", [0, 10])
def test_a_journal_that_the_run_goes_on_without_ends_in_a_torn_line(journals, folder, taken):
    """Whether the disk took some of the last line or nothing: so nobody takes it for the whole story."""
    journals.witness(ARN, event(1))
    unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, ((folder / "journal.jsonl").stat().st_size + taken, unlimited[1]))
    try:
        journals.witness(ARN, event(2))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)

    read = read_journal(folder)
    assert (read.torn, [one["id"] for one in read.events]) == (True, [1])


def test_a_folder_that_cannot_be_made_is_told_once(journals, folder):
    """As a full disk is."""
    folder.write_text("a file")
    for number in range(1, 9):
        journals.witness(ARN, event(number))

    (said,) = journals.complaints
    assert "can't be written (File exists)" in said


def test_a_text_that_is_no_utf8_is_written(journals, folder):
    """Half a surrogate pair becomes a question mark."""
    journals.witness(ARN, event(1, input="\ud800"))

    assert lines(folder)[1]["event"]["stateEnteredEventDetails"]["input"] == "?"
