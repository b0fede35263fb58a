"""API Platform: the operations of classes that are resources, below the prefix of their routing file."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from msgspec import Struct, field

from github_connections.analysis.frameworks import paths, rows
from github_connections.analysis.frameworks.inflection import plural
from github_connections.analysis.frameworks.php import api_platform_arrays, api_platform_files
from github_connections.analysis.frameworks.php.api_platform_files import Written
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, is_known, text_of
from github_connections.analysis.report import Auth, AuthSource, Place, Prefix, Route
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import named_arguments

_OPERATIONS = {
    "Get": ("GET", "item"), "GetCollection": ("GET", "all"), "Post": ("POST", "all"), "Put": ("PUT", "item"),
    "Patch": ("PATCH", "item"), "Delete": ("DELETE", "item"),
}  # fmt: skip
# What a resource has that names none, by the major version: the fourth has no PUT any more.
_USUAL = ("Get", "GetCollection", "Post", "Patch", "Delete")
_LAST_NAME = re.compile(r"(?<!\w)(\w+)(?:\.class)?\}?$")
_DASHES = re.compile(r"path_segment_name_generator:\s*['\"]?\S*dash\b")
_PATCHING = re.compile(r"(?m)^[ \t]*patch_formats:")


class _Resource(Struct):
    """What one `ApiResource` says."""

    name: str
    said: dict[str, nodes.Expression]
    operations: list[nodes.Call] = field(default_factory=list)
    line: int = 0


class Resources:
    """The rows of resources, with what the whole application says of them."""

    def __init__(self, interpreter: Interpreter, prefixes: Iterable[tuple[Prefix, ...]]) -> None:
        self._interpreter = interpreter
        self._prefixes = list(dict.fromkeys(prefixes)) or [()]
        program = interpreter.program
        written = [path for path in program.all_paths if re.search(r"(^|/)api_platform\.ya?ml$", path)]
        texts = [program.text(path) for path in written]
        self._dashes = any(_DASHES.search(text) for text in texts)
        self._has_patch = any(_PATCHING.search(text) for text in texts)
        manifests = [path for path in program.all_paths if re.search(r"(^|/)composer\.json$", path)]
        self._has_put = not any(
            re.search(rb'"api-platform/(?:core|symfony)"\s*:\s*"[\^~>=v ]*4', program.read(path) or b"")
            for path in manifests
        )

    def of_class(self, cls: ClassValue) -> Iterator[Route]:
        """Yield the rows of a class that is a resource, or several."""
        for resource in self._resources(cls):
            operations = [
                (
                    self._name(operation, cls) or getattr(operation.function, "id", ""),
                    self._texts(named_arguments(operation), cls),
                    operation.line,
                )
                for operation in resource.operations
            ]
            place = Place(cls.scope.file.path, resource.line)
            yield from self.of_written(Written(resource.name, place, self._texts(resource.said, cls), operations))

    def of_files(self) -> Iterator[Route]:
        """Yield the rows of the resources in YAML and XML."""
        for written in api_platform_files.resources_in(self._interpreter.program, has_patch=self._has_patch):
            yield from self.of_written(written)

    def of_written(self, written: Written) -> Iterator[Route]:
        """Yield the rows of a resource, wherever it is written."""
        usual = (*_USUAL, *(["Put"] if self._has_put else []))
        for name, said, line in written.operations or [(name, {}, written.place.line) for name in usual]:
            yield from self._rows(written, name, said, line)

    def _texts(self, said: dict[str, nodes.Expression], cls: ClassValue) -> dict[str, str]:
        return {
            name: text_of(self._interpreter.evaluate(said[name], cls.scope))
            for name in ("uriTemplate", "routePrefix", "shortName", "security", "input", "output")
            if name in said
        }

    def _resources(self, cls: ClassValue) -> Iterator[_Resource]:
        current: _Resource | None = None
        for decorator in cls.node.decorators:
            written = decorator if isinstance(decorator, nodes.Call) else nodes.Call(decorator, [], cls.node.line)
            name = self._name(written, cls)
            if name == "ApiResource":
                if current is not None:
                    yield current
                current = self._resource(written, cls)
            elif name in _OPERATIONS:
                current = current or _Resource(cls.node.name, {}, [], written.line)
                current.operations.append(written)
        if current is not None:
            yield current

    def _resource(self, written: nodes.Call, cls: ClassValue) -> _Resource | None:
        """Return a resource with its operations, of which there are none where it names none; None where it wants
        none."""
        said = {item.name or str(at): item.value for at, item in enumerate(written.arguments)}
        if self._interpreter.qualified_name(written, cls.scope).startswith(api_platform_arrays.IMPORTED_FROM):
            said, own = api_platform_arrays.operations_of(said, written.line, has_patch=self._has_patch)
            return _Resource(cls.node.name, said, own, written.line) if own else None
        listed = said.get("operations")
        items = listed.items if isinstance(listed, nodes.Sequence) else []
        own = [item for item in items if isinstance(item, nodes.Call) and self._name(item, cls) in _OPERATIONS]
        return _Resource(cls.node.name, said, own, written.line)

    def _name(self, call: nodes.Call, cls: ClassValue) -> str:
        whole = self._interpreter.qualified_name(call, cls.scope)
        return whole.rpartition(".")[2] if whole.startswith("ApiPlatform.") else ""

    def _rows(self, written: Written, name: str, own: dict[str, str], line: int) -> Iterator[Route]:
        method, of = _OPERATIONS[name]
        said = {**written.said, **own}
        path = said.get("uriTemplate", f"/{self._segment(written)}" + ("/{id}" if of == "item" else ""))
        path = re.sub(r"\{\._format\}|\.\{_format\}", "", path)
        before = [said["routePrefix"]] if "routePrefix" in said else []
        for above in self._prefixes:
            final = paths.from_braces(paths.join([*(prefix.value for prefix in above), *before, path]))
            yield Route(
                method=method,
                path=final,
                file=written.place.file,
                line=line,
                framework="symfony",
                handler=written.name,
                raw_path=path,
                prefixes=list(above),
                params=rows.path_parameters(final),
                auth=_auth(said.get("security", ""), written.place.file, line),
                request_model=_model(said.get("input"), written.name) if method in rows.BRINGING else "",
                response_model=_model(said.get("output"), written.name) if method != "DELETE" else "",
                confidence="exact" if is_known(final) else "partial",
            )

    def _segment(self, written: Written) -> str:
        name = written.said.get("shortName", written.name)
        words = plural(re.sub(r"(?<=[a-z0-9])(?=[A-Z])", "_", name).lower())
        return words.replace("_", "-") if self._dashes else words


def _model(said: str | None, own: str) -> str:
    """Return the class of what is sent or given back: the resource's own where none is said; empty for `false`."""
    named = _LAST_NAME.search(said or own)
    return named.group(1) if named is not None and named.group(1) not in ("False", "false") else ""


def _auth(security: str, file: str, line: int) -> Auth:
    if security and is_known(security) and "PUBLIC" not in security:
        return Auth(state="required", by=[AuthSource(name=security, file=file, line=line)])
    return Auth()
