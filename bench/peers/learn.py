"""Fits one of scikit-learn's learners, one thread, and prints seconds, AUC and peak memory as JSON.

learn.py TRAIN.parquet TEST.parquet KIND OPTIONS-JSON REPEATS
"""

import json
import os
import resource
import sys
import time

os.environ["OMP_NUM_THREADS"] = "1"  # read when numpy and scikit-learn are loaded

import numpy as np
import pandas as pd
from sklearn.calibration import CalibratedClassifierCV
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC
from sklearn.tree import DecisionTreeClassifier


def read(path):
    """Features as the float32 array that scikit-learn's trees would convert to, and labels."""
    table = pd.read_parquet(path)
    features = table.drop(columns="label").to_numpy(dtype=np.float32)
    return np.ascontiguousarray(features), table["label"].to_numpy()


def learner(kind, options):
    if kind == "linear-svm":
        svm = LinearSVC(C=options["inverseRegularization"], dual=False, max_iter=options["maxIterations"])
        scaled = make_pipeline(StandardScaler(), svm)
        return CalibratedClassifierCV(scaled, ensemble=False, cv=options["calibrationFolds"], n_jobs=1)
    shared = {"max_depth": options["maxDepth"], "min_samples_leaf": options["minLeafRows"], "random_state": 42}
    if kind == "cart":
        return DecisionTreeClassifier(**shared)
    if kind == "random-forest":
        return RandomForestClassifier(
            n_estimators=options["trees"], max_features=options["featuresPerSplit"], n_jobs=1, **shared
        )
    return HistGradientBoostingClassifier(
        max_iter=options["trees"],
        learning_rate=options["learningRate"],
        l2_regularization=options["l2Regularization"],
        max_leaf_nodes=None,
        early_stopping=False,
        **shared,
    )


def peak_bytes():
    """VmHWM where there is one, as for our own processes."""
    if not sys.platform.startswith("linux"):
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    with open("/proc/self/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


def main():
    train, test, kind, options, repeats = sys.argv[1:]
    features, labels = read(train)
    seconds = []
    for _ in range(int(repeats)):
        model = learner(kind, json.loads(options))
        start = time.perf_counter()
        model.fit(features, labels)
        seconds.append(time.perf_counter() - start)
    test_features, test_labels = read(test)
    auc = roc_auc_score(test_labels, model.predict_proba(test_features)[:, 1])
    print(json.dumps({"seconds": seconds, "auc": auc, "peakBytes": peak_bytes()}))


if __name__ == "__main__":
    main()
