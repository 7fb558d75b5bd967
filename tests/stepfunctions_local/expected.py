"""How each case of each state machine ends: the status, the error, the states that were entered."""

BEGIN = ["Plan", "AnythingToFetch?", "EachSymbol", "WaitForSlot", "Fetch"]
MOVED = ["ReadNewSlot", "TakeNewSlot", "WaitForSlot", "Fetch"]
DONE = ["Transform", "Save"]
END_WELL = ["Notify", "Outcome?", "Succeeded"]
END_RED = ["Notify", "Outcome?", "SymbolsFailed"]
END_BROKEN = ["NotifyFailure", "RunFailed"]

_PRICES = {
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

_PLAN = ["PlanCalls", "AnyCalls?"]
_DOOR = [*_PLAN, "EachCall", "Door?"]
_JOB = ["StartTranscription", "WaitForTranscription", "LookAtTranscription"]
_LOOK_AGAIN = ["Transcribed?", "WaitForTranscription", "LookAtTranscription"]
_ASKED = [*_DOOR, "WaitForSlot", "FetchTranscript"]
_MOVED = ["ReadNewSlot", "TakeNewSlot", "WaitForSlot", "FetchTranscript"]
_JUDGED = ["ReadTranscript", "JudgeTone", "SaveTone"]
_END_WELL = ["NotifyCalls", "Outcome?", "Succeeded"]
_END_RED = ["NotifyCalls", "Outcome?", "SymbolsFailed"]
_END_BROKEN = ["NotifyCallsFailure", "RunFailed"]

_CALLS = {
    "TranscriptDropped": ("SUCCEEDED", None, [*_DOOR, *_JUDGED, *_END_WELL]),
    "RecordingAdopted": ("SUCCEEDED", None, [*_DOOR, *_JOB, "Transcribed?", *_JUDGED, *_END_WELL]),
    "ThreeLooks": (
        "SUCCEEDED",
        None,
        [*_DOOR, *_JOB, *_LOOK_AGAIN, *_LOOK_AGAIN, "Transcribed?", *_JUDGED, *_END_WELL],
    ),
    "JobFailsThenWell": (
        "SUCCEEDED",
        None,
        [*_DOOR, *_JOB, "Transcribed?", *_JOB, "Transcribed?", *_JUDGED, *_END_WELL],
    ),
    "AudioRefused": ("FAILED", "SymbolsFailed", [*_DOOR, *_JOB, "SymbolFailed", *_END_RED]),
    "VendorHasIt": ("SUCCEEDED", None, [*_ASKED, *_JUDGED, *_END_WELL]),
    "NotPublishedYet": ("SUCCEEDED", None, [*_ASKED, "SymbolDeferred", *_END_WELL]),
    "SlotMoved": ("SUCCEEDED", None, [*_ASKED, *_MOVED, *_JUDGED, *_END_WELL]),
    "KeyRefused": ("FAILED", "InvalidApiKey", [*_ASKED, "KeyRefused", *_END_BROKEN]),
    "NoSpeech": ("FAILED", "SymbolsFailed", [*_DOOR, "ReadTranscript", "SymbolFailed", *_END_RED]),
    "ToneUnavailableThenWell": ("SUCCEEDED", None, [*_DOOR, *_JUDGED, *_END_WELL]),
    "LostRaceThenWell": ("SUCCEEDED", None, [*_DOOR, *_JUDGED, *_END_WELL]),
    "LambdaDies": ("FAILED", "SymbolsFailed", [*_DOOR, *_JUDGED, "SymbolFailed", *_END_RED]),
    "SlackDown": ("FAILED", "NotificationFailed", [*_DOOR, *_JUDGED, "NotifyCalls", *_END_BROKEN]),
    "AllKnown": ("SUCCEEDED", None, [*_PLAN, *_END_WELL]),
    "InputRefused": ("FAILED", "InvalidInput", ["PlanCalls", *_END_BROKEN]),
}

EXPECTED = {"DailyPrices": _PRICES, "EarningsCalls": _CALLS}
