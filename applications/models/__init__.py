"""The application, what was typed, what was decided. One import place: `from applications.models import …`."""

from applications.models.access import ApplicationUserObjectPermission
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
    "Measurement",
    "Member",
    "NumberSeries",
    "Objection",
    "Obligation",
    "Opinion",
    "Partner",
    "Pledge",
    "Publicity",
    "QuotaScope",
    "QuotaUse",
    "RecommendationList",
    "ReviewRound",
    "Section",
    "State",
    "Version",
]
