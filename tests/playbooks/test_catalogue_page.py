"""The page of every playbook is the one that the command makes, and the texts they send can all be written."""

from pathlib import Path

from typer.testing import CliRunner

from activities.message_values import MessageValues
from activities.values_answers import AnswerValues
from activities.values_figures import FigureValues
from activities.values_growth import GrowthValues
from activities.values_referral import ReferralValues
from activities.values_subscription import SubscriptionValues
from cli.playbooks import make
from models.actions import SendMessage
from models.playbook import ActStep
from playbooks.catalog import Catalog
from playbooks.vocabulary import PROVIDED
from rendering.catalogue import Templates

PAGE = Path(__file__).parents[2] / "docs" / "catalogue.md"
SOURCES = (MessageValues, SubscriptionValues, FigureValues, GrowthValues, AnswerValues, ReferralValues)


def test_the_page_is_what_the_command_prints() -> None:
    printed = CliRunner().invoke(make(Templates.load), ["list", "--markdown"]).output
    assert PAGE.read_text(encoding="utf-8") == printed, "starter.py playbooks list --markdown > docs/catalogue.md"


def test_what_texts_may_use_is_what_the_sources_know() -> None:
    assert frozenset().union(*(source.NAMES for source in SOURCES)) == PROVIDED


def test_every_text_is_sent_by_a_play() -> None:
    """A text that nothing sends would be forgotten; these are sent by a verb of their own or by a person's act."""
    sent = {
        SendMessage.model_validate(step.params).template
        for playbook in Catalog.load().all()
        for step in playbook.steps
        if isinstance(step, ActStep) and step.do == "send_message"
    }
    own_verb = {"milestone_reached", "nps_survey", "nps_reminder", "advocacy_invite", "referral_invitation"}
    to_colleagues = {key for key, _ in Templates.load().keys if key.startswith("team_")}
    known = {key for key, _ in Templates.load().keys}
    assert known - sent == own_verb | to_colleagues
