"""Rows of the review. One import place: `from reviews.models import …`."""

from reviews.models.assignments import (
    ACTIVE,
    CHIPS,
    FULL_MARKS,
    WITH_EXPERT,
    WRITABLE,
    Advice,
    Assignment,
    AssignmentState,
    ReviewPledge,
    Score,
)
from reviews.models.draws import Alternate, DrawPlan, ReviewerChange
from reviews.models.experts import Absence, Discipline, Employment, Expert, ExpertImport, Relation, Sector
from reviews.models.recusals import SAID, Clearance, Recusal, RecusalKind
from reviews.models.results import Ballot, Meeting, MeetingItem, MeetingSeat, Reconsideration

__all__ = [
    "ACTIVE",
    "CHIPS",
    "FULL_MARKS",
    "SAID",
    "WITH_EXPERT",
    "WRITABLE",
    "Absence",
    "Advice",
    "Alternate",
    "Assignment",
    "AssignmentState",
    "Ballot",
    "Clearance",
    "Discipline",
    "DrawPlan",
    "Employment",
    "Expert",
    "ExpertImport",
    "Meeting",
    "MeetingItem",
    "MeetingSeat",
    "Reconsideration",
    "Recusal",
    "RecusalKind",
    "Relation",
    "ReviewPledge",
    "ReviewerChange",
    "Score",
    "Sector",
]
