"""A headless Chromium or Chrome, and pages to open in it; skipped where there is none with its chromedriver."""

import os
import shutil
from pathlib import Path

import pytest

from stockflow.sources import SavedRun, save_run
from tests.helpers.made_runs import made_run, mixed
from tests.helpers.measured import measured_text

SCREENSHOTS = Path(__file__).parents[2] / "artifacts" / "screenshots"
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    "--hide-scrollbars",
    "--force-color-profile=srgb",
)
TEN = {
    "AAPL": "ok",
    "MSFT": "retried",
    "NFLX": "bad",
    "BRK.B": "ok",
    "AMZN": "conflict",
    "BADSYM": "unknown",
    "TSLA": "moved",
    "GOOG": "ok",
    "NVDA": "quota",
    "META": "ok",
}


@pytest.fixture(scope="session")
def driver(tmp_path_factory):
    """One browser for all tests."""
    browser = shutil.which("chromium") or shutil.which("google-chrome")
    chromedriver = shutil.which("chromedriver")
    if not browser or not chromedriver:
        pytest.skip("there is no chromium with chromedriver: apt-get install chromium chromium-driver")
    from selenium.webdriver import Chrome, ChromeOptions, ChromeService  # noqa: PLC0415 # only where there is a browser

    options = ChromeOptions()
    options.binary_location = browser
    for flag in (*FLAGS, f"--user-data-dir={tmp_path_factory.mktemp('chromium')}"):
        options.add_argument(flag)
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    driver = Chrome(options=options, service=ChromeService(chromedriver, log_output=os.devnull))
    driver.set_window_size(1440, 1400)
    yield driver
    driver.quit()


class Page:
    """A page in the browser, with the questions that tests ask."""

    def __init__(self, driver):
        self.driver = driver

    def open(self, file, fragment="", scheme="light"):
        """Opens the file anew and waits until its script has drawn everything."""
        self.driver.execute_cdp_cmd(
            "Emulation.setEmulatedMedia", {"features": [{"name": "prefers-color-scheme", "value": scheme}]}
        )
        self.driver.get("about:blank")
        self.driver.get_log("browser")
        self.driver.get(f"{Path(file).as_uri()}{fragment}")
        self.wait("return document.documentElement.dataset.ready")
        return self

    def wait(self, script, seconds=20):
        """Waits until the script gives something true, and gives it."""
        from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415 # as above

        return WebDriverWait(self.driver, seconds, poll_frequency=0.02).until(
            lambda driver: driver.execute_script(script)
        )

    def run(self, script, *arguments):
        return self.driver.execute_script(script, *arguments)

    def all(self, selector):
        """The texts of all elements that match and are shown."""
        return self.run(
            "return [...document.querySelectorAll(arguments[0])].filter((e) => e.getClientRects().length)"
            ".map((e) => e.textContent.trim())",
            selector,
        )

    def one(self, selector):
        """The text of the one element that matches."""
        texts = self.all(selector)
        assert len(texts) == 1, (selector, texts)
        return texts[0]

    def click(self, selector):
        self.driver.find_element("css selector", selector).click()

    def press(self, *keys):
        """Types keys where the focus is."""
        from selenium.webdriver import ActionChains  # noqa: PLC0415 # as above

        ActionChains(self.driver).send_keys(*keys).perform()

    @property
    def chosen(self):
        """What the details are about, which row is marked, and which state."""
        return (
            self.one("#details h3"),
            self.all("#body tr.on th"),
            self.run(
                "return [...document.querySelectorAll('.st.on')].map((e) => e.getAttribute('aria-label').split(',')[0])"
            ),
        )

    def screenshot(self, name):
        """Keeps a picture of the window for people to look at."""
        SCREENSHOTS.mkdir(parents=True, exist_ok=True)
        self.driver.save_screenshot(str(SCREENSHOTS / f"{name}.png"))

    @property
    def complaints(self):
        """What the browser has to say."""
        return self.driver.get_log("browser")


@pytest.fixture
def page(driver):
    return Page(driver)


@pytest.fixture(scope="session")
def ten(tmp_path_factory):
    """The page of ten symbols, some of which failed."""
    run = made_run(TEN)
    run.slack = [
        {"channel": "warning", "received_at": "2026-11-20T22:30:12.000Z", "payload": {"text": "2 of 10 failed"}}
    ]
    return save_run(tmp_path_factory.mktemp("ten"), run).report


@pytest.fixture(scope="session")
def thousand(tmp_path_factory):
    """The page of a thousand symbols."""
    return save_run(tmp_path_factory.mktemp("thousand"), made_run(mixed(1000))).report


@pytest.fixture(scope="session")
def measured(tmp_path_factory):
    """The page of two items that went well, the first with a measured text."""
    run = made_run({"AAPL": "ok", "MSFT": "ok"})
    run.texts = [measured_text("AAPL")]
    return save_run(tmp_path_factory.mktemp("measured"), run).report


@pytest.fixture
def page_of(page, tmp_path):
    """Opens the page of any run."""

    def opened(run: SavedRun, **options):
        return page.open(save_run(tmp_path, run).report, **options)

    return opened
