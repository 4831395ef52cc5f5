"""Runs Evidently over frames written by the test, in one process, and prints what it finds as JSON.

evidently_frames.py DIRECTORY

DIRECTORY/frames.json lists the frames: {reference, current} with rows and the files of their columns, little-endian
doubles or bytes. Each column gets Evidently's default test by Evidently's own column function, and its population
stability index; frames marked `preset` also go through the whole DataDriftPreset.
"""

import json
import math
import sys
import warnings
from pathlib import Path

import numpy as np
import pandas as pd

warnings.filterwarnings("ignore")

from evidently import DataDefinition, Dataset, Report
from evidently.legacy.calculations.data_drift import get_one_column_drift
from evidently.legacy.core import ColumnType
from evidently.legacy.metric_results import DatasetColumns, DatasetUtilityColumns
from evidently.legacy.options.data_drift import DataDriftOptions
from evidently.presets import DataDriftPreset


def read(directory, files, numeric):
    columns = {name: np.fromfile(directory / file, dtype="<f8" if name in numeric else np.uint8) for name, file in files.items()}
    return pd.DataFrame(columns)


def dataset_columns(column, numeric):
    names = {"num_feature_names": [], "cat_feature_names": []}
    names["num_feature_names" if numeric else "cat_feature_names"] = [column]
    return DatasetColumns(
        utility_columns=DatasetUtilityColumns(date=None, id=None, target=None, prediction=None),
        target_type=None,
        task=None,
        text_feature_names=[],
        datetime_feature_names=[],
        target_names=None,
        **names,
    )


def drift(reference, current, column, numeric, method):
    """What Evidently says of a column, or the error that it raises instead."""
    try:
        found = get_one_column_drift(
            current_data=current,
            reference_data=reference,
            column_name=column,
            options=DataDriftOptions(all_features_stattest=method),
            dataset_columns=dataset_columns(column, numeric),
            column_type=ColumnType.Numerical if numeric else ColumnType.Categorical,
            agg_data=True,
        )
    except ValueError as error:
        return {"error": str(error)}
    value = float(found.drift_score)
    return {
        "test": found.stattest_name,
        "value": value if math.isfinite(value) else None,
        "threshold": found.stattest_threshold,
        "drifted": bool(found.drift_detected),
    }


def drifted_share(reference, current, numeric):
    definition = DataDefinition(numerical_columns=numeric, categorical_columns=["prediction"])
    frames = [Dataset.from_pandas(frame, data_definition=definition) for frame in (current, reference)]
    metrics = Report([DataDriftPreset()]).run(*frames).dict()["metrics"]
    return next(metric["value"]["share"] for metric in metrics if "share" in str(metric["value"]))


def main():
    directory = Path(sys.argv[1])
    results = []
    for frame in json.loads((directory / "frames.json").read_text()):
        numeric = [name for name in frame["reference"] if name != "prediction"]
        reference, current = (read(directory, frame[side], numeric) for side in ("reference", "current"))
        columns = {}
        for column in reference.columns:
            is_numeric = column in numeric
            columns[column] = {
                **drift(reference, current, column, is_numeric, None),
                "psi": drift(reference, current, column, is_numeric, "psi").get("value"),
            }
        share = drifted_share(reference, current, numeric) if frame["preset"] else None
        results.append({"columns": columns, "share": share})
    (directory / "found.json").write_text(json.dumps(results))


if __name__ == "__main__":
    main()
