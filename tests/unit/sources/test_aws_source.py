"""Fetching an execution from AWS: by pages, as far as it may be read."""

import json
from datetime import UTC, datetime
from io import BytesIO

import pytest
from botocore.exceptions import EndpointConnectionError, NoCredentialsError, ProfileNotFound

from stockflow.errors import CommandFailed, Unusable
from stockflow.history.compare import LastGood
from stockflow.sources import OpenedRun, SavedRun, model_of, open_run, save_run
from stockflow.sources.aws_source import fetch_execution
from stockflow.sources.saving import surroundings_of
from stockflow.testing import FakeClock, client_error
from tests.helpers.made_runs import DEFINITION, made_run, mixed
from tests.helpers.recorded import events_of, history

ARN = "arn:aws:states:eu-west-1:123456789012:execution:daily-prices:2026-11-20"
EXPRESS = "arn:aws:states:eu-west-1:123456789012:express:daily-prices:2026-11-20:uuid"
NOW_MS = 1_795_213_800_250
WHEN = datetime(2026, 11, 20, 22, 30, tzinfo=UTC)


class ScriptedAws:
    """Answers as AWS does, from what it was given; a refusal is given as an exception."""

    def __init__(self, **answers):
        self.answers = answers
        self.asked = []

    def client(self, name, **options):
        self.options = options
        return _Client(self, name)


class _Client:
    def __init__(self, aws, name):
        self.aws, self.name = aws, name

    def __getattr__(self, operation):
        def call(**arguments):
            self.aws.asked.append((operation, arguments))
            answer = self.aws.answers[operation]
            answer = answer(**arguments) if callable(answer) else answer
            if isinstance(answer, Exception):
                raise answer
            return answer

        return call


def paged(events, size):
    """GetExecutionHistory, ``size`` events a page."""

    def answer(executionArn, maxResults, nextToken="0"):  # noqa: N803 # AWS's names
        assert maxResults == 1000
        first = int(nextToken)
        page = {"events": events[first : first + size]}
        return page | {"nextToken": str(first + size)} if first + size < len(events) else page

    return answer


def standard(events, **more):
    description = {"executionArn": ARN, "name": "2026-11-20", "status": "FAILED", "startDate": WHEN, "stopDate": WHEN}
    answers = {
        "describe_execution": description,
        "get_execution_history": paged(events, 1000),
        "describe_state_machine_for_execution": {"definition": json.dumps(DEFINITION)},
        "list_map_runs": {"mapRuns": []},
        "get_function_configuration": {"LoggingConfig": {"LogGroup": "/stockflow/fetch"}},
        "filter_log_events": {"events": [{"message": "Fetch failed\n"}]},
        "get_object": client_error("NoSuchKey"),
        "list_executions": {"executions": []},
    }
    return ScriptedAws(**answers | more)


def test_the_whole_history_is_fetched_page_by_page():
    """3,000 events in pages of 1,000; the definition is that of the version that ran."""
    events = made_run(mixed(160)).events
    run = fetch_execution(ARN, standard(events), FakeClock(NOW_MS))
    assert (len(run.events), run.definition, run.fetched_at) == (len(events), DEFINITION, "2026-11-20T22:30:00.250Z")
    assert (run.description["startDate"], run.missing) == ("2026-11-20T22:30:00.000Z", [])


def test_the_region_is_the_arns():
    """Whatever region the shell is set to."""
    aws = standard([])
    fetch_execution(ARN, aws, FakeClock(NOW_MS))
    assert aws.options["region_name"] == "eu-west-1"


def test_log_lines_of_failed_attempts_come_with_it():
    """Found by request id in the function's own log group, around the time of the attempt."""
    events = made_run({"AAPL": "ok", "NFLX": "bad"}).events
    aws = standard(events)
    run = fetch_execution(ARN, aws, FakeClock(NOW_MS))
    failed = model_of(run).find_visit(symbol="NFLX", state="Transform").attempts[0]
    assert run.logs == {failed.request_id: ["Fetch failed"]}
    asked = next(arguments for operation, arguments in aws.asked if operation == "filter_log_events")
    assert asked["logGroupName"] == "/stockflow/fetch"
    assert asked["filterPattern"] == f'"{failed.request_id}"'
    assert asked["startTime"] < asked["endTime"]


def log_pages(*pages, for_ever=False):
    """FilterLogEvents with these messages a page; the last one leads nowhere, or to itself for ever."""

    def answer(nextToken="0", **_):  # noqa: N803 # AWS's name
        number = min(int(nextToken), len(pages) - 1)
        page = {"events": [{"message": message} for message in pages[number]]}
        more = for_ever or number + 1 < len(pages)
        return page | ({"nextToken": str(number + 1)} if more else {})

    return answer


def logged(answer):
    """The run of a failed attempt whose function's log answers so, and its lines."""
    aws = standard(made_run({"AAPL": "ok", "NFLX": "bad"}).events, filter_log_events=answer)
    run = fetch_execution(ARN, aws, FakeClock(NOW_MS))
    (lines,) = run.logs.values()
    return run, lines


def test_log_lines_after_an_empty_page_are_found():
    """CloudWatch may answer with nothing but a token: the lines are on the next page."""
    run, lines = logged(log_pages([], ["Fetch failed"]))
    assert (lines, run.missing) == (["Fetch failed"], [])


def test_log_lines_of_exactly_the_most_are_all_there():
    """Nothing is said to be missing where nothing is, though a page follows."""
    run, lines = logged(log_pages(["line"] * 200, []))
    assert (len(lines), run.missing) == (200, [])


def test_log_lines_that_are_too_many_are_cut_and_said():
    """The first ones are kept, and the sentence says how many."""
    run, lines = logged(log_pages(["first"] * 150, ["more"] * 150, ["never read"]))
    assert (lines.count("first"), lines.count("more")) == (150, 50)
    assert run.missing == ["Of the log of a failed attempt only the first 200 lines are here."]


def test_a_log_without_end_is_given_up():
    """Page after page without a line ends after a hundred, and is said."""
    run, lines = logged(log_pages([], for_ever=True))
    assert lines == []
    assert run.missing == ["The functions' logs go on after 100 pages: lines of failed attempts may be missing."]


def test_a_function_that_cannot_be_described_logs_where_lambda_puts_it():
    """Without the right to read the function's settings."""
    aws = standard(made_run({"NFLX": "bad"}).events, get_function_configuration=client_error("AccessDeniedException"))
    fetch_execution(ARN, aws, FakeClock(NOW_MS))
    asked = next(arguments for operation, arguments in aws.asked if operation == "filter_log_events")
    assert asked["logGroupName"] == "/aws/lambda/stockflow-Transform"


def test_of_many_failed_attempts_some_have_their_lines():
    """A thousand queries would take minutes; that they are not all there is said."""
    aws = standard(made_run(dict.fromkeys(mixed(40), "bad")).events)
    run = fetch_execution(ARN, aws, FakeClock(NOW_MS))
    assert len(run.logs) == 24
    assert run.missing == ["Of 40 failed attempts the first 24 have their log lines here."]


def test_each_cause_has_log_lines_before_one_has_many():
    """Thirty unknown symbols do not hide the one that had bad prices; what waits for another slot asks for none."""
    stories = dict.fromkeys(list(mixed(30)), "unknown") | {"ZZ": "bad", "ZY": "moved"}
    run = fetch_execution(ARN, standard(made_run(stories).events), FakeClock(NOW_MS))
    model = model_of(run)
    logged = {
        cause.error: sum(v.attempts[-1].request_id in run.logs for v in cause.visits) for cause in model.root_causes
    }
    assert logged == {"UnknownSymbol": 23, "BadPrices": 1}
    assert len(run.logs) == 24


class TestTheBucket:
    """The manifest of a run on AWS, and how each symbol's last good run went."""

    EARLIER = datetime(2026, 11, 19, 22, 30, tzinfo=UTC)

    def fetched(self, **more):
        """A run in which NFLX failed; the day before it was saved, and two days before too."""
        self.read = []

        def get_object(Bucket, Key, **_):  # noqa: N803 # AWS's names
            self.read.append(f"{Bucket}/{Key}")
            status = "failed" if Key == "runs/2026-11-20/manifest.json" else "saved"
            symbols = [{"symbol": "NFLX", "status": status, "rows_added": 3, "attempts": 1}]
            name = Key.split("/")[1]
            manifest = {"execution": name, "started_at": f"{name}T22:30:00.000Z", "symbols": symbols}
            return {"Body": BytesIO(json.dumps(manifest).encode()), "ETag": '"1"', "LastModified": WHEN, "Metadata": {}}

        runs = [("2026-11-20", WHEN), ("2026-11-19", self.EARLIER), ("2026-11-18", self.EARLIER)]
        answers = {
            "get_function_configuration": {"Environment": {"Variables": {"S3_BUCKET": "lake"}}},
            "get_object": get_object,
            "list_executions": {"executions": [{"name": name, "stopDate": stopped} for name, stopped in runs]},
        }
        description = made_run({"NFLX": "bad"}).description | {"name": "2026-11-20", "executionArn": ARN}
        aws = standard(made_run({"NFLX": "bad"}).events, describe_execution=description, **answers | more)
        return fetch_execution(ARN, aws, FakeClock(NOW_MS))

    def test_a_symbol_is_compared_with_its_last_good_run(self):
        """The newest before this run; none further back is read than need be."""
        run = self.fetched()
        assert run.missing == []
        assert run.manifest["symbols"][0]["status"] == "failed"
        assert self.read == ["lake/runs/2026-11-20/manifest.json", "lake/runs/2026-11-19/manifest.json"]
        assert run.last_good["NFLX"]["execution"] == "2026-11-19"

    def test_the_page_shows_it_and_so_does_one_made_of_the_saved_run(self, tmp_path):
        """The comparison is kept in run.json, not found anew."""
        files = save_run(tmp_path / "2026-11-20", self.fetched())
        again = OpenedRun.surroundings(open_run(str(tmp_path / "2026-11-20")))
        assert "<td>saved 11-19" in files.report.read_text(encoding="utf-8")
        assert again.last_good["NFLX"].started_at == "2026-11-19T22:30:00.000Z"

    def test_a_bucket_that_may_not_be_read_is_missing(self):
        """The rest is shown all the same."""
        run = self.fetched(get_object=client_error("AccessDenied"))
        assert run.missing[0].startswith("Rows and the results of earlier runs are unknown: ")
        assert (run.manifest, run.last_good) == ({}, {})

    def test_a_saved_run_of_strange_comparisons_is_read(self):
        """What is no comparison is passed over."""
        saved = SavedRun.from_dict(
            {"version": 1, "description": {}, "manifest": {"symbols": 5}, "last_good": {"A": 1, "B": {}}}
        )
        assert surroundings_of(None, saved, "x").last_good == {"B": LastGood("", "", 0, 0, 0, None)}


@pytest.mark.parametrize(
    ("operation", "said"),
    [
        ("describe_state_machine_for_execution", "The definition that ran can't be read"),
        ("list_map_runs", "The child executions of Distributed Maps can't be read"),
        ("filter_log_events", "The functions' log lines can't be read"),
    ],
)
def test_what_may_not_be_read_is_missing(operation, said):
    """The rest is shown all the same."""
    aws = standard(made_run({"NFLX": "bad"}).events, **{operation: client_error("AccessDeniedException")})
    run = fetch_execution(ARN, aws, FakeClock(NOW_MS))
    assert len(run.events) > 10
    assert run.missing[0].startswith(said)


@pytest.mark.parametrize(
    ("error", "kind", "said"),
    [
        (client_error("ExecutionDoesNotExist"), CommandFailed, "90 days"),
        (client_error("AccessDeniedException"), CommandFailed, "grant it states:DescribeExecution"),
        (client_error("InvalidArn"), Unusable, "not the ARN of an execution"),
        (client_error("InternalError"), CommandFailed, "InternalError"),
        (client_error("ThrottlingException"), CommandFailed, "try again in a minute"),
        (EndpointConnectionError(endpoint_url="https://states"), CommandFailed, "can't be reached"),
    ],
)
def test_an_execution_that_cannot_be_read_is_one_sentence(error, kind, said):
    """What is wrong, and what to do."""
    with pytest.raises(kind) as raised:
        fetch_execution(ARN, standard([], describe_execution=error), FakeClock(NOW_MS))
    assert said in str(raised.value)
    assert ARN in str(raised.value)


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (client_error("ExpiredTokenException"), "have expired: sign in"),
        (client_error("UnrecognizedClientException"), "does not accept the credentials"),
        (NoCredentialsError(), "no AWS credentials to use"),
        (ProfileNotFound(profile="nope"), "correct AWS_PROFILE"),
    ],
)
def test_credentials_that_a_person_can_mend_are_another_matter(error, said):
    """As in every command that asks AWS: exit status 2, and how to sign in."""
    with pytest.raises(Unusable, match=said):
        fetch_execution(ARN, standard([], describe_execution=error), FakeClock(NOW_MS))


def test_an_expired_history_is_one_sentence():
    """Described still, but its events are gone."""
    with pytest.raises(CommandFailed, match="90 days"):
        fetch_execution(
            ARN, standard([], get_execution_history=client_error("ExecutionDoesNotExist")), FakeClock(NOW_MS)
        )


def test_children_of_a_distributed_map_come_with_it():
    """Failed ones with their history, the others by name; their failure is the root cause."""
    parent = events_of("a Distributed Map")
    map_run = next(e for e in parent if e["type"] == "MapRunStarted")["mapRunStartedEventDetails"]["mapRunArn"]
    child = history(
        "1 < 0 ExecutionStarted",
        '2 < 0 TaskStateEntered name=Work input={"symbol":"NFLX"}',
        "3 < 2 TaskFailed error=Boom",
        "4 < 3 ExecutionFailed error=Boom",
    )

    def history_of(executionArn, **page):  # noqa: N803 # AWS's name
        return {"events": child if executionArn == "arn:child2" else parent}

    def described(executionArn):  # noqa: N803 # AWS's name
        if executionArn == ARN:
            return {"executionArn": ARN, "name": "x", "status": "SUCCEEDED", "startDate": WHEN}
        return {"executionArn": executionArn, "status": "FAILED", "startDate": WHEN, "input": '{"symbol":"NFLX"}'}

    listed = {
        None: {
            "executions": [{"executionArn": "arn:child1", "status": "SUCCEEDED", "startDate": WHEN}],
            "nextToken": "2",
        },
        "2": {"executions": [{"executionArn": "arn:child2", "status": "FAILED", "startDate": WHEN}]},
    }
    aws = standard(
        parent,
        describe_execution=described,
        get_execution_history=history_of,
        list_map_runs={"mapRuns": [{"mapRunArn": map_run}]},
        describe_map_run={"mapRunArn": map_run, "itemCounts": {"total": 2}},
        list_executions=lambda nextToken=None, **_: listed[nextToken],  # noqa: N803 # AWS's name
        describe_state_machine_for_execution={"definition": "{}"},
    )
    model = model_of(fetch_execution(ARN, aws, FakeClock(NOW_MS)))
    assert [(c.state, c.error, model.symbols_of(c)) for c in model.root_causes] == [("Work", "Boom", ["NFLX"])]
    assert [(row.symbol, row.status) for row in model.rows] == [("NFLX", "failed"), ("#0", "ok")]


class TestExpress:
    """An Express execution has no history: it is read from its state machine's log group."""

    LINES = (
        {"id": "1", "type": "ExecutionStarted", "previous_event_id": "0", "event_timestamp": "1795213800250"},
        {
            "id": "2",
            "type": "FailStateEntered",
            "details": {"name": "F"},
            "previous_event_id": "0",
            "event_timestamp": "1795213800260",
        },
        {
            "id": "3",
            "type": "ExecutionFailed",
            "details": {"error": "E"},
            "previous_event_id": "2",
            "event_timestamp": "1795213800270",
        },
    )

    def aws(self, **logging):
        group = {
            "cloudWatchLogsLogGroup": {"logGroupArn": "arn:aws:logs:eu-west-1:1:log-group:/aws/vendedlogs/states/x:*"}
        }
        settings = {"level": "ALL", "includeExecutionData": True, "destinations": [group]} | logging
        pages = {
            None: {"events": [{"message": json.dumps(line)} for line in self.LINES[:2]], "nextToken": "2"},
            "2": {"events": [{"message": json.dumps(self.LINES[2])}]},
        }
        return ScriptedAws(
            describe_state_machine={"stateMachineArn": "arn:m", "definition": "{}", "loggingConfiguration": settings},
            filter_log_events=lambda nextToken=None, **_: pages[nextToken],  # noqa: N803 # AWS's name
        )

    def test_it_is_read_from_the_log_group(self):
        """All pages, only this execution's lines."""
        aws = self.aws()
        model = model_of(fetch_execution(EXPRESS, aws, FakeClock(NOW_MS)))
        assert [(c.state, c.error) for c in model.root_causes] == [("F", "E")]
        asked = [arguments for operation, arguments in aws.asked if operation == "filter_log_events"]
        assert len(asked) == 2
        assert {arguments["startTime"] for arguments in asked} == {NOW_MS - 86_400_000}
        assert asked[0]["logGroupName"] == "/aws/vendedlogs/states/x"
        assert EXPRESS in asked[0]["filterPattern"]

    def test_an_older_one_is_looked_for_further_back(self):
        """Its ARN does not tell when it was: a day, a week, then the whole log group; no page after its end is read."""
        aws = self.aws()
        whole = aws.answers["filter_log_events"]
        aws.answers["filter_log_events"] = lambda startTime=None, **more: (  # noqa: N803 # AWS's name
            {"events": []} if startTime else whole(**more)
        )
        run = fetch_execution(EXPRESS, aws, FakeClock(NOW_MS))
        asked = [arguments for operation, arguments in aws.asked if operation == "filter_log_events"]
        ages = [arguments.get("startTime") and NOW_MS - arguments["startTime"] for arguments in asked]
        assert ages == [86_400_000, 7 * 86_400_000, None, None]
        assert len(run.events) == 3

    def test_a_log_group_without_end_is_given_up(self):
        """However many windows it is looked for in, a hundred pages are read in all, and that is said."""
        aws = self.aws()
        aws.answers["filter_log_events"] = {"events": [], "nextToken": "more"}
        run = fetch_execution(EXPRESS, aws, FakeClock(NOW_MS))
        assert sum(operation == "filter_log_events" for operation, _ in aws.asked) == 100
        assert "Only the first 100 pages of the log were read." in run.missing

    @pytest.mark.parametrize(
        ("logging", "said"),
        [
            ({"level": "ERROR"}, "The log level is ERROR"),
            ({"includeExecutionData": False}, "does not include execution data"),
            ({"level": "OFF"}, "writes no log"),
            ({"destinations": []}, "writes no log"),
        ],
    )
    def test_what_its_log_leaves_out_is_said(self, logging, said):
        """By its settings."""
        assert said in " ".join(fetch_execution(EXPRESS, self.aws(**logging), FakeClock(NOW_MS)).missing)
