"""SQL of the views that adjust, by the formula of :mod:`stockflow.dataset.adjusting`; DuckDB and Athena both read it.

They stand on the tables ``daily``, ``actions`` and ``catalog``. A symbol whose actions were never asked for, which the
catalog says, has empty prices in them.
"""

from string import Template

from stockflow.dataset.adjusting import How

_TEXT = Template("""\
WITH events AS (
SELECT symbol, date, open, high, low, close, volume, date AS session, 0E0 AS split, 0E0 AS cash FROM daily
UNION ALL SELECT symbol, date, CAST(NULL AS double), CAST(NULL AS double), CAST(NULL AS double),
CAST(NULL AS double), CAST(NULL AS bigint), CAST(NULL AS date),
CASE WHEN kind = 'split' THEN ln(value) ELSE 0E0 END, CASE WHEN kind = 'dividend' THEN value ELSE 0E0 END
FROM actions WHERE known_until IS NULL),
placed AS (
SELECT *, min(session) OVER (PARTITION BY symbol ORDER BY date
RANGE BETWEEN CURRENT ROW AND UNBOUNDED FOLLOWING) AS next_session
FROM events),
scaled AS (
SELECT *, exp(sum(split) OVER (PARTITION BY symbol ORDER BY date DESC
RANGE BETWEEN UNBOUNDED PRECEDING AND CURRENT ROW) - sum(split) OVER (PARTITION BY symbol, date)) AS shares
FROM placed WHERE next_session IS NOT NULL),
paid AS (
SELECT *, ln(close / (close + shares * sum(cash / shares) OVER (PARTITION BY symbol, next_session))) AS step
FROM scaled),
factors AS (
SELECT *, exp(coalesce(sum(step) OVER (PARTITION BY symbol ORDER BY date DESC
ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING), 0E0)) AS cash_factor
FROM paid WHERE session IS NOT NULL),
known AS (
SELECT symbol FROM catalog WHERE series = 'daily' AND $known),
adjusted AS (
SELECT factors.symbol, date, open, high, low, close, volume,
CASE WHEN known.symbol IS NOT NULL THEN $factor END AS factor,
CASE WHEN known.symbol IS NOT NULL THEN shares END AS shares
FROM factors LEFT JOIN known ON known.symbol = factors.symbol)
SELECT symbol, date, open * factor AS open, high * factor AS high, low * factor AS low, close * factor AS close,
CAST(round(volume * shares) AS bigint) AS volume
FROM adjusted""")
"""``shares``: how many a share of that day has become; ``cash_factor``: what dividends since then leave of a price."""

_PARTS: dict[How, dict[str, str]] = {
    "splits": {"known": "splits IS NOT NULL", "factor": "1 / shares"},
    "all": {"known": "splits IS NOT NULL AND dividends IS NOT NULL", "factor": "cash_factor / shares"},
}

VIEWS = {f"adjusted_{how}": _TEXT.substitute(parts) for how, parts in _PARTS.items()}
"""By name what each view selects: ``symbol``, ``date``, ``open``, ``high``, ``low``, ``close`` and ``volume``."""
