"""What a rule about prices is, and the rules about more than one bar; docs/data.md shows them, and a test compares."""

from dataclasses import dataclass
from enum import StrEnum

NEWEST_VOLUME = "newest-volume"
"""The everyday kind of restatement: only the volume of the newest stored bar."""


class Severity(StrEnum):
    """What happens if a rule is broken."""

    REJECT = "the bar is set aside into rejected/"
    LEAVE_OUT = "the bar is left out and counted"
    ODD = "stored, and reported"
    REPORT = "reported"
    REPLACE = "replaced; old and new values go to restated/"
    REFUSE = "nothing is saved; reported, and stale"
    MOVE_ASIDE = "moved aside to quarantine/, and reported"
    FAIL = "the symbol fails as BadPrices"


@dataclass(frozen=True)
class Rule:
    """A rule's name, what happens if it is broken, and when it is."""

    name: str
    severity: Severity
    sentence: str


DUPLICATE = Rule("duplicate-date", Severity.REJECT, "another bar of the same answer has this date, or is of this week")

SECOND_SERIES = Rule("second-series", Severity.REJECT, "the bar is in a second time series of the same answer")

STALE, GAP, OTHER_BASIS, OTHER_COMPANY = "stale", "gap", "other-basis", "other-company"
JUMP, UNIT_SWITCH, UNADJUSTED_SPLIT = "jump", "unit-switch", "unadjusted-split"
MISSING_SESSION, DAY_WITHOUT_SESSION = "missing-session", "day-without-session"
RESTATED, NOT_A_TABLE, OLDER_SCHEMA = "restated", "not-a-table", "older-schema"

REJECTING = frozenset(
    {
        *("field-twice", "impossible-date", "future-date", "weekend-date", "unreadable-number", "price-not-positive"),
        *("negative-value", "high-below-low", "outside-range", DUPLICATE.name, SECOND_SERIES.name),
    }
)
"""Rules whose bars are set aside, for who can't import the checks themselves, which need pandas."""

TABLE_RULES = (
    DUPLICATE,
    SECOND_SERIES,
    Rule("no-usable-bar", Severity.FAIL, "every bar of the answer was set aside"),
    Rule(
        JUMP,
        Severity.ODD,
        "the close moved by a factor of 1.4, or in a session open and close by 1.19, from the close before; "
        "no split explains it",
    ),
    Rule(
        UNIT_SWITCH,
        Severity.ODD,
        "a jump that is none once one of the closes is taken a hundredfold; "
        "or most closes of ten or more common days are so far off",
    ),
    Rule(
        UNADJUSTED_SPLIT,
        Severity.ODD,
        "SPLITS explains a jump, and the adjusted series itself has no split coefficient for it",
    ),
    Rule(
        MISSING_SESSION,
        Severity.REPORT,
        "the exchange traded on a day, or in a week, between two bars, and there is no bar for it",
    ),
    Rule(DAY_WITHOUT_SESSION, Severity.ODD, "the exchange's calendar has no session on the day of the bar"),
    Rule(STALE, Severity.REPORT, "the newest bar is older than the last session, or week, that is over"),
    Rule(GAP, Severity.REPORT, "sessions, or weeks, lie between the stored bars and the new ones"),
    Rule(RESTATED, Severity.REPLACE, "a stored bar comes again with other values"),
    Rule(
        OTHER_COMPANY,
        Severity.REPORT,
        "most closes of ten or more common days are over 5 % off, or the whole history begins behind a hole",
    ),
    Rule(
        OTHER_BASIS,
        Severity.REFUSE,
        "only the newest bars came, and their adjusted closes are on another basis than the stored ones",
    ),
    Rule(
        NOT_A_TABLE,
        Severity.MOVE_ASIDE,
        "the stored object is not a table of its symbol and series; a new one takes its place",
    ),
    Rule(OLDER_SCHEMA, Severity.MOVE_ASIDE, "a stored table is not of the present schema or order; it is migrated"),
)
"""Rules about more than one bar; the modules that apply them are named in docs/data.md."""
