"""A laptop run whose process is stopped and goes on: measured at the vendor's log."""

import os
import signal
import subprocess
import sys
import time

from stockflow.simulated_alpha_vantage import SimulatedVendor

INTERVAL_MS, STOPPED_SECONDS = 500, 6
OWN_DELAYS_MS = 1_500
"""This machine may be so late to note a request; eleven missed ones at once would be far more."""


def test_stopped_process_does_not_ask_for_what_it_missed(tmp_path):
    """SIGSTOP for twelve slots: in no stretch of time are there more requests than it pays for at 0.8 intervals."""
    environment = {"PATH": os.environ["PATH"], "ALPHA_VANTAGE_API_KEY": "KEY12345", "REQUESTS_PER_DAY": "0"}
    environment["STOCKFLOW_STATE_DIR"] = str(tmp_path / "state")
    symbols = [f"S{number}" for number in range(24)]
    with SimulatedVendor(requests_per_minute=60_000) as vendor:
        environment["ALPHA_VANTAGE_BASE_URL"] = vendor.url
        stockflow = [sys.executable, "-c", "from stockflow.cli.main import main; main()"]
        run = subprocess.Popen(
            [*stockflow, "run", *symbols, "--requests-per-minute", str(60_000 // INTERVAL_MS)],
            env=environment,
            cwd=tmp_path,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        while len(vendor.requests) < 4 and run.poll() is None:
            time.sleep(0.02)
        run.send_signal(signal.SIGSTOP)
        time.sleep(STOPPED_SECONDS)
        run.send_signal(signal.SIGCONT)
        output, _ = run.communicate(timeout=120)
        asked_ms = [request.time_ms for request in vendor.requests]

    assert run.returncode == 0, output
    assert len(asked_ms) == len(symbols)
    for first, begin_ms in enumerate(asked_ms):
        for more, end_ms in enumerate(asked_ms[first:]):
            assert end_ms - begin_ms >= more * 0.8 * INTERVAL_MS - OWN_DELAYS_MS
