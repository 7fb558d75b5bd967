"""Runs tests again and again, beside busy loops: what leans on luck or on the machine's speed fails some time.

Exit status 1 if a run failed. python -m tests.tools.often --times 10 --busy 2 tests/workflow -k budget
"""

# ruff: noqa: T201 # what it does is said as it goes

import argparse
import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager


def main() -> int:
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("--times", type=int, default=10, help="how often (10)")
    parser.add_argument("--busy", type=int, default=0, help="busy loops a core (0)")
    options, arguments = parser.parse_known_args()
    failed = 0
    with busy_loops(options.busy * (os.cpu_count() or 1)):
        for number in range(1, options.times + 1):
            failed += not passes(number, arguments)
    print(f"{options.times - failed} of {options.times} runs passed.")
    return 1 if failed else 0


def passes(number: int, arguments: Sequence[str]) -> bool:
    """Runs the tests once, and says how that went; all that pytest said only where a test failed."""
    began = time.monotonic()
    pytest = [sys.executable, "-m", "pytest", "-q", *arguments]
    done = subprocess.run(pytest, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - began
    said = done.stdout.strip().splitlines()
    largest_mb = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss // 1024
    summary = said[-1].strip("= ") if said else "no word"
    print(f"run {number}: {summary}, {seconds:.0f} s; largest process so far {largest_mb} MB", flush=True)
    if done.returncode:
        print(done.stdout, done.stderr, flush=True)
    return not done.returncode


@contextmanager
def busy_loops(count: int) -> Iterator[None]:
    """So many processes that do nothing but take the processor, until the block ends."""
    with ExitStack() as stack:
        for _ in range(count):
            loop = stack.enter_context(subprocess.Popen([sys.executable, "-c", "while True: pass"]))
            stack.callback(loop.kill)
        yield


if __name__ == "__main__":
    sys.exit(main())
