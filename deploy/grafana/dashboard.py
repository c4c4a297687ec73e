"""Writes the dashboard beside it: python3 deploy/grafana/dashboard.py"""

import json
from pathlib import Path

CALLS = "rpc_server_call_duration_seconds"
MINE = 'rpc_method=~"pullquote.*",instance=~"$instance"'
HERE = 'instance=~"$instance"'


def quantiles(metric: str, by: str, matching: str = HERE) -> list[tuple[str, str]]:
    return [
        (f"histogram_quantile({q}, sum by (le, {by}) (rate({metric}_bucket{{{matching}}}[$__rate_interval])))", f"{{{{{by}}}}} p{q * 100:g}")
        for q in (0.5, 0.99)
    ]


PANELS = [
    ("Calls a second, by method", "reqps", [(f"sum by (rpc_method) (rate({CALLS}_count{{{MINE}}}[$__rate_interval]))", "{{rpc_method}}")]),
    ("Calls a second that were not OK, by code", "reqps", [(f'sum by (rpc_response_status_code) (rate({CALLS}_count{{{MINE},rpc_response_status_code!="OK"}}[$__rate_interval]))', "{{rpc_response_status_code}}")]),
    ("Time of a call", "s", quantiles(CALLS, "rpc_method", MINE)),
    ("Time of a stage", "s", quantiles("pullquote_stage_duration_seconds", "stage")),
    ("Refused a second, by reason", "reqps", [(f"sum by (reason) (rate(pullquote_refused_total{{{HERE}}}[$__rate_interval]))", "{{reason}}")]),
    ("Items of streams a second", "reqps", [(f"sum by (rpc_method, rpc_response_status_code) (rate(pullquote_stream_items_total{{{HERE}}}[$__rate_interval]))", "{{rpc_method}} {{rpc_response_status_code}}")]),
    ("Calls in flight, working and waiting", "short", [(f"sum(pullquote_calls_{state}{{{HERE}}})", state.replace("_", " ")) for state in ("in_flight", "working", "waiting")]),
    ("Bytes held by calls", "bytes", [(f"pullquote_call_bytes{{{HERE}}}", "{{instance}}")]),
    ("Compute threads and queue", "short", [(f"sum(pullquote_compute_{name}{{{HERE}}})", name.replace("_", " ")) for name in ("threads", "threads_busy", "queue")]),
    ("Size of articles", "bytes", quantiles("pullquote_article_size_bytes", "rpc_method")),
    ("Connections", "short", [(f"pullquote_connections{{{HERE}}}", "{{instance}}")]),
]

SOURCE = {"type": "prometheus", "uid": "${datasource}"}


def panel(index: int, title: str, unit: str, queries: list[tuple[str, str]]) -> dict:
    return {
        "id": index + 1,
        "type": "timeseries",
        "title": title,
        "datasource": SOURCE,
        "gridPos": {"x": index % 2 * 12, "y": index // 2 * 8, "w": 12, "h": 8},
        "fieldConfig": {"defaults": {"unit": unit, "min": 0}, "overrides": []},
        "targets": [
            {"refId": chr(ord("A") + number), "datasource": SOURCE, "expr": expr, "legendFormat": legend}
            for number, (expr, legend) in enumerate(queries)
        ],
    }


DASHBOARD = {
    "title": "Pullquote",
    "uid": "pullquote",
    "schemaVersion": 39,
    "editable": True,
    "refresh": "30s",
    "time": {"from": "now-1h", "to": "now"},
    "templating": {
        "list": [
            {"name": "datasource", "label": "Data source", "type": "datasource", "query": "prometheus"},
            {
                "name": "instance", "label": "Replica", "type": "query", "datasource": SOURCE, "includeAll": True, "multi": True,
                "allValue": ".*", "current": {"text": "All", "value": "$__all"}, "refresh": 2,
                "query": {"query": "label_values(pullquote_connections, instance)", "refId": "instance"},
            },
        ]
    },
    "panels": [panel(index, *row) for index, row in enumerate(PANELS)],
}

if __name__ == "__main__":
    Path(__file__).with_name("dashboard.json").write_text(json.dumps(DASHBOARD, indent=2, ensure_ascii=False) + "\n")
