"""Where a command finds backfills: in an output folder, or in the deployed stack's bucket."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from stockflow.cli.estimate import Basis
from stockflow.cli.estimate_backfill import Days, days_left_over
from stockflow.cli.folder_bucket import alone_in
from stockflow.cloud.stack import Stack
from stockflow_functions.aws.backfills import BackfillStore
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.freshness import FreshnessStore
from stockflow_functions.aws.listings import read_listings
from stockflow_functions.daily_prices.plan.backfill_symbols import symbols_to_bring_in, with_tables
from stockflow_functions.daily_prices.plan.symbols import daily_symbols
from stockflow_functions.domain.backfill.part import Symbols
from stockflow_functions.domain.clock import SystemClock
from stockflow_functions.domain.listings.lookup import BELIEVED_FOR_DAYS, Listings
from stockflow_functions.domain.prices.exchanges import US, today
from stockflow_functions.domain.prices.series import DAILY
from stockflow_functions.vendors import vendor_named


@dataclass(frozen=True)
class Place:
    """A place of backfills.

    Attributes:
        bucket: to read from.
        basis: the settings and the request budget of runs there.
        folder: the output folder; None on AWS.
        stack: the stack; None in a folder.
    """

    bucket: Bucket
    basis: Basis
    folder: Path | None = None
    stack: Stack | None = None

    @property
    def store(self) -> BackfillStore:
        """The backfills, to look at."""
        return BackfillStore(self.bucket)

    @contextmanager
    def changing(self) -> Iterator[BackfillStore]:
        """The backfills, to change.

        Raises:
            Unusable: a run uses the folder.
        """
        if self.folder is None:
            yield self.store
            return
        with alone_in(self.folder) as bucket:
            yield BackfillStore(bucket)

    def symbols(self, names: list[str], series: str) -> Symbols:
        """What is known of these symbols: by earlier runs, and by the listings."""
        read = FreshnessStore(self.bucket, SystemClock().sleep).read(series).known
        known = with_tables(names, series, read, self.bucket.keys)
        vendor, now_ms = vendor_named(self.basis.settings.vendor), self.basis.now_ms
        return symbols_to_bring_in(names, known, self.listings, vendor, now_ms)

    @property
    def listings(self) -> Listings | None:
        """The listings, if they are young enough to be believed."""
        stored = read_listings(self.bucket)
        young = stored and stored.listings.age_days(today(US, self.basis.now_ms)) <= BELIEVED_FOR_DAYS
        return stored.listings if stored and young else None

    def days(self) -> Days:
        """What the quota leaves over here."""
        basis, vendor = self.basis, vendor_named(self.basis.settings.vendor)
        daily = self.symbols(daily_symbols(basis.settings.stock_symbols), DAILY.name)
        return days_left_over(basis.account, basis.settings.terms, daily, vendor, basis.now_ms)
