"""Whatever the key is, and whatever the vendor says, no error holds it."""

import json
import string
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from stockflow.simulated_alpha_vantage import FAULTS, SimulatedVendor
from stockflow_functions.domain.errors import StockflowError
from stockflow_functions.domain.redaction import MASK, Redactor
from stockflow_functions.vendors.alpha_vantage.classifier import classify
from stockflow_functions.vendors.alpha_vantage.client import AlphaVantage
from stockflow_functions.vendors.alpha_vantage.download import Download, DownloadLimits, new_session
from stockflow_functions.vendors.alpha_vantage.quoting import quoted
from tests.helpers.examples import examples

# Real keys are 16 capitals and digits. Ours hold a digit, so that none is an English word of our own sentences.
keys = st.text(string.ascii_letters + string.digits, min_size=7, max_size=40).map(lambda text: f"7{text}")
odd_keys = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=8, max_size=30).filter(
    lambda key: not any(word in key for word in ("Alpha", "answer", MASK)) and any(c.isdigit() for c in key)
)
SPOKEN = st.sampled_from(["Note", "Information", "Error Message", "message", "detail", "Surprise"])
REFUSING = [name for name in FAULTS if name not in {"ok", "hang", "drip"}]


@given(key=keys | odd_keys, spoken=SPOKEN, before=st.text(max_size=400), after=st.text(max_size=400))
def test_no_answer_puts_the_key_into_an_error(key, spoken, before, after):
    """The vendor may repeat the key anywhere in any sentence, or even as a key of its JSON."""
    redactor = Redactor()
    redactor.learn(key)
    for answer in ({spoken: before + key + after}, {before + key: after}):
        body = json.dumps(answer, ensure_ascii=False).encode(errors="surrogatepass")
        with pytest.raises(StockflowError) as caught:
            classify(200, "application/json", body, "TIME_SERIES_DAILY", redactor.clean)
        assert key not in str(caught.value)
        assert key not in caught.value.vendor_text


@given(key=keys, status=st.integers(100, 599), body=st.binary(max_size=300), content_type=st.text(max_size=100))
def test_any_bytes_end_as_data_or_as_our_own_error(key, status, body, content_type):
    """No answer whatever makes the classifier crash."""
    redactor = Redactor()
    redactor.learn(key)
    with pytest.raises(StockflowError) as caught:
        classify(status, content_type, body, "TIME_SERIES_DAILY", redactor.clean)
    assert str(caught.value)


@pytest.fixture(scope="module")
def vendor():
    with SimulatedVendor() as running:
        yield running


@settings(max_examples=examples(40), deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(key=keys, fault=st.sampled_from(REFUSING))
def test_no_request_puts_the_key_into_an_error(vendor, key, fault):
    """The key is in every URL, and in none of the errors that requests end with, nor in their causes."""
    vendor.fail("IBM", fault)
    asking = AlphaVantage(new_session(vendor.url), vendor.url, key, Redactor(), limits=DownloadLimits(total_seconds=5))
    with pytest.raises(StockflowError) as caught:
        asking.bars("IBM")
    told = f"{caught.value!r} {vars(caught.value)} {caught.value.__context__!r} {caught.value.__cause__!r}"
    assert key not in told


@given(key=keys | odd_keys, before=st.text(max_size=40), escaped=st.booleans(), plain=st.booleans())
def test_no_answer_that_the_log_keeps_holds_the_key(key, before, escaped, plain):
    """As a text or as a name of its JSON, written with escapes or without, or in a page of words."""
    redactor = Redactor()
    redactor.learn(key)
    text = before + key if plain else json.dumps({"a": [before + key], key: 1}, ensure_ascii=escaped)
    kept = quoted(Download(200, f"text/{key}", text.encode(errors="surrogatepass")), redactor.clean)
    told = [kept["body"], kept["content_type"]]
    # A key of hex digits may begin inside an escape before it, which is masked with it: what is left is no JSON then.
    with suppress(ValueError):
        parsed = {} if plain else json.loads(kept["body"])
        told += [*parsed, *parsed.get("a", ())]
    assert not any(key in text for text in told)


@given(key=keys)
def test_the_redactor_masks_the_key_in_urls_and_sentences(key):
    """As learned, percent-encoded, after apikey=, and in the vendor's own sentence."""
    redactor = Redactor()
    told = f"GET /query?symbol=IBM&apikey={key}&x=1: We have detected your API key as {key} and our limit"
    assert key not in redactor.clean(told)
    redactor.learn(key)
    assert key not in redactor.clean(f"nothing but {key}.")
