"""Tone from Amazon and tone from this machine never share a folder."""

import pyarrow
import pytest
from pyarrow import parquet

from stockflow.embedded.tone_origin import hold_to_tone_engine
from stockflow.errors import Unusable

AMAZON, LOCAL = "Amazon Comprehend", "VADER 3.3.2 (local lexicon)"


def folder_with(tmp_path, **columns):
    """A folder with the tone of one symbol."""
    (tmp_path / "tone").mkdir()
    parquet.write_table(pyarrow.table(columns), tmp_path / "tone/A.parquet")
    return tmp_path


@pytest.mark.parametrize(("stored", "engine"), [(AMAZON, LOCAL), (LOCAL, AMAZON)])
def test_the_other_kind_is_refused(tmp_path, stored, engine):
    """A folder with tone of one kind refuses the other, and the sentence names both."""
    with pytest.raises(Unusable, match=f"holds tone from .*{stored[:6]}.*would add tone from {engine[:6]}"):
        hold_to_tone_engine(folder_with(tmp_path, engine_tone=[stored]), engine)


@pytest.mark.parametrize("stored", [[AMAZON, AMAZON], [None, AMAZON], []])
def test_the_same_kind_is_taken(tmp_path, stored):
    """Rows of the same kind, rows without a tone and a file without rows are no hindrance."""
    hold_to_tone_engine(folder_with(tmp_path, engine_tone=pyarrow.array(stored, pyarrow.string())), AMAZON)


def test_two_local_engines_may_share_a_folder(tmp_path):
    """Which local engine it was is a matter of each row."""
    hold_to_tone_engine(folder_with(tmp_path, engine_tone=[LOCAL]), "scripted tone")


def test_a_damaged_file_is_left_to_who_needs_it(tmp_path):
    """A file without the column, and one that is no table, end nothing here."""
    folder = folder_with(tmp_path, symbol=["A"])
    (folder / "tone/B.parquet").write_bytes(b"PAR1 half a table")

    hold_to_tone_engine(folder, LOCAL)
