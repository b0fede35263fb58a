"""What stands before JAX-RS resources: applications, settings, servlets, the configuration of Dropwizard."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from github_connections.analysis.frameworks.annotations import Annotation, Annotations
from github_connections.analysis.frameworks.jaxrs_servlets import Mount, mount_for
from github_connections.analysis.frameworks.jvm_settings import AllSettings, Settings, module_of
from github_connections.analysis.frameworks.spring_paths import context_of
from github_connections.analysis.linking.program import nearest
from github_connections.analysis.linking.values import ClassValue
from github_connections.analysis.report import Prefix

_SERVLET = re.compile(r"<servlet-mapping>((?:(?!<servlet-mapping>).)*?)</servlet-mapping>", re.DOTALL)
_CONFIGURATION = re.compile(r"^(?!.*(^|/)(test|tests|target|build)/).*\.ya?ml$")


@dataclass(slots=True)
class Resources:
    """What is asked again and again while the resources are walked."""

    annotations: Annotations
    settings: AllSettings
    applications: list[tuple[ClassValue, Annotation]]
    # Interface or base class → the classes of the program that implement it.
    implementers: dict[int, list[ClassValue]]
    mounts: list[Mount]


def all_before(resources: Resources, cls: ClassValue) -> Iterator[Prefix]:
    """Yield what stands before the path of a resource, from the outside in."""
    settings = resources.settings.of(cls.scope.file)
    yield from context_of(settings)
    yield from setting(settings, "quarkus.http.root-path")
    application = _application(resources, cls)
    if application is not None:
        yield from prefix_of(application, "@ApplicationPath")
        return
    names = ("quarkus.rest.path", "quarkus.resteasy-reactive.path", "quarkus.resteasy.path")
    found = [*setting(settings, *names, "spring.jersey.application-path")]
    yield from (
        found or mount_for(cls, resources.mounts) or [*_of_servlet(resources, cls)] or _of_dropwizard(resources, cls)
    )


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
