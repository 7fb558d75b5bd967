"""Seconds from the call of Fetch to its request at the vendor, for an instance that is ready and one that is not.

The built package runs under AWS's runtime client in a Python 3.13, beside a simulated vendor and moto over HTTP on this
machine. The start of the instance has the whole core, as seen on Lambda (AWS does not promise it); each call has the
share of a core that its memory buys. "Ready at the start" is the code as it is; "made in the call" is the same code
without the variable by which it knows that it is in Lambda, so that the clients are made when first asked for. There is
no TLS here, and no way through a network: on AWS both add to all rows alike.
"""

import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median
from typing import Any

from kit.cpu_share import CpuShare, cpu_seconds
from kit.limits import Limits

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from stockflow.simulated_alpha_vantage import SimulatedVendor
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.runtime.settings import Settings
from tests.helpers.lambda_runtime.aws import TraceDaemon, make_stores_at, moto_over_http
from tests.helpers.lambda_runtime.built import (
    build_package,
    find_python313,
    folders_of,
    install_runtime_client,
    why_not_here,
)
from tests.helpers.lambda_runtime.function_process import FunctionProcess

MB_OF_A_CORE = 1769
"""docs.aws.amazon.com/lambda/latest/dg/configuration-memory.html"""
MEMORY_MB = (256, 512)
INSTANCES = 3
MOST_OF_LAZY = 0.8
COLUMNS = "{:<34} {:>12} {:>12} {:>12}"


@dataclass(frozen=True)
class Late:
    """Seconds from a call to its request: the first call of an instance, and the next one; and the first one's CPU."""

    cold_seconds: float
    warm_seconds: float
    cold_cpu_seconds: float


class Stage:
    """Everything around the function."""

    def __init__(self, stack: ExitStack) -> None:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        build_package(folder / "package")
        install_runtime_client(folder / "client")
        self._folders = [*folders_of("Fetch", folder / "package"), folder / "client"]
        self._vendor = stack.enter_context(SimulatedVendor())
        self._traces = stack.enter_context(TraceDaemon())
        self._url = stack.enter_context(moto_over_http())
        make_stores_at(self._url, Settings(), {"ALPHA_VANTAGE_API_KEY": "demo"})

    @contextmanager
    def function(self, *, ready: bool) -> Iterator[FunctionProcess]:
        """An instance whose start is over."""
        environment = {
            "AWS_ENDPOINT_URL": self._url,
            "AWS_XRAY_DAEMON_ADDRESS": self._traces.address,
            "ALPHA_VANTAGE_BASE_URL": self._vendor.url,
            **({} if ready else {"AWS_LAMBDA_FUNCTION_NAME": ""}),
        }
        python = find_python313() or ""
        with FunctionProcess(
            python, self._folders, "stockflow_functions.daily_prices.fetch.app.handler", environment
        ) as function:
            yield function

    def seconds_to_the_request(self, function: FunctionProcess, symbol: str) -> float:
        """Calls the function for a slot that is due, and sees when the vendor is asked."""
        called_ms = time.time() * 1000
        answer = function.invoke(_event(symbol, round(called_ms)))
        if answer.error_type:
            sys.exit(f"Fetch failed: {answer.value}")
        return (self._vendor.requests[-1].time_ms - called_ms) / 1000


def _event(symbol: str, due_ms: int) -> dict[str, Any]:
    run = {"execution": "bench", "series": "daily", "outputsize": "compact", "force": False}
    return {"run": run, "symbol": symbol, "slot": {"not_before": to_iso(due_ms), "moves": 0}, "retry_count": 0}


def measured(stage: Stage, memory_mb: int, *, ready: bool) -> Late:
    """The medians of a few instances."""
    seen = []
    for number in range(INSTANCES):
        with stage.function(ready=ready) as function, CpuShare(function.pid, memory_mb / MB_OF_A_CORE):
            before = cpu_seconds(function.pid)
            cold = stage.seconds_to_the_request(function, f"C{number}")
            cpu = cpu_seconds(function.pid) - before
            seen.append((cold, stage.seconds_to_the_request(function, f"W{number}"), cpu))
    return Late(*(median(column) for column in zip(*seen, strict=True)))


def main() -> None:
    """Prints the table, then the figures with their limits."""
    if reason := why_not_here():
        print(f"Not measured: {reason}.")
        return
    limits = Limits()
    print(COLUMNS.format("Fetch, seconds to its request", "cold", "warm", "CPU, cold"))
    with ExitStack() as stack:
        stage = Stage(stack)
        for memory_mb in MEMORY_MB:
            ready, lazy = (measured(stage, memory_mb, ready=choice) for choice in (True, False))
            for name, late in (("ready at the start", ready), ("made in the call", lazy)):
                figures = (late.cold_seconds, late.warm_seconds, late.cold_cpu_seconds)
                print(COLUMNS.format(f"{memory_mb} MB, {name}", *(f"{figure:.3f}" for figure in figures)), flush=True)
            ratio = ready.cold_seconds / lazy.cold_seconds
            limits.hold(f"{memory_mb} MB: cold, ready over made in the call", ratio, "<=", MOST_OF_LAZY)
    limits.report_and_exit()


if __name__ == "__main__":
    main()
