"""The draw: who reviews what. Pure and replayable: the same problem and seed give the same outcome on any machine."""

from reviews.drawing.data import Diagnosis, Group, Outcome, Panel, Place, Problem, Proposal, Settings, Shortage
from reviews.drawing.diagnosis import diagnose
from reviews.drawing.shortage import sentence
from reviews.drawing.solving import solve
from reviews.optimum import Judge

__all__ = [
    "Diagnosis",
    "Group",
    "Judge",
    "Outcome",
    "Panel",
    "Place",
    "Problem",
    "Proposal",
    "Settings",
    "Shortage",
    "diagnose",
    "sentence",
    "solve",
]
