"""What a draw is made of, and what comes out of it: plain values that go to JSON and back with the same digest.

People are their accounts' names and applications their numbers, never keys of rows: the same draw can be played again
in another database. Affinities are thousandths.
"""

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from functools import cached_property

from jbgs.lib.crypto import canonical_json, sha256_hex
from programmes.review_spec import COMMON, PARTIAL
from reviews import lots
from reviews.optimum import Judge, Rules


@dataclass(frozen=True)
class Settings:
    """The conditions of a draw; the fields mean what they mean in `programmes.review_spec.AssignmentSpec`.

    `k`: experts of an application. `load` has gone into the judges' room already and is kept for the reader.
    """

    mode: str = lots.NOISY
    panel: str = COMMON
    recusal: str = PARTIAL
    k: int = 5
    noise: int = lots.NOISE
    qualified_from: int = lots.QUALIFIED_FROM
    per_employer: int = 1
    per_region: int = 2
    employer_hard: bool = True
    region_hard: bool = False
    load: int = 0
    alternates: int = 2

    @property
    def rules(self) -> Rules:
        """The caps of one application."""
        return Rules(self.per_employer, self.per_region, self.employer_hard, self.region_hard)

    @property
    def least(self) -> int:
        """From which affinity an expert is qualified (对口) at all."""
        return self.qualified_from if self.mode == lots.POOL else 1

    def as_json(self) -> dict:
        return asdict(self)

    @classmethod
    def from_json(cls, data: Mapping) -> "Settings":
        """TypeError for a field that there is not."""
        return cls(**data)


@dataclass(frozen=True)
class Place:
    """An application that needs `need` more experts beside those `seated`, who review it already.

    `affinity` by expert; who is not in it does not match. `blocked`: code of the ground by expert who must not.
    """

    key: str
    need: int
    affinity: Mapping[str, int]
    blocked: Mapping[str, str] = field(default_factory=dict)
    seated: tuple[str, ...] = ()


@dataclass(frozen=True)
class Group:
    """What one common panel looks at: as a rule the applications of a task. `label`: its name for people."""

    key: str
    label: str
    places: tuple[Place, ...]


@dataclass(frozen=True)
class Problem:
    """All that a draw hangs on beside its seed. The order of groups, places and judges does not matter."""

    settings: Settings
    groups: tuple[Group, ...]
    judges: tuple[Judge, ...]

    @cached_property
    def places(self) -> dict[str, Place]:
        """Every application by key, in the order of keys. ValueError where two have the same."""
        found = {place.key: place for group in self.groups for place in group.places}
        if len(found) != sum(len(group.places) for group in self.groups):
            raise ValueError("two applications have the same key")
        return dict(sorted(found.items()))

    def as_json(self) -> dict:
        """Affinities that several applications share (those of one task do) are written once."""
        tables: dict[tuple, int] = {}
        groups = [
            {"key": group.key, "label": group.label, "places": _places_as_json(group, tables)}
            for group in sorted(self.groups, key=lambda group: group.key)
        ]
        judges = sorted(self.judges, key=lambda judge: judge.key)
        return {
            "settings": self.settings.as_json(),
            "affinities": [dict(table) for table in tables],
            "groups": groups,
            "judges": [{**asdict(judge), "employers": list(judge.employers)} for judge in judges],
        }

    @classmethod
    def from_json(cls, data: Mapping) -> "Problem":
        groups = (
            Group(
                group["key"],
                group["label"],
                tuple(
                    Place(
                        place["key"],
                        place["need"],
                        data["affinities"][place["affinity"]],
                        place["blocked"],
                        tuple(place["seated"]),
                    )
                    for place in group["places"]
                ),
            )
            for group in data["groups"]
        )
        judges = (Judge(**{**judge, "employers": tuple(judge["employers"])}) for judge in data["judges"])
        return cls(Settings.from_json(data["settings"]), tuple(groups), tuple(judges))

    @property
    def digest(self) -> str:
        """SHA-256 of the canonical JSON."""
        return sha256_hex(canonical_json(self.as_json()))


def _places_as_json(group: Group, tables: dict[tuple, int]) -> list[dict]:
    """The places of one group; `tables` grows by the affinities that were not met before."""
    rows, met = [], {}
    for place in sorted(group.places, key=lambda place: place.key):
        if id(place.affinity) not in met:  # as a rule one dictionary serves a whole task: sorted once
            met[id(place.affinity)] = tables.setdefault(tuple(sorted(place.affinity.items())), len(tables))
        rows.append(
            {
                "key": place.key,
                "need": place.need,
                "affinity": met[id(place.affinity)],
                "blocked": dict(place.blocked),
                "seated": sorted(place.seated),
            }
        )
    return rows


@dataclass(frozen=True)
class Panel:
    """Experts who look at the same applications together. A group has one, or several where it had to be split."""

    members: tuple[str, ...]
    applications: tuple[str, ...]


@dataclass(frozen=True)
class Shortage:
    """Why seats of an application stay empty. `rule`: the first one after which too few are left (optimum.QUALIFIED …).

    `counts`: how many experts are left after each step (`qualified`, `available`, `room`, `free`) and how many of those
    the caps of employer and region let sit together (`groups`). `grounds`: experts who must not, by code of the ground.
    """

    missing: int
    rule: str
    counts: Mapping[str, int] = field(default_factory=dict)
    grounds: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True)
class Outcome:
    """What was drawn, by application: new experts (`pairs`), who steps in (`alternates`, in order), empty seats
    (`short`), soft caps that had to be broken (`excess`: `employer:…`, `region:…`).

    `panels` by group, in common mode. `value`: sum of the true affinities; `worth`: what the solver maximised (with
    lots, empty seats and broken caps), `bound`: the most that `worth` could be.
    """

    pairs: Mapping[str, tuple[str, ...]]
    panels: Mapping[str, tuple[Panel, ...]] = field(default_factory=dict)
    alternates: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    short: Mapping[str, Shortage] = field(default_factory=dict)
    excess: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    value: int = 0
    worth: int = 0
    bound: int = 0
    solver: str = ""

    @property
    def missing(self) -> int:
        """Empty seats in all."""
        return sum(short.missing for short in self.short.values())

    def as_json(self) -> dict:
        return {
            "pairs": _lists(self.pairs),
            "panels": {
                key: [{"members": list(one.members), "applications": list(one.applications)} for one in panels]
                for key, panels in sorted(self.panels.items())
            },
            "alternates": _lists(self.alternates),
            "short": {key: asdict(short) for key, short in sorted(self.short.items())},
            "excess": _lists(self.excess),
            "value": self.value,
            "worth": self.worth,
            "bound": self.bound,
            "solver": self.solver,
        }

    @classmethod
    def from_json(cls, data: Mapping) -> "Outcome":
        panels = {
            key: tuple(Panel(tuple(one["members"]), tuple(one["applications"])) for one in rows)
            for key, rows in data["panels"].items()
        }
        short = {key: Shortage(**row) for key, row in data["short"].items()}
        named = {name: _tuples(data[name]) for name in ("pairs", "alternates", "excess")}
        numbers = {name: data[name] for name in ("value", "worth", "bound", "solver")}
        return cls(panels=panels, short=short, **named, **numbers)

    @property
    def digest(self) -> str:
        """SHA-256 of what was decided: a replay must give the same. How good it could be at most is no decision."""
        told = self.as_json()
        return sha256_hex(canonical_json({name: told[name] for name in told if name not in ("bound", "solver")}))


def _lists(found: Mapping[str, tuple[str, ...]]) -> dict[str, list[str]]:
    return {key: list(values) for key, values in sorted(found.items())}


def _tuples(found: Mapping[str, list[str]]) -> dict[str, tuple[str, ...]]:
    return {key: tuple(values) for key, values in found.items()}


@dataclass(frozen=True)
class Proposal:
    """A change of the conditions that was tried out: `code` and the number it is about (`to`), 0 where it has none.

    `missing`: empty seats that would be left in the group; `usable`: experts who could then sit; `mean`: mean affinity
    of those drawn, thousandths; `alternates`: experts left to step in.
    """

    code: str
    to: int
    missing: int
    usable: int
    mean: int
    alternates: int


@dataclass(frozen=True)
class Diagnosis:
    """Whether a group can be filled. `steps`: the funnel, (code, experts left): qualified, available, room, free.

    `needed`: experts of an application; `missing`: empty seats in all; `blockers`: (code of the ground, experts who
    fall out of the last step by it), the most first; `places`: usable experts by application.
    """

    group: str
    steps: tuple[tuple[str, int], ...]
    needed: int
    missing: int
    blockers: tuple[tuple[str, int], ...] = ()
    places: Mapping[str, int] = field(default_factory=dict)
    proposals: tuple[Proposal, ...] = ()

    @property
    def enough(self) -> bool:
        return not self.missing
