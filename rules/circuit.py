"""When a system that fails is left in peace, and when it is asked again (sections 0.1 and 2; real time).

Five failures in a row open the circuit for a minute, doubled with each probe that fails, to half an hour. An open one
lets a single probe through when its time has come. A system that says how long to wait has not failed. What only an
operator can mend (credentials) opens it at once.
"""

from datetime import datetime, timedelta

from models.vendor_delivery import Circuit

OPENS_AT = 5
FIRST_WAIT = timedelta(minutes=1)
LONGEST_WAIT = timedelta(minutes=30)
PROBE = timedelta(minutes=2)
"""How long one probe has the system to itself: longer than any call."""


def may_ask(circuit: Circuit, now: datetime) -> bool:
    """Whether anything may be asked of it now."""
    return circuit.retry_at is None or circuit.retry_at <= now


def admitted(circuit: Circuit, now: datetime) -> Circuit:
    """An open circuit as the one who may probe it leaves it: closed to everybody else until the probe is over."""
    if circuit.state == "closed":
        return circuit
    return circuit.model_copy(update={"retry_at": now + PROBE})


def answered(circuit: Circuit) -> Circuit:
    """It understood, whatever it said: it is there."""
    return Circuit(system=circuit.system, version=circuit.version)


def told_to_wait(circuit: Circuit, now: datetime, wait: timedelta) -> Circuit:
    """It is there and busy."""
    until = now + wait
    if circuit.retry_at is not None and circuit.state == "closed" and circuit.retry_at > until:
        return circuit
    return Circuit(system=circuit.system, version=circuit.version, retry_at=until, reason="asked us to wait")


def failed(circuit: Circuit, now: datetime, reason: str) -> Circuit:
    """It did not answer, or not sensibly."""
    failures = circuit.failures + 1
    if failures < OPENS_AT:
        return circuit.model_copy(update={"failures": failures, "reason": reason[:300]})
    return _opened(circuit, now, reason, failures, min(FIRST_WAIT * (1 << min(failures - OPENS_AT, 10)), LONGEST_WAIT))


def misconfigured(circuit: Circuit, now: datetime, reason: str) -> Circuit:
    """It refuses us; nothing will go through until somebody mends it."""
    return _opened(circuit, now, reason, max(circuit.failures + 1, OPENS_AT), LONGEST_WAIT / 2)


def _opened(circuit: Circuit, now: datetime, reason: str, failures: int, wait: timedelta) -> Circuit:
    return circuit.model_copy(
        update={
            "state": "open",
            "failures": failures,
            "since": circuit.since or now,
            "retry_at": now + wait,
            "reason": reason[:300],
        }
    )


def backoff(attempts: int) -> timedelta:
    """How long a delivery that failed waits: 5 s, doubled, to half an hour."""
    return min(timedelta(seconds=5) * (1 << min(max(attempts - 1, 0), 12)), LONGEST_WAIT)
