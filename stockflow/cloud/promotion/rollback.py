"""A rollback: the versions that were live before are live again."""

from collections.abc import Iterator, Sequence

from stockflow.cloud.promotion.versions import NoSuchAliasError, Version, Versions


def roll_back(every: Sequence[Versions]) -> Iterator[str]:
    """Exchanges the live version and the one before of each workflow, and says so; of a new one, that it stays.

    Raises:
        CommandFailed: no workflow was promoted yet, or a promotion stopped half-way; nothing is moved.
    """
    found: list[tuple[Versions, tuple[Version, Version]]] = []
    alone: list[NoSuchAliasError] = []
    for versions in every:
        try:
            found.append((versions, versions.live_and_previous()))
        except NoSuchAliasError as error:
            alone.append(error)
    if not found:
        raise alone[0]
    yield from (versions.exchange(*pair) for versions, pair in found)
    yield from map(str, alone)
