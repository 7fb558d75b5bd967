"""Figures beside their limits."""

import operator
import sys

_RELATIONS = {"<=": operator.le, ">=": operator.ge, "==": operator.eq}


class Limits:
    """Collects figures with the limits they are held to."""

    def __init__(self) -> None:
        self._lines: list[str] = []
        self._missed = 0

    def hold(self, what: str, figure: float, relation: str, limit: float) -> None:
        """Holds a figure to its limit; ``relation`` is ``<=``, ``>=`` or ``==``."""
        holds = _RELATIONS[relation](round(figure, 4), limit)
        self._missed += not holds
        self._lines.append(f"  {what:<72} {figure:>9.4g}  {relation} {limit:<6g} {'holds' if holds else 'MISSED'}")

    def report_and_exit(self) -> None:
        """Prints every figure; the exit status is 1 where one is missed."""
        print("\nFigures and their limits")
        print("\n".join(self._lines))
        print(f"{len(self._lines)} figures, {self._missed} missed")
        sys.exit(1 if self._missed else 0)
