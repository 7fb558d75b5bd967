"""Recorded series as tables, as they were sent, and the actions that adjusted ones book themselves."""

import json
from pathlib import Path

import pandas as pd

FOLDER = Path(__file__).resolve().parents[3] / "shared/alphavantage"
_DAILY = ["open", "high", "low", "close", "volume"]
_ADJUSTED = ["open", "high", "low", "close", "adjusted_close", "volume", "dividend_amount", "split_coefficient"]


def recordings(folder: str = "daily_adjusted", symbol: str = "*", kind: str = "*") -> list[Path]:
    """The files of recorded answers, none where they are not beside the checkout; ``kind`` is ``full`` or ``compact``.

    Those in the folder ``daily`` are as traded.
    """
    return sorted((FOLDER / folder).glob(f"{symbol}.{kind}.*"))


def recorded(file: Path) -> pd.DataFrame:
    """One recorded series, oldest row first, with the dataset's columns in the vendor's order."""
    if file.suffix == ".csv":
        table = pd.read_csv(file)
    else:
        answer = json.loads(file.read_text(encoding="utf-8"))
        (rows,) = (value for key, value in answer.items() if key.startswith("Time Series"))
        table = pd.DataFrame(list(rows.values()), index=list(rows), dtype=float).reset_index()
    columns = _ADJUSTED if len(table.columns) > len(_ADJUSTED) else _DAILY
    table = table.set_axis(["date", *columns], axis=1)
    table.insert(0, "symbol", file.name.split(".")[0])
    table = table.assign(date=pd.to_datetime(table["date"]).astype("datetime64[s]"))
    return table.astype({"volume": "int64"}).sort_values("date", ignore_index=True)


def booked_actions(table: pd.DataFrame) -> pd.DataFrame:
    """The actions in the columns ``dividend_amount`` and ``split_coefficient`` of an adjusted series."""
    splits = table[~table["split_coefficient"].isin([0, 1])]
    dividends = table[table["dividend_amount"] > 0]
    return pd.concat(
        [
            splits[["symbol", "date"]].assign(kind="split", value=splits["split_coefficient"]),
            dividends[["symbol", "date"]].assign(kind="dividend", value=dividends["dividend_amount"]),
        ],
        ignore_index=True,
    )
