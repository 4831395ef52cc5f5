"""Answers of ONNX Runtime and of MLflow for the models of a directory.

usage: onnx_models.py DIRECTORY; models.json lists folders with the files of a model and x.bin, its columns as doubles;
beside them are written probability.bin, label.bin (ONNX Runtime), and found.json in DIRECTORY.
"""

import json
import logging
import os
import sys

import mlflow.pyfunc
import numpy as np
import onnx
import onnxruntime
import pandas as pd
from mlflow.models import Model

SMALL_BATCHES = [1, 40]
# The exponential of several numbers at once differs in the last bit from that of one, so batches do.
LAST_BITS = 1e-12


class Warnings(logging.Handler):
    def __init__(self):
        super().__init__(logging.WARNING)
        self.messages = []

    def emit(self, record):
        self.messages.append(record.getMessage())


def error_of(action):
    try:
        action()
    except Exception as error:  # the answer is what was raised
        return f"{type(error).__name__}: {error}"
    return None


def same(found, label, probability):
    """Whether an answer is the one expected, of the types that the signature says."""
    labels, probabilities = found
    return bool(
        labels.dtype == np.int64
        and probabilities.dtype == np.float64
        and np.array_equal(labels, label)
        and np.allclose(probabilities, probability, rtol=0, atol=LAST_BITS, equal_nan=True)
    )


def examine(folder, warnings):
    model = onnx.load(os.path.join(folder, "model.onnx"))
    onnx.checker.check_model(model, full_check=True)
    session = onnxruntime.InferenceSession(os.path.join(folder, "model.onnx"), providers=["CPUExecutionProvider"])
    inputs = session.get_inputs()
    names = [item.name for item in inputs]
    columns = np.fromfile(os.path.join(folder, "x.bin")).reshape(len(names), -1)

    def run(rows):
        shape = (-1, 1) if len(inputs) == 1 else (-1,)
        return session.run(None, {name: columns[j][:rows].reshape(shape) for j, name in enumerate(names)})

    label, probability = run(columns.shape[1])
    label.tofile(os.path.join(folder, "label.bin"))
    probability.tofile(os.path.join(folder, "probability.bin"))

    warnings.messages.clear()
    loaded = mlflow.pyfunc.load_model(folder)
    load_warnings = list(warnings.messages)

    def predict(rows):
        answer = loaded.predict(rows)
        return [answer[name].to_numpy() for name in answer.columns]

    frame = pd.DataFrame(dict(zip(names, columns)))
    nulls = frame.head(300).astype(object).where(frame.head(300).notna(), None)
    reversed_with_more = frame[names[::-1]].assign(other="text")
    example = Model.load(folder).load_input_example(folder)
    return {
        "inputs": [[item.name, item.type, item.shape] for item in inputs],
        "outputs": [[item.name, item.type, item.shape] for item in session.get_outputs()],
        "small": all(same(run(rows), label[:rows], probability[:rows]) for rows in SMALL_BATCHES),
        "empty": [len(output) for output in run(0)],
        "mlflow": same(predict(reversed_with_more), label, probability),
        "nulls": same(predict(nulls), label[:300], probability[:300]),
        "columns": list(loaded.predict(frame.head(1)).columns),
        "text": error_of(lambda: loaded.predict(frame.head(2).assign(**{names[0]: "text"}))),
        "absent": error_of(lambda: loaded.predict(frame.head(2).drop(columns=[names[0]]))),
        "example": example.to_dict("list"),
        "exampleProbability": loaded.predict(example).iloc[:, 1].tolist(),
        "uuid": Model.load(folder).model_uuid,
        "warnings": load_warnings,
    }


def main(directory):
    warnings = Warnings()
    logging.getLogger("mlflow").addHandler(warnings)
    with open(os.path.join(directory, "models.json")) as file:
        folders = json.load(file)
    found = [examine(os.path.join(directory, folder), warnings) for folder in folders]
    with open(os.path.join(directory, "found.json"), "w") as file:
        json.dump(found, file)


main(sys.argv[1])
