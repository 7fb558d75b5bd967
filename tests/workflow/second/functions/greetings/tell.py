"""The state Tell: writes the manifest, and tells people."""

from stockflow_functions.greetings.workflow import GREETINGS

from stockflow_functions.reporting.notifier import state_function
from stockflow_functions.reporting.plain import PlainReporter

handler = state_function("Tell", lambda services: PlainReporter(GREETINGS))
