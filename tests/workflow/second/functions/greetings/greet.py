"""The state Greet: greets one person, by the name that ``people/`` in the bucket has."""

from stockflow_functions.domain.errors import UnknownSymbol
from stockflow_functions.runtime.call import Call
from stockflow_functions.runtime.state import StateFunction

_WORDS = {"en": "Good morning", "fr": "Bonjour"}


def greet(event, services):
    person = services.bucket.get_json(f"people/{event['symbol']}.json")
    if person is None:
        raise UnknownSymbol(f"Nobody knows {event['symbol']}: put people/{event['symbol']}.json into the bucket.")
    words = f"{_WORDS[event['run']['language']]}, {person['name']}"
    services.bucket.put_json(f"greetings/{event['symbol']}.json", {"words": words})
    return {"symbol": event["symbol"], "status": "saved", "words": words}


def call_of(event):
    return Call(event["run"]["execution"], event["run"]["trigger"], event["symbol"], event["retry_count"] + 1)


handler = StateFunction("Greet", greet, call_of)
