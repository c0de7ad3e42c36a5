"""How many objections one contact and one address may hand in within an hour; counted in rows, races included."""

from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from accounts import attempts
from accounts.choices import AttemptKind
from accounts.models import Attempt
from applications import workflow
from applications.models import Application, Objection
from jbgs.lib import clock
from jbgs.lib.errors import Refused
from tests.applications.front_help import Visitor, form_of
from tests.cast import RECOMMENDING, world
from tests.concurrency import meet, race

LIMIT = attempts.LIMITS[AttemptKind.OBJECTION]


@pytest.fixture
def cast():
    return world()


@pytest.fixture
def publicity(cast):
    application = cast.in_review()
    with clock.travel(RECOMMENDING):
        cast.decided(application, "propose")
        return workflow.open_publicity([application], by=cast.olga, title="拟入围名单公示", contact="虚构处室")


def address(publicity) -> str:
    return f"/publicity/{publicity.pk}/objection/"


def values(publicity, contact: str = "010-5550 0101") -> dict:
    application = Application.objects.get(publicity=publicity)
    return {"application": application.pk, "objector": "某仪器企业", "contact": contact, "text": "检定证书过期。"}


@pytest.mark.django_db
class TestLimit:
    def test_one_contact_is_stopped_and_nothing_typed_is_lost(self, publicity):
        visitor = Visitor(None, RECOMMENDING)
        for _ in range(LIMIT.per_account):
            assert visitor.post(address(publicity), values(publicity)).status_code == 302
        page = visitor.post(address(publicity), values(publicity))
        assert page.status_code == 429 and Objection.objects.count() == LIMIT.per_account
        assert "一小时内已经收到 5 件异议" in page.content.decode()
        kept = form_of(page, "")
        assert [kept[name] for name in ("objector", "contact", "text")] == [
            "某仪器企业",
            "010-5550 0101",
            "检定证书过期。",
        ]

    def test_one_address_is_stopped_whatever_contacts_it_gives(self, publicity):
        visitor = Visitor(None, RECOMMENDING)
        for number in range(LIMIT.per_address):
            assert visitor.post(address(publicity), values(publicity, f"010-{number}")).status_code == 302
        assert visitor.post(address(publicity), values(publicity, "010-999")).status_code == 429
        assert Objection.objects.count() == LIMIT.per_address

    def test_after_an_hour_it_is_free_again(self, publicity):
        visitor = Visitor(None, RECOMMENDING)
        for _ in range(LIMIT.per_account):
            visitor.post(address(publicity), values(publicity))
        visitor.at = RECOMMENDING + LIMIT.window + timedelta(seconds=1)
        assert visitor.post(address(publicity), values(publicity)).status_code == 302

    def test_a_form_with_a_mistake_does_not_count(self, publicity):
        visitor = Visitor(None, RECOMMENDING)
        for _ in range(LIMIT.per_account + 2):
            assert visitor.post(address(publicity), values(publicity) | {"text": " "}).status_code == 200
        assert not Attempt.objects.filter(kind=AttemptKind.OBJECTION).exists()
        assert visitor.post(address(publicity), values(publicity)).status_code == 302

    def test_the_rows_hold_no_contact(self, publicity):
        Visitor(None, RECOMMENDING).post(address(publicity), values(publicity))
        row = Attempt.objects.get(kind=AttemptKind.OBJECTION)
        assert "5550" not in f"{row.account_key} {row.address}"

    def test_what_officers_put_down_from_letters_is_not_limited(self, cast, publicity):
        application = Application.objects.get(publicity=publicity)
        with clock.travel(RECOMMENDING):
            for _ in range(LIMIT.per_account + 1):
                named = {"objector": "某企业", "contact": "010-5550 0101", "text": "来信。"}
                workflow.raise_objection(application, by=cast.olga, **named)
        assert Objection.objects.count() == LIMIT.per_account + 1


@pytest.mark.postgres
@pytest.mark.django_db(transaction=True)
class TestRace:
    """Two more arrive at one moment while one place is left."""

    @pytest.fixture
    def nearly_full(self, publicity):
        for _ in range(LIMIT.per_account - 1):
            assert Visitor(None, RECOMMENDING).post(address(publicity), values(publicity)).status_code == 302
        return publicity

    def two_at_once(self, publicity) -> list:
        with clock.travel(RECOMMENDING):
            return race(*[lambda: Client().post(address(publicity), values(publicity)).status_code] * 2)

    def test_they_do_not_both_get_the_last_place(self, nearly_full, monkeypatch):
        meet(monkeypatch, attempts, "_failures_of_account")
        assert set(self.two_at_once(nearly_full)) <= {302, 429}
        assert Objection.objects.count() <= LIMIT.per_account

    def test_control_counting_before_writing_lets_both_in(self, nearly_full, monkeypatch):
        def count(key: str) -> int:
            return Attempt.objects.filter(kind=AttemptKind.OBJECTION, account_key=key).count()

        def begin(kind, account, address):
            key = attempts.account_key(account)
            if naive.count(key) >= LIMIT.per_account:
                raise Refused("locked", "已暂停。", status=429)
            return Attempt.objects.create(kind=kind, account_key=key, address=address)

        naive = SimpleNamespace(count=count)
        meet(monkeypatch, naive, "count")
        monkeypatch.setattr(attempts, "begin", begin)
        assert self.two_at_once(nearly_full) == [302, 302]
        assert Objection.objects.count() == LIMIT.per_account + 1
