"""The query of the view ``call_reactions``: calls beside the moves of the close that followed them."""

CALL_REACTIONS = """\
WITH quotes AS (
SELECT 'daily_adjusted' AS prices, symbol, date, adjusted_close AS close FROM daily_adjusted
UNION ALL SELECT 'daily' AS prices, symbol, date, close FROM daily),
sessions AS (
SELECT prices, symbol, date, close,
lag(close) OVER (PARTITION BY prices, symbol ORDER BY date) AS before,
lead(close, 1) OVER (PARTITION BY prices, symbol ORDER BY date) AS after_1,
lead(close, 5) OVER (PARTITION BY prices, symbol ORDER BY date) AS after_5,
lead(close, 20) OVER (PARTITION BY prices, symbol ORDER BY date) AS after_20,
lead(date) OVER (PARTITION BY prices, symbol ORDER BY date) AS next_date
FROM quotes),
calls AS (
SELECT tone.symbol, call_date, label, quarter, source, language, engine_tone,
tone, tone_prepared, tone_qa, tone_change, previous_call_date,
prices, date AS close_date, close, before, after_1, after_5, after_20,
row_number() OVER (PARTITION BY tone.symbol, call_date, label, source
ORDER BY after_20 IS NULL, after_5 IS NULL, after_1 IS NULL, date DESC, prices DESC) AS choice
FROM tone LEFT JOIN sessions ON sessions.symbol = tone.symbol
AND date <= call_date AND (next_date > call_date OR next_date IS NULL)
WHERE date_known)
SELECT symbol, call_date, label, quarter, source, language, engine_tone,
tone, tone_prepared, tone_qa, tone_change, previous_call_date, prices, close_date, close,
CASE WHEN close_date = call_date THEN round(100 * (close / before - 1), 2) END AS percent_0,
round(100 * (after_1 / close - 1), 2) AS percent_1,
round(100 * (after_5 / close - 1), 2) AS percent_5,
round(100 * (after_20 / close - 1), 2) AS percent_20
FROM calls WHERE choice = 1
"""
"""The text that Athena has (docs/query.md describes the columns)."""
