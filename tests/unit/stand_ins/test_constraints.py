"""Values against the constraints of a service's model."""

import pytest
from botocore.model import ShapeResolver

from stockflow.stand_ins.constraints import broken_constraints

SHAPES = {
    "Request": {
        "type": "structure",
        "members": {name: {"shape": name} for name in ("Name", "Kind", "Rate", "Tags", "Inner")},
    },
    "Name": {"type": "string", "min": 2, "max": 4, "pattern": "^[a-z]+"},
    "Kind": {"type": "string", "enum": ["a", "b"]},
    "Rate": {"type": "integer", "min": 8, "max": 48},
    "Tags": {"type": "list", "member": {"shape": "Name"}},
    "Inner": {"type": "structure", "members": {"Name": {"shape": "Name"}}},
}
REQUEST = ShapeResolver(SHAPES).get_shape_by_name("Request")


@pytest.mark.parametrize(
    ("request_", "value", "where", "rule"),
    [
        ({"Kind": "c"}, "c", "kind", "satisfy enum value set: [a, b]"),
        ({"Name": "a"}, "a", "name", "have length greater than or equal to 2"),
        ({"Name": "abcde"}, "abcde", "name", "have length less than or equal to 4"),
        ({"Name": "ab%"}, "ab%", "name", "satisfy regular expression pattern: ^[a-z]+"),
        ({"Rate": 7}, 7, "rate", "have value greater than or equal to 8"),
        ({"Rate": 49}, 49, "rate", "have value less than or equal to 48"),
        ({"Tags": ["ab", "AB"]}, "AB", "tags.2.member", "satisfy regular expression pattern: ^[a-z]+"),
        ({"Inner": {"Name": "AB"}}, "AB", "inner.name", "satisfy regular expression pattern: ^[a-z]+"),
    ],
)
def test_a_broken_constraint_is_told_in_the_words_of_aws(request_, value, where, rule):
    """The sentence has the value, its place and the rule."""
    assert broken_constraints(REQUEST, request_) == (
        f"1 validation error detected: Value '{value}' at '{where}' failed to satisfy constraint: Member must {rule}"
    )


def test_broken_constraints_are_counted():
    """Two of them are told in one sentence."""
    assert broken_constraints(REQUEST, {"Kind": "c", "Rate": 7}).startswith("2 validation errors detected: Value 'c'")


@pytest.mark.parametrize("request_", [{}, {"Name": "ab", "Kind": "a", "Rate": 8, "Tags": []}, {"Unknown": 1}])
def test_a_request_within_the_limits_passes(request_):
    """What the model does not limit is no error either."""
    assert broken_constraints(REQUEST, request_) == ""
