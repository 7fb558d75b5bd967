"""The splits and dividends that a command reads: of an output folder, or of a deployed stack."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from time import sleep

from stockflow.cli.folder_bucket import FolderBucket
from stockflow.cloud.stack import Aws, Stack
from stockflow.errors import CommandFailed
from stockflow_functions.aws import keys
from stockflow_functions.aws.bucket import Bucket
from stockflow_functions.aws.freshness import FreshnessStore
from stockflow_functions.domain.actions.table import Actions, decode
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.parquet import NewerTableError, NotATableError
from stockflow_functions.domain.prices.series import DAILY


@dataclass(frozen=True)
class KeptActions:
    """Where they are: ``place`` is what sentences call it. What can't be read there is a ``CommandFailed``."""

    bucket: Bucket
    place: str

    def symbols(self) -> list[str]:
        """Those of whom something was asked, in alphabetical order."""
        try:
            return sorted(keys.symbol_of(key) for key in self.bucket.keys(keys.ACTIONS))
        except StockflowError as error:
            raise CommandFailed(str(error)) from None

    def read(self, symbol: str) -> Actions:
        """What is known of a symbol; of one that was never asked for, nothing."""
        key = keys.actions(symbol)
        try:
            stored = self.bucket.get(key)
            return Actions() if stored is None else decode(stored.body, symbol)
        except NewerTableError as error:
            raise CommandFailed(f"{self.place}/{key} is a newer release's ({error}): install that one.") from None
        except NotATableError as error:
            raise CommandFailed(
                f"{self.place}/{key} can't be read ({error}): move it away, and have it made anew."
            ) from None
        except StockflowError as error:
            raise CommandFailed(str(error)) from None

    def never_asked(self, asked: Iterable[str]) -> list[str]:
        """The symbols with daily prices that are not among those."""
        try:
            known = FreshnessStore(self.bucket, sleep).read(DAILY.name).known
        except StockflowError as error:
            raise CommandFailed(str(error)) from None
        return sorted(known.keys() - set(asked))


def actions_in(output_dir: Path) -> KeptActions:
    """Those of an output folder."""
    return KeptActions(FolderBucket(output_dir), str(output_dir))


def actions_on(aws: Aws, stack: Stack) -> KeptActions:
    """Those of a deployed stack."""
    return KeptActions(Bucket(aws.client("s3"), stack.bucket), f"s3://{stack.bucket}")
