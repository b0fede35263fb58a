"""JAX-RS (Jersey, RESTEasy, Quarkus, Dropwizard): resources, the resources they hand on to, and application paths."""

from __future__ import annotations

import re
from collections.abc import Iterator

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.java import jvm_methods, jvm_permissions, jvm_websockets, quarkus
from github_connections.analysis.frameworks.java.annotations import (
    Action,
    Annotation,
    Annotations,
    actions_of,
    declare_annotations,
    model_of,
)
from github_connections.analysis.frameworks.java.jaxrs_contexts import contexts_of
from github_connections.analysis.frameworks.java.jaxrs_locators import given_out
from github_connections.analysis.frameworks.java.jaxrs_parameters import SOURCES, caller_of, fields_taken, parameters_of
from github_connections.analysis.frameworks.java.jaxrs_prefixes import (
    Resources,
    all_before,
    configured_by_dropwizard,
    prefix_of,
    servlets_of,
    setting,
)
from github_connections.analysis.frameworks.java.jaxrs_servlets import MARKS, mounts
from github_connections.analysis.frameworks.java.jvm_generics import concrete
from github_connections.analysis.frameworks.java.jvm_reads import read_by
from github_connections.analysis.frameworks.java.jvm_settings import AllSettings
from github_connections.analysis.frameworks.java.jvm_statuses import status_codes
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import ClassValue, is_known
from github_connections.analysis.report import Place, Prefix, Route
from github_connections.analysis.syntax import nodes

LIBRARIES = (
    "jakarta.ws.rs",
    "javax.ws.rs",
    "jakarta.annotation.security",
    "javax.annotation.security",
    "io.quarkus.security",
    "io.dropwizard",
    "org.eclipse.microprofile.rest.client",
    "org.jboss.resteasy",
    "org.glassfish.jersey.media.multipart",
    "org.apache.cxf.jaxrs.ext.multipart",
    "io.swagger.jaxrs",
    "org.osgi.service.jaxrs.whiteboard",
    "org.osgi.service.jakartars.whiteboard",
)
VERBS = frozenset({*map(str.upper, http_verbs.OF_BROWSERS), "HttpMethod"})
_OTHERS = frozenset({"Context", "Suspended", "Auth", "BeanParam", "MultipartForm", "MatrixParam", "DefaultValue"})
# `JaxrsApplicationBase` is what OSGi's whiteboards have instead.
_APPLICATIONS = frozenset({"ApplicationPath", "JaxrsApplicationBase", "JakartarsApplicationBase"})
NAMES = frozenset({"Path", "RegisterRestClient", *_APPLICATIONS, *VERBS, *SOURCES, *_OTHERS, *jvm_methods.AUTH})
_VARIABLE = re.compile(r"\{\s*([\w.-]+)\s*(?::\s*((?:[^{}]|\{[^{}]*\})*?)\s*)?\}")
_MAXIMUM_RESOURCES_DEEP = 8


def declare(registry: Registry) -> None:
    """Add the annotations, so that wildcard imports find them."""
    declare_annotations(registry, ("jakarta.ws.rs", "javax.ws.rs"), NAMES)


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of every resource with a path of its own, and of what it hands on to."""
    annotations = Annotations(interpreter, LIBRARIES, NAMES)
    classes = _classes(annotations)
    applications = [
        (cls, annotation)
        for cls in classes
        for annotation in annotations.on_class(cls)
        if annotation.name in _APPLICATIONS
    ]
    settings = AllSettings(interpreter.program)
    program = interpreter.program
    resources = Resources(
        annotations,
        settings,
        applications,
        implementers=_implementers(annotations),
        mounts=mounts(interpreter) if classes else [],
        servlets=servlets_of(program) if classes else {},
        contexts=contexts_of(program) if classes else {},
        configured=configured_by_dropwizard(program) if classes else [],
    )
    rules: dict[int, list[jvm_permissions.Rule]] = {}
    for cls in classes:
        path = _path_of(resources, cls)
        if path is not None:
            before = [*all_before(resources, cls), *prefix_of(path, "@Path")]
            said = settings.of(cls.scope.file)
            if id(said) not in rules:
                rules[id(said)] = jvm_permissions.of_quarkus(said)
            made = _rows(resources, cls, before, (cls,))
            yield from jvm_permissions.ruled(made, rules[id(said)], over=("unknown", "none"))
    yield from _of_quarkus(resources)
    yield from jvm_websockets.endpoints(interpreter, "jaxrs", in_spring=False)


def _of_quarkus(resources: Resources) -> Iterator[Route]:
    interpreter = resources.annotations.interpreter

    def root_of(cls: ClassValue) -> list[Prefix]:
        return list(setting(resources.settings.of(cls.scope.file), "quarkus.http.root-path"))

    yield from quarkus.reactive_routes(interpreter, root_of)
    yield from quarkus.web_sockets(interpreter, root_of)
    for cls, own in quarkus.data_resources(interpreter):
        yield from quarkus.data_rows(cls, own, all_before(resources, cls))


def _classes(annotations: Annotations) -> list[ClassValue]:
    """Return the classes in files that name a resource, and those derived from one elsewhere."""
    found = {id(cls.node): cls for cls in annotations.classes(frozenset({"Path", *_APPLICATIONS, *VERBS}))}
    names = frozenset(cls.node.name for cls in found.values() if cls.node.name)
    for cls in annotations.interpreter.program.classes_with("java", names):
        found.setdefault(id(cls.node), cls)
    return sorted(found.values(), key=lambda cls: cls.place)


def _implementers(annotations: Annotations) -> dict[int, list[ClassValue]]:
    found: dict[int, list[ClassValue]] = {}
    for cls in _classes(annotations):
        for base in annotations.lineage(cls)[1:]:
            if cls.node.kind == "class":
                found.setdefault(id(base.node), []).append(cls)
    return found


def _path_of(resources: Resources, cls: ClassValue) -> Annotation | None:
    """Return the path of a class that answers by itself; clients and what others implement do not."""
    if cls.node.kind not in ("class", "object") or "abstract" in cls.node.modifiers:
        return None
    for owner in resources.annotations.lineage(cls):
        own = resources.annotations.on_class(owner)
        if any(annotation.name == "RegisterRestClient" for annotation in own):
            return None
        path = next((annotation for annotation in own if annotation.name == "Path"), None)
        if path is not None:
            return path
    return None


# --- methods ----------------------------------------------------------------------------------------------------------


def _rows(resources: Resources, cls: ClassValue, before: list[Prefix], way: tuple[ClassValue, ...]) -> Iterator[Route]:
    for action in actions_of(resources.annotations, cls, VERBS | {"Path"}):
        path = action.get("Path")
        verbs = [annotation for annotation in action.annotations if annotation.name in VERBS]
        if verbs:
            yield from (_row(resources, cls, action, path, verb, before) for verb in verbs[:1])
        elif path is not None and len(way) < _MAXIMUM_RESOURCES_DEEP:
            inside = [*before, *prefix_of(path, "@Path")]
            for inner in _handed_on(resources, action):
                if all(inner.node is not known.node for known in way):
                    yield from _rows(resources, inner, inside, (*way, inner))


def _handed_on(resources: Resources, action: Action) -> list[ClassValue]:
    """Return the classes that a method without a verb may give out: by its type, or by what it makes."""
    kind = action.function.returns
    if isinstance(kind, nodes.Item) and getattr(kind.of, "id", "") == "Class":
        kind = kind.index
    value = resources.annotations.interpreter.evaluate(kind, action.owner.scope) if kind is not None else None
    if not isinstance(value, ClassValue):
        return given_out(resources.annotations.interpreter, action.function, action.owner)
    if value.node.kind == "interface":
        return resources.implementers.get(id(value.node), [value])[:1]
    return [value]


def _row(
    resources: Resources,
    cls: ClassValue,
    action: Action,
    path: Annotation | None,
    verb: Annotation,
    before: list[Prefix],
) -> Route:
    last = (path.texts("value") or [""])[0] if path else ""
    prefixes = [prefix for prefix in before if prefix.value.strip("/ ")]
    whole = rows.path_below(prefixes, last)
    shown = paths.from_braces(_VARIABLE.sub(_plain_variable, whole))
    in_path = paths.names(shown)
    params, body = parameters_of(resources.annotations, action, in_path)
    of_class = fields_taken(resources.annotations, cls)
    params += [parameter for parameter in of_class if parameter.place != "path" or parameter.name in in_path]
    named = {parameter.name for parameter in params}
    method = (verb.texts("value") or ["ANY"])[0] if verb.name == "HttpMethod" else verb.name
    known = [*rows.path_parameters(shown), *params]
    params += read_by(resources.annotations, action.function, action.owner, method, known)
    said = jvm_methods.auth_of(action.annotations, _around(resources.annotations, cls))
    asked = caller_of(action)  # with which `@PermitAll` is for every caller who is known
    place: Place = verb.place
    row = Route(
        method=method,
        path=shown,
        file=place.file,
        line=place.line,
        framework="jaxrs",
        handler=f"{cls.node.name}.{action.function.name}",
        raw_path=last,
        prefixes=prefixes,
        params=rows.each_once([*(item for item in rows.path_parameters(shown) if item.name not in named), *params]),
        auth=said if said.state == "required" or asked.state == "unknown" else asked,
        request_model=body,
        response_model=model_of(action.function.returns),
        status_codes=status_codes(action.function),
        confidence="exact" if is_known(shown) else "partial",
    )
    return concrete(row, resources.annotations, cls, action.owner)


def _around(annotations: Annotations, cls: ClassValue) -> list[Annotation]:
    return [annotation for owner in annotations.lineage(cls) for annotation in annotations.on_class(owner)]


def _plain_variable(match: re.Match[str]) -> str:
    name, pattern = match.groups()
    return "{" + name + (":.*" if pattern in (".*", ".+") else "") + "}"


FRAMEWORK = Framework(
    name="jaxrs",
    language="java",
    family="java",
    kind="server",
    packages=(
        "io.quarkus:quarkus-rest",
        "io.quarkus:quarkus-resteasy-reactive",
        "io.quarkus:quarkus-resteasy",
        "io.quarkus:quarkus-reactive-routes",
        "jakarta.ws.rs:jakarta.ws.rs-api",
        "javax.ws.rs:javax.ws.rs-api",
        "io.dropwizard:dropwizard-core",
        "org.glassfish.jersey.core:jersey-server",
        "org.jboss.resteasy:resteasy-core",
    ),
    marks=NAMES | MARKS | quarkus.MARKS | jvm_websockets.MARKS,
    declare=declare,
    routes=routes,
)
