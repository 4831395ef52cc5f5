-- Runs once, when the volume is new; Temporal makes its databases itself.
CREATE DATABASE mlflow;
