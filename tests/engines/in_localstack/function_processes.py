"""Lambda without Docker: an execution environment is a process that runs the deployed package under AWS's client."""

import compileall
import json
import os
import sys
from pathlib import Path
from threading import Lock

from localstack.services.lambda_.invocation import runtime_executor
from localstack.services.lambda_.invocation.lambda_models import InvocationResult

from tests.helpers.lambda_runtime.function_process import FunctionProcess

_COMPILED = "compiled"
_ELSEWHERE = "AWS_ENDPOINT_URL_"
"""How the variables begin that lead to services which LocalStack does not have."""
_compiling = Lock()


def use_processes(runtime_client, logs):
    """From now on functions run so, with the runtime client of this folder, and write into files of the other."""

    class Executor(_ProcessExecutor):
        client_folder = Path(runtime_client)
        log_folder = Path(logs)

    runtime_executor.get_runtime_executor = lambda: Executor


class _ProcessExecutor(runtime_executor.RuntimeExecutor):
    client_folder: Path
    log_folder: Path

    def start(self, env_vars):
        name = self.function_version.id
        self._environment = {variable: str(value) for variable, value in env_vars.items()}
        # These are the process's own: the paths are none of this machine.
        for variable in ("LAMBDA_TASK_ROOT", "LAMBDA_RUNTIME_DIR"):
            self._environment.pop(variable)
        self._environment.update({name: url for name, url in os.environ.items() if name.startswith(_ELSEWHERE)})
        self._log = self.log_folder / f"{name.function_name}-{name.qualifier.strip('$')}-{self.id[:8]}.log"
        self._function = self._started()

    def _started(self):
        config = self.function_version.config
        # Lambda unpacks the layers over each other into /opt: of two files of one name the last layer's stays.
        layers = [layer.code.get_unzipped_code_location() / "python" for layer in reversed(config.layers)]
        return FunctionProcess(
            sys.executable,
            [config.code.get_unzipped_code_location(), *layers, self.client_folder],
            config.handler,
            self._environment,
            name=self.function_version.id.function_name,
            timeout_seconds=config.timeout,
            log=self._log,
        ).__enter__()

    def stop(self):
        self._function.__exit__()

    def invoke(self, payload):
        if not self._function.is_running:  # it died in the call before, and Lambda would start another one
            self._function.__exit__()
            self._function = self._started()
        before = self._log.stat().st_size
        answer = self._function.invoke(
            json.loads(payload["payload"]),
            request_id=payload["invoke-id"],
            function_arn=payload["invoked-function-arn"],
        )
        return InvocationResult(
            request_id=payload["invoke-id"],
            payload=answer.payload,
            is_error=bool(answer.error_type),
            logs=self._log.read_bytes()[before:].decode(errors="replace"),
            executed_version=self.function_version.id.qualifier,
        )

    def get_logs(self):
        return self._log.read_text()

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        """Asked before the start, for LocalStack's own Lambda runtime, which is not used."""
        return ""

    @classmethod
    def prepare_version(cls, function_version):
        config = function_version.config
        for code in (config.code, *(layer.code for layer in config.layers)):
            code.prepare_for_execution()
            _compile_once(code.get_unzipped_code_location())

    @classmethod
    def cleanup_version(cls, function_version):
        """The unpacked code goes with the rest of the room."""


def _compile_once(folder):
    """Compiles what many processes would else compile at once, on a machine with fewer processors than they are."""
    marker = folder.with_name(_COMPILED)
    with _compiling:
        if not marker.exists():
            compileall.compile_dir(folder, quiet=2)
            marker.touch()
