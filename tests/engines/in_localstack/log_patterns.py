"""FilterLogEvents with a pattern, which LocalStack passes over: a word or "a quoted text", of which moto knows."""

from localstack.services.logs import provider
from moto.logs.utils import EventMessageFilter


def filter_logs_by_patterns():
    """From now on only the lines that a pattern matches are found."""

    def matcher_of(pattern):
        wanted = EventMessageFilter(pattern)
        return lambda _pattern, event: wanted.matches(event["message"])

    provider.get_pattern_matcher = matcher_of
