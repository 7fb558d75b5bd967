"""Prints the Python that the emulators and the built functions run under, or says why there is none."""

# ruff: noqa: T201 # the answer is what is printed

import sys

from tests.helpers.lambda_runtime.built import find_python313, why_not_here

if reason := why_not_here():
    print(f"make test-engines can't run here: {reason}; it needs Python 3.13 on x86_64 Linux.", file=sys.stderr)
    sys.exit(2)
print(find_python313())
