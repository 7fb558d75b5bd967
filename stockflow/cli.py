"""The command ``stockflow``."""

import click


@click.group()
@click.version_option(package_name="stockflow")
def main() -> None:
    """Keeps a dataset of daily stock prices up to date."""
