"""Runs Evidently's default drift check on rows in memory and prints seconds, peak memory and verdicts as JSON.

drift_check.py DIRECTORY REPEATS
"""

import json
import sys
import time
from pathlib import Path

import numpy as np
import pandas as pd
from evidently import DataDefinition, Dataset, Report
from evidently.presets import DataDriftPreset

# The import below would leave compiled files beside the sources.
sys.dont_write_bytecode = True

from learn import peak_bytes

NUMERIC = ["r", "g", "b", "hb", "score"]
CATEGORICAL = ["prediction"]


def read(directory, side):
    columns = {name: np.fromfile(directory / f"{side}-{name}.bin", dtype="<f8") for name in NUMERIC}
    columns |= {name: np.fromfile(directory / f"{side}-{name}.bin", dtype=np.uint8) for name in CATEGORICAL}
    definition = DataDefinition(numerical_columns=NUMERIC, categorical_columns=CATEGORICAL)
    return Dataset.from_pandas(pd.DataFrame(columns), data_definition=definition)


def main():
    directory, repeats = Path(sys.argv[1]), int(sys.argv[2])
    current, reference = read(directory, "current"), read(directory, "reference")
    seconds = []
    for _ in range(repeats):
        start = time.perf_counter()
        found = Report([DataDriftPreset()]).run(current, reference)
        seconds.append(time.perf_counter() - start)
    metrics = [m for m in found.dict()["metrics"] if "column" in m["config"]]
    # All of them are distances here, which drift at or above their threshold.
    drifted = {m["config"]["column"]: bool(m["value"] >= m["config"]["threshold"]) for m in metrics}
    print(json.dumps({"seconds": seconds, "peakBytes": peak_bytes(), "drifted": drifted}))


if __name__ == "__main__":
    main()
