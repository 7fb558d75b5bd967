"""The tables of all symbols hold what the symbols' objects hold, whatever happened to either."""

from contextlib import suppress
from datetime import date

from hypothesis import given, settings
from hypothesis import strategies as st

from stockflow.testing import FakeAws
from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.tables.app import update
from tests.helpers.examples import examples
from tests.helpers.price_objects import closes_in, prices_object, rows_in

SYMBOLS = st.sampled_from(["A", "B", ".DJI"])
CLOSES = st.dictionaries(
    st.dates(date(2023, 12, 28), date(2026, 1, 5)).map(date.isoformat), st.integers(1, 3), max_size=6
).map(lambda closes: dict(sorted(closes.items())))
STEPS = st.one_of(
    st.tuples(st.just("save"), SYMBOLS, CLOSES),
    st.tuples(st.just("delete"), SYMBOLS),
    st.tuples(st.just("call"), st.integers(1, 9)),
    st.tuples(st.just("race"), st.integers(1, 9), SYMBOLS, CLOSES),
    st.tuples(
        st.just("lose"),
        st.sampled_from([keys.CATALOG, keys.CATALOG_COPY, *(keys.table("daily", year) for year in range(2023, 2027))]),
    ),
)
"""What happens: a call dies before the put of that number, if it makes so many; before that put a symbol is saved, and
another call comes to its end; an object is lost."""


class Died(BaseException):
    """The end of a function in the middle of its work."""


def do(aws, step):
    kind, *about = step
    if kind == "save":
        symbol, closes = about
        aws.s3.place(keys.prices("daily", symbol), prices_object(symbol, closes))
    elif kind == "delete":
        aws.s3.objects.pop(keys.prices("daily", about[0]), None)
    elif kind == "lose":
        aws.s3.objects.pop(about[0], None)
    elif kind == "call":
        call(aws, about[0], die)
    else:
        call(aws, about[0], lambda: overtake(aws, *about[1:]))


def die():
    raise Died


def overtake(aws, symbol, closes):
    do(aws, ("save", symbol, closes))
    call(aws)


def call(aws, at=0, happens=None):
    """A call, a second after whatever was before; before its put of that number something happens."""
    first = len(aws.s3.puts)

    def watch(_key, number):
        if number - first == at:
            aws.s3.before_put = lambda _key, _number: None
            happens()

    aws.clock.sleep(1)
    aws.s3.before_put = watch
    with suppress(Died):
        update({}, aws.services)
    aws.s3.before_put = lambda _key, _number: None


def stored(aws):
    """The rows of all objects, by date and symbol, and which symbols there are."""
    found = {key: body for key, body in aws.s3.objects.items() if key.startswith("prices/daily/")}
    rows = [row for body in found.values() for row in closes_in(body)]
    return sorted(rows, key=lambda row: (row[1], row[0])), sorted(map(keys.symbol_of, found))


def derived(aws):
    """Those of the tables, in their order, and the symbols of the catalog."""
    tables = sorted(key for key in aws.s3.objects if key.startswith("tables/daily/"))
    rows = [row for key in tables for row in closes_in(aws.s3.objects[key])]
    catalog = rows_in(aws.s3.objects[keys.CATALOG]) if keys.CATALOG in aws.s3.objects else []
    return rows, sorted(row["symbol"] for row in catalog if row["etag"])


@settings(max_examples=examples(75))
@given(st.lists(STEPS, max_size=8))
def test_a_call_that_comes_to_its_end_makes_all_good(steps):
    """After saves, restatements, deletions, lost objects, calls that died and calls that were overtaken."""
    aws = FakeAws()
    do(aws, ("save", "KEPT", {"2024-06-03": 1}))
    for step in steps:
        do(aws, step)
    call(aws)

    assert derived(aws) == stored(aws)
    assert aws.s3.objects[keys.CATALOG_COPY] == aws.s3.objects[keys.CATALOG]
