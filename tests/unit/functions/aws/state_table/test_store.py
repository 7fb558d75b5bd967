"""The account in DynamoDB."""

import pytest
from botocore.exceptions import EndpointConnectionError

from stockflow.testing import NOON_MS, FakeClock
from stockflow_functions.aws.state_table.item import account_of
from stockflow_functions.domain.budget.arithmetic import Account, ReservationRequest
from stockflow_functions.domain.errors import InvalidInput, StorageDenied, StorageUnavailable

BUDGET = "budget#alpha-vantage"
TODAY = "2026-11-20"
MIDNIGHT_MS = NOON_MS + 12 * 3_600_000


def put(dynamodb, **attributes):
    dynamodb.put_item(TableName="stockflow", Item={"pk": {"S": BUDGET}, **attributes})


def test_reserving_in_an_idle_budget_is_one_write(memory, open_budget):
    """However many slots, and whether the table is empty or has an older day's account."""
    budget, clock = open_budget(memory), FakeClock(NOON_MS)

    for count in (1, 500, 1000):
        before = memory.writes
        open_budget(memory, clock).reserve(ReservationRequest(count, "run"))
        assert memory.writes == before + 1
        clock.ms += 86_400_000 * 3
    assert budget.read().last_run == "run"


def test_reserving_behind_others_is_two_writes_and_no_read(memory, open_budget):
    """The refusal of the first write brings the account that the second one fits."""
    open_budget(memory).reserve(ReservationRequest(500))
    before = memory.writes

    open_budget(memory).reserve(ReservationRequest(2))

    assert (memory.writes - before, memory.reads) == (2, 0)


def test_two_runs_share_one_line(dynamodb, open_budget):
    """The second run's slots follow the first one's at the same interval."""
    first = open_budget(dynamodb).reserve(ReservationRequest(3, "first")).slots
    second = open_budget(dynamodb).reserve(ReservationRequest(2, "second")).slots

    assert (first.first_ms, first.last_ms) == (NOON_MS, NOON_MS + 4000)
    assert (second.first_ms, second.last_ms) == (NOON_MS + 6000, NOON_MS + 8000)


def test_day_of_the_account_is_shared_too(dynamodb, open_budget):
    """Two runs together get no more than the day's limit."""
    first = open_budget(dynamodb, day_limit=25).reserve(ReservationRequest(20))
    second = open_budget(dynamodb, day_limit=25).reserve(ReservationRequest(20))
    third = open_budget(dynamodb, day_limit=25).reserve(ReservationRequest(20))

    assert [taken.slots.count for taken in (first, second, third)] == [20, 5, 0]
    assert third.account.used == {TODAY: 25}


def test_new_day_pays_again(dynamodb, open_budget, clock):
    """After the reset the count begins anew, in one write."""
    open_budget(dynamodb, day_limit=25).reserve(ReservationRequest(25))
    clock.ms = MIDNIGHT_MS

    assert open_budget(dynamodb, day_limit=25).reserve(ReservationRequest(25)).slots.count == 25


def test_counts_of_old_days_are_dropped(dynamodb, open_budget, clock):
    """Yesterday's count is kept, for another clock may still be in it; older ones go."""
    for _ in range(4):
        open_budget(dynamodb).reserve(ReservationRequest(1))
        clock.ms += 86_400_000

    assert sorted(open_budget(dynamodb).read().used) == ["2026-11-22", "2026-11-23"]


def test_run_too_far_ahead_reserves_nothing(dynamodb, open_budget):
    """The refusal leaves the account as it was."""
    open_budget(dynamodb).reserve(ReservationRequest(100))
    before = open_budget(dynamodb).read()

    with pytest.raises(InvalidInput, match="MAX_SLOT_AHEAD_SECONDS"):
        open_budget(dynamodb, max_ahead_ms=60_000).reserve(ReservationRequest(1))
    assert open_budget(dynamodb).read() == before


def test_stricter_run_keeps_a_looser_one_to_its_pace(dynamodb, open_budget):
    """Until its last slot; the looser run's own slots do not prolong that."""
    open_budget(dynamodb, interval_ms=12_000, day_limit=25).reserve(ReservationRequest(3))

    looser = open_budget(dynamodb, interval_ms=1000, day_limit=0).reserve(ReservationRequest(2))

    assert looser.slots.first_ms == NOON_MS + 36_000
    assert looser.slots.interval_ms == 12_000
    assert looser.terms.overruled == ("REQUESTS_PER_MINUTE", "REQUESTS_PER_DAY")
    assert looser.account.interval_until_ms == NOON_MS + 24_000


def test_repeated_plan_finds_its_slots(dynamodb, open_budget):
    """What an execution reserved can be found again, as long as no other run was planned."""
    given = open_budget(dynamodb).reserve(ReservationRequest(3, "mine")).slots
    open_budget(dynamodb).reserve(ReservationRequest(1))

    found = open_budget(dynamodb).reserved_by("mine").slots

    assert (found.first_ms, found.interval_ms, found.count) == (given.first_ms, given.interval_ms, given.count)
    assert open_budget(dynamodb).reserved_by("another") is None


def test_run_planned_behind_another_is_found_with_its_own_slots(dynamodb, open_budget):
    """The remembered first slot is the one that was given, not the one that was proposed."""
    open_budget(dynamodb).reserve(ReservationRequest(10, "first"))
    given = open_budget(dynamodb).reserve(ReservationRequest(3, "second")).slots

    assert open_budget(dynamodb).reserved_by("second").slots.first_ms == given.first_ms


def test_first_refusal_of_a_wave_sets_the_hold_off(dynamodb, open_budget, clock):
    """Others that asked before they could know of it do not prolong it."""
    budget = open_budget(dynamodb)
    seen = budget.read()

    until_ms = budget.back_off(seen, NOON_MS)
    clock.ms += 500

    assert until_ms == NOON_MS + 2000
    assert budget.back_off(seen, clock.ms) == until_ms


def test_refusal_after_a_hold_off_begins_the_next_one(dynamodb, open_budget, clock):
    """Who asked after the back-off and is refused again doubles it."""
    budget = open_budget(dynamodb)
    clock.ms = budget.back_off(budget.read(), NOON_MS)

    assert budget.back_off(budget.read(), clock.ms) == clock.ms + 4000


def test_slots_reserved_during_a_hold_off_begin_at_its_end(dynamodb, open_budget):
    """The plan of later slots moves for every run."""
    budget = open_budget(dynamodb)
    budget.reserve(ReservationRequest(1))
    until_ms = budget.back_off(budget.read(), NOON_MS)

    first, second = (open_budget(dynamodb).reserve(ReservationRequest(2)).slots for _ in range(2))

    assert first.first_ms == until_ms
    assert second.first_ms == until_ms + 4000


def test_spent_quota_stops_every_run_until_the_reset(dynamodb, open_budget, clock):
    """A run without a daily limit of its own too, for the vendor said so."""
    assert open_budget(dynamodb).mark_spent() == MIDNIGHT_MS
    assert open_budget(dynamodb).reserve(ReservationRequest(5)).slots.count == 0
    clock.ms = MIDNIGHT_MS
    assert open_budget(dynamodb).reserve(ReservationRequest(5)).slots.count == 5


def test_refused_key_is_remembered_for_its_execution(dynamodb, open_budget):
    """A few executions are remembered, and the list does not grow for ever."""
    budget = open_budget(dynamodb)
    for number in range(20):
        budget.mark_key_refused(f"run-{number}")

    refused = budget.read().refused_executions

    assert "run-19" in refused
    assert len(refused) <= 8


def test_run_that_asks_no_more_gives_its_slots_back(dynamodb, open_budget, clock):
    """The day gets the requests back, and the next run begins soon: slots within five seconds may be in use."""
    budget = open_budget(dynamodb, day_limit=25)
    budget.reserve(ReservationRequest(25, "wrong key"))
    clock.ms += 1000

    assert budget.release("wrong key") == 21
    slots = budget.reserve(ReservationRequest(25, "right key")).slots
    assert (slots.first_ms, slots.count) == (NOON_MS + 8000, 21)


def test_slots_of_a_killed_run_are_given_back_though_they_are_past(dynamodb, open_budget, clock):
    """Where it is known until when it asked; the next run's follow that, at the pace."""
    budget = open_budget(dynamodb, day_limit=25)
    slots = budget.reserve(ReservationRequest(25, "killed")).slots
    clock.ms += 600_000

    assert budget.release("killed", slots.at_ms(2)) == 22
    assert budget.read().used == {TODAY: 3}
    assert budget.reserve(ReservationRequest(25, "next")).slots.count == 22


def test_a_killed_run_that_asked_nothing_gives_all_back(dynamodb, open_budget, clock):
    """Down to its first slot."""
    budget = open_budget(dynamodb, day_limit=25)
    budget.reserve(ReservationRequest(25, "killed"))
    clock.ms += 600_000

    assert budget.release("killed", 0) == 25
    assert budget.read().used == {TODAY: 0}


def test_slots_with_others_behind_them_are_not_given_back(dynamodb, open_budget):
    """A hole in the middle of the line could be given to nobody."""
    budget = open_budget(dynamodb, day_limit=25)
    budget.reserve(ReservationRequest(10, "first"))
    budget.reserve(ReservationRequest(1))

    assert budget.release("first") == 0
    assert budget.read().used == {TODAY: 11}


def test_giving_back_twice_gives_back_once(dynamodb, open_budget, clock):
    """The second time there is nothing to come."""
    budget = open_budget(dynamodb, day_limit=25)
    budget.reserve(ReservationRequest(10, "run"))
    clock.ms += 100

    assert [budget.release("run"), budget.release("run")] == [7, 0]
    assert budget.read().used == {TODAY: 3}


def test_slots_given_back_leave_the_run_before_them_alone(dynamodb, open_budget):
    """What another run has in the line stays its own."""
    first = open_budget(dynamodb).reserve(ReservationRequest(50, "first")).slots
    budget = open_budget(dynamodb)
    budget.reserve(ReservationRequest(5, "second"))

    budget.release("second")

    assert budget.reserve(ReservationRequest(1)).slots.first_ms == first.last_ms + 2000


def test_next_turn_calls_planned_slots_in_where_they_are_in_the_way(dynamodb, open_budget):
    """Once: whoever comes next is given the turn behind, and holders of the slots see that they are of old."""
    budget = open_budget(dynamodb)
    planned = budget.reserve(ReservationRequest(1000, "run"))

    first = budget.reserve_next(ReservationRequest(1), budget.read())
    second = budget.reserve_next(ReservationRequest(1), budget.read())

    assert [turn.slots.first_ms for turn in (first, second)] == [NOON_MS + 2200, NOON_MS + 4200]
    assert [turn.account.generation for turn in (planned, first, second)] == [0, 1, 1]


def test_next_turn_calls_nothing_in_behind_the_last_planned_slot(dynamodb, open_budget, clock):
    """A request may be under way in it."""
    budget = open_budget(dynamodb)
    budget.reserve(ReservationRequest(15, "run"))
    clock.ms += 27_900

    assert budget.reserve_next(ReservationRequest(1), budget.read()).slots.first_ms == NOON_MS + 30_000
    assert budget.read().generation == 0


def test_a_patient_request_waits_behind_a_short_line(dynamodb, open_budget):
    """And calls nothing in, for that would cost what is under way."""
    budget = open_budget(dynamodb)
    planned = budget.reserve(ReservationRequest(15, "run"))

    taken = budget.reserve_next(ReservationRequest(1, patience_ms=30_000), budget.read())

    assert taken.slots.first_ms == planned.slots.last_ms + 2000
    assert budget.read().generation == 0


def test_no_patience_is_enough_for_a_long_line(dynamodb, open_budget):
    """Nor is anybody to wait behind whole runs."""
    budget = open_budget(dynamodb)
    budget.reserve(ReservationRequest(1000, "run"))

    taken = budget.reserve_next(ReservationRequest(1, patience_ms=30_000), budget.read())

    assert taken.slots.first_ms == NOON_MS + 2200


@pytest.mark.parametrize("order", [("a", "b"), ("b", "a")])
def test_two_shards_that_end_early_give_back_what_nobody_is_behind(dynamodb, open_budget, order):
    """In whichever order they do: the line never begins before a slot that may be used, and the last one's are free."""
    budget = open_budget(dynamodb)
    first, second = (budget.reserve(ReservationRequest(20, name)) for name in ("a", "b"))

    for name in order:
        budget.release(name)

    following = budget.reserve(ReservationRequest(1)).slots.first_ms
    assert first.slots.last_ms < following < second.slots.last_ms


def test_slots_are_called_in_once_by_all_who_want_to(dynamodb, open_budget):
    """Who comes second takes the turn behind the first one's, though it saw the account as it was before."""
    budget = open_budget(dynamodb)
    budget.reserve(ReservationRequest(1000, "run"))
    seen = budget.read()

    turns = [budget.reserve_next(ReservationRequest(1), seen).slots.first_ms for _ in range(3)]

    assert turns == [NOON_MS + 2200, NOON_MS + 4200, NOON_MS + 6200]


def test_slots_called_in_are_found_by_no_repeated_plan(dynamodb, open_budget):
    """They are good for nothing; nor can they be given back."""
    budget = open_budget(dynamodb)
    budget.reserve(ReservationRequest(1000, "run"))
    budget.reserve_next(ReservationRequest(1), budget.read())

    assert budget.reserved_by("run") is None
    assert budget.release("run") == 0


def test_stricter_run_keeps_its_pace_for_both_though_its_slots_are_called_in(dynamodb, open_budget, clock):
    """A looser run planned meanwhile is told so, as before."""
    strict = open_budget(dynamodb, interval_ms=12_000)
    strict.reserve(ReservationRequest(100, "strict"))
    strict.reserve_next(ReservationRequest(1), strict.read())

    loose = open_budget(dynamodb, interval_ms=500).reserve(ReservationRequest(2, "loose"))

    assert loose.terms.overruled == ("REQUESTS_PER_MINUTE",)


@pytest.mark.parametrize(
    ("code", "error", "names"),
    [
        ("ResourceNotFoundException", StorageDenied, "STATE_TABLE"),
        ("AccessDeniedException", StorageDenied, "STATE_TABLE"),
        ("ValidationException", StorageDenied, "STATE_TABLE"),
        ("ProvisionedThroughputExceededException", StorageUnavailable, "STATE_TABLE"),
        ("ThrottlingException", StorageUnavailable, "STATE_TABLE"),
        ("InternalServerError", StorageUnavailable, "STATE_TABLE"),
    ],
)
def test_table_that_does_not_take_requests_ends_in_a_sentence(memory, open_budget, code, error, names):
    """Missing or denied is permanent, busy or down may heal; the sentence names the setting."""
    memory.fail(code)
    budget = open_budget(memory)

    for call in (
        budget.read,
        lambda: budget.reserve(ReservationRequest(1)),
        lambda: budget.back_off(Account(), NOON_MS),
    ):
        with pytest.raises(error, match=names):
            call()


def test_network_that_is_down_may_heal(open_budget):
    """A fault on the way to DynamoDB is for the workflow to try again."""

    class Unreachable:
        def get_item(self, **_):
            raise EndpointConnectionError(endpoint_url="https://dynamodb.us-east-1.amazonaws.com")

    with pytest.raises(StorageUnavailable, match="EndpointConnectionError"):
        open_budget(Unreachable()).read()


def test_missing_table_is_named(moto_table, open_budget):
    """The very error of a table that does not exist."""
    budget = open_budget(moto_table)
    budget._table.name = "nowhere"

    with pytest.raises(StorageDenied, match="no DynamoDB table nowhere"):
        budget.reserve(ReservationRequest(1))


@pytest.mark.parametrize(
    "attributes",
    [
        {"next_free_ms": {"N": str(NOON_MS + 50_000)}},
        {"version": {"N": "0"}, "last_slot_ms": {"N": str(NOON_MS + 48_000)}},
        {"version": {"S": "one"}, "last_slot_ms": {"N": str(NOON_MS + 48_000)}},
        {"version": {"N": "1"}, "last_slot_ms": {"N": str(NOON_MS + 48_000)}, "hold_until_ms": {"S": "?"}},
    ],
)
def test_item_of_an_older_version_is_replaced_and_its_slots_respected(dynamodb, open_budget, attributes):
    """Whatever it holds, no slot comes before those it may have given, and the day's count is kept."""
    put(dynamodb, used_on_0={"S": "junk"}, **{f"used_on_{TODAY}": {"N": "20"}}, **attributes)

    taken = open_budget(dynamodb, day_limit=25).reserve(ReservationRequest(10))

    assert taken.slots.first_ms >= NOON_MS + 50_000
    assert (taken.slots.count, taken.account.used) == (5, {TODAY: 25})


def test_item_that_tells_nothing_begins_one_interval_from_now(dynamodb, open_budget):
    """An item without any slot is taken to have given one just now."""
    put(dynamodb, something={"S": "else"})

    assert open_budget(dynamodb).reserve(ReservationRequest(1)).slots.first_ms == NOON_MS + 2000


def test_item_of_a_newer_version_is_left_alone(dynamodb, open_budget):
    """An older release must not write over what it does not understand."""
    put(dynamodb, version={"N": "9"}, last_slot_ms={"N": "1"})

    for call in (open_budget(dynamodb).read, lambda: open_budget(dynamodb).reserve(ReservationRequest(1))):
        with pytest.raises(StorageDenied, match=r"version 9.*BUDGET_NAME"):
            call()


def test_item_expires_long_after_its_last_slot(memory, open_budget):
    """DynamoDB deletes an account that nobody used for five weeks, by a time in seconds."""
    open_budget(memory).reserve(ReservationRequest(2))

    assert int(memory.items[BUDGET]["expires_at"]["N"]) == (NOON_MS + 2000) // 1000 + 35 * 86_400


def test_everything_in_the_account_comes_back(memory, open_budget):
    """What is written is what is read."""
    budget = open_budget(memory, day_limit=25)
    account = budget.reserve(ReservationRequest(3, "run")).account

    assert budget.read() == account == account_of(memory.items[BUDGET])


def test_two_keys_have_two_budgets(memory, open_budget):
    """Another BUDGET_NAME is another account in the same table."""
    other = open_budget(memory)
    other._name = "another"
    open_budget(memory).reserve(ReservationRequest(100))

    assert other.reserve(ReservationRequest(1)).slots.first_ms == NOON_MS


def test_budget_that_everybody_else_keeps_writing_may_heal(memory, open_budget):
    """A reservation gives up after some tries rather than never."""

    class Racing:
        def update_item(self, **arguments):
            open_budget(memory, interval_ms=1000 + memory.writes).reserve(ReservationRequest(1))
            return memory.update_item(**arguments)

    with pytest.raises(StorageUnavailable, match="at once"):
        open_budget(Racing()).reserve(ReservationRequest(1))
