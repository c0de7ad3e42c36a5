"""Who may learn what of a review: role → kinds of secrets, each with of what.

`scope`: "all", a task ("one" … "five", "blind"), an application, or "own" (what is of this expert). The table is exact:
what is not in it is seen nowhere, and every kind that it promises is seen somewhere, so that no line is only a wish.
"""

from tests.reviews.leaks.scene import EVERYBODY, EXPERTS, MEMBERS, Scene, Secret

IDENTITY = ("name", "phone", "workplace", "topic", "number")
ACCOUNT = ("name", "username", "lot", "phone")
WHO = (*IDENTITY, "username", "lot")
"""Of an expert. `lot`: the account name of somebody who was in a draw, whose data go by it so that anybody can play it
again."""
SHEET = ("points", "total", "opinion")
"""Of one sheet."""
REASONS = ("recusal", "declined", "note", "ground", "mean")
AFTERWARDS = ("draw", "change", "clearance", "officer", "second", "minutes", "meeting")
"""Of a draw, of what two officers do after it, of an officer who stands aside, of a second look, of a meeting."""
FILED = ("unit", "paper", "author")
"""Of a blind application: who files it, by what numbers it is known, who wrote a file of it."""
KINDS = (*WHO, *SHEET, *REASONS, *AFTERWARDS, *FILED, "seed")
"""`seed`: the secret half of a draw that waits for its public value. Nobody's."""

BASE = (IDENTITY, "all")
"""The list of experts is shared by the officers of all calls; who reviews what is not in it."""
WHOLE = (BASE, (SHEET, "all"), (REASONS, "all"), (AFTERWARDS, "all"), (FILED, "all"), (("lot",), "all"))
"""Everything of the review, but nobody's account."""

LEFT = ("two", "three", "four", "blind")
"""Tasks of which ruth stands aside from nothing; the draw for `drawn` and `beside` is closed to her with the latter."""
OF_A_TASK = (SHEET, REASONS, AFTERWARDS, FILED)
TABLE: dict[str, tuple[tuple[tuple[str, ...], str], ...]] = dict.fromkeys(EVERYBODY, ())
TABLE |= {
    "olga": WHOLE,
    "sven": (
        (tuple(kind for kind in IDENTITY if kind != "topic"), "all"),
        (tuple(kind for kind in REASONS if kind != "declined"), "all"),
        *WHOLE[1:2],
        *WHOLE[3:],
    ),
    "oscar": (BASE, (SHEET, "two"), (("recusal",), "two")),
    "oleg": (BASE,),
    "ruth": (BASE, (("lot",), "all"), *((kinds, task) for task in LEFT for kinds in OF_A_TASK)),
    "sysadmin": ((ACCOUNT, "all"), (("unit",), "all")),
    "root": ((ACCOUNT, "all"), (("unit",), "all")),
    "security": ((("name", "username", "lot"), "all"), (("unit",), "all")),
    "audit": ((("name",), "all"),),
    "alice": ((("opinion", "ground"), "lost"),),
    "dora": ((("ground",), "lost"), (FILED, "blind")),
    "hugo": ((FILED, "veiled"),),
}
TABLE |= dict.fromkeys(EXPERTS, ((WHO, "own"), (SHEET, "own"), (("note",), "own")))
TABLE |= {who: (*TABLE[who], (("meeting",), "blind")) for who in MEMBERS}


def allowed(role: str, secret: Secret) -> bool:
    """Whether the table lets this role learn this secret."""
    of = {secret.expert, secret.application, secret.task, "all"} | ({"own"} if secret.expert == role else set())
    return any(secret.kind in kinds and scope in of for kinds, scope in TABLE[role])


def is_promised(role: str, secret: Secret) -> bool:
    """Whether it must be seen somewhere. An expert's own account stands on no page of theirs, unless they wrote it."""
    return allowed(role, secret) and not (role in EXPERTS and secret.kind in ACCOUNT)


BYSTANDERS = (
    "visitor", "alice", "gail", "hugo", "oscar", "oleg",
    "signer", "recuser", "idle", "masker",
)  # fmt: skip
"""Who is compared before and after."""
LOADS = ("/admin/reviews/assignment/experts/",)
"""How much work an expert of the shared list has, which every officer sees; never for what. It stands on the pages of
an officer's own tasks, too."""


def left_out(scene: Scene, who: str) -> tuple[str, ...]:
    """Where this person rightly sees that something happens: each with its reason above."""
    found: tuple[str, ...] = ()
    if who in ("oscar", "oleg", "ruth"):
        found += LOADS
    tasks = {"oscar": ("other",), "ruth": ("other", "drawn", "again", "veiled")}.get(who, ())
    found += tuple(f"/admin/reviews/assignment/tasks/{scene.applications[name].task_id}/" for name in tasks)
    return found
