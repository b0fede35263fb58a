"""What functions of Python's own libraries do: modules imported by name, also where only a part of it is known."""

from __future__ import annotations

from github_connections.analysis.linking import sequences
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.names_python import PythonNames, module_parts
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.values import (
    External,
    ListValue,
    MapValue,
    ModuleValue,
    Unknown,
    Value,
    is_known,
    items_in,
    text_of,
)

# What finds a name of a module too, and not modules alone.
_OF_ATTRIBUTES = frozenset({"import_string", "locate"})


def declare(registry: Registry) -> None:
    """Add the functions by which programs find modules of their own."""
    for name in (
        "importlib.import_module",
        "werkzeug.utils.import_string",
        "django.utils.module_loading.import_string",
    ):
        registry.calls[name] = _module
    registry.calls["werkzeug.utils.find_modules"] = _found_modules
    registry.calls["getattr"] = _attribute
    registry.calls["dict"] = _dictionary
    registry.calls["urllib.parse.urljoin"] = _joined_url
    registry.calls["itertools.chain"] = _one_after_another
    registry.calls["pydoc.locate"] = _module
    for name in ("Unicode", "CUnicode"):  # a setting with its default, of Jupyter's programs
        registry.calls[f"traitlets.{name}"] = lambda call: call.value(0, "default_value", "")


def _module(call: Invocation) -> Value:
    """`import_module("shop.users")`; all modules that fit where a part of the name is not known, as in a loop over what
    lies in a directory."""
    names, name = call.interpreter.names(call.scope.file), call.text(0)
    if not isinstance(names, PythonNames) or not call.positional:
        return Unknown(f"import_module({name})")
    package = call.text(1, "package")
    whole = f"{package}{name}" if name.startswith(".") and package and is_known(package) else name
    whole = names.absolute(call.scope.file, whole)
    if not is_known(whole):
        fitting = names.fitting(whole, call.scope.file)
        modules: list[Value] = [ModuleValue(file) for file in fitting if file is not call.scope.file]
        return ListValue(modules, call.place) if modules else Unknown(f"import_module({name})")
    return _named(call, names, whole)


def _named(call: Invocation, names: PythonNames, whole: str) -> Value:
    found = names.find(whole, call.scope.file)
    if found is not None:
        return ModuleValue(found)
    module, _, attribute = whole.rpartition(".")  # `import_string("shop.users.router")`
    found = names.find(module, call.scope.file) if call.name.rpartition(".")[2] in _OF_ATTRIBUTES and module else None
    if found is None:
        return Unknown(f"import_module({whole})")
    return call.interpreter.get(ModuleValue(found), attribute, call.scope)


def _dictionary(call: Invocation) -> Value:
    """`dict(path="/users", view=users)`, `dict(defaults, path="/users")`, `dict([("/users", users)])`."""
    given = call.value(0)
    found = dict(given.entries) if isinstance(given, MapValue) else {}
    for pair in items_in(given):
        if isinstance(pair, ListValue) and len(pair.items) == 2:
            found[text_of(pair.items[0])] = pair.items[1]
    is_known_so_far = given is None or isinstance(given, MapValue | ListValue)
    return MapValue(found | call.named, call.place) if is_known_so_far or call.named else Unknown("dict()")


def _joined_url(call: Invocation) -> Value:
    """`urljoin("/media/", "pens")` is beside what the first ends with; below it where that is not known."""
    base, url = call.text(0, "base"), call.text(1, "url")
    if url.startswith("/") or not base:
        return url
    return f"{base.rpartition('/')[0] if is_known(base) else base.rstrip('/')}/{url}"


def _one_after_another(call: Invocation) -> Value:
    """`chain(pages, api)` gives the items of each; what one has that is not known is left out."""
    lists = [items for value in call.positional if (items := sequences.items_of(value)) is not None]
    return ListValue([item for items in lists for item in items], call.place) if lists else Unknown("chain()")


def _found_modules(call: Invocation) -> Value:
    """Werkzeug's `find_modules("shop.views")` gives the names of the modules in a package."""
    names, package = call.interpreter.names(call.scope.file), call.text(0)
    if not isinstance(names, PythonNames) or not is_known(package):
        return Unknown("find_modules()")
    files = names.fitting(f"{package}.{{?module}}", call.scope.file)
    return ListValue([f"{package}.{module_parts(file.path)[-1]}" for file in files], call.place)


def _attribute(call: Invocation) -> Value:
    """`getattr(settings, "PREFIX", "/api")`: what is there, else the default, also of what a library's object has that
    nobody here knows."""
    found, default = call.interpreter.get(call.value(0), call.text(1), call.scope), call.value(2)
    is_open = isinstance(found, Unknown) or (isinstance(found, External) and isinstance(default, str))
    return call.value(2, default=found) if is_open else found
