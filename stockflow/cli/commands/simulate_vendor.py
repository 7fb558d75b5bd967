"""``stockflow simulate-vendor``: the simulated Alpha Vantage on its own."""

import signal
from collections import Counter
from datetime import datetime
from pathlib import Path
from threading import Event

import click

from stockflow.errors import Unusable
from stockflow.simulated_alpha_vantage import FAULTS, SimulatedVendor

_FAULTS_HELP = "\b\n" + "\n".join(f"  {name:<14} {fault.description}" for name, fault in FAULTS.items())


@click.command("simulate-vendor", epilog=f"Faults:\n\n{_FAULTS_HELP}")
@click.option("--port", type=click.IntRange(0, 65_535), default=0, help="Where to listen.  [default: any free port]")
@click.option(
    "--recordings",
    type=click.Path(path_type=Path),
    metavar="DIR",
    help="Answer from recorded bodies (DIR/daily/IBM.compact.json, DIR/daily/IBM.full.csv, DIR/daily_adjusted/..., "
    "DIR/transcripts/IBM.2024Q1.json).",
)
@click.option(
    "--recordings-as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    metavar="DATE",
    help="Prefer recordings named asof a date up to this one, like 2024-06-30.",
)
@click.option(
    "--requests-per-minute",
    type=click.FloatRange(min=0),
    default=0,
    help="Refuse faster requests.  [default: no limit]",
)
@click.option(
    "--requests-per-day",
    type=click.IntRange(min=0),
    default=0,
    help="Refuse requests beyond this.  [default: no limit]",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="SYMBOL=NAME,...",
    help="Faults for the next requests for SYMBOL (* for any): AAPL=throttled,hang:5 or *=http_500*3. May be repeated.",
)
@click.option("--api-key", "api_keys", multiple=True, help="A valid key; may be repeated.  [default: any key is valid]")
def simulate_vendor(
    *,
    port: int,
    recordings: Path | None,
    recordings_as_of: datetime | None,
    requests_per_minute: float,
    requests_per_day: int,
    faults: tuple[str, ...],
    api_keys: tuple[str, ...],
) -> None:
    """Run a simulated Alpha Vantage on this machine until Ctrl-C: invented prices, or recorded answers."""
    try:
        vendor = SimulatedVendor(
            port=port,
            recordings=recordings,
            recordings_as_of=recordings_as_of.date().isoformat() if recordings_as_of else "",
            requests_per_minute=requests_per_minute,
            requests_per_day=requests_per_day,
            faults=scripts_of(faults),
            api_keys=api_keys or None,
        )
    except ValueError as error:
        raise Unusable(f"--fault: {error}") from None
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with vendor:
        _greet(vendor, recordings, api_keys)
        try:
            Event().wait()
        except KeyboardInterrupt:
            answered = Counter(request.answered for request in vendor.requests)
            counts = ", ".join(f"{count} {name}" for name, count in answered.most_common()) or "none"
            click.echo(f"\nRequests answered: {counts}.")


def scripts_of(texts: tuple[str, ...]) -> dict[str, list[str]]:
    """``("AAPL=throttled,burst",)`` to ``{"AAPL": ["throttled", "burst"]}``.

    Raises:
        Unusable: a text has no symbol or no name.
    """
    scripts: dict[str, list[str]] = {}
    for text in texts:
        symbol, _, names = text.partition("=")
        if not symbol.strip() or not names.strip():
            raise Unusable(f"--fault {text!r} has no symbol or no fault: write it like AAPL=throttled,hang:5.")
        scripts.setdefault(symbol.strip().upper(), []).extend(names.split(","))
    return scripts


def _greet(vendor: SimulatedVendor, recordings: Path | None, api_keys: tuple[str, ...]) -> None:
    what = f"answers recorded in {recordings}" if recordings else "SIMULATED PRICES, not market data"
    key = "$A_VALID_KEY" if api_keys else "anything"
    click.echo(f"Simulated Alpha Vantage ({what}) at {vendor.url}")
    click.echo(f"Point stockflow at it: ALPHA_VANTAGE_BASE_URL={vendor.url} ALPHA_VANTAGE_API_KEY={key} stockflow run")
    click.echo("Ctrl-C ends it.")
