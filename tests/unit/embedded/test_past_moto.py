"""What does not go through moto, though it is there."""

from collections import Counter
from types import SimpleNamespace

import pytest
import requests
from moto.core.models import responses_mock

from stockflow.embedded.past_moto import copied
from stockflow.embedded.shared_moto import MOTO
from stockflow.simulated_alpha_vantage import SimulatedVendor


@pytest.fixture(autouse=True)
def entered():
    MOTO.enter()
    yield
    MOTO.leave()


def test_a_vendors_answer_is_not_kept_by_moto():
    """A full history is a megabyte, and a universe has thousands."""
    with SimulatedVendor() as vendor:
        assert requests.get(f"{vendor.url}?symbol=A", timeout=10).status_code == 200

    assert len(responses_mock.calls) == 0


def test_a_request_for_aws_stays_in_this_process():
    """Nothing of this AWS is asked for on the internet."""
    assert requests.get("https://s3.us-east-1.amazonaws.com/", timeout=10).status_code in {200, 403}

    assert len(responses_mock.calls) == 1


def test_a_copied_value_shares_nothing_that_can_change():
    """JSON as it passes between states."""
    value = {"list": [{"n": 1.5}, None, True, "text"], "empty": {}}

    other = copied(value)
    other["list"][0]["n"] = 2

    assert value == {"list": [{"n": 1.5}, None, True, "text"], "empty": {}}


def test_what_is_no_json_is_copied_too():
    """The interpreter's own objects are among what it copies."""
    value = {"own": [SimpleNamespace(names=["a"])], "counts": Counter("ab")}

    other = copied(value)
    other["own"][0].names.append("b")

    assert (value["own"][0].names, other["counts"]) == (["a"], Counter("ab"))
