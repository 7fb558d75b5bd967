"""Notifies people of a run, for any workflow: what is here is handed a :class:`~..runtime.workflow.Workflow`.

- ``notifier``: the state that reports. It writes ``runs/<execution>/manifest.json`` and notifies people once, whether
  the workflow came to its end (``summary``), its error notifier called (``failure``), EventBridge reported its end
  (``event``), or an alarm began (``alarm``): see ``contracts`` for the events.
- ``reporter``: the part of that which is a workflow's own: its manifest, its message, its metrics.
- ``plain``: the reporter of a workflow that only says how its items ended.
- ``failed_run``, ``failure``, ``records``: what a failed run left behind, and what its error means.
- ``notification_marker``: the marker that keeps people from being notified of a run twice.
- ``commands``, ``run_links``: commands to paste and links to open.

The notifier of a workflow ``PLAIN`` without a reporter of its own is one line, in the module of its state::

    handler = state_function("Tell", lambda services: PlainReporter(PLAIN))

Its summary in the definition needs the run's facts and how each item ended::

    "Payload": {
      "report": "summary",
      "plan": {
        "run": {
          "execution.$": "$$.Execution.Name", "execution_arn.$": "$$.Execution.Id",
          "started_at.$": "$$.Execution.StartTime", "trigger": "laptop"
        },
        "symbols.$": "$.symbols"
      },
      "retry_count.$": "$$.State.RetryCount"
    }

where each of ``symbols`` is ``{symbol, status}``, and ``error: {type, state}`` of one that failed. A workflow with a
planner stores ``runs/<execution>/plan.json`` with ``work: [{symbol}]``, from which a failed run's items are known.
"""
