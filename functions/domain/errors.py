"""Every error the workflow knows by name. A class name is the very string in ErrorEquals.

StockflowError
├── TransientError (a mixin: may pass in seconds; some Retry names it)
│   ├── Throttled              the vendor says slow down
│   ├── ProviderUnavailable    network, time-out, 5xx, HTML, truncated JSON
│   ├── UnexpectedAnswer       valid JSON of a kind never seen
│   ├── WriteConflict          Save lost a race for the symbol's object
│   ├── StorageUnavailable     S3 or DynamoDB is slow, throttled or down
│   ├── NotificationFailed     no channel took the message
│   ├── TranscriberBusy        Transcribe takes no other job, or no other question, at the moment
│   └── ToneUnavailable        Comprehend is throttled or down
├── PermanentError (a mixin: the same request would fail again; no Retry names it)
│   ├── QuotaExhausted         the day's requests are spent
│   ├── PutOff                 the run has no room for another wait
│   ├── UnknownSymbol          the vendor does not know it
│   ├── PremiumRequired        the plan does not include it
│   ├── InvalidApiKey          the vendor refuses the key
│   ├── BadPrices              no usable row in the answer
│   ├── InvalidInput           the workflow input can't be used
│   ├── AudioRefused           Transcribe can't use the recording
│   ├── CallReplaced           the recording or transcript is no longer the one that the run is about
│   ├── NameTaken              another's job has the name of ours
│   ├── TranscriptionFailed    Transcribe failed twice
│   ├── TranscriptionStuck     a job has not come to its end
│   ├── BadTranscript          the object is no transcript
│   ├── NoSpeech               nobody speaks in it
│   ├── NotPublishedYet        the vendor has no transcript of the call yet
│   ├── NoTranscript           the vendor has no transcript, though it should have one by now
│   ├── ToneIncomplete         too many passages could not be judged
│   ├── EnginesMixed           the dataset holds tone of another kind of engine
│   └── StorageDenied          a permission, a bucket or a table is missing
└── SlotMoved                  not a failure: the request waits for another slot
"""

from collections.abc import Mapping


class StockflowError(Exception):
    """Base of all. The message is one sentence for a person and never carries a secret.

    ``vendor_text`` on a vendor's refusal is what it said, and ``vendor_answer`` is the answer as far as a log may quote
    it, JSON-ready; both are redacted already.
    """

    vendor_text: str = ""
    vendor_answer: Mapping[str, object] | None = None


class TransientError:
    """Mixin: the workflow tries again."""


class PermanentError:
    """Mixin: the workflow does not try again."""


class Throttled(TransientError, StockflowError):
    """The vendor says slow down, for seconds to a minute."""


class ProviderUnavailable(TransientError, StockflowError):
    """The vendor could not be reached, or answered with something other than JSON."""


class UnexpectedAnswer(TransientError, StockflowError):
    """The vendor said something never seen before; it is not 'no data'."""


class WriteConflict(TransientError, StockflowError):
    """Another run replaced the object between the read and the write."""


class StorageUnavailable(TransientError, StockflowError):
    """S3 or DynamoDB did not take the request; it may do so in seconds."""


class NotificationFailed(TransientError, StockflowError):
    """None of the channels that are set up took the message."""


class QuotaExhausted(PermanentError, StockflowError):
    """The day's requests are spent, or the budget has none left for this one."""


class PutOff(PermanentError, StockflowError):
    """The run's history has no room for another wait or request of the symbol, which goes first in the next run."""


class UnknownSymbol(PermanentError, StockflowError):
    """The vendor has no daily prices under this symbol."""


class PremiumRequired(PermanentError, StockflowError):
    """The vendor's plan behind the key does not include this request."""


class InvalidApiKey(PermanentError, StockflowError):
    """The vendor refuses the key, or there is none."""


class BadPrices(PermanentError, StockflowError):
    """The answer holds no row that may go into the dataset."""


class TranscriberBusy(TransientError, StockflowError):
    """Transcribe takes no other job, or no other question, at the moment."""


class ToneUnavailable(TransientError, StockflowError):
    """Comprehend is throttled or down; it may take the passages in seconds."""


class AudioRefused(PermanentError, StockflowError):
    """Transcribe can't use the recording: its format, its length or its sample rate."""


class CallReplaced(PermanentError, StockflowError):
    """The recording or transcript in the bucket is no longer the one that the run is about; a newer run has that."""


class NameTaken(PermanentError, StockflowError):
    """A transcription job with our job's name is about something else."""


class TranscriptionFailed(PermanentError, StockflowError):
    """Transcribe failed, by a fault of its own, as often as is tried in a run."""


class TranscriptionStuck(PermanentError, StockflowError):
    """A transcription job has not come to its end in the time that the longest recording takes."""


class BadTranscript(PermanentError, StockflowError):
    """The object is no transcript, or only a part of one."""


class NoSpeech(PermanentError, StockflowError):
    """The transcript has no words: silence or music is no call with a tone of 0."""


class NotPublishedYet(PermanentError, StockflowError):
    """The vendor has no transcript of the call yet: nothing is wrong with it, a later run asks again."""


class NoTranscript(PermanentError, StockflowError):
    """The vendor has no transcript of the call, days after it should have one."""


class ToneIncomplete(PermanentError, StockflowError):
    """Too many of the call's passages could not be judged."""


class EnginesMixed(PermanentError, StockflowError):
    """The dataset holds tone of another kind of engine: what they say can't be compared."""


class InvalidInput(PermanentError, StockflowError):
    """The workflow input can't be used; the message says what to write instead."""


class StorageDenied(PermanentError, StockflowError):
    """S3, DynamoDB or Secrets Manager refuses for good; the message names what to grant or create."""


class SlotMoved(StockflowError):
    """The request has another slot: the message is that slot as JSON, for the workflow to wait for."""
