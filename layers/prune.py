"""What an installed layer does not need, by glob under its ``python/`` folder, each with the reason.

Found by asking which files nothing imports on the way through our handlers; ``tests/contract/test_build.py`` runs
them on what is left. pyarrow's libraries name each other (``libarrow_python`` needs Substrait), so those stay.
"""

PRUNE: dict[str, dict[str, str]] = {
    "common": {
        "bin": "command-line scripts",
        "boto3/data": "the resource interface; the functions use clients",
        "boto3/examples": "examples",
        "botocore/data/*/": "services that no function calls (see KEPT)",
        "botocore/data/*/*/examples-1.json": "examples",
        "botocore/cacert.pem": "certifi has the certificates",
        "holidays/locale": "translations of holidays' names",
        "wrapt-stubs": "types, for type checkers",
        "**/*.pyi": "types, for type checkers",
        "**/*.typed": "types, for type checkers",
    },
    "pandas": {
        "bin": "command-line scripts",
        "**/tests": "the packages' own tests",
        "**/*.pyi": "types, for type checkers",
        "**/*.pxd": "sources of compiled modules",
        "**/*.pyx": "sources of compiled modules",
        "**/*.pxi": "sources of compiled modules",
        "**/*.typed": "types, for type checkers",
        "numpy/f2py": "Fortran compiling",
        "numpy/_core/include": "C headers",
        "numpy/_core/lib": "static libraries to link C programs with",
        "numpy/random/lib": "static libraries to link C programs with",
        "numpy/random/_examples": "examples",
        "numpy/_pyinstaller": "packaging of desktop programs",
        "pyarrow/include": "C++ headers",
        "pyarrow/src": "C++ sources",
        "pyarrow/libarrow_flight.so*": "Flight, Arrow's network protocol",
        "pyarrow/libarrow_python_flight.so*": "Flight",
        "pyarrow/_flight.*": "Flight",
        "pyarrow/flight.py": "Flight",
        "pyarrow/libarrow_s3.so*": "pyarrow's own S3 client; the functions use boto3",
        "pyarrow/_s3fs.*": "pyarrow's own S3 client",
        "pyarrow/_gcsfs.*": "Google's cloud storage",
        "pyarrow/_azurefs.*": "Azure's storage",
        "pyarrow/_hdfs.*": "Hadoop's file system",
        "pyarrow/_orc.*": "the ORC format",
        "pyarrow/_dataset_orc.*": "the ORC format",
        "pyarrow/orc.py": "the ORC format",
        "pyarrow/_substrait.*": "query plans of other engines (its library stays: others link to it)",
        "pyarrow/libarrow_python_parquet_encryption.so*": "encrypted Parquet; S3 encrypts",
        "pyarrow/_parquet_encryption.*": "encrypted Parquet",
        "pyarrow/_dataset_parquet_encryption.*": "encrypted Parquet",
        "pyarrow/_pyarrow_cpp_tests.*": "pyarrow's tests",
        "pyarrow/libarrow_python.so": "a copy of libarrow_python.so.2600, which alone is loaded",
        "pyarrow/libarrow_python.so.*.*": "a copy of libarrow_python.so.2600",
    },
}

SERVICES = ("comprehend", "dynamodb", "s3", "secretsmanager", "sns", "stepfunctions", "transcribe")
"""Whose description botocore needs, to make the functions' clients."""

KEPT = frozenset(f"botocore/data/{service}" for service in SERVICES)
"""What a pattern names and the layer needs none the less."""
