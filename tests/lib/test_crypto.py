"""Encrypted fields and canonical JSON."""

import pytest
from django.core.exceptions import FieldError
from django.db import models
from django.test.utils import isolate_apps

from jbgs.lib.crypto import EncryptedTextField, canonical_json, sha256_hex


def stored(text):
    return EncryptedTextField().get_prep_value(text)


def read(value):
    return EncryptedTextField().from_db_value(value, None, None)


def test_what_is_stored_is_not_what_was_typed():
    cipher = stored("11010519491231002X")
    assert "1101" not in cipher
    assert read(cipher) == "11010519491231002X"
    assert stored("11010519491231002X") != cipher


@pytest.mark.parametrize("empty", ["", None])
def test_empty_values_stay_empty(empty):
    assert stored(empty) == empty
    assert read(empty) == empty


def test_another_key_does_not_open_it(settings):
    cipher = stored("6222")
    settings.FIELD_KEY = "another key"
    with pytest.raises(ValueError, match="FIELD_KEY"):
        read(cipher)


def test_field_key_outlives_a_new_secret_key(settings):
    settings.FIELD_KEY = "kept"
    cipher = stored("6222")
    settings.SECRET_KEY = "changed"
    assert read(cipher) == "6222"


@isolate_apps("tests")
def test_searching_by_value_is_refused():
    class Holder(models.Model):
        number = EncryptedTextField()

        class Meta:
            app_label = "tests"

    with pytest.raises(FieldError):
        Holder.objects.filter(number="6222").query.sql_with_params()
    assert Holder.objects.filter(number__isnull=True).query


def test_canonical_json_is_the_same_for_the_same_content():
    assert canonical_json({"b": 1, "a": "揭榜"}) == canonical_json({"a": "揭榜", "b": 1})
    assert canonical_json({"a": "揭榜"}) == '{"a":"揭榜"}'.encode()


def test_canonical_json_refuses_what_has_no_one_form():
    with pytest.raises(ValueError):
        canonical_json(float("nan"))
    with pytest.raises(TypeError):
        canonical_json({1, 2})


def test_sha256():
    assert sha256_hex(b"abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
