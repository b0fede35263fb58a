"""JAX-RS (Jersey, RESTEasy, Quarkus, Dropwizard): resources, the resources they hand on to, and application paths."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from github_connections.analysis.frameworks import jvm_methods, jvm_websockets, paths, quarkus, rows
from github_connections.analysis.frameworks.annotations import Action, Annotation, Annotations, actions_of, model_of
from github_connections.analysis.frameworks.framework import Framework
from github_connections.analysis.frameworks.jaxrs_locators import given_out
from github_connections.analysis.frameworks.jaxrs_parameters import SOURCES, parameters_of
from github_connections.analysis.frameworks.jvm_settings import AllSettings, Settings, module_of
from github_connections.analysis.frameworks.spring_paths import context_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.program import nearest
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import ClassValue, External, is_known
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
    "io.swagger.jaxrs",
)
VERBS = frozenset({"GET", "POST", "PUT", "DELETE", "PATCH", "HEAD", "OPTIONS", "HttpMethod"})
_OTHERS = frozenset({"Context", "Suspended", "Auth", "BeanParam", "MatrixParam", "DefaultValue"})
NAMES = frozenset({"Path", "ApplicationPath", "RegisterRestClient", *VERBS, *SOURCES, *_OTHERS, *jvm_methods.AUTH})
_VARIABLE = re.compile(r"\{\s*([\w.-]+)\s*(?::\s*((?:[^{}]|\{[^{}]*\})*?)\s*)?\}")
_SERVLET = re.compile(r"<servlet-mapping>(.*?)</servlet-mapping>", re.DOTALL)
_CONFIGURATION = re.compile(r"^(?!.*(^|/)(test|tests|target|build)/).*\.ya?ml$")
_MAXIMUM_RESOURCES_DEEP = 8


def declare(registry: Registry) -> None:
    """Add the annotations, so that wildcard imports find them."""
    for package in ("jakarta.ws.rs", "javax.ws.rs"):
        for name in NAMES:
            registry.values.setdefault(f"{package}.{name}", External(f"{package}.{name}"))


@dataclass(slots=True)
class Resources:
    """What is asked again and again while the resources are walked."""

    annotations: Annotations
    settings: AllSettings
    applications: list[tuple[ClassValue, Annotation]]
    # Interface or base class → the classes of the program that implement it.
    implementers: dict[int, list[ClassValue]]


def routes(interpreter: Interpreter) -> Iterator[Route]:
    """Yield the rows of every resource with a path of its own, and of what it hands on to."""
    annotations = Annotations(interpreter, LIBRARIES, NAMES)
    classes = _classes(annotations)
    applications = [
        (cls, annotation)
        for cls in classes
        for annotation in annotations.on_class(cls)
        if annotation.name == "ApplicationPath"
    ]
    resources = Resources(annotations, AllSettings(interpreter.program), applications, _implementers(annotations))
    for cls in classes:
        path = _path_of(resources, cls)
        if path is not None:
            before = [*_before(resources, cls), *_prefix(path, "@Path")]
            yield from _rows(resources, cls, before, (cls,))
    yield from _of_quarkus(resources)
    yield from jvm_websockets.endpoints(interpreter, "jaxrs", in_spring=False)


def _of_quarkus(resources: Resources) -> Iterator[Route]:
    interpreter = resources.annotations.interpreter

    def root_of(cls: ClassValue) -> list[Prefix]:
        return list(_set(resources.settings.of(cls.scope.file), "quarkus.http.root-path"))

    yield from quarkus.reactive_routes(interpreter, root_of)
    for cls, own in quarkus.data_resources(interpreter):
        yield from quarkus.data_rows(cls, own, _before(resources, cls))


def _classes(annotations: Annotations) -> list[ClassValue]:
    """Return the classes in files that name a resource, and those derived from one elsewhere."""
    found = {id(cls.node): cls for cls in annotations.classes(frozenset({"Path", "ApplicationPath", *VERBS}))}
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


# --- what stands before -----------------------------------------------------------------------------------------------


def _before(resources: Resources, cls: ClassValue) -> Iterator[Prefix]:
    settings = resources.settings.of(cls.scope.file)
    yield from context_of(settings)
    yield from _set(settings, "quarkus.http.root-path")
    application = _application(resources, cls)
    if application is not None:
        yield from _prefix(application, "@ApplicationPath")
        return
    names = ("quarkus.rest.path", "quarkus.resteasy-reactive.path", "quarkus.resteasy.path")
    found = [*_set(settings, *names, "spring.jersey.application-path")]
    yield from found or [*_of_servlet(resources, cls)] or _of_dropwizard(resources, cls)


def _set(settings: Settings, *names: str) -> Iterator[Prefix]:
    found = settings.text(*names)
    if found is not None and found.value.strip("/ "):
        yield Prefix(value=found.value, file=found.place.file, line=found.place.line, how=names[0])


def _prefix(annotation: Annotation, how: str) -> Iterator[Prefix]:
    for text in (annotation.texts("value") or [""])[:1]:
        place = annotation.place
        yield Prefix(value=text, file=place.file, line=place.line, how=how)


def _application(resources: Resources, cls: ClassValue) -> Annotation | None:
    """Return the path of the application that a resource belongs to: of its module, else the only one there is."""
    home = module_of(cls.scope.file.path)
    own = [item for item in resources.applications if module_of(item[0].scope.file.path) == home]
    candidates = own or (resources.applications if len(resources.applications) == 1 else [])
    file = nearest([item[0].scope.file for item in candidates], cls.scope.file.path)
    return next((annotation for owner, annotation in candidates if owner.scope.file is file), None)


def _of_servlet(resources: Resources, cls: ClassValue) -> Iterator[Prefix]:
    """The mapping of the servlet that a `web.xml` gives the resources to."""
    program = resources.annotations.interpreter.program
    home = module_of(cls.scope.file.path)
    for path in program.all_paths:
        if not path.endswith("WEB-INF/web.xml") or module_of(path) != home:
            continue
        text = (program.read(path) or b"").decode("utf-8", "replace")
        for match in _SERVLET.finditer(text):
            pattern = re.search(r"<url-pattern>\s*([^<\s]*)/\*\s*</url-pattern>", match.group(1))
            if (
                pattern
                and pattern.group(1)
                and re.search(r"jersey|resteasy|ws\.rs|rest", match.group(1), re.IGNORECASE)
            ):
                line = text.count("\n", 0, match.start()) + 1
                yield Prefix(value=pattern.group(1), file=path, line=line, how="servlet-mapping")
                return


def _of_dropwizard(resources: Resources, cls: ClassValue) -> Iterator[Prefix]:
    """What a configuration of Dropwizard says: `server: {rootPath: /api/*, applicationContextPath: /shop}`."""
    program = resources.annotations.interpreter.program
    home = module_of(cls.scope.file.path)
    used = {name for project in program.projects for name in project.dependencies}
    for path in program.all_paths if any("dropwizard" in name for name in used) else ():
        if not _CONFIGURATION.search(path) or module_of(path) not in (home, ""):
            continue
        text = (program.read(path) or b"").decode("utf-8", "replace")
        for name in ("applicationContextPath", "rootPath"):
            said = re.search(rf"^ +{name}:[ \t]*[\"']?(/[^\s\"'*]*)", text, re.MULTILINE)
            if said and said.group(1).strip("/"):
                line = text.count("\n", 0, said.start(1)) + 1
                yield Prefix(value=said.group(1).rstrip("/"), file=path, line=line, how=name)
        if "rootPath" in text or "applicationContextPath" in text:
            return


# --- methods ----------------------------------------------------------------------------------------------------------


def _rows(resources: Resources, cls: ClassValue, before: list[Prefix], way: tuple[ClassValue, ...]) -> Iterator[Route]:
    for action in actions_of(resources.annotations, cls, VERBS | {"Path"}):
        path = action.get("Path")
        verbs = [annotation for annotation in action.annotations if annotation.name in VERBS]
        if verbs:
            yield from (_row(resources, cls, action, path, verb, before) for verb in verbs[:1])
        elif path is not None and len(way) < _MAXIMUM_RESOURCES_DEEP:
            inside = [*before, *_prefix(path, "@Path")]
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
    whole = paths.join([*(prefix.value for prefix in prefixes), last], trailing_slash=False)
    shown = paths.from_braces(_VARIABLE.sub(_plain_variable, whole))
    params, body = parameters_of(resources.annotations, action)
    named = {parameter.name for parameter in params}
    method = (verb.texts("value") or ["ANY"])[0] if verb.name == "HttpMethod" else verb.name
    place: Place = verb.place
    return Route(
        method=method,
        path=shown,
        file=place.file,
        line=place.line,
        framework="jaxrs",
        handler=f"{cls.node.name}.{action.function.name}",
        raw_path=last,
        prefixes=prefixes,
        params=[*(item for item in rows.path_parameters(shown) if item.name not in named), *params],
        auth=jvm_methods.auth_of(action.annotations, _around(resources.annotations, cls)),
        request_model=body,
        response_model=model_of(action.function.returns),
        confidence="exact" if is_known(shown) else "partial",
    )


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
    marks=NAMES | quarkus.MARKS | jvm_websockets.MARKS,
    declare=declare,
    routes=routes,
)
