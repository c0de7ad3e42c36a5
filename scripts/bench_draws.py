"""Who reviews what, drawn to the optimum; beside a greedy (best pair first) under the same caps and the LP's bound.

Runs in a process of its own, so that the peak of its memory is that of the draw: `scripts/bench_draws.py 2000 600`,
or by common panels of 100 tasks: `scripts/bench_draws.py 100 600 panels`.
"""

import json
import os
import resource
import subprocess
import sys
import time
from collections import Counter, defaultdict
from pathlib import Path

HOUSE = Path(__file__).resolve().parent.parent


def measure(count: int, experts: int, kind: str = "free") -> dict:
    """The figures of one instance, from a fresh process. `count`: applications, or tasks where `kind` is `panels`."""
    command = [sys.executable, __file__, str(count), str(experts), kind]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def figures(count: int, experts: int, kind: str = "free") -> dict:
    from jbgs.rehearsal import instances
    from reviews import drawing

    problem = getattr(instances, kind)(count, experts)
    before = peak()
    outcome, wall, cpu = timed(lambda: drawing.solve(problem, "1"))
    drawn_peak = peak()
    simple = greedy if kind == "free" else greedy_panels
    pairs, greedy_wall, greedy_cpu = timed(lambda: simple(problem))
    return {
        "groups": len(problem.groups),
        "applications": len(problem.places),
        "experts": experts,
        "pairs": sum(len(place.affinity) for place in problem.places.values()),
        **told(problem, outcome.pairs),
        "worth": outcome.worth,
        "bound": outcome.bound,
        "alternates": sum(map(len, outcome.alternates.values())),
        "peak_mb": drawn_peak,
        "instance_mb": before,
        **{f"greedy_{name}": value for name, value in told(problem, pairs).items() if name != "seats"},
        "spent": [wall, cpu],
        "floor": [greedy_wall, greedy_cpu],
    }


def timed(work) -> tuple:
    wall, cpu = time.perf_counter(), time.process_time()
    found = work()
    return found, time.perf_counter() - wall, time.process_time() - cpu


def peak() -> int:
    """The most memory this process has held so far, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def told(problem, pairs) -> dict:
    """What an assignment gives: empty seats, sum of affinities, and that of the worst application."""
    pairs = {key: pairs.get(key, ()) for key in problem.places}
    sums = {key: sum(place.affinity[one] for one in pairs[key]) for key, place in problem.places.items()}
    seats = sum(place.need for place in problem.places.values())
    taken = sum(map(len, pairs.values()))
    return {"seats": seats, "empty": seats - taken, "affinity": sum(sums.values()), "worst": min(sums.values())}


def greedy(problem) -> dict[str, list[str]]:
    """The best pair first, as long as no rule is broken."""
    judges, rules = {judge.key: judge for judge in problem.judges}, problem.settings.rules
    room = {key: judge.free for key, judge in judges.items()}
    chosen, sitting = defaultdict(list), defaultdict(Counter)
    pairs = (
        (-value, key, place.key)
        for place in problem.places.values()
        for key, value in place.affinity.items()
        if key not in place.blocked
    )
    for _, key, application in sorted(pairs):
        judge, counts = judges[key], sitting[application]
        full = any(counts["employer", name] >= rules.per_employer for name in judge.employers)
        full = full or counts["region", judge.region] >= rules.per_region
        if not full and room[key] and len(chosen[application]) < problem.places[application].need:
            chosen[application].append(key)
            room[key] -= 1
            counts.update([*(("employer", name) for name in judge.employers), ("region", judge.region)])
    return chosen


def greedy_panels(problem) -> dict[str, list[str]]:
    """The best expert for a whole group first, as long as no rule is broken; nobody stands in for the recused."""
    judges, rules, k = {judge.key: judge for judge in problem.judges}, problem.settings.rules, problem.settings.k
    room = {key: judge.free for key, judge in judges.items()}
    chosen, members, sitting = defaultdict(list), Counter(), defaultdict(Counter)
    pairs = []
    for group in problem.groups:
        for key in group.places[0].affinity:
            seen = [place for place in group.places if key not in place.blocked]
            pairs.append((-sum(place.affinity[key] for place in seen), key, group.key, seen))
    for _, key, group, seen in sorted(pairs, key=lambda pair: pair[:3]):
        judge, counts = judges[key], sitting[group]
        full = any(counts["employer", name] >= rules.per_employer for name in judge.employers)
        full = full or counts["region", judge.region] >= rules.per_region
        if seen and not full and room[key] >= len(seen) and members[group] < k:
            for place in seen:
                chosen[place.key].append(key)
            members[group] += 1
            room[key] -= len(seen)
            counts.update([*(("employer", name) for name in judge.employers), ("region", judge.region)])
    return chosen


if __name__ == "__main__":
    sys.path.insert(0, str(HOUSE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jbgs.settings")
    print(json.dumps(figures(int(sys.argv[1]), int(sys.argv[2]), *sys.argv[3:])))
