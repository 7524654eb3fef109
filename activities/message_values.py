"""The values a text may use, from the customer's own rows. A value we do not know is not there, never invented."""

from collections.abc import Mapping
from datetime import timedelta

from activities.house import House
from activities.ports import Playbooks, Renderer, Transaction
from models.enums import Language
from models.play import OnboardingRecord
from models.program import OnboardingProgram, ProgramStep
from models.records import Csm, Customer
from rules.segments import segment_of

Values = dict[str, object]


class MessageValues:
    """Gathers values for one customer."""

    def __init__(self, house: House, playbooks: Playbooks, renderer: Renderer) -> None:
        """Collaborators: whom we act for, the programs, the texts."""
        self._house = house
        self._playbooks = playbooks
        self._renderer = renderer

    async def gather(self, tx: Transaction, customer: Customer, csm: Csm | None, language: Language) -> Values:
        """Every value known for the customer; absent ones are left out, so a text that needs one is refused."""
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
