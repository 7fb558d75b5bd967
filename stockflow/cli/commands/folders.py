"""Which output folder a command works in."""

from pathlib import Path

from stockflow.sources.opening import OpenedRun


def output_dir_of(opened: OpenedRun, output_dir: Path) -> Path:
    """The output folder that a run is in, however it was named; the given one for a run on AWS or from elsewhere."""
    folder = opened.folder
    here = folder is not None and folder.resolve().parent.name == "runs" and not opened.on_aws
    return folder.parent.parent if folder is not None and here else output_dir
