"""Keeps the tone that Amazon Comprehend gave and the tone of a local engine in separate folders."""

from pathlib import Path

from stockflow.errors import Unusable

_COLUMN = "engine_tone"
_AMAZON = "Amazon"


def hold_to_tone_engine(folder: Path, engine: str) -> None:
    """Refuses a folder whose calls were scored by the other kind of engine: their figures can't be compared.

    A file that can't be read is left to the function that needs it.

    Raises:
        Unusable: it holds the tone of the other kind.
    """
    for file in sorted(folder.glob("tone/*.parquet")):
        for known in _engines_in(file):
            if known.startswith(_AMAZON) != engine.startswith(_AMAZON):
                raise Unusable(
                    f"{file} holds tone from {known}, and this run would add tone from {engine}: "
                    "choose another folder with --output-dir."
                )


def _engines_in(file: Path) -> list[str]:
    # Here, for pyarrow takes a second to import.
    import pyarrow  # noqa: PLC0415
    from pyarrow import parquet  # noqa: PLC0415

    try:
        table = parquet.ParquetFile(file).read(columns=[_COLUMN])
    except (OSError, pyarrow.ArrowException):
        return []
    return [name for name in table.column(_COLUMN).unique().to_pylist() if name] if table.num_columns else []
