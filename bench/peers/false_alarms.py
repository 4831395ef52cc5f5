"""Counts the columns that Evidently's default calls drifted, over many windows, and prints them as JSON.

false_alarms.py FRAMES.json, which holds {reference: {column: values}, windows: [{column: values}]}
"""

import json
import sys

import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.metrics import DriftedColumnsCount

CATEGORICAL = ["prediction"]


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        frames = json.load(file)
    numerical = [name for name in frames["reference"] if name not in CATEGORICAL]
    definition = DataDefinition(numerical_columns=numerical, categorical_columns=CATEGORICAL)

    def dataset(frame):
        return Dataset.from_pandas(pd.DataFrame(frame), data_definition=definition)

    reference = dataset(frames["reference"])
    drifted = 0
    for window in frames["windows"]:
        result = Report([DriftedColumnsCount()]).run(dataset(window), reference).dict()
        drifted += int(result["metrics"][0]["value"]["count"])
    print(json.dumps({"drifted": drifted}))


if __name__ == "__main__":
    main()
