"""What one bad number does to River's detectors, with library defaults. Each sees 1,000 normal values, with and without
one bad number in the middle, and then 2,000 values that lie five sigma higher. Prints one JSON line per detector and
bad number: whether later scores are numbers, whether they are those of a run in which the row was left out, and whether
the shift is found."""

import json
import math
import random

from river import anomaly, drift, preprocessing

NORMAL, SHIFTED = 1000, 2000
BAD = {"NaN": math.nan, "infinity": math.inf, "1e308": 1e308}


def values(bad):
    source = random.Random(7)
    drawn = [source.gauss(0.0, 1.0) for _ in range(NORMAL)]
    if bad is not None:
        drawn[NORMAL // 2] = bad
    return drawn + [5.0 + source.gauss(0.0, 1.0) for _ in range(SHIFTED)]


class Features:
    """A detector of feature dictionaries."""

    def __init__(self, model):
        self.model = model

    def step(self, value):
        score = self.model.score_one({"x": value})
        self.model.learn_one({"x": value})
        return score


class Target:
    """A detector of single values."""

    def __init__(self, model):
        self.model = model

    def step(self, value):
        score = self.model.score_one(None, value)
        self.model.learn_one(None, value)
        return score


class Drift:
    """A drift detector: 1 where it says drift."""

    def __init__(self, model):
        self.model = model

    def step(self, value):
        self.model.update(value)
        return float(self.model.drift_detected)


DETECTORS = {
    "GaussianScorer": lambda: Target(anomaly.GaussianScorer()),
    "StandardAbsoluteDeviation": lambda: Target(anomaly.StandardAbsoluteDeviation()),
    "OneClassSVM": lambda: Features(preprocessing.StandardScaler() | anomaly.OneClassSVM()),
    "HalfSpaceTrees": lambda: Features(preprocessing.MinMaxScaler() | anomaly.HalfSpaceTrees(seed=1)),
    "ADWIN": lambda: Drift(drift.ADWIN()),
    "PageHinkley": lambda: Drift(drift.PageHinkley()),
    "KSWIN": lambda: Drift(drift.KSWIN(seed=1)),
}


def run(make, bad, skip):
    detector, scores = make(), []
    for place, value in enumerate(values(bad)):
        if skip and place == NORMAL // 2:
            continue
        scores.append(detector.step(value))
    return scores


def is_found(name, scores):
    """Found: a drift detector says so within the shift; a score's mean over its first 100 rows leaves the usual range."""
    usual = [score for score in scores[NORMAL // 2 + 1 : NORMAL] if math.isfinite(score)]
    shifted = scores[-SHIFTED:][:100]
    if name in ("ADWIN", "PageHinkley", "KSWIN"):
        return any(score == 1.0 for score in scores[-SHIFTED:])
    if not usual or not all(math.isfinite(score) for score in shifted):
        return False
    center = sum(usual) / len(usual)
    spread = math.sqrt(sum((score - center) ** 2 for score in usual) / len(usual))
    return sum(shifted) / len(shifted) > center + spread


def main():
    for name, make in DETECTORS.items():
        for word, bad in BAD.items():
            line = {"detector": f"River {name}", "bad": word}
            try:
                poisoned, gap = run(make, bad, False), run(make, bad, True)
            except (ValueError, OverflowError, ZeroDivisionError, RuntimeError) as error:
                print(json.dumps(line | {"throws": f"{type(error).__name__}: {error}"[:80]}))
                continue
            later, expected = poisoned[NORMAL // 2 + 1 :], gap[NORMAL // 2 :]
            line["numbers"] = sum(math.isfinite(score) for score in later) / len(later)
            line["as_a_gap"] = later == expected
            line["found"] = is_found(name, poisoned)
            line["found_without"] = is_found(name, gap)
            print(json.dumps(line))


if __name__ == "__main__":
    main()
