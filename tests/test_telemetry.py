"""One line for each thing said, whoever said it: with whose work it was, and nothing that must not be told."""

import asyncio
import json
import logging
import urllib.request
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
import structlog
import temporalio.workflow
from sqlalchemy.exc import IntegrityError
from temporalio import activity
from temporalio.testing import ActivityEnvironment
from temporalio.worker import ActivityInboundInterceptor, ExecuteActivityInput

import telemetry
import telemetry_metrics
from models.errors import Misconfigured
from models.run import StepResult
from settings import Settings
from telemetry_redaction import MASK, redact


@pytest.fixture(autouse=True)
def _logging_as_it_was() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    yield
    root.handlers = handlers
    root.setLevel(level)
    structlog.reset_defaults()


def lines(capsys: pytest.CaptureFixture[str]) -> list[dict[str, Any]]:
    return [json.loads(line) for line in capsys.readouterr().err.splitlines()]


def test_ours_and_a_librarys_lines_look_the_same(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.setup(Settings(home=tmp_path), "worker")
    telemetry.setup(Settings(home=tmp_path), "worker")
    structlog.stdlib.get_logger("steadfast.test").info("hello", answer=42)
    logging.getLogger("some.library").warning("took %d s", 3, extra={"answer": 42})
    ours, theirs = lines(capsys)
    assert (ours["event"], ours["logger"], ours["level"]) == ("hello", "steadfast.test", "info")
    assert (theirs["event"], theirs["logger"], theirs["level"]) == ("took 3 s", "some.library", "warning")
    for line in (ours, theirs):
        assert line["process"] == "worker"
        assert line["answer"] == 42
        assert datetime.fromisoformat(line["timestamp"]).tzinfo == UTC


def test_lines_below_the_level_are_not_written(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.setup(Settings(home=tmp_path, log_level="warning"), "worker")
    structlog.stdlib.get_logger("a").info("no")
    logging.getLogger("b").info("no")
    logging.getLogger("sqlalchemy.engine").info("never")
    assert lines(capsys) == []


def test_a_person_reads_one_line_too(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.setup(Settings(home=tmp_path, log_format="console"), "dev")
    try:
        raise ValueError("boom")
    except ValueError:
        structlog.stdlib.get_logger("a").exception("failed", customer="C-1")
    written = capsys.readouterr().err
    assert "failed" in written
    assert "customer=C-1" in written
    assert "ValueError: boom" in written


def test_a_workflows_line_says_whose_it_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.setup(Settings(home=tmp_path), "worker")
    logging.getLogger("temporalio.workflow").info(
        "parked",
        extra={"temporal_workflow": {"workflow_id": "onboarding:a%2Fb:2", "run_id": "r-1", "workflow_type": "X"}},
    )
    [line] = lines(capsys)
    assert (line["customer"], line["workflow_id"], line["run_id"]) == ("a/b", "onboarding:a%2Fb:2", "r-1")
    assert "temporal_workflow" not in line
    assert temporalio.workflow.logger.workflow_info_on_message is False


async def test_any_line_logged_inside_an_activity_says_whose_it_is(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    telemetry.setup(Settings(home=tmp_path), "worker")

    async def work() -> None:
        activity.logger.info("by temporalio")
        structlog.stdlib.get_logger("ours").info("by structlog")
        logging.getLogger("httpx").warning("by a library")

    environment = ActivityEnvironment()
    environment.info = ActivityEnvironment.default_info()
    await environment.run(work)
    said = lines(capsys)
    assert [line["event"] for line in said] == ["by temporalio", "by structlog", "by a library"]
    for line in said:
        assert (line["workflow_id"], line["run_id"], line["activity"]) == ("test", "test-run", "unknown")
        assert "customer" not in line, "an id that is not ours names no customer"


def test_an_access_line_never_shows_the_query(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.setup(Settings(home=tmp_path), "console")
    logging.getLogger("uvicorn.access").info(
        '%s - "%s %s HTTP/%s" %d', "127.0.0.1:5", "GET", "/unsubscribe?token=abc", "1.1", 200
    )
    [line] = lines(capsys)
    assert (line["method"], line["path"], line["status"]) == ("GET", "/unsubscribe", 200)
    assert "abc" not in json.dumps(line)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("events_secret", "s3"),
        ("Authorization", "Bearer s3"),
        ("smtp_password", "s3"),
        ("unsubscribe_token", "s3"),
        ("email", "s3"),
        ("text", "s3"),
        ("html", "s3"),
        ("mrr", 300),
        ("mail", {"html": "s3", "headers": {"x": "s3"}}),
        ("rows", [{"recipient": "s3"}, ("x", {"subject": "s3"})]),
        ("error", "cannot reach postgresql+psycopg://me:s3@db/steadfast"),
        ("error", "550 no such user s3.person@example.com"),
        ("error", "used whsec_s3s3s3s3=="),
        ("error", "sent Authorization: Bearer s3s3s3s3s3s3"),
        ("error", "1 error\n [type=int, input_value='s3', input_type=str]"),
    ],
)
def test_secrets_people_and_texts_are_masked(field: str, value: object) -> None:
    shown = redact(None, "info", {"event": "x", field: value})
    assert "s3" not in json.dumps(shown)
    assert "300" not in json.dumps(shown)
    assert shown["event"] == "x"


def test_a_failed_insert_does_not_print_its_row(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    telemetry.setup(Settings(home=tmp_path), "worker")
    failure = IntegrityError("INSERT INTO communications", {"text": "Hola Ana"}, ValueError("UNIQUE"))
    try:
        raise failure
    except IntegrityError:
        logging.getLogger("a").exception("failed")
    [line] = lines(capsys)
    assert "UNIQUE" in line["exception"]
    assert "Hola" not in json.dumps(line)
    assert MASK in line["exception"]


def test_what_is_endless_is_cut() -> None:
    shown = redact(None, "info", {"event": "x" * 100_000})
    assert len(shown["event"]) < 9_000
    loop: dict[str, Any] = {}
    loop["loop"] = loop
    redact(None, "info", {"event": "x", "value": loop})


async def fetch(url: str) -> str:
    def get() -> str:
        with urllib.request.urlopen(url, timeout=10) as answer:
            return str(answer.read().decode())

    return await asyncio.to_thread(get)


async def test_both_endpoints_serve_their_figures(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    settings = Settings(home=tmp_path)
    telemetry.setup(settings, "worker")
    made = telemetry.runtime(settings)
    made.metric_meter.create_counter("probe", "", "").add(1)
    stop = telemetry_metrics.serve(settings)
    try:
        sdk, ours = (line["url"] for line in lines(capsys))
        assert "probe_total" in await fetch(sdk)
        telemetry_metrics.step("probe", "done")
        served = await fetch(ours)
    finally:
        stop()
    assert 'steadfast_steps_total{action="probe",status="done"} 1.0' in served


async def test_a_port_that_is_taken_is_a_wrong_setting(tmp_path: Path) -> None:
    listener = await asyncio.start_server(lambda _r, _w: None, "127.0.0.1", 0)
    port = listener.sockets[0].getsockname()[1]
    try:
        with pytest.raises(Misconfigured, match="STEADFAST_WORKER_METRICS_PORT"):
            telemetry.runtime(Settings(home=tmp_path, worker_metrics_port=port))
        with pytest.raises(Misconfigured, match="STEADFAST_WORKER_METRICS_PORT"):
            telemetry_metrics.serve(Settings(home=tmp_path, worker_metrics_port=port - 1))
    finally:
        listener.close()
        await listener.wait_closed()


async def test_steps_are_counted_by_what_they_answered() -> None:
    class Answer(ActivityInboundInterceptor):
        def __init__(self, answer: StepResult | Exception) -> None:
            self.answer = answer

        async def execute_activity(self, input: ExecuteActivityInput) -> StepResult:
            if isinstance(self.answer, Exception):
                raise self.answer
            return self.answer

    async def attempt(answer: StepResult | Exception) -> None:
        inner = telemetry_metrics.StepMetrics().intercept_activity(Answer(answer))
        await ActivityEnvironment().run(
            inner.execute_activity, ExecuteActivityInput(fn=attempt, args=[], executor=None, headers={})
        )

    await attempt(StepResult(status="done"))
    await attempt(StepResult(status="skipped"))
    with pytest.raises(ValueError, match="boom"):
        await attempt(ValueError("boom"))
    counted = {
        sample.labels["status"]: sample.value
        for metric in telemetry_metrics._steps.collect()
        for sample in metric.samples
        if sample.name == "steadfast_steps_total" and sample.labels["action"] != "probe"
    }
    assert counted == {"done": 1.0, "skipped": 1.0, "error": 1.0}
