"""Tiers 1 to 3 as a Python service would write them with River: one model per stream by its kind, half-space trees over
all features and over each group, a health-weighted mean. Driven by run.mjs: one JSON command per line on standard
input, one JSON answer per line on standard output. Only the work on frames is timed, as CPU time."""

import json
import math
import sys
import time

import numpy as np
from river import anomaly, stats, time_series

KINDS = ("continuous_smooth", "continuous_noisy", "discrete_events", "sporadic")


class Forecast:
    """A forecaster, and how large its errors usually are."""

    def __init__(self, model):
        self.model = model
        self.spread = stats.Var()

    def step(self, value):
        try:
            expected = self.model.forecast(horizon=1)[0]
        except (IndexError, ValueError, TypeError, AttributeError):
            expected = value  # Not settled yet.
        error = value - expected
        deviation = math.sqrt(self.spread.get()) if self.spread.n > 1 else 0.0
        score = 1.0 - math.exp(-abs(error) / deviation / 3.0) if deviation > 0.0 else 0.0
        self.spread.update(error)
        self.model.learn_one(value)
        return score


class Quantile:
    """A score of its own against the quantile of its past scores."""

    def __init__(self):
        self.filter = anomaly.QuantileFilter(anomaly.GaussianScorer(window_size=50), q=0.95)

    def step(self, value):
        score = self.filter.score_one(None, value)
        self.filter.learn_one(None, value)
        return score


def model_of(kind):
    if kind == "continuous_noisy":
        return Forecast(time_series.HoltWinters(alpha=0.3, beta=0.1))
    if kind == "discrete_events":
        return Quantile()
    return Forecast(time_series.SNARIMAX(p=1, d=1, q=1))


class Health:
    def __init__(self):
        self.total = self.missing = self.consecutive = 0

    def record(self, is_present):
        self.total += 1
        self.missing += not is_present
        self.consecutive = 0 if is_present else self.consecutive + 1

    def score(self):
        return (1.0 - self.missing / self.total) * (1.0 - min(self.consecutive / 48.0, 1.0))


class System:
    def __init__(self, streams, groups):
        self.names = [f"s{place}" for place in range(streams)]
        self.models = [model_of(KINDS[place % len(KINDS)]) for place in range(streams)]
        self.health = [Health() for _ in self.names]
        self.groups = [range(group, streams, groups) for group in range(groups)]
        self.forest = anomaly.HalfSpaceTrees(n_trees=50, height=8, window_size=250, seed=1)
        self.forests = [anomaly.HalfSpaceTrees(n_trees=30, height=8, window_size=250, seed=2) for _ in self.groups]

    def step(self, at_ms, row):
        present = [not math.isnan(value) for value in row]
        scores = []
        for place, (value, here) in enumerate(zip(row, present)):
            self.health[place].record(here)
            if here:
                scores.append((self.models[place].step(value), self.health[place].score()))
        features = self.features(at_ms, row, present)
        joint = self.forest.score_one(features)
        self.forest.learn_one(features)
        for members, forest in zip(self.groups, self.forests):
            part = {self.names[place]: row[place] for place in members if present[place]}
            joint = max(joint, forest.score_one(part))
            forest.learn_one(part)
        weight = sum(health for _, health in scores)
        single = sum(score * health for score, health in scores) / weight if weight > 0.0 else joint
        return 0.6 * single + 0.4 * joint, len(scores) / len(row)

    def features(self, at_ms, row, present):
        hour, day = at_ms // 3_600_000 % 24, (at_ms // 86_400_000 + 3) % 7
        features = {"hour": hour, "day": day, "is_weekend": day >= 5, "is_work": 9 <= hour <= 17}
        for name, value, here in zip(self.names, row, present):
            features[name + "_available"] = 1.0 if here else 0.0
            if here:
                features[name] = value
        for group, members in enumerate(self.groups):
            features[f"group_{group}"] = sum(present[place] for place in members) / len(members)
        return features


def main():
    system = rows = None
    frame = 0
    for line in sys.stdin:
        command = json.loads(line)
        if command["do"] == "load":
            streams = command["streams"]
            rows = np.fromfile(command["path"], dtype="<f8").reshape(-1, streams).tolist()
            system, frame = System(streams, command["groups"]), 0
            print(json.dumps({"frames": len(rows)}), flush=True)
            continue
        count, last = command["frames"], 0.0
        began = time.process_time()
        for row in rows[frame : frame + count]:
            last, _ = system.step(frame * 300_000, row)
            frame += 1
        micros = (time.process_time() - began) * 1e6 / count
        print(json.dumps({"micros": micros, "last": last}), flush=True)


if __name__ == "__main__":
    main()
