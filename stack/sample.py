"""A few invented customers, posted as a product's backend would post them: signed, over HTTP.

The event ids are fixed, so feeding twice adds nothing. Firms and people are of our making; addresses are on
``.example``, which nobody can own.
"""

import asyncio
from datetime import date, datetime, timedelta

import httpx
from pydantic import JsonValue, SecretStr
from standardwebhooks import Webhook

from models.clock import Clock, utc_now
from models.enums import Plan
from models.errors import OutsideError, Rejected
from models.events import Consent, Event, EventCustomer, EventType

_TRIES = 5
_HOUR = timedelta(hours=1)
_DAY = timedelta(days=1)
_TRIAL = EventType.TRIAL_STARTED
_PAID = EventType.SUBSCRIPTION_CREATED
_STEP = EventType.ONBOARDING_STEP_COMPLETED
_LOGIN = EventType.USER_LOGGED_IN

_FLORIST, _DENTIST, _GARAGE, _HOTEL, _FREIGHT, _WINERY = "C-1002", "C-2001", "C-3001", "C-3002", "C-4001", "C-4002"
_BADLY: dict[str, JsonValue] = {"kind": "nps", "score": 4, "feedback": "Me cuesta conectar WhatsApp"}
_STORY_DAYS, _LAST_LOGIN = 45, 12

_YES = Consent(marketing=True, relationship=True)
_MADRID = "Europe/Madrid"


def _firm(
    id_: str, plan: Plan, mrr: str, seats: int, name: str, first_name: str, email: str, *,
    consent: Consent = _YES, csm: str | None = None, renewal: date | None = None, months: int = 1,
    locale: str = "es-ES", zone: str = _MADRID,
) -> EventCustomer:  # fmt: skip
    return EventCustomer.model_validate(
        {  # no currency: amounts are in the one of this installation
            "id": id_, "plan": plan, "mrr": mrr, "seats": seats, "name": name,
            "first_name": first_name, "email": email, "consent": consent, "csm_id": csm, "locale": locale,
            "timezone": zone, "renewal_date": renewal, "contract_length_months": months,
        }
    )  # fmt: skip


def events(present: datetime) -> list[Event]:
    """The sample's events as of that virtual moment; none lies after it."""
    in_45_days = (present + 45 * _DAY).date()
    next_year = (present + 365 * _DAY).date()
    bakery = _firm(
        "C-1001", Plan.STARTER, "19.00", 1, "Panadería La Espiga Lenta", "Lucía", "lucia@espigalenta.example"
    )
    florist = _firm("C-1002", Plan.STARTER, "19.00", 2, "Floristería Azahar de Nervión", "Rocío",
                    "rocio@azaharnervion.example", consent=Consent(marketing=False, relationship=True))  # fmt: skip
    dentist = _firm("C-2001", Plan.GROWTH, "59.00", 5, "Clínica Dental Brisamar", "Marcos", "marcos@brisamar.example")
    academy = _firm("C-2002", Plan.GROWTH, "59.00", 4, "Academia Lince Idiomas", "Nerea", "nerea@academialince.example",
                    zone="Atlantic/Canary")  # fmt: skip
    garage = _firm("C-3001", Plan.PRO, "180.00", 12, "Talleres Peñalba e Hijos", "Andrés", "andres@penalba.example",
                   csm="marta", renewal=in_45_days, months=12)  # fmt: skip
    hotel = _firm("C-3002", Plan.PRO, "165.00", 9, "Hotel Rural Las Tres Encinas", "Pilar", "pilar@tresencinas.example",
                  csm="marta", renewal=next_year, months=12)  # fmt: skip
    freight = _firm("C-4001", Plan.ENTERPRISE, "940.00", 60, "Logística Tramontana", "Jordi",
                    "jordi@tramontana.example", csm="diego", renewal=next_year, months=12)  # fmt: skip
    winery = _firm("C-4002", Plan.ENTERPRISE, "780.00", 35, "Bodegas Cierzo Alto", "Helen", "helen@cierzoalto.example",
                   csm="diego", renewal=next_year, months=12, locale="en-GB")  # fmt: skip

    rows: list[tuple[EventCustomer, EventType, timedelta, dict[str, JsonValue]]] = [
        (bakery, _TRIAL, _HOUR, {"trial_days": 14}),
        (bakery, _LOGIN, _HOUR / 2, {}),
        (florist, _TRIAL, 5 * _DAY, {"trial_days": 14}),
        (florist, _LOGIN, 4 * _DAY, {}),
        (florist, _PAID, 3 * _HOUR, {}),
        (florist, _STEP, 2 * _HOUR, {"criterion": "profile_completed"}),
        (florist, _STEP, _HOUR, {"criterion": "chatbot_created"}),
        (dentist, _PAID, 2 * _HOUR, {}),  # pays, and nobody ever logs in
        (academy, _TRIAL, 2 * _DAY, {"trial_days": 14}),
        (garage, _PAID, 4 * _HOUR, {}),
        (garage, _LOGIN, 3 * _HOUR, {}),
        (garage, _STEP, 2 * _HOUR, {"step_id": "kickoff"}),
        (hotel, _PAID, _HOUR, {}),
        (freight, _TRIAL, 10 * _DAY, {"trial_days": 14}),
        (freight, _PAID, 2 * _HOUR, {}),
        (freight, _LOGIN, _HOUR, {}),
        (winery, _PAID, 3 * _HOUR, {}),
        (winery, _STEP, _HOUR, {"step_id": "kickoff"}),
    ]
    return [
        Event(event_id=f"sample-{number:02}", type=kind, occurred_at=present - before, customer=customer, data=data)
        for number, (customer, kind, before, data) in enumerate(rows, start=1)
    ]


def story(present: datetime) -> list[Event]:
    """What happens after the first feeding, in order.

    The florist gets going, the garage follows its program and renews; the hotel's payment fails and is made good; the
    dentist answers a survey badly; the winery opens tickets; the freight company asks to leave and stays.
    """
    rows: list[tuple[str, EventType, float, dict[str, JsonValue]]] = [
        (_FLORIST, _STEP, 0.5, {"criterion": "chatbot_customized"}),
        (_FLORIST, _STEP, 0.9, {"criterion": "widget_installed"}),
        (_FLORIST, _LOGIN, 1.2, {}),
        (_FLORIST, _STEP, 2.5, {"criterion": "first_conversation_completed"}),
        (_FLORIST, _STEP, 6.0, {"criterion": "whatsapp_connected"}),
        (_GARAGE, _STEP, 2.0, {"step_id": "discovery"}),
        (_GARAGE, _LOGIN, 4.0, {"user_id": "andres"}),
        (_GARAGE, _STEP, 11.0, {"step_id": "implementation"}),
        (_GARAGE, _STEP, 16.0, {"step_id": "training"}),
        (_GARAGE, _STEP, 19.0, {"step_id": "go_live"}),
        (_GARAGE, _STEP, 28.0, {"step_id": "review_30"}),
        (_GARAGE, EventType.RENEWAL_DECIDED, 40.0, {"decision": "renewed"}),
        (_HOTEL, EventType.INVOICE_ISSUED, 1.0, {"invoice_id": "INV-3002-1", "amount": "165.00"}),
        (_HOTEL, EventType.PAYMENT_FAILED, 1.5, {"invoice_id": "INV-3002-1"}),
        (_HOTEL, EventType.INVOICE_PAID, 6.0, {"invoice_id": "INV-3002-1"}),
        (_DENTIST, EventType.SURVEY_ANSWERED, 3.0, _BADLY),
        (_WINERY, EventType.TICKET_OPENED, 4.0, {"ticket_id": "T-1", "severity": "medium", "subject": "Widget slow"}),
        (_WINERY, EventType.TICKET_OPENED, 4.2, {"ticket_id": "T-2", "severity": "high", "subject": "Login fails"}),
        (_WINERY, EventType.TICKET_OPENED, 4.4, {"ticket_id": "T-3", "severity": "low", "subject": "Invoice copy"}),
        (_WINERY, EventType.TICKET_CLOSED, 8.0, {"ticket_id": "T-2", "csat": 4}),
        (_FREIGHT, EventType.CANCELLATION_REQUESTED, 9.0, {"request_id": "R-1", "reason": "price"}),
        (_FREIGHT, EventType.CANCELLATION_WITHDRAWN, 11.0, {"request_id": "R-1"}),
        *_uses(present),
    ]
    told = [
        Event(
            event_id=f"sample-story-{number:03}",
            type=kind,
            occurred_at=present + days * _DAY,
            customer=EventCustomer(id=customer),
            data=data,
        )
        for number, (customer, kind, days, data) in enumerate(rows, start=1)
    ]
    return sorted(told, key=lambda event: event.occurred_at)


def _uses(present: datetime) -> list[tuple[str, EventType, float, dict[str, JsonValue]]]:
    """Two customers' use, told each evening: the garage's grows, the hotel's falls and nobody logs in any more."""
    rows: list[tuple[str, EventType, float, dict[str, JsonValue]]] = []
    for day in range(1, _STORY_DAYS):
        rows.append((_GARAGE, _LOGIN, day + 0.05, {"user_id": ("andres", "carla", "iker")[day % 3]}))
        if day <= _LAST_LOGIN:
            rows.append((_HOTEL, _LOGIN, day + 0.05, {"user_id": "pilar"}))
        that = (present + day * _DAY).date().isoformat()
        for customer, handled in ((_GARAGE, 20 + 2 * day), (_HOTEL, max(60 - 2 * day, 2))):
            said: dict[str, JsonValue] = {"day": that, "handled": handled, "automated": handled // 2}
            rows.append((customer, EventType.CONVERSATIONS_REPORTED, day + 0.1, said))
            rows.append(
                (customer, EventType.USAGE_REPORTED, day + 0.1, {"day": that, "feature": "bots", "count": handled})
            )
    return rows


async def tell(console_url: str, secret: SecretStr, clock: Clock, *, present: datetime) -> None:
    """Post the story, each event when its virtual moment comes; after a restart what was missed comes first.

    A console that does not answer ends the story until the next start: the sample is decoration, not the product.
    """
    signer = Webhook(secret.get_secret_value())
    async with httpx.AsyncClient(base_url=console_url, timeout=15.0, trust_env=False) as client:
        for event in story(present):
            wait = clock.real(event.occurred_at) - utc_now()
            await asyncio.sleep(max(wait.total_seconds(), 0.0))
            await _post(client, signer, event)


async def feed(console_url: str, secret: SecretStr, clock: Clock, *, present: datetime | None = None) -> int:
    """Post the sample and say how many events were taken.

    ``present`` is the virtual moment of the first feeding, so that a repetition sends the very same events.

    Raises:
        Rejected: the console refused an event.
        OutsideError: it did not answer after several tries.
    """
    signer = Webhook(secret.get_secret_value())
    sample = events(present or clock.virtual(utc_now()))
    async with httpx.AsyncClient(base_url=console_url, timeout=15.0, trust_env=False) as client:
        for event in sample:
            await _post(client, signer, event)
    return len(sample)


async def _post(client: httpx.AsyncClient, signer: Webhook, event: Event) -> None:
    body = event.model_dump_json(exclude_none=True)
    said = ""
    for attempt in range(_TRIES):
        now = utc_now()  # a signature's age is wall time
        headers = {
            "content-type": "application/json",
            "webhook-id": event.event_id,
            "webhook-timestamp": str(int(now.timestamp())),
            "webhook-signature": signer.sign(event.event_id, now, body),
        }
        try:
            answer = await client.post("/events", content=body, headers=headers)
        except httpx.HTTPError as error:
            said = str(error) or type(error).__name__
        else:
            if answer.is_success:
                return
            said = f"{answer.status_code} {answer.text[:200]}"
            if answer.is_client_error and answer.status_code != httpx.codes.TOO_MANY_REQUESTS:
                raise Rejected(f"the console refused sample event {event.event_id}: {said}")
        await asyncio.sleep(0.5 * 2**attempt)
    raise OutsideError(f"the console did not take sample event {event.event_id}: {said}")
