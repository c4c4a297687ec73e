"""Checks what lies in this folder: python3 deploy/check.py {metrics TEXT | kubernetes MANIFESTS | compose | service_config}"""

import json
import re
import sys
from pathlib import Path

import yaml

DEPLOY = Path(__file__).resolve().parent
SERVICE = "pullquote.v1.PullquoteService"
NAMES = re.compile(r"\b(?:pullquote|rpc_server)_[a-z0-9_]+\b")
LABELS = re.compile(r"\{([^{}]*)\}|by \(([^)]*)\)")
# What Prometheus itself adds to every series.
ADDED = {"instance", "job", "le"}


def metrics(exposed: Path) -> None:
    """Every metric and label of the dashboard and the rules is one that the service exposes."""
    series, labels = set(), set()
    for line in exposed.read_text().splitlines():
        if found := re.match(r"([a-z_0-9]+)(?:\{(.*?)\})? ", line):
            series.add(found[1])
            labels.update(re.findall(r"([a-z_]+)=", found[2] or ""))
    assert series, "nothing is exposed"
    rules = yaml.safe_load((DEPLOY / "grafana/rules.yaml").read_text())
    dashboard = json.loads((DEPLOY / "grafana/dashboard.json").read_text())
    queries = [rule["expr"] for group in rules["groups"] for rule in group["rules"]]
    queries += [target["expr"] for panel in dashboard["panels"] for target in panel["targets"]]
    used = set()
    for query in queries:
        named = set(NAMES.findall(re.sub(r'"[^"]*"', "", query))) - labels
        assert named, f"no metric in {query}"
        assert named <= series, f"not exposed: {named - series} in {query}"
        used |= named
        for matchers, grouped in LABELS.findall(query):
            asked = set(re.findall(r"([a-z_]+)\s*(?:=~|!=|!~|=)", matchers)) | set(re.findall(r"[a-z_]+", grouped))
            assert asked <= labels | ADDED, f"no such label: {asked - labels - ADDED} in {query}"
    print(f"{len(queries)} queries over {len(used)} series, all exposed")
    for name in sorted(series - used - {name for name in series if name.endswith(("_sum", "_created", "_count"))}):
        print(f"not on the dashboard: {name}")


def kubernetes(manifests: Path) -> None:
    kinds = {manifest["kind"]: manifest for manifest in yaml.safe_load_all(manifests.read_text())}
    expected = {"Deployment", "Service", "HorizontalPodAutoscaler", "PodDisruptionBudget", "NetworkPolicy"}
    assert kinds.keys() == expected, kinds.keys() ^ expected
    pod = kinds["Deployment"]["spec"]["template"]
    spec, labels = pod["spec"], pod["metadata"]["labels"]
    [container] = spec["containers"]
    assert spec["securityContext"]["runAsNonRoot"] is True
    security = container["securityContext"]
    assert security["readOnlyRootFilesystem"] is True and security["allowPrivilegeEscalation"] is False
    assert security["capabilities"] == {"drop": ["ALL"]}
    ports = {port["name"]: port["containerPort"] for port in container["ports"]}
    for probe in ("startupProbe", "livenessProbe", "readinessProbe"):
        assert container[probe]["grpc"]["port"] == ports["grpc"], probe
    assert container["readinessProbe"]["grpc"]["service"] == SERVICE
    assert {"cpu", "memory"} <= container["resources"]["requests"].keys() and "memory" in container["resources"]["limits"]
    pause = container["lifecycle"]["preStop"]["sleep"]["seconds"]
    # The service's own drain: 5 s of delay and 20 s for calls in flight.
    assert spec["terminationGracePeriodSeconds"] > pause + 5 + 20
    for listener, port in (("--listen", "grpc"), ("--metrics-listen", "metrics")):
        assert container["args"][container["args"].index(listener) + 1] == f"0.0.0.0:{ports[port]}"
    assert all(label.isascii() for label in labels)

    service = kinds["Service"]["spec"]
    assert service["clusterIP"] == "None" and service["selector"].items() <= labels.items()
    assert {port["targetPort"] for port in service["ports"]} <= ports.keys()
    scaler = kinds["HorizontalPodAutoscaler"]["spec"]
    assert scaler["scaleTargetRef"]["name"] == kinds["Deployment"]["metadata"]["name"]
    assert [metric["pods"]["metric"]["name"] for metric in scaler["metrics"]] == ["pullquote_calls_in_flight"]
    budget = kinds["PodDisruptionBudget"]["spec"]
    assert budget["selector"]["matchLabels"].items() <= labels.items()
    policy = kinds["NetworkPolicy"]["spec"]
    assert policy["podSelector"]["matchLabels"].items() <= labels.items()
    assert set(policy["policyTypes"]) == {"Ingress", "Egress"} and "egress" not in policy
    assert {port["port"] for rule in policy["ingress"] for port in rule["ports"]} == ports.keys()
    print(f"{len(kinds)} manifests in order")


def compose() -> None:
    services = yaml.safe_load((DEPLOY / "compose.yaml").read_text())["services"]
    balancer = services.pop("balancer")
    assert len(services) == 3 and set(balancer["depends_on"]) == services.keys()
    assert {address.split(":")[0] for name, address in balancer["environment"].items() if name != "LISTEN"} == services.keys()
    for replica in services.values():
        assert replica["read_only"] and replica["cap_drop"] == ["ALL"] and replica["stop_grace_period"] == "30s"
    print("compose.yaml: three replicas behind the balancer")


def service_config() -> None:
    config = json.loads((DEPLOY / "grpc_service_config.json").read_text())
    proto = (DEPLOY.parent / "proto/pullquote/v1/pullquote_service.proto").read_text()
    methods = set(re.findall(r"^  rpc (\w+)", proto, re.MULTILINE))
    named = [name for method in config["methodConfig"] for name in method["name"]]
    assert named and all(name["service"] == SERVICE and name.get("method", "Summarize") in methods for name in named)
    assert config["loadBalancingConfig"] == [{"round_robin": {}}]
    print(f"grpc_service_config.json: {len(named)} names, all the contract's")


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["metrics", text]:
            metrics(Path(text))
        case ["kubernetes", manifests]:
            kubernetes(Path(manifests))
        case ["compose"]:
            compose()
        case ["service_config"]:
            service_config()
        case _:
            sys.exit(__doc__)
