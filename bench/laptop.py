"""What a laptop run costs this machine: CPU time a symbol, memory, and CPU time until its first request.

Each figure stands beside one measured next to it, so that a busy machine slows both:

- A symbol, in a run of this process, beside the way that calls of S3 and DynamoDB went before: through botocore and
  moto's HTTP. That way is still there, for faults; a fault that nothing meets makes all calls go it.
- `stockflow run` as a process, up to the first request that it makes, beside one that imports the same libraries.

CPU seconds and megabytes are the kernel's (/proc), so this needs Linux.
"""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from kit.limits import Limits

from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.faults import AwsFault
from stockflow.simulated_alpha_vantage import SimulatedVendor

SYMBOLS = 60
REQUESTS_PER_MINUTE = 600
MOST_MEGABYTES = 250
LIBRARIES = "import boto3, click, moto.s3.models, moto.dynamodb.models, pandas, pyarrow.parquet, requests, rich.console"
COMMAND = "import sys; from stockflow.cli.main import main; sys.exit(main())"
TICKS = os.sysconf("SC_CLK_TCK")


def cpu_seconds_of(pid: int) -> float:
    """What the process has used so far, user and system."""
    fields = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def peak_megabytes_of(pid: int) -> float:
    """The most memory that the process had at a time."""
    lines = Path(f"/proc/{pid}/status").read_text(encoding="utf-8").splitlines()
    return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024


def seconds_a_symbol(*, the_whole_way: bool) -> float:
    """CPU seconds of a run, from its start to its end, over its symbols; a small run before it loads what there is."""
    environment = {"REQUESTS_PER_MINUTE": str(REQUESTS_PER_MINUTE), "REQUESTS_PER_DAY": "0"}
    with tempfile.TemporaryDirectory() as folder, EmbeddedAws(folder, environment) as aws:
        aws.wait(aws.start({"symbols": ["WARM"]}))
        if the_whole_way:
            aws.faults.add(AwsFault("s3", "AccessDenied", operation="NEVER"))
        began = time.process_time()
        aws.wait(aws.start({"symbols": [f"S{number}" for number in range(SYMBOLS)]}))
        return (time.process_time() - began) / SYMBOLS


def started_run(vendor: SimulatedVendor, folder: Path) -> subprocess.Popen[bytes]:
    """``stockflow run`` of as many symbols, with this vendor, and nothing of this user's."""
    environment = {
        **os.environ,
        "ALPHA_VANTAGE_BASE_URL": vendor.url,
        "STOCKFLOW_STATE_DIR": str(folder / "state"),
        "REQUESTS_PER_MINUTE": str(REQUESTS_PER_MINUTE),
        "REQUESTS_PER_DAY": "0",
    }
    symbols = [f"S{number}" for number in range(SYMBOLS)]
    arguments = [sys.executable, "-c", COMMAND, "run", *symbols, "--output-dir", str(folder / "out")]
    return subprocess.Popen(arguments, env=environment, stdout=subprocess.DEVNULL)  # noqa: S603 # this very program


def of_a_process() -> tuple[float, float]:
    """CPU seconds of ``stockflow run`` up to its first request, and its peak in megabytes."""
    with tempfile.TemporaryDirectory() as name, SimulatedVendor(requests_per_minute=REQUESTS_PER_MINUTE) as vendor:
        with started_run(vendor, Path(name)) as run:
            while not vendor.requests and run.poll() is None:
                time.sleep(0.002)
            first, peak = cpu_seconds_of(run.pid), 0.0
            while run.poll() is None:
                peak = max(peak, peak_or(run.pid, peak))
                time.sleep(0.05)
        assert run.returncode == 0, f"the run ended with {run.returncode}"
        return first, peak


def peak_or(pid: int, known: float) -> float:
    """The peak; what is known already of a process that has just ended."""
    try:
        return peak_megabytes_of(pid)
    except (OSError, StopIteration):
        return known


def seconds_of_libraries() -> float:
    """CPU seconds of a process that imports what a run imports of others' libraries, and ends."""
    before = os.times()
    subprocess.run([sys.executable, "-c", LIBRARIES], check=True)  # noqa: S603 # as above
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def main() -> None:
    """Prints the figures, then holds them to their limits."""
    first, peak = of_a_process()
    libraries = seconds_of_libraries()
    short, whole = seconds_a_symbol(the_whole_way=False), seconds_a_symbol(the_whole_way=True)
    row = "{:<56} {:>9} {:>9} {:>7}".format
    print(row(f"a run of {SYMBOLS} symbols at {REQUESTS_PER_MINUTE} a minute", "here", "beside", "ratio"))
    by_botocore = (f"{short * 1000:.1f}", f"{whole * 1000:.1f}", f"{short / whole:.2f}")
    print(row("CPU ms a symbol; by way of botocore", *by_botocore))
    of_libraries = (f"{first:.2f}", f"{libraries:.2f}", f"{first / libraries:.2f}")
    print(row("CPU s to the first request; its libraries alone", *of_libraries))
    print(row("MB at most", f"{peak:.0f}", "", ""))
    print(f"Load of this machine: {os.getloadavg()[1]:.1f} on {os.cpu_count()} cores; others make CPU time dearer.")
    limits = Limits()
    limits.hold("CPU time a symbol over that by way of botocore", short / whole, "<=", 0.7)
    limits.hold("CPU time to the first request over that of its libraries", first / libraries, "<=", 2.5)
    limits.hold(f"MB at most, {SYMBOLS} symbols", peak, "<=", MOST_MEGABYTES)
    limits.report_and_exit()


if __name__ == "__main__":
    main()
