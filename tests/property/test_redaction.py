"""A secret is masked in whatever form a text has it."""

import json
import string
from base64 import b64encode, urlsafe_b64encode

from hypothesis import given, settings
from hypothesis import strategies as st

from stockflow_functions.domain.redaction import MASK, Redactor
from tests.helpers.examples import examples

LETTERS = string.ascii_letters + string.digits
KEYS = st.text(LETTERS, min_size=10, max_size=40).map(lambda text: f"7{text}q")
TOKENS = st.text(LETTERS, min_size=9, max_size=30).map(lambda text: f"{text}7x")
WEBHOOKS = st.builds("https://{}/services/{}/{}/{}".format, st.just("hooks.example.com"), TOKENS, TOKENS, TOKENS)
AROUND = st.text(st.characters(exclude_characters=LETTERS + "+/=-_%\\", exclude_categories=["Cs"]), max_size=30)

ONE_LETTER = {
    "plain": lambda c: c,
    "other case": str.swapcase,
    "percent": lambda c: f"%{ord(c):02x}",
    "percent, twice": lambda c: f"%25{ord(c):02X}",
    "escape": lambda c: f"\\u{ord(c):04x}",
    "escape, twice": lambda c: f"\\\\u{ord(c):04X}",
}


@st.composite
def written(draw, secret):
    """The secret with each of its letters in one form, or all in one."""
    form = st.sampled_from(sorted(ONE_LETTER))
    forms = draw(st.lists(form, min_size=len(secret), max_size=len(secret)) | form.map(lambda one: [one] * len(secret)))
    return "".join(ONE_LETTER[one](letter) for one, letter in zip(forms, secret, strict=True))


@settings(max_examples=examples(400))
@given(data=st.data(), secret=KEYS, before=AROUND, after=AROUND)
def test_a_key_is_masked_in_every_form(data, secret, before, after):
    """In any case, percent-encoded or with JSON's escapes, once or twice, letter by letter; what is around it stays."""
    redactor = Redactor()
    redactor.learn(secret)
    assert redactor.clean(before + data.draw(written(secret)) + after) == before + MASK + after


@settings(max_examples=examples(200))
@given(data=st.data(), webhook=WEBHOOKS)
def test_each_part_of_a_webhook_is_a_secret(data, webhook):
    """Its path, and what in it looks like a token: a server repeats them without the host, in a form of its own."""
    redactor = Redactor()
    redactor.learn(webhook)
    path = webhook.removeprefix("https://hooks.example.com/")
    for part in (path, *path.split("/")[1:]):
        assert redactor.clean(f"Cannot POST ({data.draw(written(part))})") == f"Cannot POST ({MASK})"
    assert redactor.clean("services of example.com") == "services of example.com"


@settings(max_examples=examples(200))
@given(secret=KEYS, before=st.binary(max_size=20), after=st.binary(max_size=20))
def test_base64_of_a_key_is_masked(secret, before, after):
    """Alone or amid other bytes; of its first and last letter a few bits are left."""
    redactor = Redactor()
    redactor.learn(secret)
    for encode in (b64encode, urlsafe_b64encode):
        clean = redactor.clean(f"<{encode(before + secret.encode() + after).decode()}>")
        assert MASK in clean
        assert encode(secret.encode()).decode().rstrip("=")[:-1] not in clean


@given(secret=st.text(min_size=4, max_size=30), depth=st.integers(0, 2), ascii_only=st.booleans())
def test_a_secret_is_masked_in_a_line_of_json(secret, depth, ascii_only):
    """With quotes and backslashes in it too, however the text it stands in was put into others."""
    redactor = Redactor()
    redactor.learn(secret)
    text = f"({secret})"
    for _ in range(depth):
        text = json.dumps(text, ensure_ascii=ascii_only)
    clean = redactor.clean(text)
    for _ in range(depth):
        clean = json.loads(clean)
    assert secret not in clean.replace(MASK, "")


@given(text=st.text())
def test_what_holds_no_secret_stays_as_it_is(text):
    """Whatever it looks like."""
    redactor = Redactor()
    redactor.learn("7KQXZWVJ5PLM", "https://hooks.example.com/services/T0QXZWVJK/B0QXZWVJK/q7XzWvJkQq")
    assert redactor.clean_data(text) == text


def test_short_and_wordlike_values_mask_no_words():
    """A key of four letters is masked as it is spelled; a path's words are no secrets by themselves."""
    redactor = Redactor()
    redactor.learn("demo", "http://127.0.0.1:80/services/warning", "", None, "abc")
    assert redactor.clean("the demo key is DEMO; a warning of all services") == (
        f"the {MASK} key is DEMO; a warning of all services"
    )
