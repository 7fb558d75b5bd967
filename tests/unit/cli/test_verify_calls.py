"""stockflow verify: the tables of calls, in a folder."""

import pytest

from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.passages import Passage
from stockflow_functions.domain.calls.tables import encode_passages, encode_rows
from stockflow_functions.domain.calls.tone import tone_of
from tests.helpers.call_rows import call_row

PASSAGES = [Passage(1, None, None, None, None, "A good quarter.", 0.9, 0.0, 0.1, 0.0)]
TONE = tone_of(PASSAGES)
OF_PASSAGES = ("tone", "tone_prepared", "tone_qa", "positive", "negative", "neutral", "mixed", "passages", "unscored")


def row(symbol, **changed):
    agreed = {name: getattr(TONE, name) for name in OF_PASSAGES}
    return call_row(symbol=symbol, qa_found=False, **{**agreed, **changed})


def write(folder, key, body):
    file = folder / key
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_bytes(body)


def keep(folder, symbol, **changed):
    write(folder, keys.tone(symbol), encode_rows([row(symbol, **changed)]))
    write(folder, keys.transcript(symbol, "2026-10-29"), encode_passages(PASSAGES))


@pytest.fixture
def folder(tmp_path):
    """A dataset of one sound call, in the default folder."""
    keep(tmp_path / "out", "AAPL")
    return tmp_path / "out"


def test_a_sound_dataset_of_calls_ends_with_0(stockflow, folder):
    """Both of its tables are counted."""
    done = stockflow("verify")

    assert (done.exit_code, "2 tables, 2 rows: none with a broken rule." in done.output) == (0, True)


def test_a_row_that_is_not_borne_out_ends_with_1(stockflow, folder):
    """With the rule's name."""
    keep(folder, "AAPL", tone=0.1)
    done = stockflow("verify")

    assert (done.exit_code, "BREACH other-tone, 1 call: 2026-10-29." in done.output) == (1, True)


def test_two_kinds_of_engines_in_a_dataset_are_a_breach(stockflow, folder):
    """Even where no symbol has both."""
    keep(folder, "IBM", engine_tone="VADER 3.3.2 (local lexicon)")
    done = stockflow("verify")

    assert done.exit_code == 1
    assert "mixed-engines: it holds tone by VADER 3.3.2 (local lexicon), and other symbols tone by" in done.output


def test_transcripts_without_a_table_of_rows_are_a_breach(stockflow, folder):
    """Their calls would be missed by whoever asks for a tone."""
    (folder / "tone/AAPL.parquet").unlink()
    done = stockflow("verify")

    assert (done.exit_code, "tone/AAPL.parquet is missing" in done.output) == (1, True)


@pytest.mark.parametrize(
    "key", ["tone/a/AAPL.parquet", "tone/M&M.parquet", "transcripts/AAPL.parquet", "transcripts/AAPL/monday.parquet"]
)
def test_a_table_that_is_not_in_its_place_is_a_breach(stockflow, folder, key):
    """No run would find it there."""
    write(folder, key, encode_passages(PASSAGES))
    done = stockflow("verify")

    assert (done.exit_code, f"{key} is not where a table of" in done.output) == (1, True)


def test_an_unreadable_table_is_a_breach(stockflow, folder):
    """Named, not thrown."""
    write(folder, "tone/AAPL.parquet", b"x")
    done = stockflow("verify")

    assert (done.exit_code, "can't be read as Parquet" in done.output) == (1, True)


def test_hidden_files_and_texts_are_no_tables(stockflow, folder):
    """The one is passed over, the other is named."""
    write(folder, "transcripts/AAPL/.x.tmp", b"x")
    write(folder, "tone/readme.txt", b"x")
    done = stockflow("verify")

    assert done.exit_code == 0
    assert done.output.endswith("where a query engine may read them: tone/readme.txt.\n")
