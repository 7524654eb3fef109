"""Which workflow type runs which process of a playbook (section 20 of the domain)."""

from models.ids import Process
from workflows.nps_round import NpsRound
from workflows.onboarding import OnboardingProgram
from workflows.play import Play
from workflows.qbr import QbrCycle
from workflows.referral import Referral
from workflows.renewal import RenewalSequence
from workflows.save import SavePlay
from workflows.sequence import Sequence

PLAYS: dict[Process, type[Play]] = {
    Process.ONBOARDING: OnboardingProgram,
    Process.SEQUENCE: Sequence,
    Process.SAVE: SavePlay,
    Process.RENEWAL: RenewalSequence,
    Process.NPS: NpsRound,
    Process.QBR: QbrCycle,
    Process.REFERRAL: Referral,
}
"""By the first part of the run's workflow id."""
