"""What the training pipeline does, as a data scientist would script it in Python: scikit-learn, MLflow, Evidently.

pipeline.py TABLE.csv DIRECTORY
"""

import json
import sys
from pathlib import Path

import mlflow
import pandas as pd
from evidently import Report
from evidently.presets import DataDriftPreset
from mlflow.models import infer_signature
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import accuracy_score, recall_score, roc_auc_score
from sklearn.model_selection import RepeatedStratifiedKFold, cross_validate, train_test_split
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

FEATURES = {"%Red Pixel": "r", "%Green pixel": "g", "%Blue pixel": "b", "Hb": "hb"}
TARGET = "Anaemic"
SEED = 42
SCORES = ["roc_auc", "average_precision", "accuracy", "balanced_accuracy", "recall", "precision", "f1"]
SCORES += ["neg_brier_score", "neg_log_loss"]
CANDIDATES = {
    "logistic-regression": make_pipeline(StandardScaler(), LogisticRegression()),
    "cart": DecisionTreeClassifier(max_depth=3, min_samples_leaf=5, random_state=SEED),
    "random-forest": RandomForestClassifier(
        n_estimators=50, max_depth=6, min_samples_leaf=3, random_state=SEED, n_jobs=1
    ),
}


def load(path):
    """Allow-listed columns, typed; labels as 0 and 1."""
    table = pd.read_csv(path, usecols=[*FEATURES, TARGET]).rename(columns=FEATURES)
    labels = table.pop(TARGET).str.strip().map({"Yes": 1, "No": 0})
    return table, labels


def main():
    path, directory = sys.argv[1], Path(sys.argv[2])
    mlflow.set_tracking_uri(f"sqlite:///{directory / 'mlflow.db'}")
    if mlflow.get_experiment_by_name("anemia") is None:
        mlflow.create_experiment("anemia", artifact_location=(directory / "artifacts").as_uri())
    mlflow.set_experiment("anemia")

    features, labels = load(path)
    features.describe().to_json(directory / "profile.json")
    train, holdout, train_labels, holdout_labels = train_test_split(
        features, labels, test_size=0.2, stratify=labels, random_state=SEED
    )

    folds = RepeatedStratifiedKFold(n_splits=5, n_repeats=10, random_state=SEED)
    board = {}
    for name, candidate in CANDIDATES.items():
        found = cross_validate(candidate, train, train_labels, cv=folds, scoring=SCORES, n_jobs=1)
        board[name] = {score: float(found[f"test_{score}"].mean()) for score in SCORES}
    chosen = max(board, key=lambda name: board[name]["roc_auc"])

    model = CANDIDATES[chosen].fit(train, train_labels)
    scores = model.predict_proba(holdout)[:, 1]
    judged = {
        "holdout_roc_auc": roc_auc_score(holdout_labels, scores),
        "holdout_accuracy": accuracy_score(holdout_labels, scores >= 0.5),
        "holdout_recall": recall_score(holdout_labels, scores >= 0.5),
    }

    report = Report([DataDriftPreset()]).run(current_data=holdout, reference_data=train)
    report.save_html(str(directory / "report.html"))

    with mlflow.start_run():
        mlflow.log_params({"candidate": chosen, "seed": SEED, "rows": len(train), "folds": 5, "repeats": 10})
        for name, metrics in board.items():
            mlflow.log_metrics({f"{name}_{score}": value for score, value in metrics.items()})
        mlflow.log_metrics(judged)
        mlflow.log_artifact(str(directory / "report.html"))
        signature = infer_signature(train, model.predict(train))
        mlflow.sklearn.log_model(
            model, name="model", signature=signature, registered_model_name="anemia", serialization_format="cloudpickle"
        )
    print(json.dumps({"chosen": chosen, **judged}))


if __name__ == "__main__":
    main()
