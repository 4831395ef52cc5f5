"""What scikit-learn and SciPy make of tables: weights of linear support vector machines, and scores of rows left out.

usage: learners.py DIRECTORY SAMPLE_CSV; for each table TABLE.x.bin (columns one after another, doubles), TABLE.y.bin and
TABLE.folds.bin (bytes; the folds of every row, repeat after repeat) are written, and learners.json.
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from scipy.optimize import minimize
from sklearn.calibration import CalibratedClassifierCV
from sklearn.datasets import load_breast_cancer
from sklearn.exceptions import ConvergenceWarning
from sklearn.metrics import log_loss, roc_auc_score
from sklearn.model_selection import StratifiedKFold
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.svm import LinearSVC

FOLDS = 5
STRENGTHS = [0.01, 1, 100]


def tables(sample):
    x, y = load_breast_cancer(return_X_y=True)
    yield "breast-cancer", x, y, 2
    frame = pd.read_csv(sample)
    colours = frame[["%Red Pixel", "%Green pixel", "%Blue pixel", "Hb"]].to_numpy(float)
    yield "anemia-sample", colours, (frame["Anaemic"] == "Yes").to_numpy(int), 5


def optimum(x, y, c):
    """Least C * sum(max(0, 1 - y f)^2) + |w|^2 / 2, the intercept first and free, by a general optimiser."""
    z = np.column_stack([np.ones(len(x)), StandardScaler().fit_transform(x)])
    sign = np.where(y == 1, 1.0, -1.0)

    def loss(w):
        short = np.maximum(0, 1 - sign * (z @ w))
        free = np.concatenate([[0], w[1:]])
        return c * np.sum(short**2) + free @ free / 2, -2 * c * z.T @ (sign * short) + free

    options = {"maxiter": 100_000, "maxfun": 1_000_000, "maxcor": 50, "ftol": 0, "gtol": 1e-8}
    return minimize(loss, np.zeros(z.shape[1]), jac=True, method="L-BFGS-B", options=options).x.tolist()


def linear_svc(x, y, c):
    """scikit-learn penalises the intercept, the less the larger the scaling."""
    svc = LinearSVC(C=c, dual=False, tol=1e-12, intercept_scaling=1e3, max_iter=100_000)
    svc.fit(StandardScaler().fit_transform(x), y)
    return [*svc.intercept_.tolist(), *svc.coef_[0].tolist()]


MODELS = {
    "linear-svm": lambda seed: CalibratedClassifierCV(LinearSVC(dual=False), method="sigmoid", ensemble=False),
    "adam": lambda seed: MLPClassifier((16,), random_state=seed),
    "lbfgs": lambda seed: MLPClassifier((16,), random_state=seed, solver="lbfgs", max_iter=200),
}


def validate(make, x, y, repeats):
    aucs, losses = [], []
    for folds in repeats:
        for fold in range(FOLDS):
            train, test = folds != fold, folds == fold
            model = make_pipeline(StandardScaler(), make(len(aucs))).fit(x[train], y[train])
            scores = model.predict_proba(x[test])[:, 1]
            aucs.append(roc_auc_score(y[test], scores))
            losses.append(log_loss(y[test], scores))
    return {"rocAuc": float(np.mean(aucs)), "logLoss": float(np.mean(losses))}


def main(directory, sample):
    warnings.simplefilter("ignore", ConvergenceWarning)
    found = []
    for name, x, y, count in tables(sample):
        repeats = np.zeros((count, len(y)), np.uint8)
        for repeat in range(count):
            split = StratifiedKFold(FOLDS, shuffle=True, random_state=repeat).split(x, y)
            for fold, (_, test) in enumerate(split):
                repeats[repeat, test] = fold
        np.ascontiguousarray(x.T, "<f8").tofile(directory / f"{name}.x.bin")
        y.astype(np.uint8).tofile(directory / f"{name}.y.bin")
        repeats.tofile(directory / f"{name}.folds.bin")
        weights = [{"c": c, "scipy": optimum(x, y, c), "sklearn": linear_svc(x, y, c)} for c in STRENGTHS]
        scores = {model: validate(make, x, y, repeats) for model, make in MODELS.items()}
        found.append({"name": name, "weights": weights, "scores": scores})
    (directory / "learners.json").write_text(json.dumps(found))


main(Path(sys.argv[1]), sys.argv[2])
