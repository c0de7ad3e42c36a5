"""Who reads what on the stage of the scene: before anything else happens, and after others have acted.

A whole walk takes seconds, so each person walks once before and once after, and both tests (which secrets are read,
what differs) look at the same walk. The acts are played once for all who look afterwards.
"""

import itertools
import re
from collections import defaultdict
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import dataclass, field
from hashlib import blake2b

from django.core.files.uploadedfile import SimpleUploadedFile

from jbgs.lib import clock
from notifications.models import Message
from reviews import offline
from tests.access.visiting import undone
from tests.reviews.leaks import surface
from tests.reviews.leaks.scene import Scene, Secret

FRESH = re.compile(
    r'name="(?:csrfmiddlewaretoken|key|once)" value="[^"]*"|value="[^"]*" name="(?:csrfmiddlewaretoken|key)"'
    rf"|{clock.machine_now().year}(?:年\d+月\d+日|-\d\d-\d\d) \d\d:\d\d"  # the machine's clock: signing in
    r'|(?:content|data-token|nonce)="[^"]*"|nonce-[\w+/=-]+|(?:csrftoken|sessionid)=[^;]+'
)
FIGURES = re.compile(r"[\d.]*\d")
MESSAGES = "notifications:open"
OF_THE_REVIEW = ("/admin/reviews/", "/documents/")
"""Where a refusal that becomes another one would tell something, too."""


class Finder:
    """Finds all planted words. Figures stand alone: 73.31 is not found in 173.31 nor in 73.315."""

    def __init__(self, scene: Scene):
        self.figures, self.words = defaultdict(list), defaultdict(list)
        for secret in scene.secrets:
            kind = self.figures if FIGURES.fullmatch(secret.word) else self.words
            kind[secret.word].append(secret)

    def __call__(self, text: str) -> list[Secret]:
        standing = self.figures.keys() & {one.lstrip(".") for one in FIGURES.findall(text)}
        return [
            *(secret for word in standing for secret in self.figures[word]),
            *(secret for word, secrets in self.words.items() if word in text for secret in secrets),
        ]


def scrubbed(words: str) -> str:
    """Without tokens, one-time keys and the running number of a file that is asked for anew each time."""
    return re.sub(r"/documents/\d+/", "/documents/", FRESH.sub("", words))


def digest(text: str) -> bytes:
    return blake2b(text.encode(errors="replace"), digest_size=16).digest()


@dataclass
class Walk:
    """`read`: secret → where first; `seen`: address → digest of its answer; `told`: how many messages."""

    read: dict[Secret, str] = field(default_factory=dict)
    seen: dict[str, bytes] = field(default_factory=dict)
    errors: list[str] = field(default_factory=list)
    told: int = 0


class Stage:
    """Opens with nothing happened. `act` is what has happened now: a function of the scene, or None."""

    def __init__(self, scene: Scene):
        self.scene, self.find, self.walks = scene, Finder(scene), {}
        self.act: Callable | None = None
        self.happened = ExitStack()
        self.planted = len(scene.secrets), frozenset(scene.figures)
        self.book = offline.workbook(scene.experts["drafter"], scene.applications["open"].task)

    def __enter__(self):
        return self

    def __exit__(self, *failed):
        self.happened.close()

    def turn(self, act: Callable | None) -> None:
        """Have this happened, and nothing else. What it planted goes with it: the figures are few."""
        if act is not self.act:
            self.happened.close()
            secrets, figures = self.planted
            del self.scene.secrets[secrets:]
            self.scene.figures = set(figures)
            self.act = act
            if act:
                self.happened.enter_context(undone())
                act(self.scene)

    def before(self, who: str) -> Walk:
        """What this person reads, before anything."""
        if who not in self.walks:
            self.turn(None)
            with undone():
                self.walks[who] = self._walk(who)
        return self.walks[who]

    def read(self, who: str, **only) -> dict[Secret, str]:
        """Secret → where this person reads it now."""
        with undone():
            return self._walk(who, **only).read

    def _walk(self, who: str, **only) -> Walk:
        """Messages are opened last and not compared: that is reading them, and the next page would say so."""
        walk = Walk()
        pages = surface.walk(self.scene, who, **only) if only else itertools.chain(
            surface.walk(self.scene, who, only=lambda name: name != MESSAGES),
            surface.walk(self.scene, who, only=MESSAGES.__eq__),
        )  # fmt: skip
        for path, response in pages:
            words = surface.words_of(response)
            if response.status_code >= 500 and path != "/readyz/":
                walk.errors.append(f"{response.status_code} at {path}")
            for secret in self.find(words):
                walk.read.setdefault(secret, path)
            if self._compared(path, response):
                walk.seen[path] = digest(scrubbed(words))
        for message in Message.objects.filter(user=self.scene.people[who]):
            walk.told += 1
            for secret in self.find(f"{message.title} {message.body} {message.url}"):
                walk.read.setdefault(secret, f"{message.channel}: {message.title}")
        return walk

    def _compared(self, path: str, response) -> bool:
        if path in ("/healthz/", "/readyz/") or re.match(r".*/inbox/\d+/", path):
            return False
        opens = response.status_code < 400 and "signin" not in response.get("Location", "")
        return opens or path.startswith(OF_THE_REVIEW)

    def differences(self, who: str, act: Callable, forged: tuple[str, str], left_out=()) -> list[str]:
        """The addresses that answer differently once `act` has happened, each with the place; and of what this person
        is told. `forged`: (application, expert) of somebody else's sheet about which forms are forged."""
        walk = self.before(who)
        paths = [path for path in walk.seen if not path.startswith(tuple(left_out))]
        kept = {"GET " + path: walk.seen[path] for path in paths}
        self.turn(None)
        kept |= {path: digest(text) for path, text in self._posted(who, forged).items()}
        self.turn(act)
        after = self.asked(who, paths) | self._posted(who, forged)
        changed = [path for path, text in after.items() if digest(text) != kept[path]]
        found = [f"told: {row.title}" for row in self._messages(who)[walk.told :]]
        if changed:
            self.turn(None)
            old = self.asked(who, [path[4:] for path in changed if path.startswith("GET ")])
            old |= self._posted(who, forged)
            # What differs from the walk only differs by what was opened before it.
            found += [_place(path, old[path], after[path]) for path in changed if old[path] != after[path]]
        return found

    def _messages(self, who: str) -> list[Message]:
        return list(Message.objects.filter(user=self.scene.people[who]).order_by("pk"))

    def asked(self, who: str, paths) -> dict[str, str]:
        with undone():
            client = surface.browser(self.scene.people[who])
            return {"GET " + path: scrubbed(surface.words_of(client.get(path))) for path in paths}

    def _posted(self, who: str, forged: tuple[str, str]) -> dict[str, str]:
        """What forged forms are answered: about that sheet and its task, the draw that waits, what waits for a second
        person, the meeting; and the score form of somebody else, sent in."""
        scene, found = self.scene, {}
        sheet, task = scene.sheets[forged].pk, scene.applications[forged[0]].task_id
        about = (f"/sheets/{sheet}/", f"/tasks/{task}/", f"/draws/{scene.draws['frozen'].pk}/", "/approvals/1/",
                 f"/meetings/{scene.meetings['veiled'].pk}/", "/meeting-items/")  # fmt: skip
        with undone():
            client = surface.browser(scene.people[who])  # another session: a refusal may be told on the next page
            for name, paths in surface.addresses(scene, who).items():
                for path in paths if name.startswith("admin:reviews_") else ():
                    if any(word in path for word in about):
                        form = {"reason": "伪造", "agreed": "on", "act": "approve"}
                        if path.endswith("/offline/"):
                            form["file"] = SimpleUploadedFile("评分表.xlsx", self.book)
                        with undone():
                            found[f"POST {path}"] = scrubbed(surface.words_of(client.post(path, form)))
        return found


def _place(path: str, before: str, after: str) -> str:
    """The first line that differs, around the first sign that does."""
    lines = zip(before.splitlines() + [""], after.splitlines() + [""], strict=False)
    old, new = next(((a, b) for a, b in lines if a != b), ("", ""))
    start = next((i for i, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), 0)
    return f"{path}: {old[max(0, start - 60) : start + 60]!r} → {new[max(0, start - 60) : start + 60]!r}"
