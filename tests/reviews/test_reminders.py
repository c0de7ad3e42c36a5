"""Experts are reminded before their sheets are due, once; rehearsals remind nobody."""

from datetime import timedelta

from jbgs.lib import clock
from notifications.models import Message
from programmes.models import Call
from reviews import reminders
from reviews.models import Assignment


def reminded() -> int:
    return Message.objects.filter(event="review_due", channel="inbox").count()


def test_a_week_and_a_day_before_once_each_for_all_sheets_of_a_task(review):
    expert, due = review.expert(), clock.now() + timedelta(days=10)
    for application in review.applications(3):
        review.seat(application, expert, due_at=due)
    assert reminders.send_reminders() == 0
    for days, told in ((6.9, 1), (6.5, 0), (0.9, 1), (0.5, 0), (-0.1, 0)):
        with clock.travel(due - timedelta(days=days)):
            assert reminders.send_reminders() == told, days
    assert reminded() == 2
    assert "3 份" in Message.objects.filter(event="review_due").first().title


def test_who_has_signed_or_plays_in_a_rehearsal_is_left_alone(review):
    due = clock.now() + timedelta(days=10)
    done, waiting = review.seat(review.application(), *review.experts(2), due_at=due)
    review.sign(done)
    with clock.travel(due - timedelta(days=1)):
        Call.objects.update(is_rehearsal=True)
        assert reminders.send_reminders() == 0
        Call.objects.update(is_rehearsal=False)
        assert reminders.send_reminders() == 1
    assert Message.objects.get(event="review_due", channel="inbox").user == waiting.expert.user


def test_what_came_late_is_not_reminded_of_at_once(review):
    review.seat(review.application(), due_at=clock.now() + timedelta(hours=20))
    assert reminders.send_reminders() == 0
    Assignment.objects.update(due_at=None)
    assert reminders.send_reminders() == 0
