"""``stockflow serve-functions``: the functions behind Lambda's Invoke API, for AWS's own Step Functions Local."""

import os
import signal
from functools import partial
from pathlib import Path
from threading import Event

import click

from stockflow.cli.commands.options import output_dir_option
from stockflow.embedded.aws import EmbeddedAws
from stockflow.embedded.resources import HostedWorkflow
from stockflow.embedded.waiting import Waiting
from stockflow.local_servers.lambda_endpoint import LambdaEndpoint
from stockflow.terminal import say


@click.command("serve-functions")
@click.option("--port", type=click.IntRange(0, 65535), default=3001, show_default=True, help="0 for any free one.")
@click.option(
    "--host",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen at. A container reaches 127.0.0.1 on macOS and Windows, and 172.17.0.1 on Linux.",
)
@output_dir_option
def serve_functions(port: int, host: str, output_dir: Path) -> None:
    """Answer Lambda's Invoke API with the real functions until Ctrl-C; S3 and the rest are part of this process.

    The definition, with the functions' names filled in, is written to the output folder for CreateStateMachine.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    waiting = Waiting(partial(say, err=True))
    with EmbeddedAws(output_dir, dict(os.environ), waiting=waiting) as aws, LambdaEndpoint(host, port) as endpoint:
        for own in aws.machines.values():
            aws.check_folder(own.workflow.name)
        files = [_served(own, endpoint, output_dir) for own in aws.machines.values()]
        click.echo(f"The functions answer at {endpoint.base_url}. Set LAMBDA_ENDPOINT to it for Step Functions Local.")
        for file in files:
            click.echo(f"Its state machine: create-state-machine --definition file://{file}")
        try:
            Event().wait()
        except KeyboardInterrupt:
            click.echo("Stopped.")


def _served(own: HostedWorkflow, endpoint: LambdaEndpoint, output_dir: Path) -> Path:
    """The file to which a workflow's definition was written; its functions answer at the endpoint."""
    for function in own.functions.values():
        endpoint.host(function.name, function)
    file = output_dir / own.workflow.definition.replace(".asl.json", ".local.json")
    file.write_text(own.definition, encoding="utf-8")
    return file
