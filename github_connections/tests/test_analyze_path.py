"""`manage.py analyze_path`: the same report for any directory, for a person and for a program."""

import json
import os
import subprocess
import sys
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from github_connections.analysis.tests.test_pipeline import SHOP
from github_connections.analysis.tests.trees import make_tree

MANAGE = Path(__file__).parents[2] / "manage.py"


@pytest.fixture
def shop(tmp_path):
    files = {**SHOP, "pages/[id].min.js": "x", "bad.py": b"\0\0", "shop/extra.py": EXTRA}
    return make_tree(tmp_path / "shop", files)


EXTRA = "from flask import Flask\napp = Flask(__name__)\n\n\n@app.get('/[red]x\\x1b[2J')\ndef shown():\n    pass\n"


def test_a_person_reads_a_summary(shop, capsys):
    """Frameworks, counts, a table of routes with file and line, and what was skipped; nothing is markup."""
    call_command("analyze_path", shop)
    printed, _ = capsys.readouterr()
    assert "Framework: flask (flask, express in web)" in printed
    assert "3 routes, 3 of them endpoints of an API; 0 components; 2 test cases" in printed
    assert "GET     /api/items/{item_id}  shop/api.py:6" in printed
    assert "/[red]x" in printed
    assert "\x1b" not in printed
    assert "pages/[id].min.js: a bundle" in printed
    assert "bad.py: binary" in printed


def test_a_program_reads_json(shop):
    """`--json` prints the whole report and nothing else."""
    out = StringIO()
    call_command("analyze_path", shop, json=True, processes=1, stdout=out)
    report = json.loads(out.getvalue())
    assert (report["schema"], report["framework"]) == (2, "flask")
    assert {row["path"] for row in report["routes"]} >= {"/api/items/{item_id}", "/health"}


def test_a_cache_is_kept_where_one_is_asked_for(shop, tmp_path):
    """Without `--cache` nothing is written anywhere."""
    call_command("analyze_path", shop, stdout=StringIO(), json=True, cache=tmp_path / "kept")
    assert {path.name for path in (tmp_path / "kept").iterdir()} == {"report.msgpack", "trees.msgpack"}


def test_a_missing_directory_is_said(tmp_path):
    """A sentence instead of a traceback."""
    with pytest.raises(CommandError, match="There is no directory"):
        call_command("analyze_path", tmp_path / "nowhere")


def test_it_needs_no_deployment(shop):
    """It prints the report although no deployment is set up: no database, no key, no variable at all."""
    command = [sys.executable, str(MANAGE), "analyze_path", str(shop)]
    done = subprocess.run(
        command, env={"PATH": os.environ["PATH"]}, capture_output=True, text=True, check=False, cwd=MANAGE.parent
    )
    assert "Framework: flask" in done.stdout, done.stderr
    assert done.returncode == 0
