"""Where the cells of the fault matrix are tried: an embedded AWS whose waits are short, and what its rows must be."""

import errno
import json
import time
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from threading import Lock
from unittest.mock import patch

import pandas
from botocore.retries.standard import ExponentialBackoff

from stockflow.embedded import mirror, table_file
from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.function_host import FunctionHost
from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow.simulated_alpha_vantage.bodies import simulated_series
from stockflow.simulated_alpha_vantage.sessions import last_settled_session
from stockflow.testing import FakeClock
from stockflow_functions.aws import keys
from stockflow_functions.channels import delivery
from stockflow_functions.domain.budget import arithmetic
from stockflow_functions.domain.prices.parquet import encode
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.vendors.alpha_vantage.client import AlphaVantage
from stockflow_functions.vendors.alpha_vantage.download import DownloadLimits
from tests.helpers.back_off import no_back_off

SOON_SECONDS = 60
DAY_MS = 86_400_000
FAST = {"REQUESTS_PER_MINUTE": "60000", "REQUESTS_PER_DAY": "0"}
FIELDS = ["1. open", "2. high", "3. low", "4. close", "5. volume"]
COLUMNS = ["open", "high", "low", "close", "volume"]


@contextmanager
def short_waits():
    """Back-offs take no time, and clients give up soon: of the workflow, of boto3, of the vendor's and Slack's."""

    class ImpatientVendor(AlphaVantage):
        def __init__(self, *arguments, **options):
            super().__init__(*arguments, limits=DownloadLimits(5.0, 2.0, 3.0), **options)

    with ExitStack() as stack:
        stack.enter_context(no_back_off())
        for place, name, value in (
            (ExponentialBackoff, "delay_amount", lambda self, context: 0.0),
            (arithmetic, "SHORTEST_BACK_OFF_MS", 20),
            (arithmetic, "LONGEST_BACK_OFF_MS", 100),
            (delivery, "WAIT_SECONDS", 0.01),
        ):
            stack.enter_context(patch.object(place, name, value))
        stack.enter_context(patch("stockflow_functions.vendors.alpha_vantage.client.AlphaVantage", ImpatientVendor))
        yield


class FullDisk:
    """Makes writes of the embedded AWS's folder fail, half-way, for the paths that hold all of some parts."""

    def __init__(self):
        self.full_for = []
        self._write = mirror.write_by_rename

    def __call__(self, path: Path, body, **options):
        if any(all(part in path.as_posix() for part in parts) for parts in self.full_for):
            self._write(path.with_name(f".{path.name}.half.tmp"), body[: len(body) // 2], **options)
            path.with_name(f".{path.name}.half.tmp").unlink()
            raise OSError(errno.ENOSPC, "No space left on device", str(path))
        self._write(path, body, **options)


class Running:
    """Counts the function invocations under way: one whose Task gave up on it may still be."""

    def __init__(self):
        self.count = 0
        self._lock = Lock()
        self._run = FunctionHost._run

    def counted(self):
        def run(host, invocation, body):
            with self._lock:
                self.count += 1
            try:
                return self._run(host, invocation, body)
            finally:
                with self._lock:
                    self.count -= 1

        return patch.object(FunctionHost, "_run", run)


@dataclass(frozen=True)
class Done:
    """How one execution ended, and how one symbol did in it: a status, with the error and its state where it failed."""

    run: str
    symbols: dict[str, str]

    def symbol(self, name):
        return self.symbols.get(name, "not told")


class Stage:
    """One embedded AWS, its vendor with a clock of its own, and the rows that each symbol must have.

    Every symbol has a stored table from 40 days ago, in which the vendor has restated one close since.
    """

    def __init__(self, stack: ExitStack, folder: Path):
        stack.enter_context(short_waits())
        self.clock = FakeClock(time.time_ns() // 1_000_000)
        self.now_ms = self.clock.ms
        self.disk, self.running = FullDisk(), Running()
        for writer in (mirror, table_file):
            stack.enter_context(patch.object(writer, "write_by_rename", self.disk))
        stack.enter_context(self.running.counted())
        self.vendor = stack.enter_context(SimulatedVendor(clock=self.clock))
        self.aws = stack.enter_context(EmbeddedAws(folder, FAST, vendor=self.vendor))
        self.folder = folder
        self.s3 = self.aws.session.client("s3")
        self.stored = {}

    def place(self, symbol):
        """Puts the symbol's table of 40 days ago into the bucket."""
        rows = _rows_of(self._answer(symbol, self.now_ms - 40 * DAY_MS))
        table = pandas.DataFrame.from_dict(rows, orient="index", columns=COLUMNS).sort_index()
        table.insert(0, "symbol", symbol)
        table.insert(1, "date", pandas.to_datetime(table.index).astype("datetime64[s]"))
        # Not the newest row: that one's volume alone is restated every day, and is nothing to note.
        bar = table.iloc[-3]
        table.loc[table.index[-3], "close"] = bar["high"] if bar["close"] == bar["low"] else bar["low"]
        self.s3.put_object(Bucket=self.aws.settings.bucket, Key=keys.prices("daily", symbol), Body=encode(table, DAILY))
        self.stored[symbol] = self.rows(symbol)

    def expected(self, symbol, *answered_days_ago):
        """The rows by date: those stored at first, each answer's over them. No code of the product's joins them."""
        rows = dict(self.stored.get(symbol, {}))
        for days in answered_days_ago or (0,):
            rows |= _rows_of(self._answer(symbol, self.now_ms - days * DAY_MS))
        return rows

    def rows(self, symbol):
        """What the symbol's file holds, by date, having made sure that it is sorted, that no date is twice in it, and
        that the bucket holds the very same file.
        """
        path = self.folder / keys.prices("daily", symbol)
        if not path.exists():
            return {}
        stored = self.s3.get_object(Bucket=self.aws.settings.bucket, Key=keys.prices("daily", symbol))["Body"].read()
        assert stored == path.read_bytes()
        table = pandas.read_parquet(path)
        days = table["date"].astype(str).tolist()
        assert days == sorted(set(days))
        assert set(table["symbol"]) == {symbol}
        return dict(zip(days, table[COLUMNS].itertuples(index=False, name=None), strict=True))

    def start(self, *symbols):
        """Starts a run of these symbols, the secret to be read anew as by a new function instance."""
        self.aws.services._secret._read_ms = None
        return self.aws.start({"symbols": list(symbols)})

    @contextmanager
    def hasty(self, *states):
        """Meanwhile a Task of these states may take one second."""
        usual = self.aws.machines["daily-prices"]
        description = self.aws.stepfunctions.describe_state_machine(stateMachineArn=usual.state_machine_arn)
        machine = json.loads(description["definition"])
        for name in states:
            inner = machine["States"]["EachSymbol"]["ItemProcessor"]["States"]
            ({**machine["States"], **inner})[name]["TimeoutSeconds"] = 1
        hasty = self.aws.stepfunctions.create_state_machine(
            name="-".join(("hasty", *states)), definition=json.dumps(machine), roleArn=description["roleArn"]
        )["stateMachineArn"]
        self.aws.machines["daily-prices"] = replace(usual, state_machine_arn=hasty)
        try:
            yield
        finally:
            self.aws.machines["daily-prices"] = usual

    def end(self, execution_arn):
        """Waits for the run, and for every function that is still under way."""
        manifest = self.aws.wait(execution_arn, timeout_seconds=SOON_SECONDS)
        description = self.aws.stepfunctions.describe_execution(executionArn=execution_arn)
        run = " ".join(filter(None, (description["status"], description.get("error"))))
        return Done(run, {entry["symbol"]: _outcome(entry) for entry in manifest["symbols"]})

    def quiet(self):
        """Waits until no function is under way."""
        wait_until(lambda: self.running.count == 0)

    def heal(self):
        """Ends all faults."""
        self.aws.faults.clear()
        self.vendor.heal()
        self.aws.slack.answer_always(None)
        self.disk.full_for.clear()
        self.clock.ms = self.now_ms
        self.quiet()

    def forget_budget(self):
        """What the quota's reset does, without waiting for it."""
        self.aws.services.dynamodb.delete_item(
            TableName=self.aws.settings.table, Key={"pk": {"S": f"budget#{self.aws.settings.budget_name}"}}
        )

    def told(self, since):
        """The channels of the messages after the first ``since`` ones."""
        return ", ".join(sorted(message.channel for message in self.aws.slack.messages[since:])) or "nobody"

    def _answer(self, symbol, now_ms):
        return simulated_series(symbol, "TIME_SERIES_DAILY", last_settled_session(now_ms), {}, full=False)


def _rows_of(answer):
    """The bars of a vendor's answer, by date."""
    bars = json.loads(answer)["Time Series (Daily)"].items()
    return {day: (*(float(bar[name]) for name in FIELDS[:-1]), int(bar[FIELDS[-1]])) for day, bar in bars}


def wait_until(holds):
    ends = time.monotonic() + SOON_SECONDS
    while not holds():
        assert time.monotonic() < ends, "waited in vain"
        time.sleep(0.002)


def _outcome(entry):
    error = entry["error"]
    return entry["status"] if not error else f"{entry['status']} {error['type']} in {error['state']}"
