"""SaveTone: the call's row and its passages into the datasets, with conditional writes, then the call's record."""

from datetime import date

from stockflow_functions.aws import keys
from stockflow_functions.domain.calls.call_rows import CallRow
from stockflow_functions.domain.calls.tone import CallTone, tone_of
from stockflow_functions.domain.clock import to_iso
from stockflow_functions.domain.errors import BadTranscript
from stockflow_functions.domain.parquet import NewerTableError
from stockflow_functions.earnings_calls.calls import call_of, check_unreplaced, failed
from stockflow_functions.earnings_calls.contracts import SavedTone, SaveToneEvent
from stockflow_functions.earnings_calls.names import AUDIO
from stockflow_functions.earnings_calls.outcome import CallOutcome, transcribed_seconds
from stockflow_functions.earnings_calls.save.quotes import quotes_of
from stockflow_functions.earnings_calls.save.store import Stored, store
from stockflow_functions.earnings_calls.staged import staged
from stockflow_functions.runtime.services import Services
from stockflow_functions.runtime.state import StateFunction


def save(event: SaveToneEvent, services: Services) -> SavedTone:
    """Merges the call's row, writes what has changed, then writes the call's record.

    Raises:
        CallReplaced: the call's object is no longer the one that the run was planned with: the newer one's run may have
            saved its tone by now.
        BadTranscript: the judged passages are gone or damaged, or a newer release wrote the stored table.
        EnginesMixed: the dataset holds tone of another kind of engine.
        WriteConflict: other runs were faster every time.
    """
    judged = event["judged"]
    passages = staged(services.bucket, judged["key"])
    tone = tone_of(passages)
    row = _row(event, tone, services)
    check_unreplaced(event["call"], services)
    try:
        stored = store(services, row, passages, event["run"])
    except NewerTableError as error:
        raise BadTranscript(f"{keys.tone(row.symbol)} stays as it is: {error}. Update this release.") from None
    outcome = _outcome(event, tone, stored)
    services.bucket.put_json(keys.symbol_record(event["run"]["execution"], event["symbol"]), outcome.as_dict())
    return {
        "symbol": event["symbol"],
        "status": outcome.status,
        "call_date": outcome.call_date,
        "tone": tone.tone,
        "tone_change": stored.row.tone_change,
        "passages": tone.passages,
        "unscored": tone.unscored,
    }


def _row(event: SaveToneEvent, tone: CallTone, services: Services) -> CallRow:
    call, judged, settings = event["call"], event["judged"], services.settings
    return CallRow(
        symbol=call["symbol"],
        call_date=date.fromisoformat(judged["date"]),
        label=call["label"],
        quarter=call["quarter"] or None,
        date_known=judged["date_known"],
        source=judged["source"],
        source_etag=judged["source_etag"],
        language=judged["language"],
        language_score=judged["language_score"],
        seconds=judged["seconds"],
        words=judged["words"],
        speakers=judged["speakers"],
        passages=tone.passages,
        unscored=tone.unscored,
        engine_speech=settings.speech_engine if call["door"] == AUDIO else None,
        engine_tone=settings.tone_engine if tone.tone is not None else None,
        tone=tone.tone,
        tone_prepared=tone.tone_prepared,
        tone_qa=tone.tone_qa,
        qa_found=judged["qa_found"],
        positive=tone.positive,
        negative=tone.negative,
        neutral=tone.neutral,
        mixed=tone.mixed,
        tone_change=None,
        previous_call_date=None,
        confidence_mean=judged["confidence_mean"],
        saved_at=to_iso(services.clock.now_ms()),
        execution=event["run"]["execution"],
    )


def _outcome(event: SaveToneEvent, tone: CallTone, stored: Stored) -> CallOutcome:
    judged, row = event["judged"], stored.row
    return CallOutcome(
        event["symbol"],
        stored.status,
        attempts=judged["attempts"],
        company=row.symbol,
        call_date=row.call_date.isoformat(),
        source=row.source,
        language=row.language,
        seconds=row.seconds,
        transcribed_seconds=transcribed_seconds(judged),
        passages=row.passages,
        unscored=row.unscored,
        units=judged["units"],
        looks=judged["looks"],
        tone=row.tone,
        tone_prepared=row.tone_prepared,
        tone_qa=row.tone_qa,
        tone_change=row.tone_change,
        previous_call_date=row.previous_call_date.isoformat() if row.previous_call_date else None,
        engine_speech=row.engine_speech or "",
        engine_tone=row.engine_tone or "",
        most_negative=quotes_of(tone.most_negative),
        most_positive=quotes_of(tone.most_positive),
        transcript=stored.transcript_key,
        warnings=(*judged["warnings"], *stored.sentences),
    )


handler = StateFunction("SaveTone", save, call_of, outcome=failed, clients=("s3",))
