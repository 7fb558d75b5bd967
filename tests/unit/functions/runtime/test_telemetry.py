"""What a function writes into its log."""

import io
import json
import logging

from stockflow_functions.domain.redaction import Redactor
from stockflow_functions.runtime.telemetry import make_logger


def test_a_line_with_half_a_surrogate_is_written_whole():
    """A log is UTF-8, and what the vendor says may not be: the secret in it is masked all the same."""
    redactor, log = Redactor(), io.BytesIO()
    redactor.learn("SECRETKEY1")
    handler = logging.StreamHandler(io.TextIOWrapper(log, encoding="utf-8", write_through=True))

    make_logger(redactor, handler).error("Fetch failed", extra={"vendor_answer": "\ud800 half SECRETKEY1"})

    line = json.loads(log.getvalue())
    assert line["message"] == "Fetch failed"
    assert "half" in line["vendor_answer"]
    assert "SECRETKEY1" not in line["vendor_answer"]
