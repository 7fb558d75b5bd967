"""The built package, for the tests of this folder."""

from tests.helpers.lambda_runtime.fixtures import built, once, python313, runtime_client

__all__ = ["built", "once", "python313", "runtime_client"]
