"""The command ``stockflow``."""

import os
import sys
from importlib import import_module

import click

from stockflow.errors import INTERRUPTED, CommandError
from stockflow.terminal import never_refused, printable

# Each command is imported when it is called: moto and pandas take a second that `stockflow --help` should not wait for.
_COMMANDS = {
    "run": ("stockflow.cli.commands.run", "run"),
    "call": ("stockflow.cli.commands.call", "call"),
    "plan": ("stockflow.cli.commands.plan", "plan"),
    "backfill": ("stockflow.cli.commands.backfill", "backfill"),
    "replay": ("stockflow.cli.commands.replay", "replay"),
    "rerun": ("stockflow.cli.commands.rerun", "rerun"),
    "resume": ("stockflow.cli.commands.resume", "resume"),
    "runs": ("stockflow.cli.commands.runs", "runs"),
    "schedule": ("stockflow.cli.commands.schedule", "schedule"),
    "start": ("stockflow.cli.commands.start", "start"),
    "watch": ("stockflow.cli.commands.watch", "watch"),
    "show": ("stockflow.cli.commands.show", "show"),
    "actions": ("stockflow.cli.commands.actions", "actions"),
    "listings": ("stockflow.cli.commands.listings", "listings"),
    "prices": ("stockflow.cli.commands.prices", "prices"),
    "export": ("stockflow.cli.commands.export", "export"),
    "sql": ("stockflow.cli.commands.sql", "sql"),
    "catalog": ("stockflow.cli.commands.catalog", "catalog"),
    "findings": ("stockflow.cli.commands.findings", "findings"),
    "verify": ("stockflow.cli.commands.verify", "verify"),
    "promote": ("stockflow.cli.commands.promote", "promote"),
    "serve-functions": ("stockflow.cli.commands.serve_functions", "serve_functions"),
    "simulate-vendor": ("stockflow.cli.commands.simulate_vendor", "simulate_vendor"),
}


class _LazyGroup(click.Group):
    def list_commands(self, ctx: click.Context) -> list[str]:  # noqa: ARG002 # click's own
        return list(_COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:  # noqa: ARG002 # as above
        if cmd_name not in _COMMANDS:
            return None
        module, name = _COMMANDS[cmd_name]
        command: click.Command = getattr(import_module(module), name)
        return command

    def invoke(self, ctx: click.Context) -> object:
        never_refused()
        try:
            return super().invoke(ctx)
        except CommandError as error:
            click.echo(printable(f"stockflow: {_without_secrets(str(error))}"), err=True)
            sys.exit(error.exit_status)
        except KeyboardInterrupt:
            click.echo("stockflow: Stopped: what is saved stays saved, and `stockflow runs` lists the runs.", err=True)
            sys.exit(INTERRUPTED)


def _without_secrets(sentence: str) -> str:
    """Masks secrets: a sentence that quotes the user's input may quote a secret given in the wrong place."""
    from stockflow_functions.domain.redaction import Redactor  # noqa: PLC0415 # as above
    from stockflow_functions.runtime.services import secret_names  # noqa: PLC0415 # as above
    from stockflow_functions.vendors import name_in  # noqa: PLC0415 # as above

    redactor = Redactor()
    redactor.learn(*(os.environ.get(name) for name in secret_names(name_in(os.environ))))
    return redactor.clean(sentence)


@click.group(cls=_LazyGroup)
@click.version_option(package_name="stockflow")
def main() -> None:
    """Keeps a dataset of daily stock prices up to date."""
