"""Java: what the lowering keeps, with what stands in the tree for it."""

import random

import pytest

from github_connections.analysis.syntax.languages import lowering_for
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Class,
    Function,
    Import,
    Item,
    Member,
    Name,
    Return,
    Sequence,
    Template,
    Text,
)

SPEAKS = "\n// RouterFunction\n"


def lowered(source: str):
    """Return the head and the statements of a file."""
    head, module = lowering_for("java").lower(source.encode())
    return head, module.body


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("import org.acme.Paths;", Import("org.acme", "Paths", "Paths", 1)),
        ("import org.acme.*;", Import("org.acme", "*", "", 1)),
        ("import static org.acme.Paths.ROOT;", Import("org.acme.Paths", "ROOT", "ROOT", 1)),
    ],
)
def test_imports_name_what_stands_before_the_last_name(source, expected):
    """A class has its package as the module, a static member its class."""
    assert lowered(source)[1] == [expected]


def test_an_annotation_is_a_call_with_its_line_whether_or_not_it_has_arguments():
    """Route lines are those of annotations, so that none may lose its own."""
    _, body = lowered('@RestController\n@RequestMapping(value = {"/a", P.B + "/c"})\nclass A {\n}')
    first, second = body[0].decorators
    assert first == Call(Name("RestController"), [], 1)
    paths = Sequence([Text("/a"), Template([Member(Name("P"), "B"), Text("/c")])])
    assert second == Call(Name("RequestMapping"), [Argument(paths, "value")], 2)


def test_a_class_has_its_bases_constants_and_methods_with_their_types():
    """Generic bases keep their arguments, constants their values, parameters their annotations."""
    source = (
        'class A extends B<C> implements D {\n static final String P = "/x" + "\\n";\n'
        ' @Get List<E> all(@Q("q") F f) { return null; }\n}'
    )
    _, [cls] = lowered(source)
    constant, method = cls.body
    assert cls.bases == [Item(Name("B"), Name("C")), Name("D")]
    assert constant.value == Text("/x\n")
    assert method.returns == Item(Name("List"), Name("E"))
    assert method.parameters[0].decorators == [Call(Name("Q"), [Argument(Text("q"))], 3)]
    assert method.body == []


def test_bodies_are_read_where_a_file_speaks_of_routers():
    """Elsewhere they say nothing of routes and would cost time."""
    source = 'class A { Object r() { return route(GET("/x"), this::all).andRoute(POST("/y"), r -> ok()); } }'
    assert lowered(source)[1][0].body[0].body == []
    returned = lowered(source + SPEAKS)[1][0].body[0].body[0]
    assert isinstance(returned, Return)
    assert returned.value.function.name == "andRoute"
    assert returned.value.function.of.arguments[1] == Argument(Member(Name("this"), "all"))
    assert isinstance(returned.value.arguments[1].value, Function)


def test_the_constants_of_an_enum_are_made_by_its_constructor():
    """An enum of paths is a set of objects with a field."""
    _, [cls] = lowered('enum P { USERS("/users"); final String path; P(String path) { this.path = path; } }' + SPEAKS)
    users, _, constructor = cls.body
    assert users == Assign(
        Name("USERS"), Call(Name("P"), [Argument(Text("/users"))], 1, new=True), 1, modifiers=["enum"]
    )
    assert constructor.name == "constructor"


def test_records_and_annotations_are_classes_of_their_kind():
    """A record's head declares its fields, an annotation's elements return their defaults."""
    _, body = lowered('record R(@NotNull String a) {}\n@Meta @interface M { String[] value() default {"x"}; }')
    assert [(cls.kind, cls.name) for cls in body if isinstance(cls, Class)] == [("record", "R"), ("annotation", "M")]
    assert body[0].parameters[0].type == Name("String")
    assert body[1].body[0].body == [Return(Sequence([Text("x")]))]


def test_no_bytes_make_it_raise():
    """Broken and random input ends in a tree, however little it says."""
    lowering, chance = lowering_for("java"), random.Random(7)  # noqa: S311
    for _ in range(60):
        lowering.lower(chance.randbytes(400) + SPEAKS.encode())
    for deep in ("(" * 5_000, "a" + ".b()" * 5_000, "class A {" * 2_000, "if (x) {" * 3_000):
        lowering.lower(f"class A {{ void r() {{ {deep}{SPEAKS}".encode())
    assert lowering.lower(b"class A {")[1].broken
