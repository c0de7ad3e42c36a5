"""The main path with nothing but clicks and typing: from registration to the winner, files included.

It plays in the real call and in the call's own calendar: business time is moved between the acts, machine time is not.
"""

import pytest

from tests.browser import applying, deciding, evaluating, papers, recommending, reviewing
from tests.browser import stage as s

pytestmark = [pytest.mark.browser, pytest.mark.slow, pytest.mark.django_db(transaction=True)]


@pytest.fixture
def stage(calendar, db, transactional_db):
    calendar.go(s.day(2025, 2, 20))
    return s.set_up()


def test_from_registration_to_the_winner(stage, calendar, visitor):
    applicant = visitor("applicant")
    applying.register(applicant)
    application = applying.start(applicant)
    applying.fill(applicant, stage)
    applying.submit(applicant, application)

    recommender = visitor("recommender")
    recommending.bind_phone(recommender, stage)
    recommending.recommend(recommender, application)
    calendar.go(s.day(2025, 3, 10))
    recommender = visitor("recommender again")
    recommending.confirm_list(recommender, application)

    calendar.go(s.day(2025, 3, 24))
    olga, otto = visitor("olga"), visitor("otto")
    olga.sign_in("/admin/login/", s.PHONES["olga"])
    olga.picture("officer-home")
    deciding.check_form(olga, application)
    reviewing.add_experts(olga, stage)
    reviewing.draw(olga, stage)
    reviewing.score(visitor("expert"))
    reviewing.the_others_score(application)
    deciding.propose(olga)
    otto.sign_in("/admin/login/", s.PHONES["otto"])
    deciding.approve(otto, application)
    deciding.make_public(olga)
    calendar.go(s.day(2025, 4, 2))
    deciding.fix_the_list(olga, application)
    papers.shortlist(olga, application)
    papers.summary_table(recommender, application)
    papers.whole_application(applicant, application)

    calendar.go(s.day(2027, 4, 5))
    evaluating.apply_for_evaluation(applicant, application)
    evaluating.check_values(olga)
    evaluating.propose_winner(olga)
    evaluating.name_winner(otto, application)
