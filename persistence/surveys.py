"""Surveys sent and answered: the port ``Surveys`` (sections 0.5 and 11 of the domain)."""

from datetime import datetime

from sqlalchemy import Select, select, update
from sqlalchemy.ext.asyncio import AsyncConnection

from models.nps import NpsResponse, SurveySend
from persistence.rows import insert, row_of
from persistence.tables.measures import survey_response, survey_send
from persistence.told import earliest

NPS = "nps"


class SurveyTable:
    """The log of sends, and the answers."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection

    async def sent(self, send: SurveySend) -> None:
        """A survey was sent; idempotent per id."""
        row = row_of(send)
        row["id"] = row.pop("survey")
        await self._connection.execute(
            insert(self._connection, survey_send).values(**row, kind=NPS).on_conflict_do_nothing()
        )

    async def get(self, survey: str) -> SurveySend | None:
        """The survey, or None."""
        found = await self._sends(select(survey_send).where(survey_send.c.id == survey))
        return found[0] if found else None

    async def last_sent(self, customer: str, by: datetime) -> SurveySend | None:
        """The latest NPS survey sent to the customer by then, or None."""
        sent = survey_send.c
        found = await self._sends(
            select(survey_send)
            .where(sent.customer == customer, sent.kind == NPS, sent.sent_at <= by)
            .order_by(sent.sent_at.desc(), sent.id.desc())
            .limit(1)
        )
        return found[0] if found else None

    async def reminded(self, survey: str, at: datetime) -> None:
        """The one reminder went out."""
        await earliest(self._connection, survey_send, survey, "reminded_at", at)

    async def closed(self, survey: str, at: datetime) -> None:
        """It is closed; the first closing counts."""
        await earliest(self._connection, survey_send, survey, "closed_at", at)

    async def add(self, response: NpsResponse, *, kind: str = NPS) -> None:
        """Store an answer; idempotent per id."""
        row = row_of(response)
        row["feedback"] = response.feedback or ""
        await self._connection.execute(
            insert(self._connection, survey_response).values(**row, kind=kind).on_conflict_do_nothing()
        )

    async def answers(self, survey: str) -> list[NpsResponse]:
        """The NPS answers to a survey, oldest first."""
        return await self._responses(_nps().where(survey_response.c.survey == survey))

    async def of(self, customer: str) -> list[NpsResponse]:
        """The customer's NPS answers, oldest first."""
        return await self._responses(_nps().where(survey_response.c.customer == customer))

    async def response(self, ident: str) -> NpsResponse | None:
        """An answer, or None."""
        found = await self._responses(_nps().where(survey_response.c.id == ident))
        return found[0] if found else None

    async def followed_up(self, response: NpsResponse) -> None:
        """Write the follow-up of an answer."""
        await self._connection.execute(
            update(survey_response)
            .where(survey_response.c.id == response.id)
            .values(
                followed_up=response.followed_up,
                follow_up_date=response.follow_up_date,
                follow_up_notes=response.follow_up_notes,
            )
        )

    async def _sends(self, query: Select[*tuple[object, ...]]) -> list[SurveySend]:
        rows = await self._connection.execute(query)
        return [SurveySend.model_validate({**row, "survey": row["id"]}) for row in rows.mappings()]

    async def _responses(self, query: Select[*tuple[object, ...]]) -> list[NpsResponse]:
        rows = await self._connection.execute(query)
        # A row of an older writer says neither whose answer it is nor by which lexicon it was read.
        return [
            NpsResponse.model_validate(
                {**row, "survey": row["survey"] or "", "late": bool(row["late"]), "feedback": row["feedback"] or None}
            )
            for row in rows.mappings()
        ]


def _nps() -> Select[*tuple[object, ...]]:
    answer = survey_response.c
    return select(survey_response).where(answer.kind == NPS).order_by(answer.submitted_at, answer.id)
