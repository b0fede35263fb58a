"""C#: what the lowering keeps, with what stands in the tree for it."""

import random

import pytest

from github_connections.analysis.syntax.languages import lowering_for
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Choice,
    Function,
    Import,
    Item,
    Member,
    Name,
    Operation,
    Return,
    Sequence,
    Template,
    Text,
)

SPEAKS = "\n// WebApplication\n"


def lowered(source: str):
    """Return the head and the statements of a file."""
    head, module = lowering_for("csharp").lower(source.encode())
    return head, module.body


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("using A.B;", Import("A.B", "*", "", 1)),
        ("global using A.B;", Import("A.B", "*", "", 1, exported=True)),
        ("using static A.B;", Import("A.B", "*", "", 1)),
        ("using C = A.B.D;", Import("A.B", "D", "C", 1)),
    ],
)
def test_usings(source, expected):
    """A namespace brings all its names, an alias brings one."""
    assert lowered(source)[1] == [expected]


@pytest.mark.parametrize(
    ("written", "value"),
    [
        ('"/a\\n"', Text("/a\n")),
        ('@"/a""b"', Text('/a"b')),
        ('"""/a"b"""', Text('/a"b')),
        ('$"{A}/{{id:int}}"', Template([Name("A"), Text("/{id:int}")])),
        ('A + "/b"', Template([Name("A"), Text("/b")])),
        ("nameof(A.B)", Text("B")),
        ('new[] { "GET" }', Sequence([Text("GET")])),
        ('new List<string> { "GET" }', Sequence([Text("GET")])),
        ('["GET"]', Sequence([Text("GET")])),
        ('a ?? "/b"', Choice([Name("a"), Text("/b")])),
        ("a is null ? b : c", Choice([Name("c"), Name("b")])),
        ("a ? b : c", Choice([Name("b"), Name("c")])),
    ],
)
def test_values(written, value):
    """Strings of all sorts, lists, and what may be one of several."""
    [statement] = lowered(f"var x = {written};")[1]
    assert statement == Assign(Name("x"), value, 1, Name("var"), modifiers=["var"])


def test_an_attribute_is_a_call_with_its_line():
    """With or without arguments and its ending; several in one pair of brackets."""
    source = '[ApiController, Route("a/[controller]")]\n[AuthorizeAttribute(Roles = "x")]\nclass A : B<C>, D { }'
    [cls] = lowered(source)[1]
    assert cls.decorators == [
        Call(Name("ApiController"), [], 1),
        Call(Name("Route"), [Argument(Text("a/[controller]"))], 1),
        Call(Name("Authorize"), [Argument(Text("x"), "Roles")], 2),
    ]
    assert cls.bases == [Item(Name("B"), Name("C")), Name("D")]


def test_an_extension_method_knows_its_receiver():
    """The parameter with `this` is no parameter of a call; type parameters are kept by their names."""
    source = (
        "namespace N;\n"
        'static class E { public static void Map<T>(this IApp app, string p = "x") { app.MapGet(p, H); } }'
    )
    head, [cls] = lowered(source)
    [method] = cls.body
    assert head.package == "N"
    assert (method.receiver, method.receiver_name) == (Name("IApp"), "app")
    assert [(item.name, item.default) for item in method.parameters] == [("p", Text("x"))]
    assert "<T>" in method.modifiers
    assert method.body == [Call(Member(Name("app"), "MapGet"), [Argument(Name("p")), Argument(Name("H"))], 2)]


def test_calls_chains_lambdas_and_type_arguments():
    """A call stands on the line of its name; its type arguments are an argument."""
    source = (
        'app.MapGroup("/a")\n  .MapThings<Thing>(name: "x");\n'
        'app.UseEndpoints(e => { e.MapGet("/b", (int? id) => id); });'
    )
    first, second = lowered(source + SPEAKS)[1]
    assert first.line == 2
    assert first.arguments == [Argument(Name("Thing"), "<>"), Argument(Text("x"), "name")]
    block = second.arguments[0].value
    assert block.parameters[0].name == "e"
    handler = block.body[0].arguments[1].value
    assert isinstance(handler, Function)
    assert handler.parameters[0].type == Operation("?", [Name("int")])
    assert handler.body == [Return(Name("id"))]


def test_properties_and_constructors():
    """What a getter gives back is a property's value; what is handed to the base comes first."""
    source = "class A { string P => B; string Q { get { return C; } } public A() : base(D) { } }"
    first, second, constructor = lowered(source + SPEAKS)[1][0].body
    assert (first.value, second.value) == (Name("B"), Name("C"))
    assert constructor.name == "constructor"
    assert constructor.body == [Call(Name("super"), [Argument(Name("D"))], 1)]


def test_of_other_bodies_it_is_said_whether_they_show_a_page():
    """A controller's methods are not read, but for that."""
    [cls] = lowered(
        "class AController { public X A() { var a = b.c(); return View(a); } public X B() { return Ok(); } }"
    )[1]
    assert [[call.function for call in method.body] for method in cls.body] == [[Name("View")], []]


def test_no_bytes_make_it_raise():
    """Broken and random input ends in a tree, however little it says."""
    lowering, chance = lowering_for("csharp"), random.Random(7)  # noqa: S311
    for _ in range(40):
        lowering.lower(chance.randbytes(300) + SPEAKS.encode())
    for deep in ("app" + ".B()" * 3_000, "class A {" * 1_000, "if (x) {" * 1_000):
        lowering.lower(f"{deep}{SPEAKS}".encode())
    assert lowering.lower(b"class A {")[1].broken
