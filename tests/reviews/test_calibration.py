"""The advice: severity found, probabilities that mean what they say, silence where there are too few data."""

import numpy
import pytest

from reviews.calibration import WARNS_AT, advise

pytestmark = pytest.mark.slow  # pure, so once is enough


def panel(rng, *, applications=20, experts=5, quality=6.0, severity=5.0, noise=9.0):
    """One panel that scores everything: (scores, true qualities, true severities)."""
    true = rng.normal(75, quality, applications)
    lean = rng.normal(0, severity, experts)
    scores = {
        (f"a{i:02}", f"e{j}"): float(numpy.clip(round(true[i] + lean[j] + rng.normal(0, noise)), 0, 100))
        for i in range(applications)
        for j in range(experts)
    }
    return scores, true, lean


def rng_of(seed):
    return numpy.random.Generator(numpy.random.PCG64(seed))


def test_the_same_scores_and_seed_give_the_same_figures():
    scores, _, _ = panel(rng_of(1))
    assert advise(scores, 5) == advise(scores, 5)


def test_severity_is_found_and_taken_out():
    """Ten experts see two thirds of the applications each; one of them is hard by twenty points."""
    rng = rng_of(2)
    scores, _, _ = panel(rng, applications=30, experts=10, severity=0, noise=3)
    scores = {pair: score for pair, score in scores.items() if (int(pair[0][1:]) + int(pair[1][1:])) % 3}
    harsh = {pair: score - (20 if pair[1] == "e3" else 0) for pair, score in scores.items()}
    advice = advise(harsh, 5)
    assert advice.severity["e3"] < -14
    assert max(abs(value) for expert, value in advice.severity.items() if expert != "e3") < 6
    fair = advise(scores, 5).calibrated
    assert numpy.corrcoef([advice.calibrated[key] for key in fair], list(fair.values()))[0, 1] > 0.97


def test_chances_add_up_to_the_places():
    scores, _, _ = panel(rng_of(3))
    for places in (1, 5, 19):
        assert sum(advise(scores, places).chance.values()) == pytest.approx(places)


def test_a_stated_chance_means_what_it_says():
    """Over many panels: the Brier score beats the bare list, and what is said to be likely mostly holds."""
    told, bare, likely = [], [], []
    for seed in range(60):
        scores, true, _ = panel(rng_of(100 + seed))
        best = {f"a{i:02}" for i in numpy.argsort(-true)[:5]}
        advice = advise(scores, 5)
        listed = sorted(advice.calibrated, key=lambda key: -advice.calibrated[key])[:5]
        for key, chance in advice.chance.items():
            told.append((chance - (key in best)) ** 2)
            bare.append(((key in listed) - (key in best)) ** 2)
            if chance > 0.8:
                likely.append(key in best)
    assert numpy.mean(told) < 0.8 * numpy.mean(bare)
    assert numpy.mean(likely) > 0.75


def test_the_grey_band_holds_those_about_whom_the_scores_do_not_decide():
    scores = {(f"a{i}", f"e{j}"): float(90 - 10 * (i > 1) - 25 * (i > 3)) + (i * 7 + j * 3) % 4
              for i in range(8) for j in range(5)}  # fmt: skip
    advice = advise(scores, 3)  # two are clear, two stand on the line, four are out
    assert set(advice.grey) == {"a2", "a3"}
    assert advice.chance["a0"] > 0.95 and advice.chance["a7"] < 0.05


def test_a_planted_score_is_doubted_and_honest_ones_mostly_are_not():
    caught = false = honest = 0
    for seed in range(60):
        scores, _, _ = panel(rng_of(500 + seed), noise=7)
        scores["a03", "e2"] += 25
        advice = advise(scores, 5)
        caught += abs(advice.z["a03", "e2"]) > WARNS_AT
        false += sum(abs(z) > WARNS_AT for pair, z in advice.z.items() if pair != ("a03", "e2"))
        honest += len(advice.z) - 1
    assert caught / 60 > 0.7 and false / honest < 0.08


@pytest.mark.parametrize(
    "scores, word",
    [
        ({(f"a{i}", f"e{i}{j}"): 70.0 + i + j for i in range(4) for j in range(3)}, "不足 3 份"),
        ({(f"{g}{i}", f"e{g}{j}"): 70.0 + i + j for g in "ab" for i in range(4) for j in range(3)}, "没有共同评审"),
    ],
)
def test_too_few_data_are_not_calibrated_but_still_judged(scores, word):
    advice = advise(scores, 2)
    assert advice.calibrated is None and word in advice.why_not and not advice.z
    assert advice.method == "bootstrap" and sum(advice.chance.values()) == pytest.approx(2)


@pytest.mark.parametrize("places", [0, 4, 5])
def test_where_everybody_has_a_place_there_is_nothing_to_say(places):
    assert advise({(f"a{i}", f"e{j}"): 70.0 for i in range(4) for j in range(5)}, places) is None


def test_equal_scores_are_equal_chances():
    advice = advise({(f"a{i}", f"e{j}"): 70.0 for i in range(4) for j in range(5)}, 1)
    assert all(chance == pytest.approx(0.25, abs=0.05) for chance in advice.chance.values())
    assert advice.pairwise == pytest.approx(0.5, abs=0.05)
