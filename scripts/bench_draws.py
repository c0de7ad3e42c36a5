"""Who reviews what, drawn to the optimum; beside a greedy (best pair first) under the same caps and the LP's bound.

Runs in a process of its own, so that the peak of its memory is that of the draw: `scripts/bench_draws.py 2000 600`.
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


def measure(applications: int, experts: int) -> dict:
    """The figures of one instance, from a fresh process."""
    command = [sys.executable, __file__, str(applications), str(experts)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    return json.loads(done.stdout)


def figures(applications: int, experts: int) -> dict:
    from jbgs.rehearsal import instances
    from reviews import drawing

    problem = instances.free(applications, experts)
    before = peak()
    outcome, wall, cpu = timed(lambda: drawing.solve(problem, "1"))
    drawn_peak = peak()
    pairs, greedy_wall, greedy_cpu = timed(lambda: greedy(problem))
    return {
        "applications": applications,
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


if __name__ == "__main__":
    sys.path.insert(0, str(HOUSE))
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "jbgs.settings")
    print(json.dumps(figures(int(sys.argv[1]), int(sys.argv[2]))))
