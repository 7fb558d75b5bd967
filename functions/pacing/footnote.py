"""What the small print of a message says of the requests to the vendor. Pure."""

from stockflow_functions.domain.clock import from_iso, to_iso
from stockflow_functions.domain.messages.message import Piece, Untrusted
from stockflow_functions.pacing.contracts import RequestsMade


def request_pieces(requests: RequestsMade) -> tuple[Piece, ...]:
    """``Requests: 14 made, 15 of 25 of the day used, the quota is reset at 2026-11-21 05:00 UTC``."""
    pieces: list[Piece] = [f"Requests: {requests.get('made', 0):,} made"]
    if requests.get("day_limit"):
        pieces.append(f", {requests.get('day_used') or 0:,} of {requests['day_limit']:,} of the day used")
    resets_at = requests.get("day_resets_at")
    if resets_at:
        pieces += [", the quota is reset at ", *_time(resets_at)]
    return tuple(pieces)


def _time(iso: str) -> tuple[Piece, ...]:
    """``2026-11-21T05:00:00.000Z`` as ``2026-11-21 05:00 UTC``."""
    try:
        utc = to_iso(from_iso(iso))
    except ValueError:
        return (Untrusted(iso),)
    return (f"{utc[:10]} {utc[11:16]} UTC",)
