"""Quarkus and Micronaut: what settings say by paths of who may call."""

from pathlib import Path

import pytest

from github_connections.analysis import Limits, in_process, pipeline
from github_connections.analysis.tests.trees import ParsersHere

FIXTURES = Path(__file__).parent / "fixtures"


def _auth(case):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(pipeline, "Parsers", ParsersHere)
        report = in_process.analyze_here(FIXTURES / case, Limits(processes=1))
    return {f"{row.method} {row.path}": (row.auth.state, row.auth.roles) for row in report.routes}


def test_of_quarkus_the_longest_path_counts_and_an_annotation_opens_nothing():
    assert _auth("jaxrs/permissions") == {
        "GET /depot/shelves": ("none", []),
        "POST /depot/shelves": ("required", []),
        "GET /depot/shelves/{id}": ("required", []),
        "GET /depot/shelves/keys": ("required", ["keeper", "owner"]),
        "DELETE /depot/shelves/locks/{id}": ("required", ["smith"]),
    }


def test_of_micronaut_the_first_pattern_counts_and_an_annotation_before_it():
    assert _auth("micronaut/permissions") == {
        "GET /api/pumps": ("none", []),
        "POST /api/pumps": ("required", []),
        "POST /api/pumps/{id}/oil": ("required", ["engineer"]),
        "GET /api/pumps/{id}": ("none", []),
        "GET /api/pumps/search": ("required", []),
        "GET /api/pumps/board": ("required", []),
        "PUT /api/pumps/{id}": ("required", []),
    }
