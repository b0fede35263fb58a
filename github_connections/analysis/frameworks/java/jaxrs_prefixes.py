"""What stands before JAX-RS resources: applications, settings, servlets, the configuration of Dropwizard."""

from __future__ import annotations

import re
from collections.abc import Iterator

from msgspec import Struct
from msgspec.structs import replace

from github_connections.analysis.frameworks.java.annotations import Annotation, Annotations
from github_connections.analysis.frameworks.java.jaxrs_servlets import Mount, mount_for
from github_connections.analysis.frameworks.java.jvm_settings import AllSettings, Settings, module_of
from github_connections.analysis.frameworks.java.spring_paths import context_of
from github_connections.analysis.linking.program import Program, nearest
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Prefix

_SERVLET = re.compile(r"<servlet-mapping>((?:(?!<servlet-mapping>).)*?)</servlet-mapping>", re.DOTALL)
_PATTERN = re.compile(r"<url-pattern>\s*([^<\s]*)/\*\s*</url-pattern>")
_OF_RESOURCES = re.compile(r"jersey|resteasy|ws\.rs|rest", re.IGNORECASE)
_DECLARED = re.compile(r"<servlet>((?:(?!<servlet>).)*?)</servlet>", re.DOTALL)
_NAME = re.compile(r"<servlet-name>([^<]*)</servlet-name>")
_SETTING = re.compile(
    r">\s*(?:jersey\.|resteasy\.|com\.sun\.jersey|org\.glassfish\.jersey|org\.jboss\.resteasy|ja\w+\.ws\.rs)"
)
_OF_DROPWIZARD = ("applicationContextPath", "rootPath")
_CONFIGURATION = re.compile(r"^(?!.*(^|/)(test|tests|target|build)/).*\.ya?ml$")


class Resources(Struct):
    """What is asked again and again while the resources are walked."""

    annotations: Annotations
    settings: AllSettings
    applications: list[tuple[ClassValue, Annotation]]
    # Interface or base class → the classes of the program that implement it.
    implementers: dict[int, list[ClassValue]]
    mounts: list[Mount]
    # Module → the mapping of the servlet that its `web.xml` gives the resources to.
    servlets: dict[str, Prefix]
    # Module → the context that a server puts its web application below.
    contexts: dict[str, Prefix]
    # What configurations of Dropwizard say, with their modules.
    configured: list[tuple[str, list[Prefix]]]


def all_before(resources: Resources, cls: ClassValue) -> Iterator[Prefix]:
    """Yield what stands before the path of a resource, from the outside in."""
    settings = resources.settings.of(cls.scope.file)
    yield from context_of(settings)
    home = module_of(cls.scope.file.path)
    if home in resources.contexts:
        yield resources.contexts[home]
    application = _application(resources, cls)
    if application is not None:
        for prefix in prefix_of(application, "@ApplicationPath"):
            yield replace(prefix, value=prefix.value.removesuffix("*"))  # `/api/*`, as servlets are mapped
        return
    names = ("quarkus.rest.path", "quarkus.resteasy-reactive.path", "quarkus.resteasy.path")
    found = [*setting(settings, *names, "spring.jersey.application-path")]
    found = found or mount_for(cls, resources.mounts)
    if not found and home in resources.servlets:
        found = [resources.servlets[home]]
    yield from found or next((said for module, said in resources.configured if module in (home, "")), [])


def setting(settings: Settings, *names: str) -> Iterator[Prefix]:
    """Yield the first of these settings that is a path."""
    found = settings.text(*names)
    if found is not None and found.value.strip("/ "):
        yield Prefix(value=found.value, file=found.place.file, line=found.place.line, how=names[0])


def prefix_of(annotation: Annotation, how: str) -> Iterator[Prefix]:
    """Yield the path that an annotation says."""
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


def servlets_of(program: Program) -> dict[str, Prefix]:
    """Return, by module, the mapping of the servlet that a `web.xml` gives the resources to."""
    found: dict[str, Prefix] = {}
    for path in program.all_paths:
        prefix = _mapped(program, path) if path.endswith("WEB-INF/web.xml") else None
        if prefix is not None:
            found.setdefault(module_of(path), prefix)
    return found


def _mapped(program: Program, path: str) -> Prefix | None:
    text = program.text(path)
    told = _told_settings(text)
    for match in _SERVLET.finditer(text):
        pattern = _PATTERN.search(match.group(1))
        name = _NAME.search(match.group(1))
        is_it = _OF_RESOURCES.search(match.group(1)) or (name and name.group(1).strip() in told)
        if pattern and pattern.group(1) and is_it:
            line = text.count("\n", 0, match.start()) + 1
            return Prefix(value=pattern.group(1), file=path, line=line, how="servlet-mapping")
    return None


def _told_settings(text: str) -> set[str]:
    """Return the names of servlets, the program's own too, that are told settings of a library:
    `<param-name>jersey.config.server.provider.packages</param-name>`."""
    servlets = (match.group(1) for match in _DECLARED.finditer(text))
    return {
        found.group(1).strip() for servlet in servlets if _SETTING.search(servlet) and (found := _NAME.search(servlet))
    }


def configured_by_dropwizard(program: Program) -> list[tuple[str, list[Prefix]]]:
    """Return the modules of configurations with what they say: `server: {rootPath: /api/*}`."""
    used = {name for project in program.projects for name in project.dependencies}
    if not any("dropwizard" in name for name in used):
        return []
    found = []
    for path in filter(_CONFIGURATION.search, program.all_paths):
        text = program.text(path)
        if any(name in text for name in _OF_DROPWIZARD):
            found.append((module_of(path), list(_said(text, path))))
    return found


def _said(text: str, path: str) -> Iterator[Prefix]:
    for name in _OF_DROPWIZARD:
        said = re.search(rf"^ +{name}:[ \t]*[\"']?(/[^\s\"'*]*)", text, re.MULTILINE)
        if said and said.group(1).strip("/"):
            line = text.count("\n", 0, said.start(1)) + 1
            yield Prefix(value=said.group(1).rstrip("/"), file=path, line=line, how=name)
