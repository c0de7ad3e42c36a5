"""Who may learn what of a review: role → kinds of secrets, each with of what.

`scope`: "all", a task ("one", "two"), an application, or "own" (what is of this expert). The table is exact: what is
not in it is seen nowhere, and every kind that it promises is seen somewhere, so that no line is only a wish.
"""

from tests.reviews.leaks.scene import EXPERTS, ROLES, Secret

IDENTITY = ("name", "phone", "workplace", "topic", "number")
ACCOUNT = ("name", "username", "phone")
WHO = ("name", "username", "phone", "workplace", "topic", "number")
"""Of an expert."""
SHEET = ("points", "total", "opinion")
"""Of one sheet."""
REASONS = ("recusal", "declined", "note", "ground", "mean")
KINDS = (*WHO, *SHEET, *REASONS)

BASE = (IDENTITY, "all")
"""The list of experts is shared by the officers of all calls; who reviews what is not in it."""
WHOLE = (BASE, (SHEET, "all"), (REASONS, "all"))
"""Everything of the review, but nobody's account."""

TABLE: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = dict.fromkeys(ROLES, ())
TABLE |= {
    "olga": WHOLE,
    "sven": WHOLE,
    "oscar": (BASE, (SHEET, "two"), (("recusal",), "two")),
    "oleg": (BASE,),
    "ruth": (BASE, (SHEET, "two"), (("recusal",), "two")),
    "sysadmin": ((ACCOUNT, "all"),),
    "root": ((ACCOUNT, "all"),),
    "security": ((ACCOUNT, "all"),),
    "audit": ((("name",), "all"),),
    "alice": ((("opinion", "ground"), "lost"),),
    "dora": ((("ground",), "lost"),),
}
TABLE |= dict.fromkeys(EXPERTS, ((WHO, "own"), (SHEET, "own"), (("note",), "own")))


def allowed(role: str, secret: Secret) -> bool:
    """Whether the table lets this role learn this secret."""
    of = {secret.expert, secret.application, secret.task, "all"} | ({"own"} if secret.expert == role else set())
    return any(secret.kind in kinds and scope in of for kinds, scope in TABLE[role])
