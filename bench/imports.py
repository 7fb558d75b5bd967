"""Seconds that each function's imports take beside ``boto3.client("s3")`` alone; the median of five processes.

Only Transform and Save may import pandas or pyarrow; the exit status is 1 where another function does.
"""

import statistics
import subprocess
import sys

STATES = ("Plan", "Fetch", "Transform", "Save", "Notify")
MAY_IMPORT_PANDAS = frozenset({"Transform", "Save"})
PROCESSES = 5
TIMED = """
import sys, time
began = time.perf_counter()
{work}
print(time.perf_counter() - began, *sorted({{"pandas", "pyarrow"}} & sys.modules.keys()))
"""
BOTO3 = "import boto3; boto3.client('s3', region_name='us-east-1', aws_access_key_id='x', aws_secret_access_key='x')"


def measured(work: str) -> tuple[float, list[str]]:
    """Seconds (median) and which of the heavy packages were imported."""
    answers = [
        subprocess.run(  # noqa: S603 # our own words
            [sys.executable, "-c", TIMED.format(work=work)], capture_output=True, text=True, check=True
        )
        for _ in range(PROCESSES)
    ]
    words = [answer.stdout.split() for answer in answers]
    return statistics.median(float(word[0]) for word in words), words[0][1:]


def main() -> None:
    """Prints the table."""
    alone, _ = measured(BOTO3)
    print(f"{'':<22} {'seconds':>8} {'ratio':>7}  heavy packages")
    print(f"{'boto3.client alone':<22} {alone:>8.3f} {1:>7.2f}")
    wrong = []
    for state in STATES:
        seconds, heavy = measured(f"import stockflow_functions.daily_prices.{state.lower()}.app")
        print(f"{state:<22} {seconds:>8.3f} {seconds / alone:>7.2f}  {', '.join(heavy) or 'none'}")
        if heavy and state not in MAY_IMPORT_PANDAS:
            wrong.append(state)
    if wrong:
        sys.exit(f"{', '.join(wrong)} must import neither pandas nor pyarrow")


if __name__ == "__main__":
    main()
