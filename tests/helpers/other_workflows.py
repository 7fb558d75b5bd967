"""Histories of small workflows of other kinds, and why each failed, so that a clone alone has what was recorded on AWS.

The workflows are invented; types of events, their details and their links are what GetExecutionHistory gives for each
kind: a state that JSONata fails has no event after its entry but EvaluationFailed, which hangs on the event before; an
item begins on the last event before the end of the one before; a Distributed Map's exit hangs on any event of its run.
"""

OUT_OF_TIME = "States.Timeout"
QUERY = "States.QueryEvaluationError"
RUNTIME = "States.Runtime"
CALLBACK = "resourceType=sqs resource=sendMessage.waitForTaskToken"
INVOKE = "resourceType=lambda resource=invoke"
PRINTER = "resource=arn:aws:lambda:eu-west-1:123456789012:function:printer"
TORN = 'error=Torn cause={"errorMessage":"The label is torn.","errorType":"Torn","stackTrace":[]}'
WEIGHED = 'assignedVariables={"weight":"7"}'


def within(state: str, entered: int) -> str:
    """How AWS says in which state a run failed, where no event of that state says it."""
    return f"An error occurred while executing the state '{state}' (entered at the event id #{entered})."


def distributed(run: list[str], exit_hangs_on: int) -> list[str]:
    """A Distributed Map, whose items are executions of their own."""
    return [
        "1 < 0 ExecutionStarted",
        '2 < 0 MapStateEntered name=EachCrate input={"bucket":"depot"}',
        "3 < 2 MapStateStarted length=0",
        "4 < 3 MapRunStarted mapRunArn=arn:aws:states:eu-west-1:123456789012:mapRun:depot/EachCrate:1",
        *run,
        *(
            [f"7 < {exit_hangs_on} MapStateExited name=EachCrate output=[1,2]", "8 < 7 ExecutionSucceeded"]
            if exit_hangs_on
            else []
        ),
    ]


def rounds(first: int, *, items: bool) -> list[str]:
    """A loop that goes through a Map twice: inline, or as a Map Run."""
    lines, at = [], first
    for left in (1, 0):
        lines += [
            f"{at} < {at - 1} PassStateEntered name=NextShelf input={left + 1}",
            f"{at + 1} < {at} PassStateExited name=NextShelf output={left}",
            f"{at + 2} < {at + 1} MapStateEntered name=EachBook input={left}",
            f"{at + 3} < {at + 2} MapStateStarted length=2",
        ]
        at += 4
        if items:
            lines += each("EachBook", at, [f'"{title}"' for title in ("Emma", "Dune")], "Stamp")
            at += 8
        else:
            lines += [f"{at} < {at - 1} MapRunStarted mapRunArn=arn:{left}", f"{at + 1} < {at} MapRunSucceeded"]
            at += 2
        hangs_on = at - 1
        lines += [
            f"{at} < {hangs_on} MapStateSucceeded",
            f"{at + 1} < {hangs_on} MapStateExited name=EachBook output={left}",
            f"{at + 2} < {at + 1} ChoiceStateEntered name=More? input={left}",
            f"{at + 3} < {at + 2} ChoiceStateExited name=More? output={left}",
        ]
        at += 4
    return [
        *lines,
        f"{at} < {at - 1} SucceedStateEntered name=Closed",
        f"{at + 1} < {at} SucceedStateExited name=Closed",
        f"{at + 2} < {at + 1} ExecutionSucceeded",
    ]


def each(name: str, first: int, items: list[str], state: str) -> list[str]:
    """Items one after another, each through one Pass state: four events each."""
    lines, previous = [], first - 1
    for index, item in enumerate(items):
        at = first + 4 * index
        lines += [
            f"{at} < {previous} MapIterationStarted name={name} index={index}",
            f"{at + 1} < {at} PassStateEntered name={state} input={item}",
            f"{at + 2} < {at + 1} PassStateExited name={state} output={item}",
            f"{at + 3} < {at + 2} MapIterationSucceeded name={name} index={index}",
        ]
        previous = at + 2
    return lines


def nested(shelves: int, books: int) -> list[str]:
    """A Map in each item of a Map."""
    lines = ["2 < 0 MapStateEntered name=EachShelf", f"3 < 2 MapStateStarted length={shelves}"]
    previous, at = 3, 4
    for shelf in range(shelves):
        last = at + 2 + 4 * books
        lines += [
            f"{at} < {previous} MapIterationStarted name=EachShelf index={shelf}",
            f"{at + 1} < {at} MapStateEntered name=EachBook input=[{shelf}]",
            f"{at + 2} < {at + 1} MapStateStarted length={books}",
            *each("EachBook", at + 3, [str(10 * shelf + book) for book in range(books)], "Count"),
            f"{last + 1} < {last} MapStateSucceeded",
            f"{last + 2} < {last} MapStateExited name=EachBook output=[{shelf}]",
            f"{last + 3} < {last + 2} MapIterationSucceeded name=EachShelf index={shelf}",
        ]
        previous, at = last + 2, last + 4
    return [
        *lines,
        f"{at} < {at - 1} MapStateSucceeded",
        f"{at + 1} < {at - 1} MapStateExited name=EachShelf",
        f"{at + 2} < {at + 1} ExecutionSucceeded",
    ]


def retried_map(starts: int) -> list[str]:
    """A Map whose own Retry starts it again, always in vain."""
    lines, at = ["2 < 0 MapStateEntered name=EachCrate"], 3
    for _ in range(starts):
        lines += [
            f"{at} < {at - 1 if at == 3 else at - 2} MapStateStarted length=1",
            f"{at + 1} < {at} MapIterationStarted name=EachCrate index=0",
            f"{at + 2} < {at + 1} FailStateEntered name=Dropped input=1",
            f"{at + 3} < {at + 2} MapIterationFailed name=EachCrate index=0",
        ]
        at += 4
    return [*lines, f"{at} < {at - 2} MapStateFailed", f"{at + 1} < {at} ExecutionFailed error=Dropped cause=It fell."]


def attempts(failed: int, first: int = 3) -> list[str]:
    """A Task's attempts that all failed: three events each, the first hanging on the state's entry."""
    return [
        line
        for at in range(first, first + 3 * failed, 3)
        for line in (
            f'{at} < {at - 1} TaskScheduled {INVOKE} parameters={{"Payload":{{"retry":{(at - first) // 3}}}}}',
            f"{at + 1} < {at} TaskStarted {INVOKE}",
            f"{at + 2} < {at + 1} TaskFailed {INVOKE} {TORN}",
        )
    ]


def function_attempts(failed: int) -> list[str]:
    """As ``attempts``, where the Task's resource is the function itself."""
    return [
        line
        for at in range(3, 3 + 3 * failed, 3)
        for line in (
            f'{at} < {at - 1} LambdaFunctionScheduled {PRINTER} input={{"label":7}}',
            f"{at + 1} < {at} LambdaFunctionStarted",
            f"{at + 2} < {at + 1} LambdaFunctionFailed {TORN}",
        )
    ]


def callback(end: str, first: int = 3, limit: str = "") -> list[str]:
    """A Task that sends its token away and waits: four events, the last one being how it ended."""
    return [
        f"{first} < {first - 1} TaskScheduled {CALLBACK}{limit}",
        f"{first + 1} < {first} TaskStarted {CALLBACK}",
        f'{first + 2} < {first + 1} TaskSubmitted {CALLBACK} output={{"MessageId":"m"}}',
        f"{first + 3} < {first + 2} {end}",
    ]


def all_out_of_time(items: int) -> list[str]:
    """Items side by side, all out of time at once: the first one's failure aborts the others."""
    index = range(items)
    entered, failed = 4 + items, 4 + 4 * items
    return [
        "2 < 0 MapStateEntered name=EachCrate",
        f"3 < 2 MapStateStarted length={items}",
        *(f"{4 + n} < 3 MapIterationStarted name=EachCrate index={n}" for n in index),
        *(
            line
            for n in index
            for line in (
                f'{entered + 2 * n} < {4 + n} TaskStateEntered name=Weigh input={{"crate":{n}}}',
                f"{entered + 2 * n + 1} < {entered + 2 * n} TaskScheduled {INVOKE} timeoutInSeconds=5",
            )
        ),
        *(f"{entered + 2 * items + n} < {entered + 2 * n + 1} TaskStarted {INVOKE}" for n in index),
        *(
            f"{failed + place} < {entered + 2 * items + n} TaskTimedOut {INVOKE} error={OUT_OF_TIME}"
            for place, n in enumerate(sorted(index, key=lambda n: (n % 2, n)))
        ),
        f"{failed + items} < {failed} MapIterationFailed name=EachCrate index=0",
        f"{failed + items + 1} < {failed} TaskStateAborted",
        *(
            line
            for n in index[1:]
            for line in (
                f"{failed + items + 2 * n} < {failed} MapIterationAborted name=EachCrate index={n}",
                f"{failed + items + 2 * n + 1} < {failed} TaskStateAborted",
            )
        ),
        f"{failed + 3 * items} < {failed} MapStateFailed",
        f"{failed + 3 * items + 1} < {failed + 3 * items} ExecutionFailed error={OUT_OF_TIME}",
    ]


STARTED = "1 < 0 ExecutionStarted input={} roleArn=arn:aws:iam::123456789012:role/depot"
PRINT = '2 < 0 TaskStateEntered name=Print input={"label":7}'
TOO_LARGE = "The state/task 'Open' returned a result with a size exceeding the maximum number of bytes service limit."
OPENED = ["2 < 0 PassStateEntered name=Open", f"3 < 2 PassStateExited name=Open {WEIGHED}"]
ASK = "2 < 0 TaskStateEntered name=AskTheClerk input={}"

# By name: the events, and each cause: the state that failed first, its error, the items concerned.
OTHER_WORKFLOWS: dict[str, tuple[list[str], list[tuple[str, str, list[str]]]]] = {
    "an activity that is gone": (
        [
            STARTED,
            "2 < 0 TaskStateEntered name=Carry",
            f"3 < 2 ExecutionFailed error={RUNTIME} cause={within('Carry', 2)} There is no such activity.",
        ],
        [("Carry", RUNTIME, [])],
    ),
    "an activity out of time": (
        [
            STARTED,
            "2 < 0 TaskStateEntered name=Carry",
            "3 < 2 ActivityScheduled resource=arn:aws:states:eu-west-1:123:activity:carry input={} timeoutInSeconds=30",
            "4 < 3 ActivityStarted workerName=ada",
            f"5 < 4 ActivityTimedOut error={OUT_OF_TIME}",
            f"6 < 5 ExecutionFailed error={OUT_OF_TIME}",
        ],
        [("Carry", OUT_OF_TIME, [])],
    ),
    "a variable assigned in a catch": (
        [
            STARTED,
            PRINT,
            *attempts(1),
            f'6 < 5 TaskStateExited name=Print {WEIGHED} output={{"Error":"Torn"}}',
            '7 < 6 PassStateEntered name=ByHand input={"Error":"Torn"}',
            "8 < 7 PassStateExited name=ByHand",
            "9 < 8 ExecutionSucceeded",
        ],
        [("Print", "Torn", [])],
    ),
    "a choice of a failure without a name": (
        [
            STARTED,
            "2 < 0 ChoiceStateEntered name=Open?",
            f"3 < 2 ChoiceStateExited name=Open? {WEIGHED}",
            "4 < 3 FailStateEntered name=Closed",
            "5 < 4 ExecutionFailed cause=The depot is closed.",
        ],
        [("Closed", "", [])],
    ),
    "a service that refuses": (
        [
            STARTED,
            "2 < 0 TaskStateEntered name=Store",
            "3 < 2 TaskScheduled resourceType=aws-sdk:dynamodb resource=putItem region=eu-west-1 parameters={}",
            "4 < 3 TaskStarted resourceType=aws-sdk:dynamodb resource=putItem",
            "5 < 4 TaskFailed resourceType=aws-sdk:dynamodb resource=putItem error=DynamoDb.Refused cause=None.",
            "6 < 5 ExecutionFailed error=DynamoDb.Refused cause=None.",
        ],
        [("Store", "DynamoDb.Refused", [])],
    ),
    "a function out of time": (
        [
            STARTED,
            PRINT,
            f"3 < 2 LambdaFunctionScheduled {PRINTER} input={{}} timeoutInSeconds=5",
            "4 < 3 LambdaFunctionStarted",
            f"5 < 4 LambdaFunctionTimedOut error={OUT_OF_TIME}",
            f"6 < 5 ExecutionFailed error={OUT_OF_TIME}",
        ],
        [("Print", OUT_OF_TIME, [])],
    ),
    "a time-out that is caught": (
        [
            STARTED,
            PRINT,
            f"3 < 2 TaskScheduled {INVOKE} timeoutInSeconds=5",
            f"4 < 3 TaskStarted {INVOKE}",
            f"5 < 4 TaskTimedOut {INVOKE} error={OUT_OF_TIME}",
            '6 < 5 TaskStateExited name=Print output={"Error":"States.Timeout","Cause":""}',
            "7 < 6 PassStateEntered name=ByHand",
            "8 < 7 PassStateExited name=ByHand",
            "9 < 8 ExecutionSucceeded",
        ],
        [("Print", OUT_OF_TIME, [])],
    ),
    "retries with other input each time": (
        [
            STARTED,
            PRINT,
            *attempts(4),
            '15 < 14 TaskStateExited name=Print output={"Error":"Torn"}',
            "16 < 15 PassStateEntered name=ByHand",
            "17 < 16 PassStateExited name=ByHand",
            "18 < 17 ExecutionSucceeded",
        ],
        [("Print", "Torn", [])],
    ),
    "an item whose handler fails": (
        [
            STARTED,
            "2 < 0 MapStateEntered name=EachCrate",
            "3 < 2 MapStateStarted length=3",
            "4 < 3 MapIterationStarted name=EachCrate index=0",
            "5 < 4 TaskStateEntered name=Print input=1",
            *attempts(2, first=6),
            '12 < 11 TaskStateExited name=Print output={"Error":"Torn"}',
            "13 < 12 PassStateEntered name=ByHand",
            f"14 < 12 EvaluationFailed state=ByHand location=Output/paper error={QUERY} cause={within('ByHand', 13)}",
            "15 < 14 MapIterationFailed name=EachCrate index=0",
            "16 < 14 MapStateFailed",
            f"17 < 16 ExecutionFailed error={QUERY} cause={within('ByHand', 13)}",
        ],
        [("Print", "Torn", ["#0"])],
    ),
    "every item caught": (
        [
            STARTED,
            "2 < 0 MapStateEntered name=EachCrate",
            "3 < 2 MapStateStarted length=2",
            "4 < 3 MapIterationStarted name=EachCrate index=0",
            "5 < 4 TaskStateEntered name=Print input=1",
            *attempts(1, first=6),
            "9 < 8 TaskStateExited name=Print",
            "10 < 9 PassStateEntered name=ByHand",
            "11 < 10 PassStateExited name=ByHand",
            "12 < 11 MapIterationSucceeded name=EachCrate index=0",
            "13 < 11 MapIterationStarted name=EachCrate index=1",
            "14 < 13 TaskStateEntered name=Print input=2",
            *attempts(1, first=15),
            "18 < 17 TaskStateExited name=Print",
            "19 < 18 PassStateEntered name=ByHand",
            "20 < 19 PassStateExited name=ByHand",
            "21 < 20 MapIterationSucceeded name=EachCrate index=1",
            "22 < 21 MapStateSucceeded",
            "23 < 21 MapStateExited name=EachCrate",
            "24 < 23 ExecutionSucceeded",
        ],
        [("Print", "Torn", ["#0", "#1"])],
    ),
    "a Map before another state": (
        [
            STARTED,
            "2 < 0 MapStateEntered name=EachBook",
            "3 < 2 MapStateStarted length=1",
            *each("EachBook", 4, ["1"], "Stamp"),
            "8 < 7 MapStateSucceeded",
            "9 < 7 MapStateExited name=EachBook",
            "10 < 9 PassStateEntered name=Closed",
            "11 < 10 PassStateExited name=Closed",
            "12 < 11 ExecutionSucceeded",
        ],
        [],
    ),
    "a Distributed Map": (distributed(["5 < 4 MapRunSucceeded", "6 < 5 MapStateSucceeded"], 5), []),
    "a Distributed Map whose exit hangs on its start": (
        distributed(["5 < 4 MapRunSucceeded", "6 < 5 MapStateSucceeded"], 4),
        [],
    ),
    "a Distributed Map whose exit hangs on its end": (
        distributed(["5 < 4 MapRunSucceeded", "6 < 5 MapStateSucceeded"], 6),
        [],
    ),
    "items that can not be read": (
        distributed(
            [
                "5 < 4 MapRunFailed error=States.ItemReaderFailed cause=Two columns have one name.",
                "6 < 5 MapStateFailed",
                "7 < 6 ExecutionFailed error=States.ItemReaderFailed cause=Two columns have one name.",
            ],
            0,
        ),
        [("EachCrate", "States.ItemReaderFailed", [])],
    ),
    "a limit of items that is no number": (
        [
            STARTED,
            "2 < 0 MapStateEntered name=EachCrate",
            "3 < 2 MapStateStarted length=0",
            f"4 < 3 ExecutionFailed error={RUNTIME} cause={within('EachCrate', 2)} MaxItems is no number.",
        ],
        [("EachCrate", RUNTIME, [])],
    ),
    "a Distributed Map in a loop": ([STARTED, *OPENED, *rounds(4, items=False)], []),
    "a Map in a loop": ([STARTED, *OPENED, *rounds(4, items=True)], []),
    "items of all kinds": (
        [
            STARTED,
            "2 < 0 MapStateEntered name=EachBook",
            "3 < 2 MapStateStarted length=4",
            *each("EachBook", 4, ['"Emma"', "7", "{}", "null"], "Stamp"),
            "20 < 19 MapStateSucceeded",
            "21 < 19 MapStateExited name=EachBook",
            "22 < 21 SucceedStateEntered name=Closed",
            "23 < 22 SucceedStateExited name=Closed",
            "24 < 23 ExecutionSucceeded",
        ],
        [],
    ),
    "an item that breaks the Map off": (
        [
            STARTED,
            *OPENED,
            "4 < 3 MapStateEntered name=EachBook",
            "5 < 4 MapStateStarted length=4",
            "6 < 5 MapIterationStarted name=EachBook index=0",
            "7 < 6 ChoiceStateEntered name=Burnt?",
            "8 < 7 ChoiceStateExited name=Burnt?",
            "9 < 8 PassStateEntered name=Stamp",
            "10 < 9 PassStateExited name=Stamp",
            "11 < 10 MapIterationSucceeded name=EachBook index=0",
            "12 < 10 MapIterationStarted name=EachBook index=1",
            "13 < 12 ChoiceStateEntered name=Burnt? input=3",
            "14 < 13 ChoiceStateExited name=Burnt? output=3",
            "15 < 14 FailStateEntered name=Fire input=3",
            "16 < 15 MapIterationFailed name=EachBook index=1",
            "17 < 15 MapStateFailed",
            "18 < 17 ExecutionFailed error=Burnt cause=A book is burnt.",
        ],
        [("Fire", "Burnt", ["#1"])],
    ),
    "an item that fails without a name": (
        [
            STARTED,
            "2 < 0 MapStateEntered name=EachBook",
            "3 < 2 MapStateStarted length=1",
            "4 < 3 MapIterationStarted name=EachBook index=0",
            "5 < 4 FailStateEntered name=Fire input=1",
            "6 < 5 MapIterationFailed name=EachBook index=0",
            "7 < 5 MapStateFailed",
            "8 < 7 ExecutionFailed",
        ],
        [("Fire", "", ["#0"])],
    ),
    "items that JSONata does not find": (
        [
            STARTED,
            "2 < 0 MapStateEntered name=EachBook",
            f"3 < 0 EvaluationFailed state=EachBook location=Items error={QUERY} cause={within('EachBook', 2)}",
            "4 < 3 MapStateFailed",
            f"5 < 4 ExecutionFailed error={QUERY} cause={within('EachBook', 2)}",
        ],
        [("EachBook", QUERY, [])],
    ),
    "items of a variable that JSONata does not find": (
        [
            STARTED,
            *OPENED,
            "4 < 3 MapStateEntered name=EachBook",
            f"5 < 3 EvaluationFailed state=EachBook location=Items error={QUERY} cause={within('EachBook', 4)}",
            "6 < 5 MapStateFailed",
            f"7 < 6 ExecutionFailed error={QUERY} cause={within('EachBook', 4)}",
        ],
        [("EachBook", QUERY, [])],
    ),
    "arguments that JSONata does not find": (
        [
            STARTED,
            "2 < 0 TaskStateEntered name=Print",
            f"3 < 0 EvaluationFailed state=Print location=Arguments error={QUERY} cause={within('Print', 2)}",
            f"4 < 3 ExecutionFailed error={QUERY} cause={within('Print', 2)}",
        ],
        [("Print", QUERY, [])],
    ),
    "an output that JSONata does not find": (
        [
            STARTED,
            *OPENED,
            "4 < 3 PassStateEntered name=Count",
            f"5 < 3 EvaluationFailed state=Count location=Output/total error={QUERY} cause={within('Count', 4)}",
            f"6 < 5 ExecutionFailed error={QUERY} cause={within('Count', 4)}",
        ],
        [("Count", QUERY, [])],
    ),
    "a Map that is retried once": ([STARTED, *retried_map(2)], [("Dropped", "Dropped", ["#0"])]),
    "a Map that is retried again and again": ([STARTED, *retried_map(4)], [("Dropped", "Dropped", ["#0"])]),
    "a Map in a Map": ([STARTED, *nested(3, 3)], []),
    "a Parallel that fails": (
        [
            STARTED,
            "2 < 0 ParallelStateEntered name=BothSides",
            "3 < 2 ParallelStateStarted",
            "4 < 3 FailStateEntered name=LeftSide",
            "5 < 4 ParallelStateFailed",
            "6 < 5 ExecutionFailed error=Blocked",
        ],
        [("LeftSide", "Blocked", [])],
    ),
    "a function that fails": (
        [STARTED, PRINT, *function_attempts(1), f"6 < 5 ExecutionFailed {TORN}"],
        [("Print", "Torn", [])],
    ),
    "a function that fails at every attempt": (
        [STARTED, PRINT, *function_attempts(3), f"12 < 11 ExecutionFailed {TORN}"],
        [("Print", "Torn", [])],
    ),
    "a Fail state": (
        [STARTED, "2 < 0 FailStateEntered name=Fire", "3 < 2 ExecutionFailed error=Burnt cause=All is burnt."],
        [("Fire", "Burnt", [])],
    ),
    "a Fail state with an error from a variable": (
        [
            STARTED,
            *OPENED,
            "4 < 3 FailStateEntered name=Fire",
            "5 < 4 ExecutionFailed error=Burnt cause=All is burnt.",
        ],
        [("Fire", "Burnt", [])],
    ),
    "a Map whose items are all out of time": (
        [STARTED, *all_out_of_time(4)],
        [("Weigh", OUT_OF_TIME, ["#0", "#1", "#2", "#3"])],
    ),
    "a callback that fails in a Parallel": (
        [
            STARTED,
            "2 < 0 ParallelStateEntered name=BothSides",
            "3 < 2 ParallelStateStarted",
            "4 < 3 TaskStateEntered name=AskTheClerk",
            *callback(f"TaskFailed {CALLBACK}", first=5),
            "9 < 8 TaskStateAborted",
            "10 < 8 ParallelStateFailed",
            "11 < 10 ParallelStateExited name=BothSides",
            "12 < 11 PassStateEntered name=ByHand",
            "13 < 12 PassStateExited name=ByHand",
            "14 < 13 ExecutionSucceeded",
        ],
        [("AskTheClerk", "", [])],
    ),
    "a callback that fails without a name": (
        [
            STARTED,
            ASK,
            *callback(f"TaskFailed {CALLBACK}"),
            "7 < 6 TaskStateExited name=AskTheClerk",
            "8 < 7 PassStateEntered name=ByHand",
            "9 < 8 PassStateExited name=ByHand",
            "10 < 9 ExecutionSucceeded",
        ],
        [("AskTheClerk", "", [])],
    ),
    "a callback that fails": (
        [
            STARTED,
            ASK,
            *callback(f"TaskFailed {CALLBACK} error=Refused cause=Not today."),
            "7 < 6 ExecutionFailed error=Refused cause=Not today.",
        ],
        [("AskTheClerk", "Refused", [])],
    ),
    "a callback that never comes": (
        [
            STARTED,
            ASK,
            *callback(f"TaskTimedOut {CALLBACK} error={OUT_OF_TIME}", limit=" timeoutInSeconds=5"),
            f"7 < 6 ExecutionFailed error={OUT_OF_TIME}",
        ],
        [("AskTheClerk", OUT_OF_TIME, [])],
    ),
    "a callback whose failure is caught by a Fail state": (
        [
            STARTED,
            ASK,
            *callback(f"TaskFailed {CALLBACK} error=Refused cause=Not today."),
            "7 < 6 TaskStateExited name=AskTheClerk",
            "8 < 7 FailStateEntered name=Closed",
            "9 < 8 ExecutionFailed",
        ],
        [("AskTheClerk", "Refused", [])],
    ),
    "an output that is too large": (
        [
            STARTED,
            "2 < 0 PassStateEntered name=Open",
            f"3 < 2 ExecutionFailed error=States.DataLimitExceeded cause={TOO_LARGE}",
        ],
        [("Open", "States.DataLimitExceeded", [])],
    ),
    "an answer that a choice does not like": (
        [
            STARTED,
            "2 < 0 TaskStateEntered name=Order",
            "3 < 2 TaskScheduled resourceType=apigateway resource=invoke region=eu-west-1 parameters={}",
            "4 < 3 TaskStarted resourceType=apigateway resource=invoke",
            '5 < 4 TaskSucceeded resourceType=apigateway resource=invoke output={"StatusCode":200}',
            "6 < 5 TaskStateExited name=Order",
            "7 < 6 ChoiceStateEntered name=Ordered?",
            "8 < 7 ChoiceStateExited name=Ordered?",
            "9 < 8 FailStateEntered name=Closed",
            "10 < 9 ExecutionFailed",
        ],
        [("Closed", "", [])],
    ),
    "a run that was stopped": ([STARTED, "2 < 0 WaitStateEntered name=Night", "3 < 0 ExecutionAborted"], []),
}
