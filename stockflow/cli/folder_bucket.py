"""An output folder in the place of the bucket that it mirrors, for commands that change it without a run."""

from collections.abc import Iterator
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from filelock import Timeout

from stockflow.embedded.table_file import PRIVATE
from stockflow.embedded.tickets import lock_of
from stockflow.errors import Unusable
from stockflow.sources.writing import write_by_rename
from stockflow_functions.aws.bucket import Bucket, StoredObject
from stockflow_functions.domain.errors import StorageDenied, WriteConflict


class FolderBucket(Bucket):
    """The files of a folder as objects; an ETag is the hash of the content.

    Its conditions hold against other runs only inside :func:`alone_in`.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__(None, str(folder))
        self._folder = folder

    def keys(self, prefix: str) -> Iterator[str]:
        files = (path for path in (self._folder / prefix).rglob("*") if path.is_file() and path.name[0] != ".")
        yield from sorted(path.relative_to(self._folder).as_posix() for path in files)

    def get(self, key: str, most_bytes: int | None = None) -> StoredObject | None:
        path = self._folder / key
        try:
            body = path.read_bytes()
        except (FileNotFoundError, NotADirectoryError):
            return None
        except OSError as error:
            raise StorageDenied(f"{path} can't be read ({error.strerror}): mend that, or move it away.") from None
        return StoredObject(body[:most_bytes], _etag(body))

    def put(
        self,
        key: str,
        body: bytes,
        *,
        content_type: str = "",  # noqa: ARG002 # files have none
        if_match: str | None = None,
        if_none_match: bool = False,
        metadata: dict[str, str] | None = None,  # noqa: ARG002 # as above
    ) -> str:
        before = self.get(key)
        if (if_none_match and before) or (if_match is not None and (before is None or before.etag != if_match)):
            raise WriteConflict(f"another command wrote {key} in between.")
        write_by_rename(self._folder / key, body)
        return _etag(body)


@contextmanager
def alone_in(folder: Path) -> Iterator[FolderBucket]:
    """The folder, which no run uses meanwhile.

    Raises:
        Unusable: a run uses it, or it can't be written.
    """
    private = folder / PRIVATE
    try:
        private.mkdir(parents=True, exist_ok=True)
        with lock_of(private / "lock"):
            yield FolderBucket(folder)
    except Timeout:
        raise Unusable(f"A run is using {folder}: wait for its end, or stop it.") from None
    except OSError as error:
        raise Unusable(f"{folder} can't be written ({error.strerror}): choose another with --output-dir.") from None


def _etag(body: bytes) -> str:
    return sha256(body).hexdigest()
