"""The application, what was typed, what was decided. One import place: `from applications.models import …`."""

from applications.models.access import ApplicationUserObjectPermission, OfficerRecusal
from applications.models.application import Application
from applications.models.content import Attachment, BudgetLine, Commitment, Member, Partner, Pledge, Section, Version
from applications.models.proceedings import (
    Appeal,
    Ban,
    Decision,
    Measurement,
    Objection,
    Obligation,
    Opinion,
    Publicity,
    RecommendationList,
    ReviewRound,
)
from applications.models.quota import NumberSeries, QuotaScope, QuotaUse
from applications.models.rounds import Hearing, OutcomeObjection, RoundOutcome
from applications.states import State

__all__ = [
    "Appeal",
    "Application",
    "ApplicationUserObjectPermission",
    "Attachment",
    "Ban",
    "BudgetLine",
    "Commitment",
    "Decision",
    "Hearing",
    "Measurement",
    "Member",
    "NumberSeries",
    "Objection",
    "Obligation",
    "OfficerRecusal",
    "Opinion",
    "OutcomeObjection",
    "Partner",
    "Pledge",
    "Publicity",
    "QuotaScope",
    "QuotaUse",
    "RecommendationList",
    "ReviewRound",
    "RoundOutcome",
    "Section",
    "State",
    "Version",
]
