"""Symfony's routing files: what YAML, XML and PHP declare and import, and the prefixes of controllers by them."""

from __future__ import annotations

import fnmatch
import posixpath
import re
from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct

from github_connections.analysis.documents import Element, read_xml, read_yaml
from github_connections.analysis.frameworks.php import sylius_resources
from github_connections.analysis.frameworks.php.symfony_parameters import Parameters
from github_connections.analysis.frameworks.php.symfony_routes import Declared, Imported
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.report import ANY_METHOD, Place, Prefix
from github_connections.analysis.unreadable import Unreadable

# Where an application begins; what else is a routing file counts where nobody imports it.
_ROOTS = re.compile(
    r"(^|/)config/(routes|routing)([._-]\w+)?\.(ya?ml|xml|php)$|(^|/)config/routes/.*\.(ya?ml|xml|php)$"
)
_OF_A_BUNDLE = re.compile(r"(^|/)Resources/config/(.*/)?routing.*\.(ya?ml|xml)$")
MAXIMUM_IMPORTS_DEEP = 12
# Symfony's reader took `@Bundle/x` and `%parameter%` without quotes for long, which YAML does not.
_UNQUOTED = re.compile(rb"(?m)^([^#'\"\n]*?[:-][ \t]+)([@%][^\s#,'\"\]}]*)(?=[ \t]*(?:#.*)?\r?$)")

Item = Declared | Imported


class Found(Struct, frozen=True):
    """A route of a routing file, with the prefixes that the imports on the way to it say."""

    declared: Declared
    prefixes: tuple[Prefix, ...]


class Rest(Struct, frozen=True):
    """An import of type `rest`: the file or directory of its controllers, below its prefixes."""

    directory: str
    prefixes: tuple[Prefix, ...]
    item: Imported


class Configuration:
    """What all routing files of a program say together."""

    def __init__(self, interpreter: Interpreter) -> None:
        self._program = interpreter.program
        self.parameters = Parameters(interpreter.program)
        self._written: dict[str, list[Item]] = interpreter.state.get("symfony", {})
        self._items: dict[str, list[Item]] = {}
        self._imported: set[str] = set()
        self._directories: list[tuple[str, tuple[Prefix, ...], tuple[str, ...]]] = []
        self.found: list[Found] = []
        self.rest: list[Rest] = []
        self.of_resources: list[tuple[Prefix, ...]] = []  # what stands above API Platform's resources
        roots = [path for path in self._program.all_paths if _ROOTS.search(path)]
        roots += [path for path in sorted(self._written) if path not in roots]
        listed = {target for path in roots for target in self._targets_of(path)}
        self._walk_all(path for path in roots if path not in listed)
        bundles = [path for path in self._program.all_paths if _OF_A_BUNDLE.search(path)]
        inner = {target for path in bundles for target in self._targets_of(path)}
        self._walk_all(path for path in bundles if path not in self._imported and path not in inner)

    def prefixes_of(self, path: str) -> list[tuple[Prefix, ...]]:
        """Return the prefixes that a file's controllers have, once for each import; the longest directory decides.
        None for a file that is left out everywhere."""
        around = [item for item in self._directories if fnmatch.fnmatch(path, f"{item[0].rstrip('/')}*")]
        if not around:
            return [()]
        fitting = [item[:2] for item in around if not any(_is_inside(path, pattern) for pattern in item[2])]
        longest = max((len(directory) for directory, _ in fitting), default=0)
        return list(dict.fromkeys(prefixes for directory, prefixes in fitting if len(directory) == longest))

    # --- walking ------------------------------------------------------------------------------------------------

    def _walk_all(self, paths: Iterable[str]) -> None:
        for path in paths:
            self._walk(path, (), ())

    def _walk(self, path: str, prefixes: tuple[Prefix, ...], above: tuple[str, ...]) -> None:
        if path in above or len(above) > MAXIMUM_IMPORTS_DEEP:
            return
        self._imported.add(path)
        for item in self._read(path):
            if isinstance(item, Declared):
                self.found.append(Found(item, prefixes))
            else:
                self._follow(item, prefixes, (*above, path))

    def _follow(self, item: Imported, prefixes: tuple[Prefix, ...], above: tuple[str, ...]) -> None:
        files = self._targets(item)
        for text in [self.parameters.filled(prefix) for prefix in item.prefixes] or [""]:
            said = Prefix(value=text, file=item.place.file, line=item.place.line, how="resource")
            inner = (*prefixes, said) if text.strip("/") else prefixes
            if item.type == "api_platform":
                self.of_resources.append(inner)
                continue
            for target in files:
                self._walk(target, inner, above)
            if not files:
                excluded = [one for text in item.exclude for one in _in_braces(self._beside(item, text))]
                self._directories.append((self._directory(item), inner, tuple(excluded)))
                if item.type == "rest":
                    self.rest.append(Rest(self._directory(item), inner, item))

    def _targets_of(self, path: str) -> list[str]:
        return [target for item in self._read(path) if isinstance(item, Imported) for target in self._targets(item)]

    def _targets(self, item: Imported) -> list[str]:
        """Return the routing files that an import means: one, those of a pattern, or those of a directory."""
        if item.resource.endswith("\\") or not item.resource:
            return []
        where = self._directory(item)
        candidates = [path for path in self._program.all_paths if path.endswith((".yaml", ".yml", ".xml", ".php"))]
        if re.search(r"[*{?]", where):
            found = [path for path in candidates for one in _in_braces(where) if fnmatch.fnmatch(path, one)]
            return [path for path in found if self._is_configuration(path)]
        return [where] if where in self._program.all_paths and self._is_configuration(where) else []

    def _is_configuration(self, path: str) -> bool:
        return not path.endswith(".php") or path in self._written

    def _directory(self, item: Imported) -> str:
        """Return the file or directory that a resource means; `@ShopBundle/x` lies in a directory that the bundle is
        named after, a class in its file."""
        if "\\" in item.resource.strip("\\") and "/" not in item.resource:
            return self._file_of_class(item.resource)
        if not item.resource.startswith("@"):
            written = re.sub(r"%kernel\.project_dir%/?", "/", item.resource)
            if written.startswith("/"):
                parts = written.split("/")
                plain = next((at for at, part in enumerate(parts) if re.search(r"[*{]", part)), len(parts))
                return "/".join([self._ending("/".join(parts[:plain])), *parts[plain:]])
            return self._beside(item, written)
        bundle, _, rest = item.resource[1:].partition("/")
        return self._ending(f"/{rest}".rstrip("/"), bundle)

    @staticmethod
    def _beside(item: Imported, written: str) -> str:
        """Return what is named from where a routing file is."""
        return posixpath.normpath(posixpath.join(posixpath.dirname(item.place.file), written))

    def _file_of_class(self, name: str) -> str:
        package, _, own = name.strip("\\").rpartition("\\")
        declaring = [file for file in self._program.declaring("php", own) if file.head.package == package]
        return declaring[0].path if declaring else name

    def _ending(self, tail: str, bundle: str = "") -> str:
        found = []
        for path in self._program.all_paths:
            start, middle, _ = f"/{path}".partition(f"{tail}/" if f"/{path}".find(f"{tail}/") >= 0 else tail)
            if middle and (not bundle or _is_named(posixpath.basename(start), bundle)):
                found.append(f"{start}{tail}".lstrip("/"))
        return min(found, key=len, default=tail.lstrip("/"))

    # --- reading ------------------------------------------------------------------------------------------------

    def _read(self, path: str) -> list[Item]:
        if path not in self._items:
            self._items[path] = [] if path.endswith(".php") else list(self._parse(path))
            self._items[path] += self._written.get(path, [])
        return self._items[path]

    def _parse(self, path: str) -> Iterator[Item]:
        content = self._program.read(path) or b""
        try:
            if path.endswith(".xml"):
                yield from _of_xml(path, read_xml(content), content)
            else:
                yield from _of_yaml(path, read_yaml(_UNQUOTED.sub(rb"\1'\2'", content)), content)
        except Unreadable:
            return


def _in_braces(pattern: str) -> list[str]:
    """`{routes}/*.{php,xml}` means two patterns."""
    pattern = re.sub(r"\{([^{},]+)\}", r"\1", pattern)
    listed = [(match.group(), match.group(1).split(",")) for match in re.finditer(r"\{([^{}]+)\}", pattern)]
    return [pattern.replace(whole, one) for whole, names in listed for one in names] or [pattern]


def _is_inside(path: str, pattern: str) -> bool:
    """Tell whether a pattern means a file, or a directory around it."""
    return fnmatch.fnmatch(path, pattern) or fnmatch.fnmatch(path, f"{pattern.rstrip('/')}/*")


def _is_named(directory: str, bundle: str) -> bool:
    return bool(directory) and (bundle.endswith(directory) or directory in ("src", bundle.removesuffix("Bundle")))


# --- formats --------------------------------------------------------------------------------------------------------


def _line(content: bytes, name: str) -> int:
    match = re.search(rb"(?m)^[ \t]*[\"']?" + re.escape(name.encode()) + rb"[\"']?\s*:|id=\"" + re.escape(name.encode()) + rb"\"", content)  # fmt: skip  # noqa: E501
    return content.count(b"\n", 0, match.start() + len(match.group()) - len(match.group().lstrip())) + 1 if match else 1


def _of_yaml(path: str, said: Any, content: bytes) -> Iterator[Item]:
    for name, entry in said.items() if isinstance(said, dict) else ():
        if not isinstance(entry, dict):
            continue
        if str(name).startswith("when@"):
            yield from _of_yaml(path, entry, content)
            continue
        place = Place(path, _line(content, str(name)))
        if "resource" in entry:
            yield from _imports(entry, place, str(name))
        texts = _values(entry.get("path", entry.get("pattern")))
        if texts and "resource" not in entry:
            defaults = entry["defaults"] if isinstance(entry.get("defaults"), dict) else {}
            handler = str(entry.get("controller") or defaults.get("_controller") or "")
            yield Declared(texts, _methods(entry), place, handler, [str(key) for key in defaults])


def _methods(entry: dict[str, Any]) -> list[str]:
    requirements = entry.get("requirements")
    old = requirements.get("_method") if isinstance(requirements, dict) else None
    return split_methods(entry.get("methods") or old)


def _imports(entry: dict[str, Any], place: Place, name: str) -> Iterator[Item]:
    resource = entry["resource"]
    if isinstance(resource, dict):
        resource = resource.get("path")
    kind = str(entry.get("type") or "")
    for one in resource if isinstance(resource, list) else [resource]:
        if isinstance(one, str) and kind in sylius_resources.TYPES:
            for declared in sylius_resources.routes_of(kind, one, place):
                before = _values(entry.get("prefix")) or [""]
                declared.paths = [f"{text.rstrip('/')}{path}" for text in before for path in declared.paths]
                yield declared
        elif isinstance(one, str) and "\n" not in one:
            parent, exclude = str(entry.get("parent") or ""), _values(entry.get("exclude"))
            yield Imported(one, _values(entry.get("prefix")), place, kind, name, parent, exclude)


def _values(said: Any) -> list[str]:
    """Return a text, or one for each language."""
    values = said.values() if isinstance(said, dict) else said if isinstance(said, list) else [said]
    return [value for value in values if isinstance(value, str)]


def split_methods(said: Any) -> list[str]:
    """Return the verbs of `GET|POST`, `[GET, POST]` or nothing at all, which is any."""
    listed = re.split(r"[|,\s]+", said) if isinstance(said, str) else said if isinstance(said, list) else []
    return [str(method).upper() for method in listed if method] or [ANY_METHOD]


def _of_xml(path: str, root: Element, content: bytes) -> Iterator[Item]:
    for element in root.children:
        said = element.attributes
        place = Place(path, _line(content, said.get("id", "?")))
        if element.tag == "import":
            prefixes = [child.text.strip() for child in element.children if child.tag == "prefix"]
            resource, kind = said.get("resource", ""), said.get("type", "")
            prefixes = prefixes or [said.get("prefix", "")]
            exclude = [child.text.strip() for child in element.children if child.tag == "exclude"]
            exclude += _values(said.get("exclude"))
            yield Imported(resource, prefixes, place, kind, said.get("id", ""), said.get("parent", ""), exclude)
        elif element.tag == "route":
            texts = [child.text.strip() for child in element.children if child.tag == "path"]
            defaults = {
                child.attributes.get("key", ""): child.text.strip()
                for child in element.children
                if child.tag == "default"
            }
            handler = said.get("controller") or defaults.get("_controller", "")
            texts = texts or _values(said.get("path", said.get("pattern")))
            yield Declared(texts, split_methods(said.get("methods")), place, handler, list(defaults))
