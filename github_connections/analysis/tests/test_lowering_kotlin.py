"""Kotlin: what the lowering keeps, with what stands in the tree for it."""

import pytest

from github_connections.analysis.syntax.languages import lowering_for
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Choice,
    Class,
    Constant,
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

KTOR = "import io.ktor.server.routing.*\n"


def lowered(source: str):
    """Return the statements of a file."""
    return lowering_for("kotlin").lower(source.encode())[1].body


def body_of(source: str):
    """Return the statements of a block, read because the file speaks of Ktor."""
    [_, function] = lowered(f"{KTOR}fun Route.r() {{\n{source}\n}}\n")
    return function.body


JOINED = Template([Name("B"), Text("/x/"), Member(Name("c"), "d"), Text("$e")])


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import a.b.C", Import("a.b", "C", "C", 1)),
        ("import a.b.C as D", Import("a.b", "C", "D", 1)),
        ("import a.b.*", Import("a.b", "*", "", 1)),
        ('const val A = "/x"', Assign(Name("A"), Text("/x"), 1, modifiers=["const", "val"])),
        ('val a = "$B/x/${c.d}\\$e"', Assign(Name("a"), JOINED, 1, modifiers=["val"])),
        ('val a = b ?: "/x"', Assign(Name("a"), Choice([Name("b"), Text("/x")]), 1, modifiers=["val"])),
        ('val a by lazy { "/x" }', Assign(Name("a"), Text("/x"), 1, modifiers=["val", "by"])),
        ('val a get() = "/x"', Assign(Name("a"), Text("/x"), 1, modifiers=["val"])),
        ('val a = "x" to 1', Assign(Name("a"), Sequence([Text("x"), Constant(1)]), 1, modifiers=["val"])),
    ],
)  # fmt: skip
def test_declarations_at_the_top(source, expected):
    """Imports, constants and the ways to give a property its value."""
    assert lowered(source) == [expected]


def test_a_block_is_the_last_argument_of_its_call():
    """`route("/x") { … }` is one call, on the line of its name; its last expression is what the block gives back."""
    [call] = body_of('route("/users", HttpMethod.Get) {\n    handle { }\n}')
    assert call.function == Name("route")
    assert call.line == 3
    assert call.arguments[:2] == [Argument(Text("/users")), Argument(Member(Name("HttpMethod"), "Get"))]
    assert isinstance(call.arguments[2].value.body[0], Return)


@pytest.mark.parametrize(
    "source",
    ["get<Users.Id> { user -> }", 'get<Users.Id>("/x") { user -> }', "get<Users> { }", "get<Users> {\n  a()\n}"],
)
def test_type_arguments_of_a_call_are_an_argument_of_it(source):
    """The grammar takes some of them for comparisons."""
    [call] = body_of(source)
    assert call.function == Name("get")
    assert call.arguments[0].name == "<>"
    assert isinstance(call.arguments[-1].value, Function)


def test_a_call_of_get_below_a_property_is_no_getter_of_it():
    """`val x = …` on one line and `get("/x") { … }` on the next: two statements."""
    made, call, other = body_of('val repository = Repository()\nget("/x") { }\nget { }')
    assert isinstance(made, Assign)
    assert (call.function, call.arguments[0]) == (Name("get"), Argument(Text("/x")))
    assert other.function == Name("get")


@pytest.mark.parametrize(
    "above",
    [
        'val path = "/users"',
        "val id = Users.insert { it[name] = given } get Users.id",
        "when (role) {\n    is Admin if role.isActive -> log(role)\n    else -> log(2)\n}",
    ],
)
def test_a_call_is_kept_below_what_the_grammar_does_not_know(above):
    """One word that the grammar takes for another must not cost the rest of the file."""
    body = body_of(f"{above}\nget(path) {{ users.all() }}")

    assert body[-1].function == Name("get")
    assert body[-1].arguments[0] == Argument(Name("path"))


def test_a_route_of_a_type_has_it_as_an_argument():
    """Whatever else the call is given."""
    [first, second] = body_of('post<Login, Answer>(info("x")) { answer() }\nget<Users.One> { answer() }')

    assert first.arguments[0] == Argument(Name("Login"), "<>")
    assert first.arguments[1].value.function == Name("info")
    assert second.arguments[0] == Argument(Member(Name("Users"), "One"), "<>")


def test_a_class_has_what_its_companion_has():
    """`Paths.USERS` is written without the companion's name."""
    source = (
        'class A(private val b: C = D()) : E<F>(), G {\n    companion object {\n        const val P = "/x"\n    }\n}'
    )
    [cls] = lowered(source)
    assert cls.bases == [Item(Name("E"), Name("F")), Name("G")]
    assert cls.parameters[0].default == Call(Name("D"), [], 1)
    assert cls.body == [Assign(Name("P"), Text("/x"), 3, modifiers=["const", "val"])]


def test_a_class_on_one_line_is_one():
    """Also below annotations with a text."""
    [cls] = lowered('@Rest @At("/x") class A { @Get fun b() = 1 }')

    assert [item.function for item in cls.decorators] == [Name("Rest"), Name("At")]
    assert [item.name for item in cls.body] == ["b"]


def test_annotations_functions_and_their_types():
    """Named and several arguments, nullable types, defaults beside parameters, receivers."""
    source = '@Get("/a", "/b", produces = ["c"])\nsuspend fun R.f(@Q a: String? = null, vararg b: Int): List<T> = g(a)'
    [function] = lowered(source)
    assert function.decorators == [
        Call(Name("Get"), [Argument(Text("/a")), Argument(Text("/b")), Argument(Sequence([Text("c")]), "produces")], 1)
    ]
    first, second = function.parameters
    assert (first.type, first.default) == (Operation("?", [Name("String")]), Constant(None))
    assert second.kind == "*"
    assert (function.receiver, function.returns) == (Name("R"), Item(Name("List"), Name("T")))
    assert function.body == [Return(Call(Name("g"), [Argument(Name("a"))], 2))]


def test_objects_and_enums_are_classes_of_their_kind():
    """Their members are found like those of any class."""
    body = lowered('object A\nenum class B(val c: String) { D("x") }\ninterface E')
    assert [(cls.kind, cls.name) for cls in body if isinstance(cls, Class)] == [
        ("object", "A"),
        ("enum", "B"),
        ("interface", "E"),
    ]
    assert body[1].body[0].value == Call(Name("B"), [Argument(Text("x"))], 2, new=True)


def test_what_a_function_finds_in_its_context_is_passed_by():
    """And a data object is an object, with its annotations."""
    source = (
        'context(Raise<Trouble>, clock: Clock)\nfun first() = 1\n\n@Resource("/x") data object Root\n\nclass Last\n'
    )
    function, root, last = lowered(source)

    assert (function.name, function.line) == ("first", 2)
    assert (root.name, root.kind, root.line) == ("Root", "object", 4)
    assert root.decorators == [Call(Name("Resource"), [Argument(Text("/x"))], 4)]
    assert last.name == "Last"


def test_broken_input_does_not_make_it_raise():
    """It ends in a tree, however little that says."""
    lowering = lowering_for("kotlin")
    for source in ("fun x( {", "class A : B( { val", "@", '"$', "a<b<c>", "get<", "x ?: ", "val (a, b"):
        assert lowering.lower(f"{KTOR}{source}".encode())[1].language == "kotlin"
    assert lowering.lower(f"{KTOR}fun f() {{ {'a { ' * 400}".encode())[1].language == "kotlin"
