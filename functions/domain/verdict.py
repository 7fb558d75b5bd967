"""What a check of a stored object found, whatever the dataset. Pure."""

from dataclasses import dataclass, field


@dataclass(frozen=True)
class Verdict:
    """What was found in an object: ``breaches`` are errors, ``remarks`` are odd but were stored on purpose."""

    rows: int = 0
    first_date: str = ""
    last_date: str = ""
    breaches: list[str] = field(default_factory=list)
    remarks: list[str] = field(default_factory=list)


def as_sentence(error: Exception) -> str:
    """The error's message with a capital and a full stop."""
    return f"{str(error)[:1].upper()}{str(error)[1:]}."
