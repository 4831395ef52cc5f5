"""What scikit-learn says of things that we compute too.

scikit_learn.py TASK DIRECTORY; the task finds DIRECTORY/TASK.json and leaves its answer in DIRECTORY/TASK-found.json.

metrics   [{scores, labels, threshold}] -> metrics of each, null where they are undefined
logistic  {strengths} -> per table: columns, labels and, per strength, weights by two solvers, the intercept first
tables    {} -> DIRECTORY/NAME.csv and names, ranges and labels of the columns of each table
validate  {tables: {NAME: {folds, options}}} -> mean AUC over all folds by table and kind of candidate;
          folds are lists, one per repeat, of the fold of each row, -1 for rows that are held out
"""

import json
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd
from sklearn import metrics
from sklearn.datasets import load_breast_cancer, load_diabetes, load_digits, load_iris, load_wine
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

warnings.filterwarnings("ignore")


def measure(case):
    scores, y = np.array(case["scores"]), np.array(case["labels"])
    called = (scores >= case["threshold"]).astype(int)
    both = len(set(y.tolist())) == 2
    defined = {"labels": [0, 1], "zero_division": np.nan}
    found = {
        "rocAuc": metrics.roc_auc_score(y, scores) if both else np.nan,
        "averagePrecision": metrics.average_precision_score(y, scores) if y.any() else np.nan,
        "accuracy": metrics.accuracy_score(y, called),
        "balancedAccuracy": metrics.balanced_accuracy_score(y, called) if both else np.nan,
        "recall": metrics.recall_score(y, called, **defined),
        "precision": metrics.precision_score(y, called, **defined),
        "f1": metrics.f1_score(y, called, **defined),
        "specificity": metrics.recall_score(y, called, pos_label=0, **defined),
        "brier": np.mean((scores - y) ** 2) if not both else metrics.brier_score_loss(y, scores),
        "logLoss": metrics.log_loss(y, scores, labels=[0, 1]),
    }
    return {name: None if np.isnan(value) else float(value) for name, value in found.items()}


def wave(rows):
    """Made-up columns on very different scales, two of them nearly the same."""
    rng = np.random.default_rng(7)
    x = rng.normal(size=(rows, 5)) * [1, 1e3, 1e-3, 5, 1] + [0, 1e6, 0, -3, 2]
    x[:, 4] = x[:, 0] + 0.05 * x[:, 4]
    return x, (rng.random(rows) < 1 / (1 + np.exp(-x[:, 0] - x[:, 3] - 3))).astype(int)


def weights(z, y, c, solver):
    model = LogisticRegression(C=c, tol=1e-10, max_iter=1_000_000, solver=solver).fit(z, y)
    return [*model.intercept_.tolist(), *model.coef_[0].tolist()]


def logistic(task):
    loaded = {
        "breast cancer": load_breast_cancer(return_X_y=True),
        "wine": load_wine(return_X_y=True),
        "iris": load_iris(return_X_y=True),
        "digits": load_digits(return_X_y=True),
        "diabetes": load_diabetes(return_X_y=True, scaled=False),
        "wave": wave(3000),
    }
    positive = {"wine": 1, "iris": 2, "digits": 8}
    found = {}
    for name, (x, y) in loaded.items():
        y = (y > np.median(y)) if name == "diabetes" else y == positive.get(name, 1)
        z = StandardScaler().fit_transform(x)
        fits = [{"c": c, "lbfgs": weights(z, y, c, "lbfgs"), "newton": weights(z, y, c, "newton-cholesky")} for c in task["strengths"]]
        found[name] = {"columns": x.T.tolist(), "labels": y.astype(int).tolist(), "fits": fits}
    return found


TABLES = {
    "breast-cancer": (load_breast_cancer, 0),
    "wine": (load_wine, 1),
    "digits": (load_digits, 8),
}


def load(name):
    loader, positive = TABLES[name]
    frame, target = loader(return_X_y=True, as_frame=True)
    return frame, (target == positive).astype(int)


def tables(_, directory):
    found = {}
    for name in TABLES:
        frame, y = load(name)
        written = frame.assign(target=np.where(y == 1, "yes", "no"))
        written.to_csv(directory / f"{name}.csv", index=False)
        columns = [{"source": c, "range": [float(frame[c].min()), float(frame[c].max())]} for c in frame]
        found[name] = {"columns": columns, "labels": y.tolist()}
    return found


def forest_options(o):
    return {"n_estimators": o["trees"], "max_depth": o["maxDepth"], "min_samples_leaf": o["minLeafRows"]}


LEARNERS = {
    "cart": lambda o, seed: DecisionTreeClassifier(
        max_depth=o["maxDepth"], min_samples_leaf=o["minLeafRows"], random_state=seed
    ),
    "random-forest": lambda o, seed: RandomForestClassifier(**forest_options(o), random_state=seed),
    "gradient-boosting": lambda o, seed: HistGradientBoostingClassifier(
        max_iter=o["trees"],
        learning_rate=o["learningRate"],
        max_depth=o["maxDepth"],
        max_leaf_nodes=None,
        min_samples_leaf=o["minLeafRows"],
        l2_regularization=o["l2Regularization"],
        early_stopping=False,
        random_state=seed,
    ),
}


def mean_auc(learner, options, x, y, repeats):
    aucs = []
    for folds in map(np.array, repeats):
        for fold in range(folds.max() + 1):
            train, test = (folds != fold) & (folds >= 0), folds == fold
            model = learner(options, len(aucs)).fit(x[train], y[train])
            aucs.append(metrics.roc_auc_score(y[test], model.predict_proba(x[test])[:, 1]))
    return float(np.mean(aucs))


def validate(task):
    found = {}
    for name, wanted in task["tables"].items():
        frame, y = load(name)
        x, y = frame.to_numpy(float), y.to_numpy()
        found[name] = {
            kind: mean_auc(LEARNERS[kind], options, x, y, wanted["folds"]) for kind, options in wanted["options"].items()
        }
    return found


def main(task, directory):
    asked = json.loads((directory / f"{task}.json").read_text())
    answer = {
        "metrics": lambda: [measure(case) for case in asked],
        "logistic": lambda: logistic(asked),
        "tables": lambda: tables(asked, directory),
        "validate": lambda: validate(asked),
    }[task]()
    (directory / f"{task}-found.json").write_text(json.dumps(answer))


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]))
