"""Save notes on the object what its table was before."""

import pytest

from stockflow_functions.aws import keys
from stockflow_functions.domain.prices.changes import CHANGES_KEY, UnknownThen, metadata_of, table_as_of
from stockflow_functions.domain.prices.parquet import decode, encode
from stockflow_functions.domain.prices.series import DAILY
from tests.helpers.memory_line import LONG_AFTER_MS, Line
from tests.helpers.tables import closes
from tests.helpers.vendor_bodies import bar, body

OLD = {"2024-09-03": bar(99.0), "2024-09-04": bar(100.0)}
NEW = {"2024-09-04": bar(100.5), "2024-09-05": bar(101.0)}
FIRST_S = LONG_AFTER_MS // 1000
SECOND_S = FIRST_S + 60


@pytest.fixture
def line():
    """A line on which OLD was saved a minute ago."""
    line = Line()
    line.run(body(OLD), "one")
    line.aws.clock.sleep(60)
    return line


def closes_at(line, moment_s):
    found = decode(line.s3.objects[line.key], DAILY, "IBM")
    return closes(table_as_of(found.table, found.changes, moment_s))


def events(line):
    return decode(line.s3.objects[line.key], DAILY, "IBM").changes.at_s.tolist()


def test_a_table_is_known_as_it_was_before_the_last_run(line):
    """From its beginning on, to the second of each write."""
    line.run(body(NEW), "two")

    assert closes_at(line, FIRST_S - 1) == {}
    assert closes_at(line, SECOND_S - 1) == {"2024-09-03": 99.0, "2024-09-04": 100.0}
    assert closes_at(line, SECOND_S) == {"2024-09-03": 99.0, "2024-09-04": 100.5, "2024-09-05": 101.0}


def test_what_is_saved_again_by_force_is_no_event(line):
    """Nothing was another before."""
    line.run(body(OLD), "two", force=True)

    assert line.s3.puts.count(line.key) == 2
    assert events(line) == [FIRST_S]


@pytest.mark.parametrize("dies_before", [keys.restated("two", "IBM"), "prices/daily/IBM.parquet", None])
def test_a_save_that_died_and_is_repeated_is_one_event(line, dies_before):
    """At the time of the write that came through."""
    table = line.transform(body(NEW), "two")

    def die(key, number):
        if key == dies_before:
            raise KeyboardInterrupt

    line.s3.before_put = die
    try:
        line.save(table, "two")
    except KeyboardInterrupt:
        line.aws.clock.sleep(5)
    line.s3.before_put = lambda key, number: None
    line.save(table, "two")

    assert events(line) == [FIRST_S, SECOND_S if dies_before is None else SECOND_S + 5]


def test_after_a_lost_race_the_log_is_that_of_the_object_that_is_replaced(line):
    """The event of the run that was faster stays in it."""
    other = Line()
    other.s3.place(other.key, line.s3.objects[line.key])
    other.aws.clock.sleep(30)
    other.run(body({"2024-09-02": bar(98.0), "2024-09-03": bar(99.0)}), "another")
    table = line.transform(body(NEW), "two")

    def race(key, number):
        if key == line.key:
            line.s3.before_put = lambda key, number: None
            line.s3.place(line.key, other.s3.objects[other.key])

    line.s3.before_put = race
    line.save(table, "two")

    assert closes_at(line, FIRST_S + 30) == {"2024-09-02": 98.0, "2024-09-03": 99.0, "2024-09-04": 100.0}


@pytest.mark.parametrize("earlier", ["an older release's table", "nobody's table"])
def test_what_has_no_log_is_known_from_its_next_save_on(line, earlier):
    """Neither of what an older release wrote nor of what can't be read is anything guessed."""
    table = decode(line.s3.objects[line.key], DAILY, "IBM").table
    line.s3.place(line.key, encode(table, DAILY) if earlier == "an older release's table" else b"x")
    line.run(body(NEW), "two")

    assert closes_at(line, SECOND_S)["2024-09-05"] == 101.0
    with pytest.raises(UnknownThen) as caught:
        closes_at(line, SECOND_S - 1)
    assert caught.value.since_s == SECOND_S


def test_a_log_that_can_not_be_read_is_kept_aside_and_begun_anew(line):
    """All rows stay, the record says what happened, and the next run has nothing to mend."""
    found = decode(line.s3.objects[line.key], DAILY, "IBM")
    text = metadata_of(found.changes)[CHANGES_KEY]
    damaged = line.s3.objects[line.key].replace(text, text[::-1])
    line.s3.place(line.key, damaged)
    record = line.run(body(OLD), "two")

    assert line.s3.objects["quarantine/two/daily/IBM.parquet"] == damaged
    assert record["warnings"][0] == (
        "prices/daily/IBM.parquet had changes that can't be read, and notes them anew; as it was: "
        "quarantine/two/daily/IBM.parquet."
    )
    assert closes_at(line, SECOND_S) == {"2024-09-03": 99.0, "2024-09-04": 100.0}
    assert line.run(body(OLD), "three")["status"] == "unchanged"


def test_a_history_that_moves_to_another_key_takes_its_log_along():
    """It is the same table."""
    line = Line("CON")
    line.run(body(OLD, "CON"), "one")
    line.s3.place(keys.former(line.key), line.s3.objects.pop(line.key))
    line.aws.clock.sleep(60)
    line.run(body(NEW, "CON"), "two")
    found = decode(line.s3.objects[line.key], DAILY, "CON")

    assert closes(table_as_of(found.table, found.changes, FIRST_S)) == {"2024-09-03": 99.0, "2024-09-04": 100.0}
