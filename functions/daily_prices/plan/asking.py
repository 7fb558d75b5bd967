"""How a run asks the vendor: in slots that are reserved for it now, or in shards, each of which reserves its own."""

from dataclasses import replace

from stockflow_functions.aws import keys
from stockflow_functions.aws.executions import machine_of
from stockflow_functions.daily_prices.contracts import Plan, Run, Shards
from stockflow_functions.daily_prices.plan.choosing import Chosen
from stockflow_functions.daily_prices.plan.output import planned, sharded
from stockflow_functions.daily_prices.plan.request import Request
from stockflow_functions.daily_prices.plan.shards import at_once, not_too_far, shards_of, size_of
from stockflow_functions.domain.budget.arithmetic import Account, in_force
from stockflow_functions.domain.budget.day_quota import day_quota
from stockflow_functions.domain.errors import InvalidApiKey, PremiumRequired
from stockflow_functions.domain.inputs import SHARD, SMOKE
from stockflow_functions.pacing.planning import reserve
from stockflow_functions.runtime.services import Services


def asking(run: Run, chosen: Chosen, request: Request, services: Services, *, repeated: bool) -> Plan:
    """The plan of a run that asks the vendor for something; a ``repeated`` one keeps the slots that it has.

    Raises:
        InvalidInput: its last slot would lie too far ahead.
        InvalidApiKey, PremiumRequired: of a shard, if the vendor refused the key in another one, or what it asks for.
        StorageUnavailable, StorageDenied: as the bucket, the budget, and Step Functions do.
    """
    # Each shard is a run of the machine: so a smoke run of two symbols tries both ways that there are.
    inline = 1 if request.trigger == SMOKE else services.settings.most_symbols_inline
    count, seen = len(chosen.symbols), None
    if request.is_shard:
        seen = _account_of_a_good_key(run["execution"], services)
    elif count > inline and not (repeated and services.budget.reserved_by(run["execution"])):
        seen = services.budget.read()
        count = _payable(count, seen, services)
        if count > inline:
            return _in_shards(run, chosen, count, seen, services)
    reservation = reserve(services.budget, count, run["execution"], repeated=repeated, seen=seen)
    return planned(run, chosen, reservation, services.clock.now_ms(), services.vendor.title)


def _payable(count: int, account: Account, services: Services) -> int:
    """How many of so many requests the day's quota pays for today; none where the vendor said that it is spent."""
    now_ms = services.clock.now_ms()
    if account.spent_until_ms > now_ms:
        return 0
    left = day_quota(account, in_force(account, services.budget.terms, now_ms), now_ms)["day_left"]
    return count if left is None else min(count, left)


def _account_of_a_good_key(execution: str, services: Services) -> Account:
    """The account as it is now, unless another shard of the same run was refused what would be refused here, too.

    Raises:
        InvalidApiKey: the key was.
        PremiumRequired: whole histories were, as the key's plan does not include them.
    """
    account, whole, vendor = services.budget.read(), keys.whole_run(execution), services.vendor
    if whole in account.refused_executions:
        raise InvalidApiKey(
            f"{vendor.title} refused the API key in another shard of {whole}: check {vendor.key_variable}."
        )
    if account.is_plan_refused(whole):
        raise PremiumRequired(
            f"{vendor.title} said in another shard of {whole} that the key's plan does not include whole histories."
        )
    return account


def _in_shards(run: Run, chosen: Chosen, payable: int, account: Account, services: Services) -> Plan:
    """Reserves nothing: each shard does when it starts. What the day can't pay for is deferred at once."""
    smoke, key = run["trigger"] == SMOKE, keys.shards(run["execution"])
    size = size_of(payable, 1 if smoke else services.settings.symbols_per_shard)
    terms = in_force(account, services.budget.terms, services.clock.now_ms())
    not_too_far(payable, terms)
    chosen = replace(chosen, symbols=chosen.in_turn(payable))
    shards = shards_of(run["execution"], chosen.symbols[:payable], size, SMOKE if smoke else SHARD)
    services.bucket.put_json(key, shards)
    shape: Shards = {
        "bucket": services.bucket.name,
        "key": services.bucket.full_key(key),
        "machine": machine_of(services.client("stepfunctions"), run["execution_arn"]),
        "at_once": at_once(terms.interval_ms, size),
        "count": len(shards),
        "symbols": payable,
    }
    return sharded(run, chosen, shape, terms.interval_ms)
