"""Answers of models that an MLflow server has, loaded by name and alias.

usage: mlflow_models.py DIRECTORY; models.json lists names, x.bin has the columns r, g, b, hb as doubles; beside them are
written NAME.probability.bin and NAME.label.bin.
"""

import json
import os
import sys

import mlflow.pyfunc
import numpy as np
import pandas as pd

FEATURES = ["r", "g", "b", "hb"]


def main():
    directory = sys.argv[1]
    columns = np.fromfile(os.path.join(directory, "x.bin")).reshape(len(FEATURES), -1)
    rows = pd.DataFrame(dict(zip(FEATURES, columns)))
    with open(os.path.join(directory, "models.json"), encoding="utf-8") as file:
        names = json.load(file)
    for name in names:
        answer = mlflow.pyfunc.load_model(f"models:/{name}@champion").predict(rows)
        for output, dtype in (("probability", np.float64), ("label", np.int64)):
            answer[output].to_numpy().astype(dtype).tofile(os.path.join(directory, f"{name}.{output}.bin"))


if __name__ == "__main__":
    main()
