"""How each case ends: the status, the error, the states that were entered."""

BEGIN = ["Plan", "AnythingToFetch?", "EachSymbol", "WaitForSlot", "Fetch"]
MOVED = ["ReadNewSlot", "TakeNewSlot", "WaitForSlot", "Fetch"]
DONE = ["Transform", "Save"]
END_WELL = ["Notify", "Outcome?", "Succeeded"]
END_RED = ["Notify", "Outcome?", "SymbolsFailed"]
END_BROKEN = ["NotifyFailure", "RunFailed"]

EXPECTED = {
    "AllWell": ("SUCCEEDED", None, [*BEGIN, *DONE, *END_WELL]),
    "NothingToDo": ("SUCCEEDED", None, ["Plan", "AnythingToFetch?", *END_WELL]),
    "ThrottledThenWell": ("SUCCEEDED", None, [*BEGIN, *DONE, *END_WELL]),
    "LostRaceThenWell": ("SUCCEEDED", None, [*BEGIN, *DONE, *END_WELL]),
    "SlotMoved": ("SUCCEEDED", None, [*BEGIN, *MOVED, *DONE, *END_WELL]),
    "TransformAsks": ("SUCCEEDED", None, [*BEGIN, "Transform", *MOVED, *DONE, *END_WELL]),
    "LambdaDiesThenWell": ("SUCCEEDED", None, [*BEGIN, *DONE, *END_WELL]),
    "LambdaDies": ("FAILED", "SymbolsFailed", [*BEGIN, *DONE, "SymbolFailed", *END_RED]),
    "UnknownSymbol": ("FAILED", "SymbolsFailed", [*BEGIN, "SymbolFailed", *END_RED]),
    "QuotaSpent": ("SUCCEEDED", None, [*BEGIN, "SymbolDeferred", *END_WELL]),
    "KeyRefused": ("FAILED", "InvalidApiKey", [*BEGIN, "KeyRefused", *END_BROKEN]),
    "SaveRefused": ("FAILED", "SymbolsFailed", [*BEGIN, *DONE, "SymbolFailed", *END_RED]),
    "SlackDown": ("FAILED", "NotificationFailed", [*BEGIN, *DONE, "Notify", *END_BROKEN]),
    "InputRefused": ("FAILED", "InvalidInput", ["Plan", *END_BROKEN]),
}
