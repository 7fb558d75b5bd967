"""The stand-ins against the services' own models, and against transcripts that Amazon Transcribe wrote."""

import json
import re

import pytest
from botocore.exceptions import ClientError

from stockflow.embedded.shared_moto import MOTO
from tests.conftest import SHARED
from tests.helpers.scripted_engines import CallsStage, ScriptedSpeech, ScriptedTone, wav_of

RECORDED = sorted((SHARED / "calls/transcribe").glob("[p-s]*.json"))
_NONE = pytest.param(None, marks=pytest.mark.skip("the recorded transcripts are not beside this checkout (../shared)"))

# Undeclared in the models. The first answers a broken constraint and the second an operation that there is not; moto's
# tests of Comprehend and users' threads have them.
UNDECLARED = {"ValidationException", "UnknownOperationException"}

# Recorded by LocalStack on AWS in 2023 (tests/aws/services/transcribe/test_transcribe.snapshot.json): the members of
# each answer, and the sentences of refusals.
STARTED = {"CreationTime", "LanguageCode", "Media", "StartTime", "TranscriptionJobName", "TranscriptionJobStatus"}
RUNNING = STARTED | {"Settings", "Transcript"}
COMPLETED = RUNNING | {"CompletionTime", "MediaFormat", "MediaSampleRateHertz"}
LISTED = (STARTED - {"Media"}) | {"OutputLocationType"}
LATER = {"id", "speaker_label"}
REFUSED = [
    ({"LanguageCode": None}, "The language code is missing. Either add a language code or turn on language identific"),
    (
        {"LanguageCode": "non-existent"},
        "1 validation error detected: Value 'non-existent' at 'languageCode' failed",
    ),
]


@pytest.fixture(scope="module", autouse=True)
def moto():
    """moto for the whole module: it takes a while to start."""
    MOTO.enter()
    yield
    MOTO.leave()


@pytest.fixture
def speech():
    return ScriptedSpeech()


@pytest.fixture
def stage(speech):
    """The stand-ins over scripted engines, with clients that keep each answer as it came."""
    with CallsStage(speech, ScriptedTone()) as stage:
        stage.answers = []

        def keep(**event):
            stage.answers.append(event)

        clients = (stage.transcribe, stage.comprehend)
        for client in clients:
            client.meta.events.register("response-received", keep)
        yield stage
        for client in clients:
            client.meta.events.unregister("response-received", keep)
        speech.go_on.set()


def raw(stage):
    """The body of the newest answer."""
    return json.loads(stage.answers[-1]["response_dict"]["body"])


def undeclared(shape, value, where=""):
    """The members of a JSON value that the model's shape has not."""
    if shape.type_name == "structure":
        for name, member in value.items():
            if name not in shape.members:
                yield f"{where}.{name}"
            else:
                yield from undeclared(shape.members[name], member, f"{where}.{name}")
    elif shape.type_name == "list":
        for item in value:
            yield from undeclared(shape.member, item, where)


def ask_everything(stage):
    """Each operation once, with all that an answer can have; gives operations by name, with the bodies of answers."""
    uri = stage.put_audio(wav_of("Good afternoon."))
    stage.start(uri, LanguageCode=None, IdentifyLanguage=True, LanguageOptions=["en-US", "ja-JP"])
    yield "StartTranscriptionJob", raw(stage)
    stage.ended()
    yield "GetTranscriptionJob", raw(stage)
    stage.start(stage.put_audio(b"no audio"), "broken")
    stage.ended("broken")
    yield "GetTranscriptionJob", raw(stage)
    stage.transcribe.list_transcription_jobs()
    yield "ListTranscriptionJobs", raw(stage)
    stage.comprehend.detect_sentiment(Text="Good.", LanguageCode="en")
    yield "DetectSentiment", raw(stage)
    stage.comprehend.batch_detect_sentiment(TextList=["Good.", "x" * 5001], LanguageCode="en")
    yield "BatchDetectSentiment", raw(stage)


def test_answers_have_only_members_of_the_model(stage):
    """What boto3 would drop unread is in no answer."""
    models = [client.meta.service_model for client in (stage.transcribe, stage.comprehend)]
    shapes = {name: model.operation_model(name).output_shape for model in models for name in model.operation_names}

    found = [path for name, answer in ask_everything(stage) for path in undeclared(shapes[name], answer, name)]

    assert found == []


def test_jobs_have_the_members_that_aws_answered_with(stage, speech):
    """At the start, while a job runs, when it is done, and in the list: the members recorded on AWS, no other."""
    speech.go_on.clear()
    seen = [set(stage.start(stage.put_audio(wav_of("Good afternoon."))))]
    seen.append(set(stage.get()))
    seen.append(set(stage.transcribe.list_transcription_jobs()["TranscriptionJobSummaries"][0]))
    speech.go_on.set()
    seen.append(set(stage.ended()))

    assert seen == [STARTED, RUNNING, LISTED, COMPLETED]


@pytest.mark.parametrize(("changes", "sentence"), REFUSED)
def test_refusals_have_the_words_that_aws_answered_with(stage, changes, sentence):
    """The code, the sentence and the status are those recorded on AWS."""
    with pytest.raises(ClientError) as refused:
        stage.start(stage.put_audio(wav_of("Hi.")), **changes)

    error = refused.value.response
    assert (error["Error"]["Code"], error["Error"]["Message"][: len(sentence)]) == ("BadRequestException", sentence)
    assert error["ResponseMetadata"]["HTTPStatusCode"] == 400


@pytest.mark.parametrize(
    ("service", "operation", "request_"),
    [
        ("transcribe", "get_transcription_job", {"TranscriptionJobName": "none"}),
        ("comprehend", "detect_sentiment", {"Text": " ", "LanguageCode": "en"}),
        ("comprehend", "detect_sentiment", {"Text": "a", "LanguageCode": "ja"}),
        ("comprehend", "detect_sentiment", {"Text": "a", "LanguageCode": "xx"}),
        ("comprehend", "detect_sentiment", {"Text": "a" * 5001, "LanguageCode": "en"}),
        ("comprehend", "batch_detect_sentiment", {"TextList": ["a"] * 26, "LanguageCode": "en"}),
        ("comprehend", "detect_entities", {"Text": "a", "LanguageCode": "en"}),
    ],
)
def test_refusals_are_declared_or_on_record(stage, service, operation, request_):
    """An error is one of the operation's in the model, or one that AWS is known to answer with all the same."""
    client = getattr(stage, service)
    model = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[operation])

    with pytest.raises(ClientError) as refused:
        getattr(client, operation)(**request_)

    assert refused.value.response["Error"]["Code"] in {shape.name for shape in model.error_shapes} | UNDECLARED


def shape_of(value):
    """The JSON types of a value, with texts told apart by what they hold; of a list, its items' shapes."""
    if isinstance(value, dict):
        return {name: shape_of(member) for name, member in value.items()}
    if isinstance(value, list):
        return [shape_of(item) for item in value]
    return "number as text" if isinstance(value, str) and re.fullmatch(r"\d+\.\d+", value) else type(value).__name__


def item_shapes(transcript):
    """Each kind of item that is in a transcript, without what later years added."""
    items = ({name: value for name, value in item.items() if name not in LATER} for item in transcript)
    return {item["type"]: json.dumps(shape_of(item), sort_keys=True) for item in items}


@pytest.mark.parametrize("file", RECORDED or [_NONE], ids=lambda file: file.stem if file else "none")
def test_the_transcript_has_the_shape_of_a_recorded_one(stage, file):
    """What is common to all years: the members at the top, and those of a word and of a sign, with their types."""
    recorded = json.loads(file.read_text(encoding="utf-8"))
    stage.start(stage.put_audio(wav_of("Good afternoon, everyone.")))
    stage.ended()
    written = stage.transcript()

    assert set(recorded) - {"isRedacted"} <= set(written)
    assert shape_of(written["results"]["transcripts"]) == shape_of(recorded["results"]["transcripts"])
    assert item_shapes(written["results"]["items"]) == item_shapes(recorded["results"]["items"])
