"""What a table was before is known exactly, whatever answers came, raced, died or were late."""

from datetime import UTC, datetime

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from stockflow.testing import FakeClock, FakeS3
from stockflow_functions.daily_prices.outcome import SymbolOutcome
from stockflow_functions.daily_prices.save.store import Target, store
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.prices.changes import table_as_of
from stockflow_functions.domain.prices.exchanges import US
from stockflow_functions.domain.prices.parquet import decode, empty_table
from stockflow_functions.domain.prices.series import DAILY, DAILY_ADJUSTED, WEEKLY
from tests.helpers.examples import examples
from tests.helpers.tables import LONG_AFTER, same
from tests.helpers.vendor_bodies import adjusted_bar, bar, body, transformed_body, weekdays, weekly_body

DAYS = weekdays("2024-07-01", 30)
BEGIN_MS = int(datetime(2026, 1, 1, tzinfo=UTC).timestamp() * 1000)

answers = st.fixed_dictionaries({
    "first": st.integers(0, 25),
    "days": st.sets(st.integers(0, 29), min_size=1, max_size=30),
    "close": st.sampled_from([100.0, 100.5, 101.25]),
    "restates": st.sets(st.integers(0, 29), max_size=3),
    "basis": st.sampled_from([1.0, 1.0, 0.5]),
    "full": st.booleans(),
    "force": st.booleans(),
    "waits_ms": st.sampled_from([0, 400, 1000, 90_000, -2000]),
    "late_ms": st.sampled_from([0, 0, 500_000]),
    "dies": st.sampled_from(["", "", "before", "after"]),
    "raced": st.booleans(),
})  # fmt: skip


class Copies(FakeS3):
    """A bucket that keeps a copy of each table at the moment of its write, in whole seconds; a write may die."""

    def __init__(self, clock, key, series):
        super().__init__(clock)
        self.clock, self.key, self.series = clock, key, series
        self.kept, self.dies = {}, ""

    def put_object(self, **given):
        dies, self.dies = (self.dies, "") if given["Key"] == self.key else ("", self.dies)
        if dies == "before":
            raise KeyboardInterrupt
        done = super().put_object(**given)
        if given["Key"] == self.key:
            self._keep(decode(given["Body"], self.series, "IBM").table)
        if dies == "after":
            raise KeyboardInterrupt
        return done

    def _keep(self, table):
        """A table that is new; where the clock is behind, at the moment of the one before it."""
        last = max(self.kept, default=0)
        if not self.kept or not table.equals(self.kept[last]):
            self.kept[max(self.clock.now_ms() // 1000, last)] = table


def table_of(series, answer):
    """The checked table of an answer: some of the days from a first one on, some with another close."""
    days = [DAYS[day] for day in sorted(answer["days"]) if day >= answer["first"]] or [DAYS[-1]]
    restated = {DAYS[day] for day in answer["restates"]}
    prices = {day: answer["close"] + 7.0 * (day in restated) for day in days}
    if series is DAILY_ADJUSTED:
        text = body({day: adjusted_bar(price, answer["basis"]) for day, price in prices.items()})
    else:
        text = (weekly_body if series is WEEKLY else body)({day: bar(price) for day, price in prices.items()})
    return transformed_body(text, "IBM", series, fetched_ms=LONG_AFTER).table


def told(change):
    return SymbolOutcome("IBM", change.status, rows_added=change.rows_added, rows_changed=change.rows_changed)


def another_run(s3, target, new, how):
    """What a faster run does once, right before the object is written."""

    def race(key, _number):
        if key == s3.key:
            s3.before_put = lambda _key, _number: None
            store(target, new, told, **how)

    return race


def live(series, history):
    """The bucket after all answers of a history were saved, as the workflow does: again where a save died."""
    clock = FakeClock(BEGIN_MS)
    s3 = Copies(clock, f"prices/{series.name}/IBM.parquet", series)
    for number, answer in enumerate(history):
        clock.ms += answer["waits_ms"]
        fetched_at = to_iso(BEGIN_MS + number * 1000 - answer["late_ms"])
        how = {"full": answer["full"], "force": answer["force"], "clock": clock}
        target = Target(s3.bucket, f"run-{number}", series, "IBM", fetched_at, US)
        other = Target(s3.bucket, f"other-{number}", series, "IBM", fetched_at, US)
        new = table_of(series, answer)
        s3.dies = answer["dies"]
        if answer["raced"]:
            s3.before_put = another_run(s3, other, new.iloc[::2].reset_index(drop=True), how)
        for _ in range(2):
            try:
                store(target, new, told, **how)
            except KeyboardInterrupt:
                clock.ms += 700
        s3.before_put = lambda _key, _number: None
    return s3


@pytest.mark.parametrize("series", [DAILY, WEEKLY, DAILY_ADJUSTED], ids=lambda series: series.name)
@settings(max_examples=examples(27), deadline=None)
@given(history=st.lists(answers, min_size=1, max_size=6))
def test_as_of_is_the_copy_that_was_kept(series, history):
    """At each moment, and right before the next; adjusted closes of before a renewed basis alone are empty."""
    s3 = live(series, history)
    now = decode(s3.objects[s3.key], series, "IBM")
    renewed = now.changes.at_s[now.changes.renewed.event].max(initial=0)
    moments = sorted(s3.kept)

    same(table_as_of(now.table, now.changes, moments[0] - 1), empty_table(series))
    for moment, until in zip(moments, [*moments[1:], moments[-1] + 1_000], strict=True):
        copy = s3.kept[moment]
        for when in (moment, until - 1):
            found = table_as_of(now.table, now.changes, when)
            if series.adjusted and moment < renewed:
                kept = found["adjusted_close"].eq(copy["adjusted_close"])
                assert np.all(kept | found["adjusted_close"].isna())
                found = found.assign(adjusted_close=copy["adjusted_close"])
            same(found, copy)
