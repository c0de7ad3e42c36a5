"""A draw breaks no rule, reaches what can be reached, says what it cannot fill, and can be played again anywhere."""

import json
import os
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from random import Random

import pytest
from django.conf import settings as django_settings
from hypothesis import given, settings
from hypothesis import strategies as st

from jbgs.lib.crypto import canonical_json
from jbgs.rehearsal import instances
from reviews import drawing, lots, optimum
from reviews.drawing import Group, Judge, Outcome, Panel, Place, Problem, Settings, Shortage

pytestmark = pytest.mark.slow  # pure, so once is enough

KEYS = [f"e{n}" for n in range(8)]
GROUNDS = ["same_unit", "declared"]


@st.composite
def problems(draw, panel: str):
    judges = tuple(
        Judge(key, draw(st.integers(0, 5)), tuple(draw(st.lists(st.sampled_from("UVWX"), min_size=1, max_size=2))),
              draw(st.sampled_from(["", "r1", "r2"])), away=draw(st.integers(0, 9)) == 0)
        for key in KEYS
    )  # fmt: skip
    chosen = Settings(
        mode=draw(st.sampled_from(list(lots.MODES))), panel=panel, recusal=draw(st.sampled_from(["strict", "partial"])),
        k=draw(st.integers(1, 3)), per_employer=draw(st.integers(0, 2)), per_region=draw(st.integers(0, 2)),
        employer_hard=draw(st.booleans()), region_hard=draw(st.booleans()), alternates=draw(st.integers(0, 2)),
    )  # fmt: skip
    groups = []
    for task in range(draw(st.integers(1, 2))):
        affinity = draw(st.dictionaries(st.sampled_from(KEYS), st.sampled_from([0, 1, 250, 600, 1000]), min_size=4))
        places = []
        for n in range(draw(st.integers(1, 3))):
            blocked = draw(st.dictionaries(st.sampled_from(KEYS), st.sampled_from(GROUNDS), max_size=3))
            seated = tuple(draw(st.sets(st.sampled_from(KEYS), max_size=2)) - blocked.keys())[: chosen.k]
            places.append(Place(f"A{task}-{n}", chosen.k - len(seated), affinity, blocked, tuple(sorted(seated))))
        groups.append(Group(f"T{task}", "虚构任务", tuple(places)))
    return Problem(chosen, tuple(groups), judges)


def hard(chosen: Settings) -> optimum.Rules:
    return optimum.Rules(
        chosen.per_employer if chosen.employer_hard else 0, chosen.per_region if chosen.region_hard else 0
    )


def broken(problem: Problem, outcome: Outcome) -> list[str]:
    """Everything that a draw must not do, looked at without the solver."""
    judges, found = {judge.key: judge for judge in problem.judges}, []
    for key, place in problem.places.items():
        new, waiting = outcome.pairs[key], outcome.alternates.get(key, ())
        short = outcome.short[key].missing if key in outcome.short else 0
        found += [f"{key}: duplicate"] * (len({*new, *place.seated}) != len(new) + len(place.seated))
        found += [f"{key}: {len(new)} and {short} of {place.need}"] * (len(new) + short != place.need)
        before = [judges[one] for one in place.seated]
        sitting = before + [judges[one] for one in new]
        for one in (*new, *waiting):
            unfit = place.affinity.get(one, 0) < problem.settings.least
            found += [f"{key}: {one}"] * (unfit or one in place.blocked or judges[one].away)
        caps = hard(problem.settings)
        found += [f"{key}: {cap}" for cap in set(caps.broken(sitting)) if _by_new(cap, [judges[one] for one in new])]
        for one in waiting:
            found += [f"{key}: {one} waits and sits"] * (one in new or one in place.seated)
            more = set(caps.broken([*sitting, judges[one]])) - set(caps.broken(sitting))
            found += [f"{key}: {one} would break {cap}" for cap in more]
        found += [f"{key}: {len(waiting)} wait"] * (len(set(waiting)) > problem.settings.alternates)
        told = set(outcome.excess.get(key, ()))
        found += [f"{key}: excess"] * bool(new and told != set(problem.settings.rules.broken(sitting)))
    loads = Counter(one for new in outcome.pairs.values() for one in new)
    return found + [f"{one}: load" for one, count in loads.items() if count > judges[one].room]


def _by_new(cap: str, new) -> bool:
    """Whether one of those drawn has to do with this cap; those who sat before may have broken it."""
    kind, _, name = cap.partition(":")
    return any(name in judge.employers if kind == "employer" else name == judge.region for judge in new)


@settings(max_examples=1000, deadline=None)
@given(problems("free"), st.text(max_size=3))
def test_no_rule_is_broken_where_each_is_drawn_for_itself(problem, seed):
    outcome = drawing.solve(problem, seed)
    assert broken(problem, outcome) == []
    assert outcome.worth <= outcome.bound


@settings(max_examples=1000, deadline=None)
@given(problems("common"), st.text(max_size=3))
def test_no_rule_is_broken_by_common_panels(problem, seed):
    outcome = drawing.solve(problem, seed)
    assert broken(problem, outcome) == []
    for group in problem.groups:
        panels = outcome.panels.get(group.key, ())
        seen = [key for panel in panels for key in panel.applications]
        assert sorted(seen) == sorted(place.key for place in group.places if place.need)
        for panel in panels:
            assert len(panel.members) <= problem.settings.k
            for key in panel.applications if problem.settings.recusal == "strict" else ():
                assert set(outcome.pairs[key]) <= set(panel.members) - problem.places[key].blocked.keys()


@settings(max_examples=100, deadline=None)
@given(problems("free"))
def test_a_soft_cap_is_broken_only_where_a_seat_would_stay_empty(problem):
    outcome = drawing.solve(problem, "")
    stiff = replace(problem, settings=replace(problem.settings, employer_hard=True, region_hard=True))
    if any(_drawn_excess(problem, outcome)):
        assert drawing.solve(stiff, "").missing > outcome.missing


def _drawn_excess(problem, outcome):
    """Excesses that were not there before the draw."""
    judges = {judge.key: judge for judge in problem.judges}
    for key, told in outcome.excess.items():
        yield set(told) - set(problem.settings.rules.broken(judges[one] for one in problem.places[key].seated))


@settings(max_examples=100, deadline=None)
@given(problems("common") | problems("free"), st.randoms())
def test_the_order_of_what_is_given_does_not_matter(problem, rng: Random):
    groups = [replace(one, places=tuple(rng.sample(one.places, len(one.places)))) for one in problem.groups]
    mixed = Problem(problem.settings, tuple(rng.sample(groups, len(groups))), tuple(rng.sample(problem.judges, 8)))
    assert mixed.digest == problem.digest
    assert drawing.solve(mixed, "7").digest == drawing.solve(problem, "7").digest


@settings(max_examples=100, deadline=None)
@given(problems("common") | problems("free"))
def test_json_keeps_all_of_it(problem):
    again = Problem.from_json(json.loads(canonical_json(problem.as_json())))
    assert again.digest == problem.digest and again.places == problem.places
    outcome = drawing.solve(again, "7")
    assert Outcome.from_json(json.loads(canonical_json(outcome.as_json()))) == outcome
    assert outcome.digest == drawing.solve(problem, "7").digest


PLAY = """
import sys
sys.path.insert(0, ".")
from jbgs.rehearsal import instances
from reviews import drawing
for panel, problem in (("free", instances.free(60, 40, mode="{mode}", k=3)), ("common", instances.panels(6, 40, k=3))):
    print(problem.digest, drawing.solve(problem, "7").digest)
"""


@pytest.mark.parametrize("mode", ["optimal", "noisy"])
def test_another_process_draws_the_same(mode):
    """Sets of words are ordered by a hash that differs from process to process."""
    told = set()
    for hashes in ("0", "1", "4711"):
        environment = {**os.environ, "PYTHONHASHSEED": hashes, "DJANGO_SETTINGS_MODULE": "jbgs.settings"}
        command = [sys.executable, "-c", PLAY.format(mode=mode)]
        done = subprocess.run(command, cwd=django_settings.BASE_DIR, env=environment, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        told.add(done.stdout)
    assert len(told) == 1


# ---- panels ----


def judge(key, room=20, employer="", region=""):
    return Judge(key, room, (employer or f"u-{key}",), region)


def group(size=6, need=3, keys=KEYS, blocked=None, seated=(), affinity=None):
    affinity = affinity or {key: 1000 - 10 * n for n, key in enumerate(keys)}
    blocked = blocked or {}
    return Group(
        "T", "虚构任务", tuple(Place(f"A{n}", need, affinity, blocked.get(n, {}), seated) for n in range(size))
    )


def common(groups, judges, **named) -> Problem:
    return Problem(Settings(**{"mode": "optimal", "k": 3} | named), tuple(groups), tuple(judges))


JUDGES = [judge(key) for key in KEYS]


def test_a_group_has_one_panel_of_its_best():
    outcome = drawing.solve(common([group()], JUDGES), "")
    assert outcome.panels["T"] == (Panel(("e0", "e1", "e2"), tuple(f"A{n}" for n in range(6))),)
    assert set(outcome.pairs.values()) == {("e0", "e1", "e2")} and not outcome.short
    assert set(outcome.alternates.values()) == {("e3", "e4")}


def test_a_member_leaves_out_what_must_not_be_and_a_stand_in_comes():
    affinity = {key: 900 if key in ("e0", "e1", "e2") else 500 - n for n, key in enumerate(KEYS)}
    outcome = drawing.solve(common([group(blocked={2: {"e1": "same_unit"}}, affinity=affinity)], JUDGES), "")
    assert sorted(outcome.panels["T"][0].members) == ["e0", "e1", "e2"]
    assert outcome.pairs["A2"] == ("e0", "e2", "e3") and outcome.pairs["A1"] == ("e0", "e1", "e2")


def test_whoever_may_look_at_all_comes_before_somebody_hardly_better_who_may_not():
    outcome = drawing.solve(common([group(blocked={2: {"e1": "same_unit"}})], JUDGES), "")
    assert outcome.panels["T"][0].members == ("e0", "e2", "e3")


def test_nobody_who_is_recused_from_one_sits_on_a_strict_panel():
    problem = common([group(blocked={2: {"e1": "same_unit"}})], JUDGES, recusal="strict")
    assert set(drawing.solve(problem, "").pairs.values()) == {("e0", "e2", "e3")}


def test_who_sits_already_stays_the_panel_for_what_comes_later():
    late = Place("B", 3, group().places[0].affinity)
    grown = Group("T", "虚构任务", (*group(need=0, seated=("e5", "e6", "e7")).places, late))
    assert drawing.solve(common([grown], JUDGES), "").pairs["B"] == ("e5", "e6", "e7")


def test_nobody_joins_colleagues_who_sit_together_though_they_must_not():
    """Two of U were seated before the cap; a member of the panel who is a third of U leaves that application out."""
    places = (Place("A0", 1, fits("e3", "e4")), Place("A1", 1, fits("e3"), {}, ("e0", "e6")))
    judges = [judge(key, employer="" if key == "e4" else "U") for key in KEYS]
    assert drawing.solve(common([Group("T", "虚构任务", places)], judges, k=1), "").pairs["A1"] == ()


def test_a_group_that_nobody_can_take_whole_is_split():
    outcome = drawing.solve(common([group(size=8)], [judge(key, 4) for key in KEYS]), "")
    assert [len(panel.applications) for panel in outcome.panels["T"]] == [4, 4] and not outcome.short


def test_groups_that_want_the_same_experts_are_decided_together():
    """Both could have e0 to e2; each of these has room for one group only."""
    judges = [judge(key, 6) for key in KEYS[:6]]
    two = [group(), replace(group(), key="S", places=tuple(replace(p, key=f"B{p.key}") for p in group().places))]
    outcome = drawing.solve(common(two, judges), "")
    assert not outcome.short and not set(outcome.pairs["A0"]) & set(outcome.pairs["BA0"])


def test_different_seeds_give_different_panels_and_the_same_seed_the_same():
    problem = common([group()], JUDGES, mode="pool")
    panels = [drawing.solve(problem, str(n % 40)).panels["T"][0].members for n in range(80)]
    assert panels[:40] == panels[40:] and len(set(panels)) > 15


def test_every_qualified_expert_comes_up_about_equally_often_in_a_pure_draw():
    problem = common([group(affinity={key: 500 + 60 * n for n, key in enumerate(KEYS)})], JUDGES, mode="pool")
    counted = Counter(key for n in range(200) for key in drawing.solve(problem, str(n)).pairs["A0"])
    assert len(counted) == 8 and all(45 <= count <= 105 for count in counted.values())


# ---- shortages ----


def fits(*keys):
    return dict.fromkeys(keys, 900)


@pytest.mark.parametrize(
    "problem, rule",
    [
        (common([group(affinity=fits("e0", "e1"))], JUDGES), optimum.QUALIFIED),
        (common([group(affinity=fits("e0", "e1", "e2"))],
                [replace(JUDGES[0], away=True), *JUDGES[1:]]), optimum.AWAY),
        (common([group(affinity=fits("e0", "e1", "e2"))], [judge("e0", 0), *JUDGES[1:]]), optimum.ROOM),
        (common([group(affinity=fits("e0", "e1", "e2"), blocked=dict.fromkeys(range(6), {"e0": "same_unit"}))],
                JUDGES), optimum.RECUSED),
        (common([group(affinity=fits("e0", "e1", "e2"), blocked={5: {"e0": "same_unit"}})], JUDGES, recusal="strict"),
         optimum.RECUSED),
        (common([group()], [judge(key, employer="U") for key in KEYS]), optimum.GROUPS),
        (common([group()], [judge(key, region="r") for key in KEYS], region_hard=True), optimum.GROUPS),
        (common([group()], [judge(key, 2) for key in KEYS], panel="free"), optimum.LOAD),
    ],
)  # fmt: skip
def test_what_stays_empty_says_by_which_rule(problem, rule):
    outcome = drawing.solve(problem, "")
    assert outcome.short and {short.rule for short in outcome.short.values()} == {rule}
    (found,) = drawing.diagnose(problem)
    assert found.missing == outcome.missing > 0 and not found.enough


def test_a_shortage_is_told_in_words():
    short = Shortage(2, optimum.RECUSED, {"qualified": 9, "available": 8, "room": 8, "free": 3},
                     {"same_unit": 4, "declared": 1})  # fmt: skip
    assert drawing.sentence(short, {"same_unit": "同单位", "declared": "专家申报"}) == (
        "缺 2 位：对口 9 位，评审期间有空 8 位，回避之后 3 位（同单位 4 位、专家申报 1 位）；回避之后专家不够。"
    )


def test_what_would_help_was_tried():
    """Eight who match, six of them recused from one application each: a strict panel is too small."""
    blocked = {n: {KEYS[n]: "same_unit"} for n in range(6)}
    problem = common([group(blocked=blocked)], JUDGES, recusal="strict")
    (found,) = drawing.diagnose(problem)
    assert found.steps == (("qualified", 8), ("available", 8), ("room", 8), ("free", 2))
    assert (found.needed, found.missing, found.blockers) == (3, 6, (("same_unit", 6),))
    helps = {proposal.code: proposal for proposal in found.proposals}
    assert {"partial", "fewer"} <= helps.keys() and helps["fewer"].to == 2
    relaxed = replace(problem, settings=replace(problem.settings, recusal="partial"))
    assert helps["partial"].missing == drawing.solve(relaxed, "").missing == 0
    assert helps["partial"].usable == 8


def test_a_wider_pool_is_proposed_where_it_helps():
    affinity = dict(zip(KEYS, [900, 900, 250, 250, 250, 250, 250, 250], strict=True))
    (found,) = drawing.diagnose(common([group(affinity=affinity)], JUDGES, mode="pool"))
    assert {proposal.code: proposal.to for proposal in found.proposals}["wider"] == 250


def test_two_applications_of_one_name_are_refused():
    twice = common([group(), replace(group(), key="S")], JUDGES)
    with pytest.raises(ValueError):
        drawing.solve(twice, "")


# ---- size ----


@pytest.mark.parametrize("mode", ["optimal", "noisy", "pool"])
def test_common_panels_of_a_middling_call_come_near_to_what_is_possible(mode):
    problem = instances.panels(60, 300, mode=mode)
    outcome = drawing.solve(problem, "1")
    assert broken(problem, outcome) == [] and (not outcome.missing or mode == "pool")  # too few are qualified there
    assert outcome.worth <= outcome.bound <= outcome.worth + outcome.value // 200


def test_a_middling_call_is_drawn_to_its_optimum():
    problem = instances.free(200, 80)
    outcome = drawing.solve(problem, "1")
    assert broken(problem, outcome) == [] and outcome.worth == outcome.bound
