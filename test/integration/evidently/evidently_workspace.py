"""Prints the projects of an Evidently server as JSON: python evidently_workspace.py URL SECRET WORKSPACE_FOLDER."""

import contextlib
import json
import sys

with contextlib.redirect_stdout(sys.stderr):
    from evidently import metrics
    from evidently.core.report import Snapshot
    from evidently.legacy.utils import NumpyEncoder
    from evidently.ui.workspace import RemoteWorkspace

url, secret, folder = sys.argv[1:]
workspace = RemoteWorkspace(url, secret=secret)


def ask(path, method="GET", body=None):
    return workspace._request(path, method, body=body).json()


def fingerprint(config):
    """What Evidently calls a metric that is asked for with these settings, less those it settles itself."""
    kind = config["type"].split(":")[-1]
    settled = {"threshold"} if config.get("method") == "psi" else {"threshold", "method", "drift_share"}
    asked = {key: value for key, value in config.items() if key != "type" and key not in settled}
    return getattr(metrics, kind)(**asked).metric_id


def read_snapshot(project, listed):
    loaded = Snapshot.load(f"{folder}/{project}/snapshots/{listed['id']}.json")
    results = loaded.dict()
    return {
        "id": listed["id"],
        "name": listed["name"],
        "metadata": listed["metadata"],
        "tags": sorted(listed["tags"]),
        "timestamp": listed["timestamp"],
        "metrics": [{"id": m["id"], "name": m["metric_name"], "value": m["value"]} for m in results["metrics"]],
        "fingerprints": [fingerprint(m["config"]) for m in results["metrics"]],
        "tests": [
            {"name": test.name, "status": test.status.value}
            for result in loaded.metric_results.values()
            for test in result.tests
        ],
        "html": len(loaded.get_html_str(as_iframe=False)),
    }


def read_series(project, panel):
    filters = [
        {"tags": v.tags, "metadata": v.metadata, "metric": v.metric, "metric_labels": v.metric_labels}
        for v in panel.values
    ]
    answer = ask(f"/api/v2/snapshots/{project}/data_series_batch", "POST", {"series_filter": filters})
    return {one["params"].get("column", ""): one["values"] for one in answer["series"]}


def read_project(project):
    dashboard = workspace.get_dashboard(project.id)
    return {
        "id": str(project.id),
        "name": project.name,
        "tabs": [{"title": tab.title, "panels": [str(panel) for panel in tab.panels]} for tab in dashboard.tabs],
        "panels": [{"id": str(panel.id), "title": panel.title} for panel in dashboard.panels],
        "series": {panel.title: read_series(project.id, panel) for panel in dashboard.panels},
        "snapshots": [read_snapshot(project.id, listed) for listed in ask(f"/api/projects/{project.id}/snapshots")],
    }


projects = workspace.list_projects()
print(json.dumps([read_project(project) for project in projects], cls=NumpyEncoder))
