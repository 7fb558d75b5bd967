"""Which output folder a command works in."""

from pathlib import Path

from stockflow.sources.opening import OpenedRun

_SHARD_DEPTH = 2


def output_dir_of(opened: OpenedRun, output_dir: Path) -> Path:
    """The output folder that a run is in, however it was named; the given one for a run on AWS or from elsewhere."""
    if opened.folder is None or opened.on_aws:
        return output_dir
    places = [opened.folder.resolve().parent, *opened.folder.resolve().parent.parents]
    of_shard = len(places) > _SHARD_DEPTH and places[0].name == "shards"
    runs = places[_SHARD_DEPTH if of_shard else 0]
    return runs.parent if runs.name == "runs" else output_dir
