"""AWS on a laptop: the workflow engine, its functions, its stores, and the folder that mirrors them. Python alone."""

from typing import TYPE_CHECKING, Any

from stockflow.embedded.lazy_packages import make_packages_lazy

if TYPE_CHECKING:
    from stockflow.embedded.aws import EmbeddedAws

__all__ = ["EmbeddedAws"]

make_packages_lazy()


def __getattr__(name: str) -> Any:
    # Imported when it is asked for: moto takes two seconds, for which `stockflow verify` should not wait.
    if name == "EmbeddedAws":
        from stockflow.embedded.aws import EmbeddedAws  # noqa: PLC0415

        return EmbeddedAws
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
