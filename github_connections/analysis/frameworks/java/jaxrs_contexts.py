"""Below which context an application server puts a web application: what descriptors and Open Liberty's `server.xml`
say."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis.frameworks.java.jvm_settings import module_of
from github_connections.analysis.linking.program import Program
from github_connections.analysis.report import Prefix

_DESCRIPTORS = ("WEB-INF/jboss-web.xml", "WEB-INF/glassfish-web.xml", "WEB-INF/payara-web.xml", "WEB-INF/weblogic.xml")
_ROOT = re.compile(r"<(?:\w+:)?context-root>\s*([^<\s]+)\s*</")
_OF_LIBERTY = re.compile(r"<(?:webApplication|application)\b[^<>]*?\bcontextRoot=\"([^\"]*)\"")
_VARIABLE = re.compile(r"\$\{([\w.-]+)\}")
_DECLARED = re.compile(r"<variable\b([^<>]*)>")
_ATTRIBUTE = re.compile(r"\b(name|defaultValue|value)=\"([^\"]*)\"")
_LONGEST = 300  # a context of more characters is none


def contexts_of(program: Program) -> dict[str, Prefix]:
    """Return, by module, the context that its web application has."""
    found: dict[str, Prefix] = {}
    for path in program.all_paths:
        if path.endswith((*_DESCRIPTORS, "/server.xml")):
            for prefix in _said(program, path):
                found.setdefault(module_of(path), prefix)
    return found


def _said(program: Program, path: str) -> Iterator[Prefix]:
    text = (program.read(path) or b"").decode("utf-8", "replace")
    is_server = path.endswith("/server.xml")
    roots = list((_OF_LIBERTY if is_server else _ROOT).finditer(text))
    if len(roots) != 1 or len(roots[0].group(1)) > _LONGEST:
        return  # of several applications nobody says here which is meant
    declared = _variables(text)
    value = _VARIABLE.sub(lambda match: declared.get(match.group(1), match.group()), roots[0].group(1))
    if value.strip("/ ") and "$" not in value:
        line = text.count("\n", 0, roots[0].start(1)) + 1
        yield Prefix(value=value, file=path, line=line, how="contextRoot" if is_server else "context-root")


def _variables(text: str) -> dict[str, str]:
    """Return what a server's own file says of its variables."""
    found: dict[str, str] = {}
    for declared in _DECLARED.finditer(text):
        said: dict[str, str] = {}
        for name, value in _ATTRIBUTE.findall(declared.group(1)):
            said.setdefault("name" if name == "name" else "value", value)
        if len(said.get("value", "")) <= _LONGEST and said.keys() == {"name", "value"}:
            found.setdefault(said["name"], said["value"])
    return found
