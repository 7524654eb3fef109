"""Every timeout and retry of the workflows, with the reason for its number."""

from datetime import timedelta
from typing import TypedDict

from temporalio.common import RetryPolicy
from temporalio.workflow import ActivityCancellationType

from models.errors import non_retryable
from models.records import MOST_ATTEMPTS


class ActivityPolicy(TypedDict):
    """Arguments of ``execute_activity``."""

    start_to_close_timeout: timedelta
    heartbeat_timeout: timedelta | None
    retry_policy: RetryPolicy
    cancellation_type: ActivityCancellationType


class LocalPolicy(TypedDict):
    """Arguments of ``execute_local_activity``."""

    start_to_close_timeout: timedelta
    retry_policy: RetryPolicy


_NEVER = non_retryable()

# A step talks to a database and at most one other system. A mail server may take 15 s for each of six answers and a
# minute for the content: three minutes mean that a second attempt never overlaps a first one that is still alive. The
# worker beats for every step (``activities.interceptor``), so one that was killed is noticed after ten seconds.
# Retries never give up: a vendor that is down for two days delays the play, it does not lose the step. An hour between
# tries keeps a long outage from filling the log.
STEP: ActivityPolicy = {
    "start_to_close_timeout": timedelta(minutes=3),
    "heartbeat_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(hours=1),
        non_retryable_error_types=_NEVER,
    ),
    "cancellation_type": ActivityCancellationType.TRY_CANCEL,
}

# Only the database: short attempts, retried soon, so that an event is acted on seconds after the database is back.
# No error is final here: what cannot be recorded or decided (a playbook missing for a segment) waits until an operator
# has mended it, and the customer's later events wait behind it, in order. Nothing is dropped.
RECORD: ActivityPolicy = {
    "start_to_close_timeout": timedelta(seconds=15),
    "heartbeat_timeout": None,
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(seconds=30),
    ),
    "cancellation_type": ActivityCancellationType.WAIT_CANCELLATION_COMPLETED,
}

# Only the database, and the step from an event to what follows from it: in the workflow's own task, so that a signup is
# acted on two dispatches sooner and costs five events less. Nothing is final here either, as in RECORD.
DECIDE: LocalPolicy = {
    "start_to_close_timeout": timedelta(seconds=15),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(seconds=30),
    ),
}

# The last row of a run: one marker in the history instead of six events (see docs/benchmarks.md).
CLOSE: LocalPolicy = {
    "start_to_close_timeout": timedelta(seconds=20),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(milliseconds=200),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(seconds=10),
    ),
}

# A receiver that says no for three days is told to operations as failed; until then every half hour at most.
DELIVERY: ActivityPolicy = {
    "start_to_close_timeout": timedelta(seconds=40),
    "heartbeat_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=2),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(minutes=30),
        maximum_attempts=MOST_ATTEMPTS,
        non_retryable_error_types=_NEVER,
    ),
    "cancellation_type": ActivityCancellationType.TRY_CANCEL,
}

# Twenty pages take half a minute on a small machine; a quarter of an hour says that something else is wrong. A worker
# that was killed is noticed after ten seconds, and the next one goes on after the last page. What no retry can mend
# (the day was taken over by another run) ends the sweep.
SWEEP: ActivityPolicy = {
    "start_to_close_timeout": timedelta(minutes=15),
    "heartbeat_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(minutes=1),
        non_retryable_error_types=_NEVER,
    ),
    "cancellation_type": ActivityCancellationType.TRY_CANCEL,
}

# One delivery to an outside system: its row keeps the attempts, the next try and the circuit, shared by all systems'
# workers, so Temporal tries again only what a worker did not bring to an end. Two minutes: four calls of 20 s and the
# database; a row that is being sent for five minutes is then nobody's.
VENDOR: ActivityPolicy = {
    "start_to_close_timeout": timedelta(minutes=2),
    "heartbeat_timeout": timedelta(seconds=15),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=2),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(minutes=1),
        maximum_attempts=3,
        non_retryable_error_types=_NEVER,
    ),
    "cancellation_type": ActivityCancellationType.TRY_CANCEL,
}

# A page of a source, or a comparison of the books: up to some hundred calls of a vendor within its limits. A vendor
# that is down is asked again for as long as the outage lasts, so that nobody has to start a reading again by hand.
PULL: ActivityPolicy = {
    "start_to_close_timeout": timedelta(minutes=30),
    "heartbeat_timeout": timedelta(seconds=10),
    "retry_policy": RetryPolicy(
        initial_interval=timedelta(seconds=1),
        backoff_coefficient=2.0,
        maximum_interval=timedelta(minutes=15),
        non_retryable_error_types=_NEVER,
    ),
    "cancellation_type": ActivityCancellationType.TRY_CANCEL,
}

SEEN_KEPT = 500
"""How many occurrence keys a workflow remembers to recognise a redelivery; the inbox has stopped all others."""
