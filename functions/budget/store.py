"""The request budget in DynamoDB: one item, changed by single conditional writes."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from functions.budget.arithmetic import Account, InForce, Proposal, Slots, Terms, hold_ms_after, in_force, propose
from functions.budget.item import VERSION, Item, OtherVersion, account_of, expires_at, number, renewed, used_on
from functions.budget.quota_day import QuotaDays
from functions.budget.update import Update
from functions.clock import Clock
from functions.errors import StockflowError, StorageDenied, StorageUnavailable
from functions.services import Services

MOST_TRIES = 12
MOST_REFUSED_EXECUTIONS = 20
OLD_DAYS = range(2, 9)


@dataclass(frozen=True)
class Reservation:
    """Slots that are ours, the account as it is after that, and the terms that applied."""

    slots: Slots
    account: Account
    in_force: InForce


class BudgetStore:
    """The account of one API key.

    Every method raises ``StorageUnavailable`` or ``StorageDenied`` where DynamoDB does not take the request; the
    latter names the setting to change.
    """

    @classmethod
    def of(cls, services: Services) -> Self:
        """The account that the settings name."""
        settings = services.settings
        terms = Terms.from_settings(settings)
        return cls(services.dynamodb, settings.table, settings.budget_name, terms, services.clock)

    def __init__(self, dynamodb: Any, table: str, name: str, terms: Terms, clock: Clock) -> None:
        self._dynamodb = dynamodb
        self._table = table
        self._name = name
        self._terms = terms
        self._clock = clock

    @property
    def days(self) -> QuotaDays:
        return self._terms.days

    @property
    def _key(self) -> Item:
        return {"pk": {"S": f"budget#{self._name}"}}

    def read(self) -> Account:
        """The account as it is now."""
        try:
            answer = self._dynamodb.get_item(TableName=self._table, Key=self._key, ConsistentRead=True)
        except (ClientError, BotoCoreError) as error:
            raise named(error, self._table) from error
        try:
            return account_of(answer.get("Item", {}))
        except OtherVersion as other:
            self._refuse_newer(other)
            return Account()

    def reserve(self, wanted: int, *, execution: str = "", paid_day: str = "") -> Reservation:
        """Up to ``wanted`` slots; fewer, or none, where the day's quota can't pay for more.

        One write where nobody else has slots to come, one more where somebody has or was faster.

        Args:
            execution: remembered beside the slots, so that the run's Plan finds them again when it is repeated.
            paid_day: the quota day that has paid for this request already, when a slot is exchanged for a later one.

        Raises:
            InvalidInput: the last slot would lie too far ahead; nothing is reserved.
        """
        account = Account()
        for _ in range(MOST_TRIES):
            now_ms = self._clock.now_ms()
            proposal = propose(account, wanted, self._terms, now_ms, paid_day)
            if not proposal.slots.count:
                return Reservation(proposal.slots, account, proposal.in_force)
            taken, account = self._write(_reservation(proposal, now_ms, execution))
            if taken:
                return Reservation(_as_granted(proposal, account), account, proposal.in_force)
        raise StorageUnavailable(f"The budget {self._name} in the table {self._table} is written by too many at once.")

    def reserved_by(self, execution: str) -> Reservation | None:
        """What this execution reserved, if nobody planned a run since."""
        account = self.read()
        if account.last_run != execution or account.last_run_slots is None:
            return None
        return Reservation(account.last_run_slots, account, in_force(account, self._terms, self._clock.now_ms()))

    def hold_off(self, seen: Account) -> int:
        """The vendor said slow down: nobody asks until the moment returned.

        Only the first refusal of a wave counts: ``seen`` is the account as it was read before the refused request, and
        where another refusal has set a hold-off since then, that one stands.
        """
        now_ms = self._clock.now_ms()
        hold_ms = hold_ms_after(seen, now_ms)
        update = _new_update(now_ms)
        update.at_most("hold_until_ms", seen.hold_until_ms)
        update.set("hold_until_ms", now_ms + hold_ms)
        update.set("hold_ms", hold_ms)
        _, account = self._write(update)
        return account.hold_until_ms

    def mark_spent(self) -> int:
        """The vendor said that the day's quota is spent: nobody asks until its reset, which is returned."""
        now_ms = self._clock.now_ms()
        until_ms = self._terms.days.resets_at_ms(now_ms)
        update = _new_update(now_ms)
        update.set("spent_until_ms", until_ms)
        self._write(update)
        return until_ms

    def mark_key_refused(self, seen: Account, execution: str) -> None:
        """The vendor refused the key: this execution asks no more."""
        update = _new_update(self._clock.now_ms())
        if len(seen.refused_executions) < MOST_REFUSED_EXECUTIONS:
            update.add_name("refused_executions", execution)
        else:
            update.set_value("refused_executions", {"SS": [execution]})
        self._write(update)

    def pay(self, day: str, seen: Account) -> int:
        """Charges one request to this quota day, and returns 0; the day's limit where it has none left."""
        now_ms = self._clock.now_ms()
        limit = in_force(seen, self._terms, now_ms).day_limit
        update = _new_update(now_ms)
        update.count(used_on(day), 1, limit)
        taken, _ = self._write(update)
        return 0 if taken else limit

    def _write(self, update: Update) -> tuple[bool, Account]:
        """Whether the update's conditions held, and the account after it (or as it stands in the way)."""
        try:
            answer = self._dynamodb.update_item(
                TableName=self._table,
                Key=self._key,
                ReturnValues="ALL_NEW",
                ReturnValuesOnConditionCheckFailure="ALL_OLD",
                **update.as_arguments(),
            )
            return True, account_of(answer["Attributes"])
        except (ClientError, BotoCoreError) as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise named(error, self._table) from error
            return False, self._in_the_way(error.response.get("Item", {}))

    def _in_the_way(self, item: Item) -> Account:
        try:
            return account_of(item)
        except OtherVersion as other:
            self._refuse_newer(other)
            return self._renew(item)

    def _renew(self, item: Item) -> Account:
        """Replaces an item of an older release; where another function was faster, its item stands."""
        new = renewed(item, self._clock.now_ms())
        update = {"ConditionExpression": "attribute_not_exists(version)"}
        if "version" in item:
            update = {
                "ConditionExpression": "version = :old",
                "ExpressionAttributeValues": {":old": item["version"]},  # type: ignore[dict-item]
            }
        try:
            self._dynamodb.put_item(TableName=self._table, Item=new, **update)
            return account_of(new)
        except (ClientError, BotoCoreError) as error:
            if code_of(error) != "ConditionalCheckFailedException":
                raise named(error, self._table) from error
            return self.read()

    def _refuse_newer(self, other: OtherVersion) -> None:
        if other.version > VERSION:
            raise StorageDenied(
                f"The budget {self._name} in the table {self._table} was written by a newer release (version "
                f"{other.version}): update this one, or set another BUDGET_NAME."
            )


def _new_update(now_ms: int) -> Update:
    update = Update()
    update.of_version(VERSION)
    update.set_value("expires_at", expires_at(now_ms))
    return update


def _reservation(proposal: Proposal, now_ms: int, execution: str) -> Update:
    slots, terms = proposal.slots, proposal.in_force
    update = Update()
    update.of_version(VERSION)
    update.set_value("expires_at", expires_at(slots.last_ms))
    update.within("last_slot_ms", proposal.lowest_last_slot_ms, proposal.highest_last_slot_ms)
    update.at_most("hold_until_ms", slots.first_ms)
    update.at_most("spent_until_ms", now_ms)
    for day, count in slots.charges.items():
        update.count(used_on(day), count, terms.day_limit)
    _set_slots(update, proposal, execution)
    today = date.fromisoformat(min(slots.charges, default="9999-12-31"))
    if slots.charges:
        update.remove(*(used_on((today - timedelta(days=ago)).isoformat()) for ago in OLD_DAYS))
    return update


def _set_slots(update: Update, proposal: Proposal, execution: str) -> None:
    slots, overruled = proposal.slots, proposal.in_force.overruled

    def moment(name: str, index: int) -> None:
        if proposal.follows:
            update.set_to("last_slot_ms", name, plus=(index + 1) * slots.interval_ms)
        else:
            update.set(name, slots.at_ms(index))

    moment("last_slot_ms", slots.count - 1)
    for value, name, setting in (
        (slots.interval_ms, "interval", "REQUESTS_PER_MINUTE"),
        (proposal.in_force.day_limit, "day_limit", "REQUESTS_PER_DAY"),
    ):
        if setting not in overruled:
            update.set("interval_ms" if name == "interval" else name, value)
            moment(f"{name}_until_ms", slots.count - 1)
    if execution:
        update.set_value("last_run", {"S": execution})
        moment("last_run_first_slot_ms", 0)
        update.set("last_run_interval_ms", slots.interval_ms)
        update.set("last_run_count", slots.count)


def _as_granted(proposal: Proposal, account: Account) -> Slots:
    slots = proposal.slots
    if not proposal.follows or account.last_slot_ms is None:
        return slots
    first_ms = account.last_slot_ms - (slots.count - 1) * slots.interval_ms
    return Slots(first_ms, slots.interval_ms, slots.count, slots.charges)


def code_of(error: ClientError | BotoCoreError) -> str:
    """DynamoDB's code, or the class of a fault on the way there."""
    if isinstance(error, ClientError):
        return str(error.response.get("Error", {}).get("Code", "unknown"))
    return type(error).__name__


def named(error: ClientError | BotoCoreError, table: str) -> StockflowError:
    """DynamoDB's error under the workflow's name for it."""
    code = code_of(error)
    if code == "ResourceNotFoundException":
        return StorageDenied(f"There is no DynamoDB table {table}: create it, or correct STATE_TABLE.")
    if code in {"AccessDeniedException", "UnrecognizedClientException", "InvalidSignatureException"}:
        return StorageDenied(
            f"DynamoDB does not let this role use the table {table} ({code}): grant it, or correct STATE_TABLE."
        )
    if code == "ValidationException":
        return StorageDenied(
            f"The DynamoDB table {table} has another shape (it needs the key attribute pk, a string): correct STATE_TABLE."
        )
    return StorageUnavailable(f"DynamoDB did not take a request to the table {table} ({code}); STATE_TABLE names it.")
