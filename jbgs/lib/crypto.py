"""Fields that are encrypted at rest, and the hash of a frozen content."""

import base64
import hashlib
import hmac
import json
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import models


def canonical_json(obj) -> bytes:
    """UTF-8 JSON with sorted keys and no spaces: equal contents give equal bytes. NaN and unknown types raise."""
    return json.dumps(obj, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False).encode()


def sha256_hex(data: bytes) -> str:
    """SHA-256 in 64 small hexadecimal digits."""
    return hashlib.sha256(data).hexdigest()


@lru_cache(maxsize=4)
def _fernet(secret: str) -> Fernet:
    derive = HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"jbgs field encryption").derive
    return Fernet(base64.urlsafe_b64encode(derive(secret.encode())))


@lru_cache(maxsize=4)
def _index_key(secret: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"jbgs blind index").derive(secret.encode())


def blind_index(text: str) -> str:
    """64 hexadecimal digits by which equal texts are found without being readable: HMAC-SHA256 under the field key.

    Who has the database but not the key cannot try all ID numbers. Another key makes other digits (as of the fields).
    """
    key = _index_key(getattr(settings, "FIELD_KEY", "") or settings.SECRET_KEY)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


@lru_cache(maxsize=32)
def _purpose_key(secret: str, purpose: str) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=f"jbgs {purpose}".encode()).derive(
        secret.encode()
    )


def keyed_hex(purpose: str, text: str) -> str:
    """64 hexadecimal digits that only this installation can make: HMAC-SHA256 under a key of their own for `purpose`.

    For signatures on files that people carry about, and for orders and numbers that nobody outside can work out.
    """
    key = _purpose_key(getattr(settings, "FIELD_KEY", "") or settings.SECRET_KEY, purpose)
    return hmac.new(key, text.encode(), hashlib.sha256).hexdigest()


def _cipher() -> Fernet:
    return _fernet(getattr(settings, "FIELD_KEY", "") or settings.SECRET_KEY)


class EncryptedTextField(models.TextField):
    """Text that the database holds only encrypted (ID numbers, bank accounts; DESIGN §6.10).

    The key comes from settings.FIELD_KEY, else from SECRET_KEY. Equal texts give different ciphers, so the field cannot
    be searched or made unique. '' and None are kept as they are. A value that this key cannot open raises.
    """

    description = "encrypted text"

    def get_prep_value(self, value):
        value = super().get_prep_value(value)
        return _cipher().encrypt(value.encode()).decode() if value else value

    def from_db_value(self, value, expression, connection):
        if not value:
            return value
        try:
            return _cipher().decrypt(value.encode()).decode()
        except InvalidToken as error:
            raise ValueError("encrypted field: FIELD_KEY (or SECRET_KEY) is not the one that wrote it") from error

    def get_lookup(self, lookup_name):
        # A search by value would compare ciphers and silently find nothing.
        return super().get_lookup(lookup_name) if lookup_name in {"isnull"} else None
