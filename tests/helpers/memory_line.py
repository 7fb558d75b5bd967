"""Transform and Save, one after the other, on a bucket in memory."""

import gzip
import io

import pandas as pd

from stockflow.testing import FakeAws, FakeClock
from stockflow_functions.aws import keys
from stockflow_functions.daily_prices.noted import outcome_in
from stockflow_functions.daily_prices.save.app import handler as save_handler
from stockflow_functions.daily_prices.transform.app import handler as transform_handler
from stockflow_functions.domain.clock import from_iso

LONG_AFTER_MS = from_iso("2030-01-01T00:00:00Z")


class Line:
    """One symbol's way from a stored answer to the dataset. ``symbol`` and ``saves`` may change between runs."""

    def __init__(self, symbol="IBM", series="daily"):
        self.symbol, self.series, self.spare_events, self.saves = symbol, series, 1000, True
        self.aws = FakeAws(FakeClock(LONG_AFTER_MS))
        self.s3, self.services = self.aws.s3, self.aws.services

    def answer(self, body, execution="one", fetched_at="2024-09-05T22:00:00.000Z", **more):
        """Stores the body as Fetch does."""
        key = keys.raw(self.series, self.symbol, execution)
        self.s3.place(key, gzip.compress(body, mtime=0))
        return {"key": key, "bytes": len(body), "fetched_at": fetched_at, "last_refreshed": "", "attempts": 1, **more}

    def transform(self, body, execution="one", **about):
        return self.transform_stored(self.answer(body, execution, **about), execution)

    def transform_stored(self, answer, execution="one"):
        event = {"run": self._run(execution), "symbol": self.symbol, "answer": answer, "retry_count": 0}
        return transform_handler.run(event, None, self.services)

    def save(self, table, execution="one", *, force=False):
        event = {"run": self._run(execution, force=force), "symbol": self.symbol, "table": table, "retry_count": 0}
        return save_handler.run(event, None, self.services)

    def run(self, body, execution="one", *, force=False, **about):
        """Both states; gives the symbol's outcome."""
        self.save(self.transform(body, execution, **about), execution, force=force)
        return self.record(execution)

    def _run(self, execution, *, force=False):
        about = {"execution": execution, "series": self.series, "outputsize": "compact", "force": force}
        about |= {} if self.saves else {"saves": False}
        return {**about, "trigger": "console", "generation": 0, "spare_events": self.spare_events}

    def record(self, execution="one"):
        """The symbol's outcome as the run left it: in a record, or noted on the object of the dataset."""
        written = self.services.bucket.get_json(keys.symbol_record(execution, self.symbol))
        noted = outcome_in(self.s3.metadata.get(self.key, {}), execution)
        return written or (noted and noted.as_dict())

    @property
    def key(self):
        return keys.prices(self.series, self.symbol)

    def stored(self):
        """The dataset's table as pandas reads it."""
        return pd.read_parquet(io.BytesIO(self.s3.objects[self.key]))

    def stored_closes(self):
        table = self.stored()
        return {str(day): close for day, close in zip(table["date"], table["close"], strict=True)}
