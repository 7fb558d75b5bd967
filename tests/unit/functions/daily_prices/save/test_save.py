"""Save: from a staged table to the dataset, with conditional writes."""

import io
import json
from contextlib import nullcontext

import pyarrow.parquet as pq
import pytest

from stockflow.testing import client_error
from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.save.store import PAUSE_SECONDS, TRIES
from stockflow_functions.domain.errors import BadPrices, StorageUnavailable, WriteConflict
from stockflow_functions.domain.prices.parquet import decode, empty_table, encode
from stockflow_functions.domain.prices.series import DAILY
from tests.helpers.memory_line import Line
from tests.helpers.tables import closes, daily
from tests.helpers.vendor_bodies import adjusted_bar, bar, body, weekdays

OLD = {"2024-09-04": bar(100.0), "2024-09-03": bar(99.0)}
NEW = {"2024-09-05": bar(101.0), "2024-09-04": bar(100.0)}


@pytest.fixture
def line():
    return Line()


def test_the_first_rows_make_the_object(line):
    """Saved, with the state's counts, and the whole outcome for the Map to pass on."""
    told = line.save(line.transform(body(OLD), fetched_at="2024-09-04T22:00:00.000Z"))
    outcome = told.pop("outcome")

    assert told == {
        "symbol": "IBM",
        "status": "saved",
        "rows_added": 2,
        "rows_changed": 0,
        "rows_unchanged": 0,
        "first_date": "2024-09-03",
        "last_date": "2024-09-04",
    }
    assert outcome == {
        "symbol": "IBM",
        "status": "saved",
        "attempts": 1,
        "rows_added": 2,
        "rows_changed": 0,
        "rows_rejected": 0,
        "first_date": "2024-09-03",
        "last_date": "2024-09-04",
        "stale": False,
        "restated": None,
        "warnings": [],
        "error": None,
    }


def test_a_saved_symbol_has_no_record(line):
    """The object that is written has the outcome on it: one write says both."""
    told = line.save(line.transform(body(OLD)))

    assert keys.symbol_record("one", "IBM") not in line.s3.objects
    assert line.record() == told["outcome"]


def test_an_unchanged_symbol_has_a_record(line):
    """No object is written for it, so that nothing else would tell a run that fails of it."""
    line.run(body(NEW), "one")
    told = line.save(line.transform(body(NEW), "two"), "two")

    assert line.services.bucket.get_json(keys.symbol_record("two", "IBM")) == told["outcome"]


def long_table(line, execution="one"):
    """A table with as many warnings as a symbol may have."""
    warnings = [f"{number} {'x' * 190}" for number in range(7)]
    return {**line.transform(body(NEW), execution), "warnings": warnings}


def test_an_outcome_that_is_too_long_for_the_map_has_a_record(line):
    """No warning is lost, though the object and the state have no room for them."""
    told = line.save(long_table(line))

    assert told["outcome"] is None
    assert (line.record()["status"], len(line.record()["warnings"])) == ("saved", 7)
    assert sum(len(name + text) for name, text in line.s3.metadata[line.key].items()) < 2_000


def test_a_save_with_a_long_outcome_that_died_after_its_write_tells_all_of_it(line):
    """Its counts are noted on the object, and its warnings are Transform's, which has given them once more."""
    line.run(body(OLD), "one")
    save_again_after_dying(line, long_table(line, "two"), keys.symbol_record("two", "IBM"))

    record = line.record("two")
    assert (record["status"], record["rows_added"], len(record["warnings"])) == ("saved", 1, 7)


def test_a_second_run_adds_to_the_first(line):
    """Known rows stay, new ones come."""
    line.run(body(OLD), "one")
    record = line.run(body(NEW), "two")

    assert (record["status"], record["rows_added"], record["rows_changed"]) == ("saved", 1, 0)
    assert line.stored_closes() == {"2024-09-03": 99.0, "2024-09-04": 100.0, "2024-09-05": 101.0}


def test_the_same_again_does_not_write(line):
    """Another run with the same answer finds everything unchanged."""
    line.run(body(NEW), "one")
    before = line.s3.objects[line.key]
    record = line.run(body(NEW), "two")

    assert (record["status"], record["rows_added"], record["rows_changed"]) == ("unchanged", 0, 0)
    assert line.s3.objects[line.key] == before
    assert line.s3.puts.count(line.key) == 1


def test_force_writes_the_same_again(line):
    """The same bytes, once more."""
    line.run(body(NEW), "one")
    before = line.s3.objects[line.key]
    record = line.run(body(NEW), "two", force=True)

    assert (record["status"], line.s3.puts.count(line.key)) == ("saved", 2)
    assert line.s3.objects[line.key] == before


def test_the_same_rows_saved_at_the_same_times_are_the_same_bytes(line):
    """Whatever else the runs did: which dates came again with the same values is not to be seen."""
    other = Line()
    line.run(body(OLD), "one")
    other.run(body(OLD), "one")
    line.run(body(NEW), "two")
    other.run(body({**OLD, **NEW}), "another")

    assert line.s3.objects[line.key] == other.s3.objects[other.key]


def test_a_restatement_is_kept_track_of(line):
    """The new value is stored; from what, to what and in which answer is in a file of its own."""
    line.run(body(OLD), "one")
    record = line.run(body({"2024-09-05": bar(101.0), "2024-09-03": bar(99.5)}), "two")

    assert (record["rows_added"], record["rows_changed"]) == (1, 1)
    assert record["restated"] == "few"
    assert record["warnings"] == [
        "1 stored bar was restated: 2024-09-03 close 99.0 to 99.5, open 99.0 to 99.5 and 2 more."
    ]
    assert line.stored_closes()["2024-09-03"] == 99.5
    told = line.services.bucket.get_json("restated/two/IBM.json")
    assert (told["kind"], told["fetched_at"]) == ("few", "2024-09-05T22:00:00.000Z")
    assert told["rows"][0]["changes"]["close"] == {"from": 99.0, "to": 99.5}


def test_the_newest_volume_alone_is_counted_not_warned_of(line):
    """The vendor restates it nearly every day: the new value is stored, the old one is in its file."""
    line.run(body(OLD), "one")
    record = line.run(body({**NEW, "2024-09-04": bar(100.0, volume=1007)}), "two")

    assert (record["rows_changed"], record["restated"], record["warnings"]) == (1, "newest-volume", [])
    assert line.services.bucket.get_json("restated/two/IBM.json")["rows"][0]["changes"] == {
        "volume": {"from": 1000, "to": 1007}
    }


def test_transforms_warnings_and_counts_go_into_the_record(line):
    """What was set aside, and staleness, are the symbol's story too."""
    record = line.run(body({**OLD, "2024-09-02": bar(close="?")}))

    assert (record["rows_rejected"], record["stale"]) == (1, True)
    assert len(record["warnings"]) == 2


def test_nothing_settled_leaves_the_dataset_alone(line):
    """Unchanged, with the dates of what is stored."""
    line.run(body(OLD), "one")
    record = line.run(body({"2024-09-05": bar()}), "two", fetched_at="2024-09-05T15:00:00.000Z")

    assert (record["status"], record["last_date"]) == ("unchanged", "2024-09-04")
    assert line.s3.puts.count(line.key) == 1


def test_nothing_settled_and_nothing_stored_makes_no_object(line):
    """No table without rows."""
    record = line.run(body({"2024-09-05": bar()}), fetched_at="2024-09-05T15:00:00.000Z")

    assert (record["status"], record["first_date"]) == ("unchanged", None)
    assert line.key not in line.s3.objects


def other_run(line, table, times=1):
    """Lets another run win the race for the object so many times."""
    left = [times]

    def before_put(key, number):
        if key == line.key and left[0]:
            left[0] -= 1
            line.s3.place(key, encode(table(left[0]), DAILY))

    line.s3.before_put = before_put


@pytest.mark.parametrize("times", [1, TRIES - 1])
def test_a_lost_race_loses_no_row(line, times):
    """What the other run wrote in between is read, and joined with ours."""
    other_run(line, lambda left: daily({"2024-08-30": 98.0 + left}), times)
    record = line.run(body(NEW))

    assert record["status"] == "saved"
    assert line.stored_closes() == {"2024-08-30": 98.0, "2024-09-04": 100.0, "2024-09-05": 101.0}


def test_after_a_lost_race_save_pauses_longer_each_time(line):
    """Not before the first try, and not after the last; how long is drawn, up to a bound that doubles."""
    other_run(line, lambda left: daily({"2024-08-30": 98.0 + left}), TRIES)
    with pytest.raises(WriteConflict):
        line.run(body(NEW))

    slept = line.services.clock.slept_seconds
    assert len(slept) == TRIES - 1
    assert all(0 <= seconds <= PAUSE_SECONDS * 2**number for number, seconds in enumerate(slept))


def test_without_a_lost_race_nothing_pauses(line):
    """The usual case pays for no waiting."""
    line.run(body(NEW))

    assert line.services.clock.slept_seconds == []


def test_too_many_lost_races_are_the_workflows_matter(line):
    """WriteConflict, for its Retry; the other run's rows are still there."""
    other_run(line, lambda left: daily({"2024-08-30": 98.0 + left}), TRIES)

    with pytest.raises(WriteConflict, match="5 times in a row"):
        line.run(body(NEW))
    assert line.stored_closes() == {"2024-08-30": 98.0}


def test_an_answer_that_comes_late_turns_nothing_back(line):
    """Two runs at once: the later answer was saved first, and stays."""
    line.run(body({"2024-09-05": bar(102.0)}), "late", fetched_at="2024-09-05T23:00:00.000Z")
    line.run(body({"2024-09-05": bar(101.0), "2024-09-04": bar(100.0)}), "early", fetched_at="2024-09-05T22:00:00.000Z")

    assert line.stored_closes() == {"2024-09-04": 100.0, "2024-09-05": 102.0}


def test_what_an_early_answer_adds_makes_the_object_no_older(line):
    """Of three runs at once the latest answer's values stay, in whichever order they are saved."""
    for execution, hour, bars in (
        ("late", 23, {"2024-09-05": bar(102.0)}),
        ("early", 21, {"2024-09-04": bar(100.0)}),
        ("between", 22, {"2024-09-05": bar(101.0)}),
    ):
        line.run(body(bars), execution, fetched_at=f"2024-09-05T{hour}:00:00.000Z")

    assert line.stored_closes() == {"2024-09-04": 100.0, "2024-09-05": 102.0}


def save_again_after_dying(line, table, dies_before):
    """Saves as ``two``, and dies before that key is written, or for None after all of it; then saves once more."""

    def die(key, number):
        if key == dies_before:
            raise KeyboardInterrupt

    line.s3.before_put = die
    with nullcontext() if dies_before is None else pytest.raises(KeyboardInterrupt):
        line.save(table, "two")
    line.s3.before_put = lambda key, number: None
    line.save(table, "two")


@pytest.mark.parametrize("moment", ["before", "during", "after"])
def test_a_save_that_died_is_repeated_with_the_same_end(line, moment):
    """Whether the object was written or not, the second call ends with the same dataset, record and restatement."""
    line.run(body(OLD), "one")
    table = line.transform(body({"2024-09-05": bar(101.0), "2024-09-03": bar(99.5)}), "two")
    dies_at = {"before": keys.restated("two", "IBM"), "during": line.key, "after": None}

    save_again_after_dying(line, table, dies_at[moment])

    record = line.record("two")
    assert (record["status"], record["rows_added"], record["rows_changed"]) == ("saved", 1, 1)
    assert line.stored_closes() == {"2024-09-03": 99.5, "2024-09-04": 100.0, "2024-09-05": 101.0}
    assert len(line.services.bucket.get_json("restated/two/IBM.json")["rows"]) == 1


@pytest.mark.parametrize("force", [False, True])
@pytest.mark.parametrize("stored", [None, b"no table"])
def test_a_save_that_died_after_its_write_tells_all_of_it(line, stored, force):
    """Its outcome is the very one of a run that did not die: what was moved aside or restated is not forgotten."""

    def record(execution, times):
        if stored is None:
            line.s3.objects.pop(line.key, None)
            line.run(body(OLD), "one")
        else:
            line.s3.place(line.key, stored)
        table = line.transform(body({"2024-09-05": bar(101.0), "2024-09-03": bar(99.5)}), execution)
        return [line.save(table, execution, force=force)["outcome"] for _ in range(times)][-1]

    died, once = record("two", times=2), record("six", times=1)

    assert died == {**once, "warnings": [text.replace("six", "two") for text in once["warnings"]]}
    assert died["warnings"]


def test_an_unreadable_object_is_moved_aside_not_overwritten(line):
    """Its bytes are kept under a key of their own, and the record says so."""
    line.s3.place(line.key, b"was somebody's work")
    record = line.run(body(NEW), "two")

    assert line.s3.objects["quarantine/two/daily/IBM.parquet"] == b"was somebody's work"
    assert line.stored_closes() == {"2024-09-04": 100.0, "2024-09-05": 101.0}
    assert record["status"] == "saved"
    assert record["warnings"][0].startswith(
        "prices/daily/IBM.parquet was moved aside to quarantine/two/daily/IBM.parquet:"
    )
    assert "--outputsize full" in record["warnings"][0]


def test_an_unreadable_object_stays_while_there_is_nothing_to_put_in_its_place(line):
    """No bar is settled yet: it is reported, not touched, and not said to have been."""
    line.s3.place(line.key, b"was somebody's work")
    record = line.run(body({"2024-09-05": bar()}), "two", fetched_at="2024-09-05T15:00:00.000Z")

    assert line.s3.objects[line.key] == b"was somebody's work"
    assert (record["status"], record["warnings"]) == (
        "unchanged",
        ["prices/daily/IBM.parquet stays as it is for now, though it can't be read as Parquet (ArrowInvalid)."],
    )


@pytest.mark.parametrize("force", [False, True])
def test_what_must_not_be_joined_is_not_written_by_force_either(force):
    """Two bases never meet: the stored object stays the very one it was."""
    line = Line(series="daily_adjusted")
    days = weekdays("2024-08-01", 22)
    line.run(body({day: adjusted_bar(100.0, 0.5) for day in days[:20]}, size="Full size"), "one")
    table = line.transform(body({day: adjusted_bar(100.0, 0.25) for day in days[10:]}), "two", asked={"full": "no"})
    line.save(table, "two", force=force)

    assert (line.record("two")["status"], line.record("two")["stale"]) == ("unchanged", True)
    assert line.s3.puts.count(line.key) == 1


@pytest.mark.parametrize("name", ["prices/daily/IBM.parquet", "staged/two/IBM.parquet"])
def test_a_body_that_came_cut_is_read_again_not_believed(line, name):
    """A truncated read is S3's trouble, for the workflow's Retry: a good table is not moved aside for it."""
    line.run(body(OLD), "one")
    table = line.transform(body(NEW), "two")
    before, cut = dict(line.s3.objects), [name]

    def cut_once(key, whole):
        return whole[:-7] if cut and key == name and cut.pop() else whole

    line.s3.on_get = cut_once
    with pytest.raises(StorageUnavailable, match="two different bodies"):
        line.save(table, "two")
    assert line.s3.objects[line.key] == before[line.key]
    assert not [key for key in line.s3.objects if key.startswith("quarantine/")]

    line.save(table, "two")
    assert len(line.stored()) == 3


def test_nothing_is_moved_aside_for_nothing(line):
    """Without a row to put in its place the unreadable object stays, and is reported."""
    line.s3.place(line.key, b"x")
    record = line.run(body({"2024-09-05": bar()}), fetched_at="2024-09-05T15:00:00.000Z")

    assert line.s3.objects[line.key] == b"x"
    assert len(record["warnings"]) == 1


def test_an_older_schema_is_migrated(line):
    """Rewritten even where nothing is new, and kept as it was."""
    line.run(body(NEW), "one")
    old = line.stored().drop(columns="symbol").to_parquet(index=False)
    line.s3.place(line.key, old)
    record = line.run(body(NEW), "two")

    assert line.s3.objects["quarantine/two/daily/IBM.parquet"] == old
    assert line.stored_closes() == {"2024-09-04": 100.0, "2024-09-05": 101.0}
    assert "is migrated" in record["warnings"][0]
    assert line.run(body(NEW), "three")["status"] == "unchanged"


def test_a_newer_schema_stops_the_symbol(line):
    """A table that a newer release wrote is not touched."""
    line.run(body(OLD), "one")
    table = pq.read_table(io.BytesIO(line.s3.objects[line.key]))
    sink = io.BytesIO()
    pq.write_table(table.replace_schema_metadata({"stockflow.schema": "2"}), sink)
    newer = sink.getvalue()
    line.s3.place(line.key, newer)

    with pytest.raises(BadPrices, match="stays as it is"):
        line.run(body(NEW), "two")
    assert line.s3.objects[line.key] == newer


@pytest.mark.parametrize("staged", [None, b"x"])
def test_a_staged_table_that_is_gone_or_cut_fails_the_symbol(line, staged):
    """With the sentence that helps; the dataset stays."""
    table = line.transform(body(NEW))
    del line.s3.objects[table["key"]]
    if staged is not None:
        line.s3.place(table["key"], staged)

    with pytest.raises(BadPrices, match="un IBM again"):
        line.save(table)
    assert line.key not in line.s3.objects


@pytest.mark.parametrize("code", ["SlowDown", "InternalError"])
def test_s3_being_down_leaves_the_dataset_as_it_was(line, code):
    """StorageUnavailable, for the workflow's Retry."""
    line.run(body(OLD), "one")
    before = dict(line.s3.objects)
    table = line.transform(body(NEW), "two")

    def fail(key, number):
        if key == line.key:
            raise client_error(code, "PutObject")

    line.s3.before_put = fail
    with pytest.raises(StorageUnavailable):
        line.save(table, "two")
    assert line.s3.objects[line.key] == before[line.key]


DAYS = weekdays("2024-08-01", 26)


def adjusted_body(days, factor, **about):
    return body({day: adjusted_bar(100.0, factor) for day in days}, **about)


def test_two_adjusted_answers_are_never_mixed(line):
    """A compact answer on another basis saves nothing: unchanged, stale, and loudly so."""
    line = Line(series="daily_adjusted")
    line.run(adjusted_body(DAYS[:20], 0.5, size="Full size"), "one")
    record = line.run(adjusted_body(DAYS[10:], 0.25), "two", asked={"full": "Alpha Vantage said no."})

    assert (record["status"], record["stale"], record["last_date"]) == ("unchanged", True, DAYS[19])
    assert record["warnings"][0].startswith("Nothing was saved:")
    assert "Alpha Vantage said no." in record["warnings"][1]
    assert set(line.stored()["adjusted_close"]) == {50.0}


def test_a_whole_adjusted_history_replaces_the_old_basis(line):
    """All adjusted closes are those of one answer."""
    line = Line(series="daily_adjusted")
    line.run(adjusted_body(DAYS[:20], 0.5, size="Full size"), "one")
    record = line.run(adjusted_body(DAYS, 0.25, size="Full size"), "two")

    assert (record["rows_added"], record["rows_changed"]) == (6, 20)
    assert set(line.stored()["adjusted_close"]) == {25.0}


def test_a_record_does_not_grow_with_the_rows(line):
    """However many bars are wrong, it stays a few hundred bytes."""
    days = weekdays("2010-01-04", 3000)
    rows = {**dict.fromkeys(days[::2], bar(volume=0)), **dict.fromkeys(days[1::2], bar(close="x" * 99))}
    record = line.run(body(rows))

    assert len(json.dumps(record)) < 2500


EMPTY = encode(empty_table(DAILY), DAILY)
MOVED = [".DJI", "CON", "A."]


@pytest.fixture
def moved():
    """A symbol whose rows of OLD lie under its former key."""

    def made(symbol):
        line = Line(symbol)
        line.run(body(OLD, symbol), "one")
        old = line.s3.objects.pop(line.key)
        line.s3.place(keys.former(line.key), old)
        return line

    return made


@pytest.mark.parametrize("symbol", MOVED)
def test_a_history_under_the_former_key_goes_on_under_the_present_one(moved, symbol):
    """Its rows are joined, and counted as stored before; where they lay, no row is left to be read twice."""
    line = moved(symbol)
    former, old = keys.former(line.key), line.s3.objects[keys.former(line.key)]
    record = line.run(body(NEW, symbol), "two", fetched_at="2024-09-06T15:00:00.000Z")

    assert (record["status"], record["rows_added"], record["rows_changed"]) == ("saved", 1, 0)
    assert line.stored_closes() == {"2024-09-03": 99.0, "2024-09-04": 100.0, "2024-09-05": 101.0}
    assert record["warnings"] == [f"{former} is {line.key} from now on."]
    assert line.s3.objects[former] == EMPTY
    assert line.s3.objects[f"quarantine/two/{former.removeprefix('prices/')}"] == old


@pytest.mark.parametrize("answer", [OLD, {"2024-09-06": bar()}])
def test_a_former_key_is_left_where_the_answer_changes_nothing(moved, answer):
    """Even on a day without news, or without a settled bar."""
    line = moved("CON")
    record = line.run(body(answer, "CON"), "two", fetched_at="2024-09-06T15:00:00.000Z")

    assert (record["status"], record["rows_added"]) == ("saved", 0)
    assert line.stored_closes() == {"2024-09-03": 99.0, "2024-09-04": 100.0}
    again = line.run(body(answer, "CON"), "three", fetched_at="2024-09-06T15:00:00.000Z")
    assert again["status"] == "unchanged"


@pytest.mark.parametrize("dies_before", ["its write", "the copy", "the former key is cleared", "nothing"])
def test_a_move_that_died_is_finished_by_the_next_save(moved, dies_before):
    """Until then rows may be there twice, under two keys, but none is lost."""
    line = moved("CON")
    table = line.transform(body(NEW, "CON"), "two")
    former = keys.former(line.key)
    places = {
        "its write": line.key,
        "the copy": "quarantine/two/daily/CON.parquet",
        "the former key is cleared": former,
        "nothing": None,
    }

    save_again_after_dying(line, table, places[dies_before])

    assert line.record("two")["status"] == "saved"
    assert line.stored_closes() == {"2024-09-03": 99.0, "2024-09-04": 100.0, "2024-09-05": 101.0}
    assert line.s3.objects[former] == EMPTY


@pytest.mark.parametrize("release", ["this", "an older"])
def test_of_two_runs_that_move_a_symbol_at_once_none_loses_a_row(moved, release):
    """The other writes in between, a run of an older release still where the object lay formerly."""
    line = moved("CON")
    former = keys.former(line.key)
    other = daily({"2024-09-02": 98.0, "2024-09-03": 99.0, "2024-09-04": 100.0}, "CON")
    mine = line.transform(body(NEW, "CON"), "two")

    def race(key, number):
        if key in {line.key, former}:
            line.s3.before_put = lambda key, number: None
            line.s3.place(line.key if release == "this" else former, encode(other, DAILY))

    line.s3.before_put = race
    line.save(mine, "two")

    kept = [line.s3.objects[key] for key in (line.key, "quarantine/two/daily/CON.parquet")]
    stored, aside = (closes(decode(body, DAILY, "CON").table) for body in kept)
    assert stored["2024-09-05"] == 101.0
    assert {"2024-09-02", "2024-09-03", "2024-09-04"} <= set(stored) | set(aside)
    assert line.s3.objects[former] == EMPTY


def test_what_must_not_be_joined_does_not_move(moved):
    """As long as nothing is saved, nothing is cleared."""
    line = Line("CON", series="daily_adjusted")
    line.run(adjusted_body(DAYS[:20], 0.5, size="Full size", symbol="CON"), "one")
    former, old = keys.former(line.key), line.s3.objects.pop(line.key)
    line.s3.place(former, old)
    answer = adjusted_body(DAYS[10:], 0.25, symbol="CON")
    record = line.run(answer, "two", asked={"full": "Alpha Vantage said no."})

    assert (record["status"], record["stale"]) == ("unchanged", True)
    assert line.s3.objects[former] == old
    assert line.key not in line.s3.objects
