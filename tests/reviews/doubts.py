"""Grounds that come up after an expert was given an application, for the tests of what then happens."""

from datetime import timedelta

import pytest

from accounts.models import UnitName
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from reviews import workflow
from reviews.models import Employment


def refused(verb, *args, **named) -> Refused:
    with pytest.raises(Refused) as caught:
        verb(*args, **named)
    return caught.value


def worked_there(expert, application) -> None:
    """A ground that leaves room for judgement comes up."""
    ended = clock.today() - timedelta(days=100)
    Employment.objects.create(expert=expert, unit_name=application.unit.name, to_on=ended)


def is_same_unit(expert, application) -> None:
    """A ground beyond doubt comes up."""
    UnitName.objects.create(unit=application.unit, name=expert.unit_name)


def doubtful(review):
    """An expert at work on an application, to whom a doubt came up afterwards: (application, expert, sheet)."""
    application, expert = review.application(), review.expert()
    (sheet,) = review.seat(application, expert)
    worked_there(expert, application)
    return application, expert, sheet


def prepare(review, application, expert, *, by=None, kinds=("former_unit",), reason="岗位无关（虚构）", **named):
    """One officer prepares a clearance."""
    return workflow.clear(application, by=by or review.olga, expert=expert, kinds=kinds, reason=reason, **named)
