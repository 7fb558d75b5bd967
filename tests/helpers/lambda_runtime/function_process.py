"""A function as Lambda runs it: the built package in a process of its own, under AWS's runtime client."""

import json
import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from contextlib import nullcontext
from pathlib import Path
from threading import Thread
from typing import Any, Self

from tests.helpers.lambda_runtime.runtime_api import Answer, RuntimeApi

REGION = "us-east-1"
_ACCOUNT_ARN = f"arn:aws:lambda:{REGION}:123456789012:function:"
_POLL_SECONDS = 0.1
_LONGEST_INIT_SECONDS = 60


class FunctionProcess:
    """One instance of a function, open as a context manager; on entering, its INIT is over.

    Args:
        python: Python 3.13.
        folders: what stands for /var/task, the layers' /opt/python and the runtime's own packages, in that order.
        handler: as in the template, such as ``stockflow_functions.daily_prices.fetch.app.handler``.
        environment: the function's variables, and where its AWS is (``AWS_ENDPOINT_URL``).
        name: the function's name.
        timeout_seconds: after so long a call is given up.
        log: a file that takes what the process writes; without one it is in ``lines``.
    """

    def __init__(
        self,
        python: str,
        folders: Sequence[Path],
        handler: str,
        environment: Mapping[str, str],
        *,
        name: str = "function",
        timeout_seconds: float = 120,
        log: Path | None = None,
    ) -> None:
        self.name = name
        self.lines: list[str] = []
        """Standard output and standard error together, line by line."""
        self._python = python
        self._folders = [str(folder) for folder in folders]
        self._handler = handler
        self._environment = environment
        self._timeout_seconds = timeout_seconds
        self._log = log
        self._api = RuntimeApi()
        self._process: subprocess.Popen[str] | None = None

    def __enter__(self) -> Self:
        self._api.__enter__()
        # -S: nothing of this machine's site-packages. -B: no .pyc files, which Lambda could not write either.
        command = [self._python, "-S", "-B", "-m", "awslambdaric", self._handler]
        with self._log.open("ab") if self._log else nullcontext(subprocess.PIPE) as output:
            self._process = subprocess.Popen(
                command,
                cwd=self._folders[0],
                env=self._whole_environment(),
                stdout=output,
                stderr=subprocess.STDOUT,
                text=True,
                encoding="utf-8",
            )
        self._reader = Thread(target=self._read, name=f"output of {self.name}", daemon=True)
        self._reader.start()
        ends = time.monotonic() + _LONGEST_INIT_SECONDS
        while not self._api.ready.wait(_POLL_SECONDS) and self.is_running and time.monotonic() < ends:
            pass
        return self

    def __exit__(self, *_: object) -> None:
        process = self._started
        process.kill()
        process.wait()
        self._reader.join()
        if process.stdout:
            process.stdout.close()
        self._api.__exit__()

    @property
    def pid(self) -> int:
        """The process's id."""
        return self._started.pid

    @property
    def is_running(self) -> bool:
        """Whether it has not ended of itself."""
        return self._started.poll() is None

    def invoke(self, event: Any, *, request_id: str = "", function_arn: str = "") -> Answer:
        """Calls the function with this event, under an id and an ARN of its own where none are given.

        A call that outlasts its time, and a process that ends, are answered under Lambda's names for them:
        ``Sandbox.Timedout`` (the process is ended) and ``Runtime.ExitError``.
        """
        body = json.dumps(event, ensure_ascii=False).encode()
        request_id = self._api.call(
            body,
            timeout_seconds=self._timeout_seconds,
            function_arn=function_arn or _ACCOUNT_ARN + self.name,
            request_id=request_id,
        )
        ends = time.monotonic() + self._timeout_seconds
        while (answer := self._api.answer(_POLL_SECONDS)) is None:
            if not self.is_running:
                return _ended(request_id, "Runtime.ExitError", f"exit status {self._started.returncode}")
            if time.monotonic() > ends:
                self._started.kill()
                return _ended(request_id, "Sandbox.Timedout", f"timed out after {self._timeout_seconds:.2f} seconds")
        return answer

    @property
    def _started(self) -> subprocess.Popen[str]:
        if self._process is None:
            raise RuntimeError("the function is not running: enter it first")
        return self._process

    def _read(self) -> None:
        for line in self._started.stdout or ():
            self.lines.append(line.rstrip("\n"))

    def _whole_environment(self) -> dict[str, str]:
        """What Lambda sets of itself, where a function could tell, and the function's own variables.

        https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html, "Defined runtime environment variables"
        """
        return {
            "PATH": os.defpath,
            "LANG": "en_US.UTF-8",
            "TZ": ":UTC",
            "PYTHONPATH": os.pathsep.join(self._folders),
            "LAMBDA_TASK_ROOT": self._folders[0],
            "LAMBDA_RUNTIME_DIR": self._folders[-1],
            "_HANDLER": self._handler,
            "AWS_EXECUTION_ENV": "AWS_Lambda_python3.13",
            "AWS_LAMBDA_FUNCTION_NAME": self.name,
            "AWS_LAMBDA_FUNCTION_VERSION": "1",
            "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "256",
            "AWS_LAMBDA_INITIALIZATION_TYPE": "on-demand",
            "AWS_LAMBDA_LOG_FORMAT": "JSON",
            "AWS_LAMBDA_LOG_LEVEL": "INFO",
            "AWS_LAMBDA_RUNTIME_API": self._api.address,
            "AWS_REGION": REGION,
            "AWS_DEFAULT_REGION": REGION,
            "AWS_ACCESS_KEY_ID": "ASIAFUNCTION",
            "AWS_SECRET_ACCESS_KEY": "function",
            "AWS_SESSION_TOKEN": "function",
            **self._environment,
        }


def _ended(request_id: str, error_type: str, how: str) -> Answer:
    told = {"errorType": error_type, "errorMessage": f"RequestId: {request_id} Error: {how}"}
    return Answer(json.dumps(told).encode(), request_id, error_type)
