"""A copy plays the same rules in its own windows; the call itself stays as it is."""

from datetime import timedelta

import pytest

from programmes.copying import copy_call
from programmes.loader import InvalidDocument
from programmes.models import Call
from programmes.queries import public_calls
from tests.programmes.documents import at

pytestmark = pytest.mark.django_db


def test_a_rehearsal_is_hidden_and_remembers_its_original(call):
    copy = copy_call(call, "small-2025-r7-1", is_rehearsal=True)
    assert (copy.is_rehearsal, copy.is_demo, copy.original, copy.programme) == (True, False, call, call.programme)
    assert copy.spec.slug == "small-2025-r7-1" and copy.spec.title == call.spec.title
    assert copy.spec.windows["apply"].closes_at == call.spec.windows["apply"].closes_at
    assert copy.spec.tasks == call.spec.tasks and copy.tasks.count() == 3
    assert list(public_calls()) == [call]
    assert Call.objects.get(pk=call.pk).current_version.number == 1


def test_windows_are_shifted_or_given(call):
    shifted = copy_call(call, "s", shift=timedelta(days=365, hours=1), is_demo=True, title="小型批次（演示）")
    assert shifted.spec.windows["apply"].opens_at == at("2026-03-01 01:00")
    assert shifted.spec.windows["recommend"].closes_at == at("2026-03-20 18:30")
    assert shifted.title == "小型批次（演示）" and shifted in public_calls()
    given = copy_call(call, "g", windows={"apply": (None, at("2025-03-02 00:00"))})
    assert given.spec.windows["apply"].opens_at is None
    assert given.spec.windows["apply"].closes_text == "2025年3月1日 24:00"
    assert given.spec.windows["recommend"].closes_at == at("2025-03-20 17:30")


def test_a_taken_slug_and_windows_that_do_not_fit_are_refused(call):
    with pytest.raises(ValueError, match="small-2025"):
        copy_call(call, "small-2025")
    with pytest.raises(InvalidDocument, match="windows.apply.opens"):
        copy_call(call, "x", windows={"apply": (at("2025-03-08"), at("2025-03-07"))})
    assert Call.objects.count() == 1
