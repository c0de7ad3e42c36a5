"""What experts are told: each alone, of nobody else on the panel."""

import pytest

from notifications.channels.email import Email
from notifications.models import Message
from reviews import workflow

pytestmark = pytest.mark.django_db


def test_nobody_is_told_of_anybody_else_on_the_panel(review):
    """Every verb that tells experts something, on a panel of three: no message names another one of them."""
    application, panel = review.application(), review.experts(3)
    seats = review.seat(application, *panel, pledged=False)
    workflow.remind(review.task, by=review.olga)
    seats = [workflow.pledge(seat, by=seat.expert.user) for seat in seats]
    workflow.return_for_revision(review.sign(seats[0]), by=review.olga, reason="请核对评分。")
    workflow.decline(seats[1], by=seats[1].expert.user, reason="时间冲突")
    workflow.unassign(seats[2], by=review.olga, reason="调整")
    for expert in panel:
        told = list(Message.objects.filter(user=expert.user))
        assert len(told) >= 2, "they were told something"
        others = {word for one in panel if one != expert for word in (one.user.name, one.unit_name, one.number)}
        assert not [row.title for row in told if any(word in row.title + row.body for word in others)]


def test_a_mail_to_several_goes_to_each_alone(review, mailoutbox):
    """One row and one mail for each person: no list of recipients that tells who else sits on the panel."""
    application, panel = review.application(), review.experts(3)
    review.seat(application, *panel)
    workflow.remind(review.task, by=review.olga)
    for place, expert in enumerate(panel):
        row = Message.objects.filter(user=expert.user, event="review_reminder").first()
        row.address = f"expert{place}@example.cn"
        Email().send(row)
        mail = mailoutbox[-1]
        assert (mail.to, mail.cc, mail.bcc) == ([row.address], [], []) and "example.cn" not in mail.body
    assert len(mailoutbox) == 3
