"""What a JavaScript file gives to others and takes from them; its strings, which name the files."""

from __future__ import annotations

import html
from collections.abc import Iterable
from itertools import chain

from tree_sitter import Node as Leaf

from github_connections.analysis.syntax.javascript_classes import ClassLowering
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Class,
    Export,
    Expression,
    Function,
    Head,
    Import,
    Mapping,
    Member,
    Module,
    Name,
    Sequence,
    Spread,
    Statement,
    Text,
)

_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "v": "\v", "0": "\0", "\n": "", "\r\n": ""}


class ModuleLowering(ClassLowering):
    """Imports and exports, of ECMAScript modules and of TypeScript's `import x = require("x")`."""

    def __init__(self) -> None:
        super().__init__()
        self.expressions["string"] = lambda leaf: Text(self.plain(leaf))
        self.statements.update(
            {
                "export_statement": self._export,
                "import_alias": self._import_alias,
                "import_statement": self._import,
            }
        )

    # --- the file -------------------------------------------------------------------------------------------------

    def _begin(self, source: bytes) -> None:
        super()._begin(source)
        self.required: set[str] = set()

    def _head(self, module: Module) -> Head:
        head = super()._head(module)
        imports = sorted(self.required.union(head.imports))
        return Head(head.package, head.names, imports, head.words)

    def body(self, leaf: Leaf | None) -> list[Statement]:
        """Lower a body; a type by the same name as a value is left out: here, the two do not share names."""
        lowered = super().body(leaf)
        if not any(isinstance(statement, Class) and statement.kind == "interface" for statement in lowered):
            return lowered
        values = set(chain.from_iterable(_names_of(statement) for statement in lowered if not _is_type(statement)))
        return [s for s in lowered if not (_is_type(s) and isinstance(s, Class) and s.name in values)]

    # --- modules --------------------------------------------------------------------------------------------------

    def _import(self, leaf: Leaf) -> Iterable[Statement]:
        children = leaf.named_children
        clause = next((child for child in children if child.type == "import_clause"), None)
        required = next((child for child in children if child.type == "import_require_clause"), None)
        line = self.line(leaf)
        if required is not None:
            return (self._import_require(required, line),)
        module = self.plain(leaf.child_by_field_name("source"))
        if clause is None:
            return (Import(module, "", "", line),)
        parts = clause.named_children
        return [Import(module, name, local, line) for part in parts for name, local in self._bound(part)]

    def _bound(self, part: Leaf) -> Iterable[tuple[str, str]]:
        """Yield the name there and the name here of one part of an import or of a re-export."""
        if part.type == "identifier":
            yield "default", self.text(part)
        elif part.type in {"namespace_import", "namespace_export"}:
            yield "", self.plain(part.named_children[-1])
        else:
            yield from (self._pair(child) for child in part.named_children if child.type.endswith("_specifier"))

    def _pair(self, specifier: Leaf) -> tuple[str, str]:
        name = self.plain(specifier.child_by_field_name("name"))
        alias = specifier.child_by_field_name("alias")
        return name, name if alias is None else self.plain(alias)

    def _import_require(self, clause: Leaf, line: int) -> Assign:
        module = self.plain(clause.child_by_field_name("source"))
        self.required.add(module)
        call = self.called(Name("require"), [Argument(Text(module))], line)
        return Assign(Name(self.text(clause.named_children[0])), call, line)

    def _import_alias(self, leaf: Leaf) -> Iterable[Statement]:
        name, value = leaf.named_children[0], leaf.named_children[-1]
        return (Assign(Name(self.text(name)), self.expression(value), self.line(leaf)),)

    def _export(self, leaf: Leaf) -> Iterable[Statement]:
        source = leaf.child_by_field_name("source")
        if source is not None:
            return self._re_export(leaf, self.plain(source))
        declaration = leaf.child_by_field_name("declaration")
        default = any(child.type == "default" for child in leaf.children)
        if declaration is not None:
            return self._export_declaration(leaf, declaration, default=default)
        value = leaf.child_by_field_name("value")
        if value is not None:
            return (Export("default", self.expression(value)),)
        return self._export_names(leaf)

    def _re_export(self, leaf: Leaf, module: str) -> Iterable[Statement]:
        line = self.line(leaf)
        parts = [child for child in leaf.named_children if child.type in {"export_clause", "namespace_export"}]
        if not parts:
            return (Import(module, "*", "", line, exported=True),)
        return [Import(module, name, local, line, exported=True) for part in parts for name, local in self._bound(part)]

    def _export_declaration(self, leaf: Leaf, declaration: Leaf, *, default: bool) -> Iterable[Statement]:
        decorators = self.decorators(leaf)
        lowered = [self.class_(declaration, decorators)] if decorators else list(self.statement(declaration))
        names = [name for statement in lowered for name in _names_of(statement)]
        if not default:
            return [*lowered, *(Export(name, Name(name)) for name in names)]
        if names:
            return [*lowered, Export("default", Name(names[0]))]
        return [Export("default", value) for value in lowered if isinstance(value, Class | Function)]

    def _export_names(self, leaf: Leaf) -> Iterable[Statement]:
        exported: list[Statement] = []
        for child in leaf.named_children:
            if child.type == "export_clause":
                exported.extend(Export(local, Name(name)) for name, local in self._bound(child))
            elif any(token.type == "=" for token in leaf.children):
                target = Member(Name("module"), "exports")
                exported.append(Assign(target, self.expression(child), self.line(leaf)))
        return exported

    # --- strings ---------------------------------------------------------------------------------------------------

    def plain(self, leaf: Leaf | None) -> str:
        """Return the value of a string, or the text of an identifier."""
        if leaf is None or leaf.type != "string":
            return self.text(leaf)
        return "".join(self.piece(child) for child in leaf.named_children)

    def piece(self, leaf: Leaf) -> str:
        """Return what one part of a string stands for."""
        text = self.text(leaf)
        if leaf.type == "escape_sequence":
            return _unescaped(text[1:])
        return html.unescape(text) if leaf.type == "html_character_reference" else text


def _unescaped(escape: str) -> str:
    """Return what `\\` and this stand for."""
    if escape in _ESCAPES:
        return _ESCAPES[escape]
    if escape[:1] in "ux" and len(escape) > 1:
        return _character(escape[1:].strip("{}"))
    return escape


def _character(digits: str) -> str:
    try:
        return chr(int(digits, 16)).encode("utf-8", "replace").decode()
    except (ValueError, OverflowError):
        return ""


def _is_type(statement: Statement) -> bool:
    return isinstance(statement, Class) and statement.kind == "interface"


def _names_of(statement: Statement) -> Iterable[str]:
    """Return the names that a declaration declares."""
    if isinstance(statement, Function | Class):
        return [statement.name] if statement.name else []
    return names_in(statement.target) if isinstance(statement, Assign) else []


def names_in(target: Expression) -> list[str]:
    """Return the names that an assignment to this target binds."""
    if isinstance(target, Name):
        return [target.id]
    if isinstance(target, Sequence):
        return [name for item in target.items for name in names_in(item)]
    if isinstance(target, Mapping):
        return [name for entry in target.entries for name in names_in(entry.value)]
    return names_in(target.value) if isinstance(target, Spread) else []
