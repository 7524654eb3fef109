"""The values a text may use, from the customer's own rows. A value we do not know is not there, never invented."""

from collections.abc import Mapping, Sequence
from datetime import timedelta

from activities.house import House
from activities.ports import Playbooks, Renderer, Transaction
from activities.values_source import Asked, Source, Values
from models.enums import Language
from models.play import OnboardingRecord
from models.program import OnboardingProgram, ProgramStep
from rules.segments import segment_of


class MessageValues:
    """Gathers values for one customer."""

    NAMES = frozenset(
        {
            *("first_name", "product_name", "product_url", "csm_name", "csm_email", "csm_is_team", "calendar_link"),
            *("step_name", "next_step_name", "next_step_url", "target_date", "steps", "resources", "tips"),
        }
    )
    """What it knows by itself; the rest comes from its sources."""

    def __init__(self, house: House, playbooks: Playbooks, renderer: Renderer, sources: Sequence[Source] = ()) -> None:
        """Collaborators: whom we act for, the programs, the texts, and who else knows something."""
        self._sources = tuple(sources)
        self._house = house
        self._playbooks = playbooks
        self._renderer = renderer

    async def gather(self, tx: Transaction, asked: Asked, wanted: frozenset[str]) -> Values:
        """The wanted values known of the customer; absent ones are left out, so a text that needs one is refused."""
        customer, csm, language = asked.customer, asked.csm, asked.language
        name, email = self._house.sender(csm)
        values: Values = {
            "product_name": self._house.product_name,
            "product_url": self._house.product_url,
            "csm_name": name,
            "csm_email": email,
            "csm_is_team": csm is None,
            "calendar_link": self._house.calendar(csm),
        }
        if customer.first_name:
            values["first_name"] = customer.first_name
        elif customer.name:
            values["first_name"] = customer.name
        record = await tx.onboardings.latest(customer.id)
        segment = segment_of(customer.plan, customer.segment)
        if record is not None and segment is not None:
            program = self._playbooks.by_id(record.program, segment).program
            if program is not None:
                values.update(self._onboarding(program, record, language))
        for source in self._sources:
            if wanted & source.NAMES:
                values.update(await source.values(tx, asked))
        return values

    def _onboarding(self, program: OnboardingProgram, record: OnboardingRecord, language: Language) -> Values:
        left = [step for step in program.steps if step.required and step.id not in record.completed_steps]
        values: Values = {
            "steps": [self._step(step, language) for step in left],
            "target_date": (record.started + timedelta(days=program.duration_days)).date(),
        }
        current = next((step for step in program.steps if step.id == record.current_step), None)
        if current is not None:
            values["step_name"] = named(current, language)
            values["next_step_name"] = named(current, language)
            values["resources"] = [
                {"title": link.title, "url": self._house.link(link.url)} for link in current.resources
            ]
            if current.resources:
                values["next_step_url"] = self._house.link(current.resources[0].url)
            tips = self._renderer.tips(current.id, language)
            if tips:
                values["tips"] = list(tips)
        return values

    def _step(self, step: ProgramStep, language: Language) -> Mapping[str, object]:
        shown: dict[str, object] = {"name": named(step, language), "minutes": step.minutes}
        if step.resources:
            shown["url"] = self._house.link(step.resources[0].url)
        return shown


def named(step: ProgramStep, language: Language) -> str:
    """The step's name for the customer."""
    return step.names.get(language, step.name)
