"""The output folder: laid out as the bucket is, written as the bucket is written, read back in at the start.

An object's bytes are in its file alone, but for versions that were replaced since the start. Each file is written
beside its place and renamed into it, inside the lock that moto's requests take. So the folder never shows half a file,
whenever the process ends, and it never shows an older object after a newer one.
"""

from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

from moto.core.models import DEFAULT_ACCOUNT_ID
from moto.dynamodb.models import dynamodb_backends
from moto.s3.models import FakeKey

from stockflow.embedded.file_objects import add_from_file, keep_in_file, keep_in_memory, objects_of, without_bytes
from stockflow.embedded.table_file import PRIVATE, TableFile
from stockflow.file_names import must_be_text
from stockflow.sources.writing import BESIDE, write_by_rename
from stockflow_functions.aws.state_table import history

_TABLE_WRITES = frozenset({"PutItem", "UpdateItem", "DeleteItem", "TransactWriteItems", "BatchWriteItem"})


class Mirror:
    """Keeps one bucket and one table of the embedded AWS in a folder.

    Args:
        kept: prefixes of the objects that stay from run to run.
        table_file: where the table's items are kept.
    """

    def __init__(
        self, folder: Path, bucket: str, table: str, region: str, kept: tuple[str, ...], table_file: TableFile
    ) -> None:
        self.folder = folder
        self._bucket = bucket
        self._table = table
        self._region = region
        self._kept = kept
        self._table_file = table_file

    def read_back(self, dynamodb: Any, now_ms: int) -> None:
        """Puts the dataset and the table's items of the folder into the bucket and the table.

        Half-written files that a killed process left beside them are removed.

        Raises:
            Unusable: a file has a name that no key can have, or the table's file is damaged.
        """
        for place in (*self._kept, PRIVATE):
            for path in (self.folder / place).rglob(BESIDE):
                path.unlink()
        for runs in ("runs/*/", "runs/*/shards/*/", ""):
            for path in self.folder.glob(f"{runs}{BESIDE}"):
                path.unlink()
        for path in sorted(path for place in self._kept for path in self._files_at(place)):
            add_from_file(self._bucket, self._key_of(path), path)
        for item in self._table_file.read(now_ms):
            if not item["pk"]["S"].startswith(history.KEYS):  # of runs that are over
                dynamodb.put_item(TableName=self._table, Item=item)

    def _files_at(self, place: str) -> list[Path]:
        """Those below a prefix, or the one that it names in full."""
        path = self.folder / place
        return [path] if path.is_file() else [found for found in path.rglob("*") if found.is_file()]

    def file_of(self, bucket: str, key: str) -> Path | None:
        """The file that holds this object of the bucket, or None."""
        path = self._path_of(key)
        return path if bucket == self._bucket and path.is_file() else None

    def written_below(self, prefix: str) -> dict[tuple[str, str], float]:
        """Bucket and key of each object in this folder, and when it was written, in seconds since 1970."""
        files = [path for path in (self.folder / prefix).glob("*") if path.is_file()]
        return {(self._bucket, self._key_of(path)): path.stat().st_mtime for path in files}

    def listen(self, service: str, operation: str, bucket: str, key: str) -> None:
        """Writes what one successful request changed; see :data:`stockflow.embedded.shared_moto.Listener`."""
        if service == "s3" and bucket == self._bucket and key and operation in {"PUT", "DELETE"}:
            self._follow_object(key)
        elif service == "dynamodb" and operation in _TABLE_WRITES:
            self._follow_table()

    def _follow_object(self, key: str) -> None:
        objects, path = objects_of(self._bucket), self._path_of(key)
        *earlier, stored = objects.getlist(key, [None])
        keep_in_memory(earlier)
        if isinstance(stored, FakeKey):
            try:
                write_by_rename(path, stored.value, durable=key.startswith(self._kept))
            except OSError:
                _undo(objects, key)
                raise
        else:
            path.unlink(missing_ok=True)
        if stored is not None:
            objects.setlist(key, [*(version for version in earlier if not without_bytes(version)), stored])
        if isinstance(stored, FakeKey):
            keep_in_file(stored, path)

    def _follow_table(self) -> None:
        """Writes the table; a write that the disk does not take has not happened, as a request may be made by it."""
        table = dynamodb_backends[DEFAULT_ACCOUNT_ID][self._region].tables.get(self._table)
        if table is None:
            return
        before = self._table_file.items
        try:
            self._table_file.write([item.to_json()["Attributes"] for item in table.all_items()])
        except OSError:
            table.items.clear()
            for item in before:
                table.put_item(item, overwrite=True)
            raise

    def _path_of(self, key: str) -> Path:
        # functions/aws/keys.py percent-encodes symbols; the dots of a foreign key must not lead out of the folder.
        parts = [part if part.strip(".") else quote(part, safe="").replace(".", "%2E") for part in key.split("/")]
        return self.folder.joinpath(*parts)

    def _key_of(self, path: Path) -> str:
        must_be_text(path)
        parts = path.relative_to(self.folder).parts
        return "/".join(unquote(part) if not part.replace("%2E", "") else part for part in parts)


def _undo(versions: Any, key: str) -> None:
    """Removes the newest version of an object; the bucket is versioned, so the one before is the current one again."""
    before = versions.getlist(key)[:-1]
    if before:
        versions.setlist(key, before)
    else:
        versions.pop(key)
