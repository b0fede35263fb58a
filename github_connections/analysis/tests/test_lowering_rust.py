"""Rust: what the lowering keeps, with what stands in the tree for it."""

import pytest

from github_connections.analysis.syntax.languages import lowering_for
from github_connections.analysis.syntax.nodes import (
    Argument,
    Assign,
    Call,
    Choice,
    Class,
    Constant,
    Entry,
    Function,
    Import,
    Item,
    Loop,
    Mapping,
    Member,
    Name,
    Node,
    Opaque,
    Parameter,
    Return,
    Sequence,
    Template,
    Text,
)


def lowered(source: str):
    """Return the statements of a file."""
    return lowering_for("rust").lower(source.encode())[1].body


def body_of(source: str):
    """Return the statements of a function's body."""
    [function] = lowered(f"fn f() {{\n{source}\n}}\n")
    return function.body


def value_of(source: str):
    """Return the expression that a variable is bound to."""
    return body_of(f"let a = {source};")[0].value


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("mod users;", [Import("self::users", "", "users", 1)]),
        ("use a::b::C;", [Import("a::b", "C", "C", 1)]),
        ("pub use a::b as c;", [Import("a", "b", "c", 1, exported=True)]),
        ("use a::b::*;", [Import("a::b", "*", "", 1)]),
        ("use super::{b, c::{self, D as E}};", [
            Import("super", "b", "b", 1), Import("super::c", "", "c", 1), Import("super::c", "D", "E", 1),
        ]),
        ("extern crate a as b;", [Import("a", "", "b", 1)]),
        ('pub const A: &str = "/x";', [Assign(Name("A"), Text("/x"), 1, modifiers=["const"])]),
        ('static A: &str = concat!("/x", B);', [
            Assign(Name("A"), Template([Text("/x"), Name("B")]), 1, modifiers=["const"]),
        ]),
        ("enum A { B }", [Class("A", [], [], 1, "enum")]),
        ("mod a { const B: u8 = 1; }", [
            Class("a", [], [Assign(Name("B"), Constant(1), 1, modifiers=["const"])], 1, "module"),
        ]),
    ],
)  # fmt: skip
def test_declarations_at_the_top(source, expected):
    """Modules, imports flattened out of their trees, constants and types."""
    assert lowered(source) == expected


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r'"a\"b\\c"', Text('a"b\\c')),
        ('"a\\\n    b"', Text("ab")),
        ('r#"a"b\\d"#', Text('a"b\\d')),
        ('String::from("/x").to_string()', Call(Member(Name("String::"), "from"), [Argument(Text("/x"))], 2)),
        ('format!("{}/{b}/{{c}}/{0}", d)', Template([Name("d"), Text("/"), Name("b"), Text("/{c}/"), Name("d")])),
        ('B.to_owned() + "/x"', Template([Name("B"), Text("/x")])),
        ("if b { c } else if d { e } else { f }", Choice([Name("c"), Choice([Name("e"), Name("f")])])),
        ("match b { C => d, _ => e }", Choice([Name("d"), Name("e")])),
        ("b.await?.c", Member(Name("b"), "c")),
        ("crate::b::C", Member(Member(Name("crate"), "b"), "C")),
        ("self::b", Member(Name("self::"), "b")),
        ("b::<C>(&d)", Call(Name("b"), [Argument(Name("d"))], 2)),
        ("B::<C>::new()", Call(Member(Name("B"), "new"), [], 2)),
        ('vec![b, "c"]', Sequence([Name("b"), Text("c")])),
        ("routes![a::b]", Call(Name("routes!"), [Argument(Member(Name("a::"), "b"))], 2)),
        ("json!({})", Opaque("json!")),
        ("B { c: d, e }", Call(Name("B"), [Argument(Name("d"), "c"), Argument(Name("e"), "e")], 2, new=True)),
        ("|b| c", Function("", [Parameter("b")], [Return(Name("c"))], 2)),
        ("async move { b }", Name("b")),
        ("unsafe { b }", Name("b")),
        ("(b, 1)", Sequence([Name("b"), Constant(1)])),
    ],
)  # fmt: skip
def test_values(source, expected):
    """Text however it is written, what passes a value on, branches, paths, macros and closures."""
    assert value_of(source) == expected


def test_a_chain_stands_on_the_lines_of_its_names():
    """`.route(…)` is found where it is written and not where the chain begins."""
    [returned] = body_of('Router::new()\n    .route(\n        "/x",\n        get(h),\n    )')
    assert returned == Return(
        Call(
            Member(Call(Member(Name("Router::"), "new"), [], 2), "route"),
            [Argument(Text("/x")), Argument(Call(Name("get"), [Argument(Name("h"))], 5))],
            3,
        )
    )


def test_a_chain_may_be_as_long_as_a_table_of_routes():
    """Each call of it is there, in its order and on its line, and the tree stays shallow."""
    lines = "".join(f"    .route({number})\n" for number in range(500))
    lowering = lowering_for("rust")
    module = lowering.lower(f"fn f() {{\n  a()\n{lines}}}".encode())[1]
    calls: list[Call] = []
    waiting = [module.body]
    while waiting:
        item = waiting.pop()
        if isinstance(item, list):
            waiting.extend(item)
        elif isinstance(item, Node):
            calls += [item] if isinstance(item, Call) and getattr(item.function, "name", "") == "route" else []
            waiting.extend(getattr(item, name) for name in item.__struct_fields__)
    found = sorted((call.line, call.arguments[0].value) for call in calls)
    assert found == [(number + 3, Constant(number)) for number in range(500)]
    assert not module.cut


def test_branches_are_flattened_and_loops_kept():
    """Set-up in an `if`, in `if let` and in a loop is set-up all the same."""
    source = 'if b { c(); } else { d(); }\nif let Some(e) = f() { g(e); }\nfor h in ["x"] { i(h); }'
    first, second, bound, third, loop = body_of(source)
    assert [call.function for call in (first, second, third)] == [Name("c"), Name("d"), Name("g")]
    assert bound == Assign(Name("e"), Call(Name("f"), [], 3), 3, modifiers=["let"])
    assert loop == Loop(Name("h"), Sequence([Text("x")]), [Call(Name("i"), [Argument(Name("h"))], 4)])


def test_attributes_are_decorators_of_what_follows_them():
    """Named and bare arguments, dots and colons in names; those that say nothing of routes are left out."""
    source = (
        '#[derive(A)]\n#[route("/x", method = "GET", guard = "b")]\n/// Said.\n#[handler]\n'
        "pub async fn f(Path(id): Path<u64>, mut c: web::Json<D>, Query(E { g, .. }): Query<E>) -> impl H {}\n"
    )
    [function] = lowered(source)
    arguments = [Argument(Text("/x")), Argument(Text("GET"), "method"), Argument(Text("b"), "guard")]
    assert function.decorators == [Call(Name("route"), arguments, 2), Name("handler")]
    assert function.modifiers == ["pub"]
    assert function.parameters == [
        Parameter("id", Item(Name("Path"), Name("u64"))),
        Parameter("c", Item(Member(Name("web::"), "Json"), Name("D"))),
        Parameter("_", Item(Name("Query"), Name("E")), pattern=Mapping([Entry(Text("g"), Name("g"))], 5)),
    ]


def test_functions_of_an_impl_block_know_its_type():
    """`Self` is that type, `self` the object, and a constant a function that is called where it is named."""
    source = (
        'struct A { b: C }\nimpl D for A {\n    const P: &str = "/x";\n    fn e(&self) -> Self { self.b; Self::g() }\n}'
    )
    cls, constant, method = lowered(source)
    assert cls.parameters == [Parameter("b", Name("C"))]
    assert (constant.name, constant.receiver, constant.body) == ("P", Name("A"), [Return(Text("/x"))])
    assert constant.modifiers == ["const", "get"]
    assert (method.receiver, method.returns) == (Name("A"), Name("A"))
    assert method.body == [Member(Name("this"), "b"), Return(Call(Member(Name("A"), "g"), [], 4))]


@pytest.mark.parametrize(
    "source",
    [
        "#[cfg(test)]\nmod tests { fn a() {} }",
        '#[cfg(all(test, feature = "b"))]\nmod tests { fn a() {} }',
        "#[test]\nfn a() {}",
        '#[tokio::test(flavor = "multi_thread")]\nasync fn a() {}',
        "#[cfg(test)]\nuse b::c;",
    ],
)
def test_what_is_compiled_for_tests_alone_is_left_out(source):
    """A route that only a test serves is none."""
    assert lowered(source) == []


def test_of_two_builds_the_one_with_everything_is_read():
    """What stands in for a feature that is off does not hide the feature; alone, it is what there is."""
    with_it, without = '#[cfg(feature = "a")]\nfn b() { c() }\n', '#[cfg(not(feature = "a"))]\nfn b() {}\n'
    assert [function.line for function in lowered(with_it + without)] == [2]
    assert [function.line for function in lowered(without + with_it)] == [4]
    assert [function.line for function in lowered(without)] == [2]


def test_macros_that_hold_items_are_looked_into():
    """Each branch of `cfg_if!` counts, and what `lazy_static!` declares is a constant; lines stay true."""
    source = (
        'cfg_if::cfg_if! {\n    if #[cfg(feature = "a")] {\n        fn b() {}\n    } else if #[cfg(unix)] {\n'
        '        use c::D;\n    } else {\n        mod e;\n    }\n}\n'
        'lazy_static! {\n    pub static ref P: String = format!("/{}", "x");\n}\n'
    )  # fmt: skip
    function, imported, module, constant = lowered(source)
    assert (function.name, function.line) == ("b", 3)
    assert imported == Import("c", "D", "D", 5)
    assert module == Import("self::e", "", "e", 7)
    assert constant == Assign(Name("P"), Text("/x"), 11, modifiers=["const"])


def test_inside_a_module_the_file_itself_is_above():
    """`super` of a module with a body is the file it stands in."""
    [module] = lowered("mod a { use super::b; fn c() { super::d() } }")
    imported, function = module.body
    assert imported == Import("self", "b", "b", 1)
    assert function.body == [Return(Call(Member(Name("self::"), "d"), [], 1))]


def test_broken_input_does_not_make_it_raise():
    """It ends in a tree, however little that says."""
    lowering = lowering_for("rust")
    broken = (
        "fn x( {",
        "impl A {",
        "use a::{b, ",
        "#[",
        '#[get("/x"',
        "mod",
        '"',
        "let (a, b",
        "a!(",
        "match x {",
        "a<b<c>",
        "format!(1, ",
    )
    for source in broken:
        assert lowering.lower(source.encode())[1].language == "rust"
        assert lowering.lower(f"fn main() {{ {source}".encode())[1].language == "rust"
    assert lowering.lower(f"fn main() {{ {'a({ ' * 2000}{' })' * 2000} }}".encode())[1].cut
    assert lowering.lower(f"fn main() {{ {'vec![' * 400}".encode())[1].language == "rust"
    assert lowering.lower(bytes(range(256)) * 20)[1].language == "rust"


def test_what_a_file_uses_is_told_wherever_it_says_so():
    """A library may be named in a function or a path alone; everything out of a module counts for the whole file."""
    source = "fn f() {\n    use a::b::*;\n    use c::D;\n    e::g::h();\n}"
    head, module = lowering_for("rust").lower(source.encode())
    assert head.imports == ["a::b", "c", "e"]
    assert module.body[1:] == [Import("a::b", "*", "", 2)]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ('b.unwrap_or("/x".into())', Choice([Name("b"), Text("/x")])),
        ('b.unwrap_or_else(|_| "/x".to_string())', Choice([Name("b"), Text("/x")])),
        ("b.unwrap_or_else(|e| { c(e); exit(1) })", Name("b")),
        ('b.expect("c")', Name("b")),
    ],
)
def test_what_stands_in_for_a_missing_value(source, expected):
    """A default is one of two values; what ends the program is none."""
    assert value_of(source) == expected
