"""Runs the detectors of one library over every run of a script of rows, and prints their scores.

    python in_python.py SCRIPT river|pysad
"""

import json
import signal
import sys
import warnings

import numpy as np

SECONDS_MOST = 20


def river():
    from river import anomaly, drift, preprocessing

    def features(model):
        def step(_, value):
            score = model.score_one({"x": value})
            model.learn_one({"x": value})
            return score, None

        return step

    def target(model):
        def step(_, value):
            score = model.score_one(None, value)
            model.learn_one(None, value)
            return score, None

        return step

    def drifts(model):
        def step(_, value):
            model.update(value)
            return float(model.drift_detected), model.drift_detected

        return step

    yield "River GaussianScorer", lambda: target(anomaly.GaussianScorer())
    yield "River StandardAbsoluteDeviation", lambda: target(anomaly.StandardAbsoluteDeviation())
    yield "River OneClassSVM", lambda: features(preprocessing.StandardScaler() | anomaly.OneClassSVM())
    yield "River LODA", lambda: features(anomaly.LODA(seed=1))
    yield "River HalfSpaceTrees", lambda: features(preprocessing.MinMaxScaler() | anomaly.HalfSpaceTrees(seed=1))
    yield "River ADWIN", lambda: drifts(drift.ADWIN())
    yield "River PageHinkley", lambda: drifts(drift.PageHinkley())


def pysad():
    from pysad.models import LODA, RobustRandomCutForest

    def rows(model):
        def step(at, value):
            # Draws belong to a row, so that a row which is left out changes no later ones.
            np.random.seed(at % 2**32)
            row = np.array([value])
            score = model.score_partial(row)
            model.fit_partial(row)
            return float(score), None

        return step

    yield "PySAD RRCF", lambda: rows(RobustRandomCutForest(num_trees=20))
    yield "PySAD LODA", lambda: rows(LODA(random_state=1))


def scores_of(make, rows):
    step, scores, flags = make(), [], []
    for at, value, _ in rows:
        if value is None:
            continue
        score, flag = step(at, float(value))
        scores.append(repr(float(score)))
        flags.append(flag)
    return {"scores": scores} | ({"flags": flags} if flags[0] is not None else {})


def out_of_time(*_):
    raise TimeoutError(f"no end after {SECONDS_MOST} s")


def main():
    warnings.simplefilter("ignore")
    np.seterr(all="ignore")
    signal.signal(signal.SIGALRM, out_of_time)
    with open(sys.argv[1], encoding="utf-8") as file:
        script = json.load(file)
    for tool, make in {"river": river, "pysad": pysad}[sys.argv[2]]():
        for run in script["runs"]:
            line = {"tool": tool, "run": run["name"]}
            signal.alarm(SECONDS_MOST)
            try:
                line |= scores_of(make, run["rows"])
            except Exception as error:  # Whatever a detector throws is what the table shows.
                line["throws"] = f"{type(error).__name__}: {error}"
            signal.alarm(0)
            print(json.dumps(line), flush=True)


if __name__ == "__main__":
    main()
