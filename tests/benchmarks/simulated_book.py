"""A lively book of customers on the playbooks that come with Steadfast, simulated in a process of its own.

``python -m tests.benchmarks.simulated_book CUSTOMERS PROCESSES`` prints seconds, MiB (the process and its largest
child by as many as there are) and what happened, as JSON.
"""

import json
import os
import resource
import sys
import time as clock
from datetime import UTC, datetime, time, timedelta

from analysis.simulation.book import simulate
from analysis.simulation.summary import summarise
from analysis.simulation.world import Account, Manager, Rules, World
from cli.simulation_world import texts_of, tips_of
from models.enums import LifecycleStage, Plan, Segment, SubscriptionStatus
from models.responses import Responses
from playbooks.catalog import Catalog
from rendering.catalogue import Templates
from rules.segments import segment_of

BEGINS = datetime(2026, 3, 2, tzinfo=UTC)
DAYS = 90
ZONES = ("Europe/Madrid", "America/New_York", "Asia/Tokyo", "Europe/Berlin")

LIVELY = {
    "seed": 12,
    "habits": [
        {"event": "user_logged_in", "as_stored": "logins_per_week", "share": 0.85},
        {"event": "subscription_created", "per_month": 0.3},
        {"event": "ticket_opened", "per_month": 0.5},
        {"event": "ticket_closed", "per_month": 0.5},
        {"event": "payment_failed", "per_month": 0.03},
        {"event": "cancellation_requested", "per_month": 0.02},
        {"event": "limit_near", "per_month": 0.1},
    ],
    "reactions": [
        {"playbook": "self-serve-v1", "event": f"onboarding_step_completed:{criterion}", "probability": 0.7,
         "after": {"min": "1 hour", "max": "10 days"}}
        for criterion in ("profile_completed", "chatbot_created", "widget_installed", "chatbot_customized",
                          "first_conversation_completed")
    ],
}  # fmt: skip


def world() -> World:
    """The released playbooks and texts, and people who answer."""
    templates = Templates.load()
    playbooks = Catalog.load(templates=templates).all()
    return World(
        begins=BEGINS,
        ends=BEGINS + timedelta(days=DAYS),
        playbooks=playbooks,
        texts=texts_of(templates),
        rules=Rules(time(20), time(8), 4, "Europe/Madrid"),
        team=tuple(Manager(f"csm-{n}", tuple(Segment), 0, 40) for n in range(10)),
        tips=tips_of(templates, playbooks),
        responses=Responses.model_validate(LIVELY),
    )


def book(customers: int) -> list[Account]:
    """Customers of every plan and zone; four in five are customers already, the others sign up as days pass."""
    plans = tuple(Plan)
    return [_account(number, plans[number % len(plans)]) for number in range(customers)]


def _account(number: int, plan: Plan) -> Account:
    new = number % 5 == 0
    return Account(
        id=f"C-{number:06}",
        segment=segment_of(plan, None),
        plan=plan.value,
        stage=None if new else LifecycleStage.GROWING,
        status=None if new else SubscriptionStatus.ACTIVE,
        cycle=0 if new else 1,
        zone=ZONES[number % len(ZONES)],
        consent_relationship=True,
        consent_marketing=number % 3 == 0,
        csm=None if new else f"csm-{number % 10}",
        subscribed_at=None if new else BEGINS - timedelta(days=30 + number % 700),
        renewal_at=None if new else BEGINS + timedelta(days=number % 365),
        facts={
            "logins_per_week": 0.5 + number % 7,
            "days_since_last_login": number % 6,
            "open_tickets": number % 3,
            "failed_payments": 0,
            "contract_length": 12,
        },
    )


def main() -> None:
    """One run, told as JSON."""
    customers, processes = int(sys.argv[1]), int(sys.argv[2])
    where, who = world(), book(customers)
    began = clock.perf_counter()
    tally = simulate(where, who, processes=processes)
    done = summarise(where, who, tally)
    seconds = clock.perf_counter() - began
    own = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    child = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
    mib = (own + (processes if processes > 1 else 0) * child) / 1024
    cpu = sum(os.times()[:4])
    told = {"seconds": seconds, "cpu": cpu, "mib": mib, "events": done.events, "sends": done.sends, "tasks": done.tasks,
            "runs": sum(one.started for one in done.plays)}  # fmt: skip
    print(json.dumps(told))


if __name__ == "__main__":
    main()
