"""Calls for tests of the rounds and of the owner's choice: the call of 2025 with other rounds, the field codes kept."""

from copy import deepcopy

from programmes.loader import load_document
from tests.cast import miit_document


def call_with(**changes):
    """The call of 2025 under another name. `flow`, `review`, `quotas`, `clocks` are merged, other keys replaced;
    `owner` is put on the first task."""
    document = deepcopy(miit_document()) | {"slug": "other-2025", "number_prefix": "O"}
    owner = changes.pop("owner", None)
    for key, value in changes.items():
        merged = key in ("flow", "review", "quotas", "clocks", "texts", "labels")
        document[key] = document.get(key, {}) | value if merged else value
    if owner:
        document["tasks"][0] = document["tasks"][0] | {"owner": owner}
    return load_document(document).call
