"""mlflow_predict.py MODEL ROWS: opens a model of the server in MLFLOW_TRACKING_URI and prints its answers to rows of JSON."""

import json
import sys

import mlflow
import pandas as pd

model, rows = sys.argv[1:]
answers = mlflow.pyfunc.load_model(model).predict(pd.DataFrame(json.loads(rows)))
print(json.dumps({name: answers[name].tolist() for name in answers.columns}))
