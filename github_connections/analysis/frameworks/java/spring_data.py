"""Spring Data REST: what it serves for each repository that it exports."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis.frameworks import rows
from github_connections.analysis.frameworks.inflection import plural
from github_connections.analysis.frameworks.java.annotations import Annotation, Annotations
from github_connections.analysis.frameworks.java.jvm_settings import AllSettings, Settings
from github_connections.analysis.frameworks.java.spring_paths import context_of
from github_connections.analysis.linking.interpreter import Interpreter
from github_connections.analysis.linking.values import ClassValue, type_name
from github_connections.analysis.report import Place, Prefix, Route
from github_connections.analysis.syntax import nodes

NAMES = frozenset({"RepositoryRestResource", "RestResource"})
_LIBRARIES = ("org.springframework.data.",)
_STORES = ("Jpa", "Crud", "ListCrud", "PagingAndSorting", "ListPagingAndSorting", "Mongo", "Neo4j", "Cassandra")
BASES = frozenset(f"{store}Repository" for store in (*_STORES, "Elasticsearch", ""))
_STARTERS = ("org.springframework.boot:spring-boot-starter-data-rest", "org.springframework.data:spring-data-rest-webmvc")  # fmt: skip  # noqa: E501
# What is served, and the methods of a repository that serve it: it is not served where one of them is not exported.
_COLLECTION = (("GET", ("findAll",)), ("POST", ("save",)))
_ITEM = (
    ("GET", ("findById", "findOne")),
    ("PUT", ("save",)),
    ("PATCH", ("save",)),
    ("DELETE", ("delete", "deleteById")),
)
_OWN = frozenset(
    {"count", "delete", "deleteAll", "deleteAllById", "deleteById", "deleteInBatch", "existsById", "exists", "findAll"}
    | {"findAllById", "findById", "findOne", "flush", "getById", "getOne", "getReferenceById", "save", "saveAll"}
    | {"saveAndFlush", "insert"}
)


def routes(interpreter: Interpreter, settings: AllSettings) -> Iterator[Route]:
    """Yield the rows of every repository that is exported."""
    annotations = Annotations(interpreter, _LIBRARIES, NAMES)
    roots = {project.root for project in interpreter.program.projects if not project.dependencies.keys().isdisjoint(_STARTERS)}  # fmt: skip  # noqa: E501
    for cls in interpreter.program.classes_with("java", BASES):
        base = _repository(cls)
        if base is None:
            continue
        said = next(iter(annotations.on_class(cls)), None)
        by_default = cls.scope.file.project_root in roots and "NoRepositoryBean" not in _decorators(cls)
        if said.arguments.get("exported", True) is not False if said is not None else by_default:
            yield from _Repository(annotations, cls, base, said).rows(settings.of(cls.scope.file))


def _repository(cls: ClassValue) -> nodes.Item | None:
    """Return the library's repository that an interface extends, with its types; None where it extends none."""
    if cls.node.kind != "interface":
        return None
    bases = [base for base in cls.node.bases if isinstance(base, nodes.Item)]
    return next((base for base in bases if nodes.last_name(base.of) in BASES), None)


def _decorators(cls: ClassValue) -> set[str]:
    return {nodes.last_name(item.function) for item in cls.node.decorators if isinstance(item, nodes.Call)}


class _Repository:
    """One repository that is served."""

    def __init__(self, annotations: Annotations, cls: ClassValue, base: nodes.Item, said: Annotation | None) -> None:
        self._annotations = annotations
        self._cls = cls
        first = base.index.items[0] if isinstance(base.index, nodes.Sequence) and base.index.items else base.index
        self._entity = type_name(first).rpartition(".")[2]
        default = plural(self._entity[:1].lower() + self._entity[1:])
        self._path = (said.texts("path") if said is not None else None) or [default]
        self._place = said.place if said is not None else Place(cls.scope.file.path, cls.node.line)
        self._methods = [item for item in cls.node.body if isinstance(item, nodes.Function)]
        self._is_bare = nodes.last_name(base.of) == "Repository"

    def rows(self, settings: Settings) -> Iterator[Route]:
        """Yield the rows: the collection, one of it, and what is searched for."""
        before = list(context_of(settings, is_data_rest=True))
        for table, tail in ((_COLLECTION, ""), (_ITEM, "{id}")):
            for method, by in table:
                if self._is_served(by):
                    yield self._row(method, tail, before, by[0], self._place)
        for function in self._methods:
            said = self._said_of(function)
            if function.name not in _OWN and (said is None or said.arguments.get("exported", True) is not False):
                name = (said.texts("path") if said is not None else None) or [function.name]
                place = Place(self._cls.scope.file.path, function.line)
                yield self._row("GET", f"search/{name[0]}", before, function.name, place)

    def _is_served(self, by: tuple[str, ...]) -> bool:
        declared = [function for function in self._methods if function.name in by]
        if self._is_bare and not declared:
            return False
        said = [self._said_of(function) for function in declared]
        return all(one is None or one.arguments.get("exported", True) is not False for one in said)

    def _said_of(self, function: nodes.Function) -> Annotation | None:
        return next(iter(self._annotations.of(function.decorators, self._cls.scope)), None)

    def _row(self, method: str, tail: str, before: list[Prefix], handler: str, place: Place) -> Route:
        path = rows.path_below(before, self._path[0], tail)
        return Route(
            method=method,
            path=path,
            file=place.file,
            line=place.line,
            framework="spring",
            handler=f"{self._cls.node.name}.{handler}",
            raw_path=tail,
            prefixes=before,
            params=rows.path_parameters(path),
            request_model=self._entity if method in rows.BRINGING else "",
            response_model=self._entity if method != "DELETE" else "",
        )
