"""Plays EventBridge Scheduler: LocalStack keeps schedules, but starts nothing when their time comes."""

from contextlib import contextmanager
from datetime import UTC, datetime
from threading import Event, Thread

_POLL_SECONDS = 1.0


@contextmanager
def played_scheduler(scheduler, stepfunctions):
    """Until the block ends, one-time schedules start their target when they are due, and go then if they say so.

    It gives the schedules that it played, each as GetSchedule had it. What the real one does with the schedule's role,
    which it takes on to start the target, is not played.
    """
    played, ending = [], Event()

    def play():
        while not ending.wait(_POLL_SECONDS):
            for schedule in due_schedules(scheduler):
                target = schedule["Target"]
                stepfunctions.start_execution(stateMachineArn=target["Arn"], input=target["Input"])
                if schedule["ActionAfterCompletion"] == "DELETE":
                    scheduler.delete_schedule(Name=schedule["Name"], GroupName=schedule["GroupName"])
                played.append(schedule)

    thread = Thread(target=play, name="played-scheduler", daemon=True)
    thread.start()
    try:
        yield played
    finally:
        ending.set()
        thread.join()


def due_schedules(scheduler):
    """The one-time schedules whose moment has come."""
    names = [(item["GroupName"], item["Name"]) for item in scheduler.list_schedules()["Schedules"]]
    schedules = [scheduler.get_schedule(GroupName=group, Name=name) for group, name in names]
    return [schedule for schedule in schedules if _is_due(schedule["ScheduleExpression"])]


def _is_due(expression):
    if not expression.startswith("at("):
        return False
    return datetime.fromisoformat(expression[3:-1]).replace(tzinfo=UTC) <= datetime.now(UTC)
