"""A whole onboarding as its users see it: signed HTTP in, mail out, the command line and Temporal to look at it."""

from datetime import timedelta
from typing import Any

import httpx
from temporalio.client import Client

from models.events import EventType
from models.ids import lifecycle_id, new_id, onboarding_id, sequence_id
from persistence.caught_mail import CaughtMailStore
from tests.e2e import said
from tests.e2e.site import Site, until

WELCOME = "onboarding.welcome_sequence"


async def test_a_customer_is_onboarded_and_every_view_agrees(
    site: Site, http: httpx.AsyncClient, dev_client: Client
) -> None:
    """Signup, a duplicate, a login and every step by HTTP; then mails, documents and search attributes."""
    customer = new_id("c")
    began = site.now()
    signup = said.signup(customer, began)
    answers = [await said.post(http, one) for one in (signup, signup, *said.steps(customer, began))]
    assert [answer.status_code for answer in answers] == [202, 200, 202, 202, 202, 202, 202]

    async def welcomed() -> dict[str, Any]:
        shown = await _welcomed(site, customer)
        if not shown:
            # Days pass in seconds: whoever logs in at each of these looks is not at risk before the end.
            login = said.event(EventType.USER_LOGGED_IN, customer, site.now())
            assert (await said.post(http, login)).status_code == 202
        return shown

    shown = await until(welcomed, "the end of the welcome sequence", every=1.0)
    _check_document(shown, customer)
    await _check_mail(site, customer, shown)
    await _check_console(http, customer, shown)
    await _check_temporal(dev_client, customer)


async def _welcomed(site: Site, customer: str) -> dict[str, Any]:
    store = site.store()
    try:
        async with store.read() as tx:
            runs = {run.playbook: run for run in await tx.runs.of(customer)}
            record = await tx.onboardings.latest(customer)
            waiting = await tx.inbox.undelivered(before=site.now() + timedelta(days=1), limit=10)
    finally:
        await store.close()
    if WELCOME not in runs or runs[WELCOME].ended is None or record is None or record.finished is None or waiting:
        return {}
    return await site.show(customer)


def _check_document(shown: dict[str, Any], customer: str) -> None:
    """The keys that are promised, and what they hold after a happy onboarding."""
    assert shown["customer"]["id"] == customer
    assert shown["stage"] == "adopting"
    assert [(one["from_stage"], one["to_stage"]) for one in shown["stage_history"]] == [
        (None, "onboarding"),
        ("onboarding", "adopting"),
    ]
    onboarding = shown["onboarding"]
    assert onboarding["program"] == "self-serve-v1"
    assert onboarding["status"] == "completed"
    assert onboarding["progress"] == 100
    assert onboarding["completed_steps"] == ["welcome", "first_chatbot", "customize", "install", "first_conversation"]
    assert onboarding["current_step"] == "connect_whatsapp", "optional, and all that is left"
    assert sorted(onboarding["milestones"]) == ["day1", "day3", "day7"]
    # Days pass in seconds: a survey may have begun before this was read.
    [running] = [one for one in shown["running"] if one["workflow_id"] == onboarding_id(customer, 1)]
    assert running["type"] == "OnboardingProgram"
    assert running["playbook"] == "self-serve-v1"
    assert running["version"] == 1
    assert running["waiting_for"] == "timer"
    assert running["until"] is not None
    [ended] = [one for one in shown["ended"] if one["workflow_id"] == sequence_id(customer, WELCOME, 1)]
    assert ended["status"] == "completed"
    assert {step["status"] for step in ended["steps"]} <= {"done", "skipped"}


async def _check_mail(site: Site, customer: str, shown: dict[str, Any]) -> None:
    """Every message that the log calls sent was caught, once, for this customer."""
    store = site.store()
    try:
        caught = await CaughtMailStore(store.database).page(1000)
    finally:
        await store.close()
    mine = sorted(mail.message_id for mail in caught if mail.envelope_to == (f"{customer}@sol.example",))
    sent = [one for one in shown["communications"] if one["status"] == "sent"]
    assert mine == sorted(one["message_id"] for one in sent)
    assert len(set(mine)) == len(mine)
    assert [one["template"] for one in sent].count("welcome_email_self_serve") == 1
    assert [one["template"] for one in sent].count("milestone_reached") == 3
    assert {one["status"] for one in shown["communications"]} == {"sent"}


async def _check_console(http: httpx.AsyncClient, customer: str, shown: dict[str, Any]) -> None:
    """The API tells the same, and the page is there."""
    answer = await http.get(f"/api/customers/{customer}")
    assert answer.status_code == 200
    view = answer.json()
    assert view["customer"] == shown["customer"]
    assert view["onboarding"]["progress"] == 100
    assert len(view["communications"]) == len(shown["communications"])
    assert (await http.get(f"/customers/{customer}")).status_code == 200
    assert (await http.get("/api/customers/nobody")).status_code == 404


async def _check_temporal(client: Client, customer: str) -> None:
    """An operator finds the customer's processes by attribute."""
    query = f"CustomerId = '{customer}'"

    async def listed() -> dict[str, Any]:
        found = {run.id: run async for run in client.list_workflows(query)}
        welcome = found.get(sequence_id(customer, WELCOME, 1))
        lifecycle = found.get(lifecycle_id(customer))
        seen = lifecycle is not None and lifecycle.typed_search_attributes.search_attributes
        stages = [pair.value for pair in seen or () if pair.key.name == "Stage"]
        return found if welcome is not None and stages == ["adopting"] else {}

    found = await until(listed, "the visibility of Temporal")
    assert {lifecycle_id(customer), onboarding_id(customer, 1), sequence_id(customer, WELCOME, 1)} <= set(found)
    onboarding = found[onboarding_id(customer, 1)]
    attributes = {pair.key.name: pair.value for pair in onboarding.typed_search_attributes.search_attributes}
    assert attributes["Playbook"] == "self-serve-v1"
    assert attributes["PlaybookVersion"].startswith("1-"), "the version and what it says"
    assert attributes["WaitingFor"] == "timer"


async def test_a_wrong_signature_leaves_nothing(site: Site, http: httpx.AsyncClient) -> None:
    """Refused with 401; the customer does not exist."""
    customer = new_id("c")
    forged = "whsec_" + "Zm9yZ2VkLWZvcmdlZC1mb3JnZWQtZm9yZ2VkLWZvcmdlZA=="
    answer = await said.post(http, said.signup(customer, site.now()), secret=forged)
    assert answer.status_code == 401
    ran = await site.starter("show", customer, "--json")
    assert ran.returncode == 1
    assert ran.stdout == b""
    assert ran.stderr.decode().strip() == f"CUSTOMER = '{customer}': no such customer"
