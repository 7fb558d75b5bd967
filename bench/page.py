"""The page of a run: how long it takes to make, how large its file is, how soon it is seen."""

import os
import shutil
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from time import process_time

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

from stockflow.page.page import render_page
from stockflow.sources import SavedRun, model_of
from stockflow.sources.measured import bounded
from tests.helpers.made_runs import made_run, mixed
from tests.helpers.measured import measured_text

SYMBOLS_OF_21000_EVENTS = 1100
CALLS = 30
SYMBOLS_OF_2000_EVENTS, SYMBOLS_OF_25000_EVENTS = 105, 1310
FLAGS = "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking"
TRIES = 7


def main() -> int:
    """Prints each figure beside its limit; the exit status is 1 where one is over."""
    large = made_run(mixed(SYMBOLS_OF_21000_EVENTS))
    page = render_page(model_of(large))
    figures = [
        (f"model and page of {len(large.events):,} events, CPU time", cpu_seconds(large), 1.5, "s"),
        (f"the file of {SYMBOLS_OF_21000_EVENTS:,} symbols", len(page.encode()) / 1000, 1000, "kB"),
        (f"the file of {CALLS} calls of an hour", len(render_page(model_of(calls())).encode()) / 1000, 500, "kB"),
        ("cost per event at 25,000 events against 2,000", cost_ratio(), 1.3, "times"),
        (f"first full view of {SYMBOLS_OF_21000_EVENTS:,} symbols in Chromium", full_view_ms(page), 300, "ms"),
    ]
    for what, value, limit, unit in figures:
        told = "not measured: there is no chromium with chromedriver" if value is None else f"{value:8.2f} {unit}"
        print(f"{what:55} {told}   limit {limit:g} {unit}{'   OVER' if value is not None and value > limit else ''}")
    return int(any(value is not None and value > limit for _, value, limit, _ in figures))


def calls() -> SavedRun:
    """A run of as many calls as one takes, each with 130 passages of 500 characters."""
    run = made_run({f"C{number}": "ok" for number in range(CALLS)})
    texts = [measured_text(f"C{number}", 130, 500) for number in range(CALLS)]
    run.texts = list(bounded(texts))
    return run


def cpu_seconds(run: SavedRun) -> float:
    """The least of some tries: what else the machine does only adds."""
    return min(timed(lambda: render_page(model_of(run))) for _ in range(TRIES))


def timed(work: Callable[[], object]) -> float:
    began = process_time()
    work()
    return process_time() - began


def cost_ratio() -> float:
    """How much more an event costs in a run as large as AWS allows than in a small one."""
    runs = [made_run(mixed(count)) for count in (SYMBOLS_OF_2000_EVENTS, SYMBOLS_OF_25000_EVENTS)]
    small, large = (cpu_seconds(run) / len(run.events) for run in runs)
    return large / small


def full_view_ms(page: str) -> float | None:
    """Milliseconds from the navigation until everything is drawn, the least of some tries; None without a browser."""
    browser, chromedriver = shutil.which("chromium"), shutil.which("chromedriver")
    if not browser or not chromedriver:
        return None
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService  # noqa: PLC0415 # only where there is a browser
    from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415 # as above

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.html"
        file.write_text(page, encoding="utf-8")
        options = ChromeOptions()
        options.binary_location = browser
        for flag in (*FLAGS.split(), f"--user-data-dir={folder}/profile", "--window-size=1440,1000"):
            options.add_argument(flag)
        driver = Chrome(options=options, service=ChromeService(chromedriver, log_output=os.devnull))
        try:
            times = []
            for _ in range(TRIES + 1):
                driver.get("about:blank")
                driver.get(file.as_uri())
                ready = WebDriverWait(driver, 30, poll_frequency=0.02).until(
                    lambda opened: opened.execute_script("return document.documentElement.dataset.ready")
                )
                times.append(float(ready))
            return min(times[1:])
        finally:
            driver.quit()


if __name__ == "__main__":
    sys.exit(main())
