"""deploy/: the alert rules and the dashboard name what exists, parse, and are explained in the guide."""

import json
import re
from collections.abc import Iterator
from typing import Any

import promql_parser
import pytest
import yaml
from prometheus_client import REGISTRY

from github_connections.state_metrics import StateCollector
from qualisys.tests.markdown_tables import document, table

RULES: list[dict[str, Any]] = [
    rule for group in yaml.safe_load(document("deploy/prometheus/alerts.yml"))["groups"] for rule in group["rules"]
]
PANELS: list[dict[str, Any]] = json.loads(document("deploy/grafana/qualisys.json"))["panels"]
EXPRESSIONS = [rule["expr"] for rule in RULES] + [target["expr"] for panel in PANELS for target in panel["targets"]]
OF_PROMETHEUS = {"up"}


def samples() -> dict[str, set[str]]:
    """Every name that Prometheus can read from the service, with its labels."""
    found = {}
    for collector in {*REGISTRY._collector_to_names} - {None}:
        labels = {*getattr(collector, "_labelnames", ())}
        for name in REGISTRY._collector_to_names[collector]:
            found[name] = labels | ({"le"} if name.endswith("_bucket") else set())
    for family in StateCollector().collect():
        found[family.name] = {label for sample in family.samples for label in sample.labels}
    return found


def selectors(expression: Any) -> Iterator[Any]:
    """Every selector of a parsed expression."""
    if isinstance(expression, promql_parser.VectorSelector):
        yield expression
    for part in ("lhs", "rhs", "expr", "vector_selector", "vs", "param"):
        below = getattr(expression, part, None)
        if below is not None:
            yield from selectors(below)
    for argument in getattr(expression, "args", None) or []:
        yield from selectors(argument)


def parsed(expression: str) -> Any:
    return promql_parser.parse(expression.replace("$__range", "1d"))


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_every_expression_parses_and_names_what_is_served(db: None, expression: str) -> None:
    """A metric and a label that rules and dashboard ask for exist; a misspelt one would be silent for ever."""
    served = samples()
    asked = [*selectors(parsed(expression))]
    assert {selector.name for selector in asked} == {*re.findall(r"\b(?:qualisys_\w+|up)\b", expression)}
    for selector in asked:
        if selector.name in OF_PROMETHEUS:
            continue
        assert selector.name in served, selector.name
        assert {matcher.name for matcher in selector.matchers.matchers} <= served[selector.name]


def test_every_metric_is_on_the_dashboard(db: None) -> None:
    """What is measured is shown: whatever no panel and no rule asks for would be nobody's."""
    asked = {re.sub(r"_(bucket|sum|count|total)$", "", name) for name in re.findall(r"qualisys_\w+", str(EXPRESSIONS))}
    ours = {re.sub(r"_(bucket|sum|count|total|created)$", "", name) for name in samples() if "qualisys" in name}
    assert ours - asked == {"qualisys_tenants", "qualisys_analyses"}


def test_every_alert_has_a_name_a_weight_and_a_sentence() -> None:
    """An alert says how bad it is and what happened."""
    names = [rule["alert"] for rule in RULES]
    assert len({*names}) == len(names)
    for rule in RULES:
        assert rule["labels"]["severity"] in {"critical", "warning"}
        assert rule["annotations"]["summary"].endswith(".")


def test_the_guide_says_what_to_do_about_every_alert() -> None:
    """docs/operations.md has a line for each alert, and for no other."""
    assert {*table("docs/operations.md", "Alert")} == {rule["alert"] for rule in RULES}


def test_the_guide_lists_every_metric(db: None) -> None:
    """docs/operations.md names each metric with its labels, and no other."""
    written = {name: cells[0] for name, cells in table("docs/operations.md", "Metric").items()}
    served = {name: labels - {"le"} for name, labels in samples().items() if name.startswith("qualisys")}
    plain = {re.sub(r"_(bucket|sum|count)$", "", name): labels for name, labels in served.items()}
    plain = {name: labels for name, labels in plain.items() if not name.endswith("_created")}
    plain = {name: labels for name, labels in plain.items() if f"{name}_total" not in plain}
    assert {name: {*re.findall(r"\w+", labels)} - {"none"} for name, labels in written.items()} == plain


def test_prometheus_reads_the_web_server_and_every_worker() -> None:
    """The example of a configuration names services and ports that Compose has."""
    compose = yaml.safe_load(document("docker-compose.yml"))["services"]
    jobs = yaml.safe_load(document("deploy/prometheus/prometheus.yml"))["scrape_configs"]
    places = {name: job["dns_sd_configs"][0]["port"] for job in jobs for name in job["dns_sd_configs"][0]["names"]}
    ports = {name: int(compose[name]["environment"]["METRICS_PORT"]) for name in ("worker", "maintenance", "webhooks")}
    assert places == {"web": 8000, **ports}
