"""What may be asked of an analysis, and the form in which its rows are answered."""

from __future__ import annotations

from typing import Any

from django.db.models import Q, QuerySet
from django.db.models.constants import LOOKUP_SEP
from rest_framework import serializers

from github_connections.analysis.digest import LEAST_TOKENS
from github_connections.models import AnalysisRow, RowKind
from qualisys.fields import ChoiceField, TextField

DEFAULT_BUDGET = 4_000
GREATEST_BUDGET = 200_000
ROUTES, ENDPOINTS = "routes", "endpoints"
KINDS: dict[str, Q] = {
    ROUTES: Q(kind=RowKind.ROUTE),
    ENDPOINTS: Q(kind=RowKind.ROUTE, is_endpoint=True),
    "components": Q(kind=RowKind.COMPONENT),
    "models": Q(kind=RowKind.MODEL),
    "test_files": Q(kind=RowKind.TEST_FILE),
}
PAGE, DIGEST, OPENAPI = "json", "digest", "openapi"
_OF_ROWS = ("kind", "framework", "method", "q")
_SEARCHED = ("path", "name", "file")


class AnalysisQuery(serializers.Serializer[None]):
    """The parameters of the address; one that would have no effect is refused, as somebody means something by it."""

    format = ChoiceField(
        [PAGE, DIGEST, OPENAPI], required=False, help_text=f"The form of the answer. Left out: `{PAGE}`."
    )
    kind = ChoiceField(
        list(KINDS),
        required=False,
        help_text=f"`{ROUTES}`: all that a URL reaches; `{ENDPOINTS}`: the API part of them. Left out: `{ROUTES}`.",
    )
    framework = TextField(max_length=100, required=False, help_text="Rows of this framework, as in `fastapi`.")
    method = serializers.RegexField(
        r"^[A-Za-z]{1,16}\Z",
        required=False,
        error_messages={"invalid": "Name one method, as in GET or ANY."},
        help_text="Routes and endpoints of this verb; `ANY` where the code takes every verb.",
    )
    q = TextField(max_length=200, required=False, help_text="Rows whose path, name or file holds these letters.")
    budget = serializers.IntegerField(
        min_value=LEAST_TOKENS,
        max_value=GREATEST_BUDGET,
        required=False,
        help_text=f"Of the digest: tokens at most. Left out: {DEFAULT_BUDGET:,}.",
    )

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        form = self.context["form"]
        if form != PAGE:
            self._refuse(attrs, _OF_ROWS, f"This chooses among rows; {form} always has all of them.")
        if form != DIGEST:
            self._refuse(attrs, ("budget",), "This is for format=digest alone.")
        if attrs.get("kind", ROUTES) not in {ROUTES, ENDPOINTS}:
            self._refuse(attrs, ("method",), "Only routes and endpoints have a method.")
        if attrs.get("kind") == "models":
            self._refuse(attrs, ("framework",), "Models belong to no framework.")
        return attrs

    @staticmethod
    def _refuse(attrs: dict[str, Any], names: tuple[str, ...], why: str) -> None:
        refused = {name: [why] for name in names if name in attrs}
        if refused:
            raise serializers.ValidationError(refused)


def chosen(rows: QuerySet[AnalysisRow], asked: dict[str, Any]) -> QuerySet[AnalysisRow]:
    """Keep the rows that were asked for, in the order in which the analysis wrote them: routes by path and method."""
    rows = rows.filter(KINDS[asked.get("kind", ROUTES)])
    if "framework" in asked:
        rows = rows.filter(framework__iexact=asked["framework"])
    if "method" in asked:
        rows = rows.filter(method=asked["method"].upper())
    if "q" in asked:
        wanted = Q()
        for field in _SEARCHED:
            wanted |= Q(**{f"{field}{LOOKUP_SEP}icontains": asked["q"]})
        rows = rows.filter(wanted)
    return rows.order_by("position")


class AnalysisPageAnswer(serializers.Serializer[None]):
    """A page of what was found, for the API's description; no answer passes through here."""

    commit_sha = serializers.CharField(help_text="What the rows were read from.")
    count = serializers.IntegerField(help_text="How many rows there are in all.")
    next = serializers.URLField(allow_null=True)
    previous = serializers.URLField(allow_null=True)
    results = serializers.ListField(
        child=serializers.DictField(), help_text="What there is of a row depends on its `kind`."
    )


class AnalysisPageQuery(AnalysisQuery):
    """All parameters of the address, for the API's description: those of the page are read by the paginator."""

    limit = serializers.IntegerField(required=False, help_text="Rows on a page: 50 where it is left out, 200 at most.")
    offset = serializers.IntegerField(required=False, help_text="Rows to pass by.")
