"""decision.py CASES.json: for each {scores, labels} the best cuts that scikit-learn's roc_curve holds."""

import json
import sys

from sklearn.metrics import roc_curve

RECALL = 0.9
FALSE_NEGATIVE = 4


def best(case):
    labels = case["labels"]
    positives = sum(labels)
    negatives = len(labels) - positives
    fpr, tpr, _ = roc_curve(labels, case["scores"], drop_intermediate=False)
    costs = fpr * negatives + FALSE_NEGATIVE * (1 - tpr) * positives
    return {
        "youden": float((tpr - fpr).max()),
        "cost": float(costs.min()),
        "falsePositives": round(float(fpr[tpr >= RECALL].min()) * negatives),
    }


with open(sys.argv[1], encoding="utf8") as file:
    cases = json.load(file)
print(json.dumps([best(case) for case in cases]))
