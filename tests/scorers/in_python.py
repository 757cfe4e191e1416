"""Prints what somebody else's scorers say of some scores and labels, for `cargo xtask quality --check-scorers`.

    python in_python.py FOLDER CASES

FOLDER holds metrics.py with `all_metrics(labels, scores, window)` and nab_score.py with `Geometry(times, windows)` and
`evaluate(files, scores, thresholds)`. CASES is a JSON list of objects with `labels`, `scores`, `window` and `windows`.
"""

import json
import sys

import numpy as np


def main():
    folder, path = sys.argv[1:]
    sys.path.insert(0, folder)
    import metrics
    import nab_score

    with open(path, encoding="utf-8") as file:
        cases = json.load(file)
    rankings = [metrics.all_metrics(case["labels"], case["scores"], case["window"]) for case in cases]
    time_of = "{:019d}".format
    files, scores = {}, {}
    for place, case in enumerate(cases):
        windows = [[time_of(row) for row in window] for window in case["windows"]]
        files[place] = nab_score.Geometry([time_of(row) for row in range(len(case["labels"]))], windows)
        scores[place] = np.array(case["scores"])
    best = nab_score.evaluate(files, scores)
    fixed = nab_score.evaluate(files, scores, {profile: 0.9 for profile in best})
    nab = [[profile["score"], profile["hit"], profile["fp"]] for of in (best, fixed) for profile in of.values()]
    words = ("auc_roc", "auc_pr", "vus_roc", "vus_pr")
    print(json.dumps({"rankings": [[ranking[word] for word in words] for ranking in rankings], "nab": nab}))


if __name__ == "__main__":
    main()
