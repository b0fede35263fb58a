"""JavaScript, TypeScript, JSX, Vue and Svelte files become the nodes that everything after them reads."""

import random

import pytest

from github_connections.analysis.syntax.languages import lowering_for
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Choice,
    Class,
    Constant,
    Element,
    Entry,
    Export,
    Function,
    Import,
    Item,
    Loop,
    Mapping,
    Member,
    Name,
    Opaque,
    Operation,
    Parameter,
    Return,
    Sequence,
    Spread,
    Template,
    Text,
)

X, Y, Z = Name("x"), Name("y"), Name("z")
CONST = ["const"]
THIS = Name("this")


def lowered(source, language="typescript"):
    """Return the statements of a source."""
    return lowering_for(language).lower(source.encode())[1].body


def call(function, *arguments, line=1, new=False):
    """Make a call of positional arguments."""
    return Call(function, [Argument(argument) for argument in arguments], line, new)


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import x, { y as z } from './a'", [Import("./a", "default", "x", 1), Import("./a", "y", "z", 1)]),
        ("import * as x from './a'", [Import("./a", "", "x", 1)]),
        ("import './a'", [Import("./a", "", "", 1)]),
        ("import x = require('a')", [Assign(X, call(Name("require"), Text("a")), 1)]),
        ("export * from './a'", [Import("./a", "*", "", 1, exported=True)]),
        ("export * as x from './a'", [Import("./a", "", "x", 1, exported=True)]),
        ("export { default as x } from './a'", [Import("./a", "default", "x", 1, exported=True)]),
        ("export { x, y as default }", [Export("x", X), Export("default", Y)]),
        ("export const x = 1", [Assign(X, Constant(1), 1, modifiers=CONST), Export("x", X)]),
        ("export default x", [Export("default", X)]),
        ("export default class {}", [Export("default", Class("", [], [], 1))]),
        ("export default function x() {}", [Function("x", [], [], 1), Export("default", X)]),
        ("export = x", [Assign(Member(Name("module"), "exports"), X, 1)]),
        ("module.exports = { x }", [Assign(Member(Name("module"), "exports"), Mapping([Entry(Text("x"), X)], 1), 1)]),
        ("const x = import('./a')", [Assign(X, call(Name("import"), Text("./a")), 1, modifiers=CONST)]),
    ],
)
def test_modules_say_what_they_import_and_export(source, expected):
    """Every way of import and export of both module systems."""
    assert lowered(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("f('a' + '/b' + x)", Template([Text("a/b"), X])),
        ("f(`/a/${x}\\n`)", Template([Text("/a/"), X, Text("\n")])),
        ("f('\\x41\\u{42}\\'')", Text("AB'")),
        ("f(x || y || z)", Choice([X, Y, Z])),
        ("f(x && y)", Choice([Y, X])),
        ("f(z ? x : y)", Choice([X, Y])),
        ("f(z == null ? x : y)", Choice([Y, X])),
        ("f(!z ? x : y)", Choice([Y, X])),
        ("f((x as any)!)", X),
        ("f(await x satisfies Y)", X),
        ("f((0, x))", X),
        ("f(x?.y?.[z])", Item(Member(X, "y"), Z)),
        ("f(/^\\/a$/i)", Opaque("/^\\/a$/i")),
        ("f(-1.5)", Constant(-1.5)),
        ("f(undefined)", Constant(None)),
        ("f(new x(1))", call(X, Constant(1), new=True)),
        ("f([x, ...y])", Sequence([X, Spread(Y)])),
        ("f(x => y)", Function("", [Parameter("x")], [Return(Y)], 1)),
        ("f(async () => { return y })", Function("", [], [Return(Y)], 1, modifiers=["async"])),
        ("f(x`a`)", call(X, Text("a"))),
        ("f(import.meta.env)", Member(Member(Name("import"), "meta"), "env")),
        ("f(import.meta.url)", Name("import.meta.url")),
    ],
)
def test_expressions_keep_their_value(source, expected):
    """Strings with their escapes, templates, choices, and what only a type checker sees taken off."""
    assert lowered(source) == [call(Name("f"), expected)]


def test_objects_keep_methods_computed_keys_and_spreads_in_order():
    """Every kind of entry of an object literal."""
    [statement] = lowered("f({ x, 'a-b': 1, [y]: 2, m() {}, ...z })")
    entries = statement.arguments[0].value.entries
    assert [entry.key for entry in entries] == [Text("x"), Text("a-b"), Y, Text("m"), Spread(Z)]
    assert entries[3].value == Function("m", [], [], 1)


def test_what_is_taken_apart_is_a_target():
    """Destructuring of objects and arrays, with names changed, left out, with a default, and the rest."""
    taken = Mapping([Entry(Text("x"), Choice([X, Constant(1)])), Entry(Text("a"), Y), Entry(Spread(Z), Z)], 1)
    assert lowered("const { x = 1, a: y, ...z } = b") == [Assign(taken, Name("b"), 1, modifiers=CONST)]
    assert lowered("const [x, , y] = b") == [Assign(Sequence([X, Opaque(""), Y]), Name("b"), 1, modifiers=CONST)]
    [function] = lowered("function f({ x }: P = {}) {}")
    parameter = Parameter("", Name("P"), Mapping([], 1), pattern=Mapping([Entry(Text("x"), X)], 1))
    assert function.parameters == [parameter]


def test_one_value_assigned_to_several_is_worked_out_once():
    """`var app = module.exports = express()` makes one application."""
    exports = Member(Name("module"), "exports")
    assert lowered("var x = module.exports = y()") == [Assign(X, call(Y), 1, modifiers=["var"]), Assign(exports, X, 1)]


def test_control_flow_is_flattened_and_loops_are_kept():
    """Branches stand in the enclosing body; each kind of loop says what it runs over."""
    flat = lowered("if (a) { x() } else if (b) y()\ntry { z() } catch { x() }\nswitch (a) { case 1: y() }\nb && z()")
    assert [statement.function for statement in flat] == [X, Y, Z, X, Y, Z]
    assert lowered("for (const x of y) x()") == [Loop(X, Y, [call(X)])]
    assert lowered("for (const x in y) x()") == [Loop(X, call(Member(Name("Object"), "keys"), Y), [call(X)])]
    assert lowered("for (let x = 0; x < y.length; x++) z()") == [Loop(X, call(Member(Y, "keys")), [call(Z)])]


def test_links_of_a_chain_have_their_own_lines():
    """Each call of a chain is on the line of its name."""
    [chain] = lowered("x\n  .route('/a')\n  .get(y)\n  .post(z)")
    assert chain.line == 4
    assert chain.function.of.line == 3


def test_type_arguments_of_a_call_are_an_argument_of_their_own():
    """`app.get<Params>(path)` keeps its positions."""
    [statement] = lowered("x.get<A>('/a')")
    assert statement.arguments == [Argument(Text("/a")), Argument(Sequence([Name("A")]), "<>")]


def test_classes_keep_decorators_fields_and_parameter_properties():
    """Decorators of classes, methods, fields and parameters; `constructor(private x: X)` sets the field."""
    source = """
@C('a') @D
export class A extends B<T> implements I {
  @P() x?: string = 'b';
  constructor(private readonly y: Y) { super() }
  @Get(':id')
  async find(@Param('id') id: string): Promise<Z[]> {}
}
"""
    made, exported = lowered(source)
    assert exported == Export("A", Name("A"))
    assert made.bases == [Item(Name("B"), Name("T")), Name("I")]
    assert made.decorators == [call(Name("C"), Text("a"), line=2), Name("D")]
    field, constructor, method = made.body
    assert field == Assign(X, Text("b"), 4, Name("string"), "=", [call(Name("P"), line=4)], ["?"])
    assert constructor.body[0] == Assign(Member(THIS, "y"), Y, 5, Name("Y"), modifiers=["private", "readonly"])
    assert method.line == 7
    assert method.decorators == [call(Name("Get"), Text(":id"), line=6)]
    assert method.parameters == [Parameter("id", Name("string"), None, [call(Name("Param"), Text("id"), line=7)])]
    assert method.returns == Item(Name("Promise"), Item(Name("Array"), Name("Z")))


def test_shapes_and_enums_are_classes():
    """Interfaces, object types and enums have fields; a value of the same name hides the type."""
    fields = [Assign(X, None, 1, Name("string")), Assign(Y, None, 1, Operation("|", [X, Z]), modifiers=["?"])]
    assert lowered("interface A extends B { x: string; y?: x | z }")[0] == Class(
        "A", [Name("B")], fields, 1, "interface"
    )
    assert lowered("type A = B & { x: string; y?: x | z }")[0] == Class("A", [Name("B")], fields, 1, "interface")
    members = [
        Assign(X, Text("a"), 1, modifiers=["static"]),
        Assign(Y, Constant(1), 1, modifiers=["static"]),
    ]
    assert lowered("enum A { x = 'a', y }") == [Class("A", [], members, 1, "enum")]
    assert lowered("const x = 1; interface x {}") == [Assign(X, Constant(1), 1, modifiers=CONST)]


def test_jsx_is_elements():
    """Member tags, spread attributes, expression children, conditions; text is left out."""
    source = "f(<A.B x='&amp;' {...y} z>text {x && <i/>} {y}</A.B>)"
    inner = Element(Name("i"), [], [], 1)
    attributes = [Argument(Text("&"), "x"), Argument(Spread(Y)), Argument(Constant(True), "z")]
    element = Element(Member(Name("A"), "B"), attributes, [Choice([inner, X]), Y], 1)
    assert lowered(source, "tsx") == [call(Name("f"), element)]
    assert lowered(source, "javascript") == [call(Name("f"), element)]


def test_head_names_what_is_required():
    """A file is found by what it requires, too."""
    head, _ = lowering_for("javascript").lower(b"const app = require('express')(); @Get() class A extends B {}")
    assert head.imports == ["express"]
    assert {"require", "Get", "B"} <= set(head.words)
    assert head.names == ["app", "A"]


@pytest.mark.parametrize("language", ["vue", "svelte"])
def test_scripts_of_markup_keep_their_lines(language):
    """Both scripts of a file are one module, in the language they say, and the rest is not read."""
    source = """<!-- <script>no()</script> -->
<template><p :title="'>'">{{ x }}</p></template>
<script lang="ts">
import x from './x'
</script>
<script setup lang="ts">
const y = x as any
</script>
<style>.a > b {}</style>
"""
    _, module = lowering_for(language).lower(source.encode())
    assert module.body == [Import("./x", "default", "x", 4), Assign(Y, X, 7, modifiers=CONST)]
    assert module.language == language
    assert not module.broken


@pytest.mark.parametrize("language", ["javascript", "typescript", "tsx", "vue"])
def test_nothing_in_a_file_raises(language):
    """Cut and mixed up bytes."""
    chance = random.Random(7)  # noqa: S311
    lowering = lowering_for(language)
    source = b"""<script>@A() class B { @C() x(@D() { a = 1, ...b }) { return <a.b {...c}>{d}</a.b> } }
export { a as b } from 'c'; import a, * as b from 'c'; for (const a of b) { `${a}` } type A = { b: C<D> | E[] };"""
    for _ in range(400):
        piece = bytearray(source[chance.randrange(len(source)) :])
        for _ in range(chance.randrange(8)):
            piece[chance.randrange(len(piece))] = chance.choice(b"(){}[]<>`'\"=>,;:@.\\\xff/*a\n")
        lowering.lower(bytes(piece))


@pytest.mark.parametrize(
    ("opening", "closing"),
    [
        ("(", ")"),
        ("[", "]"),
        ("{a:", "}"),
        ("!", ""),
        ("a?b:", ""),
        ("f(", ")"),
        ("<a>", "</a>"),
        ("`${", "}`"),
        ("()=>", ""),
        ("()=>{a.b(", ")}"),
        ("class{a=", "}"),
        ("class{a(){return ", "}}"),
        ("function(){if(a){return ", "}}"),
        ("a&&", ""),
        ("async({a})=>({b(){return a,", "}})"),
        ("<a b={c=>", "}/>"),
    ],
)
def test_nesting_without_end_is_cut(opening, closing):
    """What is nested a thousand deep is left out, and said so."""
    source = f"f({opening * 1000}1{closing * 1000}); after()"
    _, module = lowering_for("javascript").lower(source.encode())
    assert module.cut or opening == "a&&"
    assert module.body[-1] == call(Name("after"))


def test_chains_without_end_are_cut():
    """A chain of thousands of calls is left out, and said so."""
    _, module = lowering_for("javascript").lower(b"x" + b".get(y)" * 5000)
    assert module.cut
