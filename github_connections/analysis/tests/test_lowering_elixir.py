"""Elixir: what the lowering keeps, with what stands in the tree for it."""

# ruff: noqa: E501  # a case a line reads better than one in pieces

import hashlib

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
    Item,
    Loop,
    Mapping,
    Member,
    Name,
    Operation,
    Parameter,
    Return,
    Sequence,
    Spread,
    Template,
    Text,
)


def lowered(source: str):
    """Return the head of a file and its statements."""
    head, module = lowering_for("elixir").lower(source.encode())
    assert not module.broken
    return head, module.body


def body_of(source: str):
    """Return the statements of a module."""
    return lowered(f"defmodule A do\n{source}\nend")[1][0].body


def value_of(source: str):
    """Return the value of an expression."""
    [assigned] = body_of(f"x = {source}")
    return assigned.value


def test_a_module_is_a_class_and_is_then_defined():
    """Its whole name is declared; its body is run by the call after it."""
    head, body = lowered("defmodule A.B do\n  use C\nend")
    assert body == [
        Class("A.B", [], [Call(Name("use"), [Argument(Name("C"))], 2)], 1, "module"),
        Call(Name("defmodule"), [Argument(Name("A.B"))], 1),
    ]
    assert head.names == ["A.B"]


def test_modules_inside_modules_stand_beside_them():
    """They have the whole name, and the short one means them from there on."""
    head, body = lowered("defmodule A do\n  defmodule B.C do\n    d()\n  end\n  e(B.C, __MODULE__, __MODULE__.F)\nend")
    assert head.names == ["A.B.C", "A"]
    assert body[2].body == [Call(Name("e"), [Argument(Name("A.B.C")), Argument(Name("A")), Argument(Name("A.F"))], 5)]


@pytest.mark.parametrize(
    ("alias", "used", "meant"),
    [
        ("alias A.B", "B", "A.B"),
        ("alias A.B", "B.C", "A.B.C"),
        ("alias A.B, as: D", "D", "A.B"),
        ("alias A.{B, C.D}", "D.E", "A.C.D.E"),
        ("alias __MODULE__.B", "B", "M.B"),
        ("alias A.B\n  alias B.C", "C", "A.B.C"),
        ("require A.B, as: D", "D", "A.B"),
        ("require A.B", "B", "B"),
        ("if x do\n alias A.B\n end", "B", "B"),
        ("alias A.B", "Elixir.B", "B"),
    ],
)
def test_names_are_whole_wherever_an_alias_holds(alias, used, meant):
    """An alias holds to the end of its block, as the compiler sees it."""
    _, [cls, _] = lowered(f"defmodule M do\n  {alias}\n  f({used})\nend")
    assert cls.body[-1].arguments == [Argument(Name(meant))]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (":users", Text("users")),
        (':"a b"', Text("a b")),
        ('"/a/#{b}/c"', Template([Text("/a/"), Name("b"), Text("/c")])),
        ('"/a" <> @b <> "/c"', Template([Text("/a"), Name("@b"), Text("/c")])),
        ('"a\\"b\\n"', Text('a"b\n')),
        ("~w(a b)a", Sequence([Text("a"), Text("b")])),
        ('~s(a/"b")', Text('a/"b"')),
        ("1_000", Constant(1000)),
        ("nil", Constant(None)),
        ("true", Constant(True)),
        ("[]", Sequence([])),
        ('[a, "b"]', Sequence([Name("a"), Text("b")])),
        ("[a: 1, b: :c]", Mapping([Entry(Text("a"), Constant(1)), Entry(Text("b"), Text("c"))], 2)),
        ('%{"a" => 1, b: 2}', Mapping([Entry(Text("a"), Constant(1)), Entry(Text("b"), Constant(2))], 2)),
        ("%{o | a: 1}", Mapping([Entry(Spread(Name("o")), Constant(None)), Entry(Text("a"), Constant(1))], 2)),
        ("{A.B, :c}", Sequence([Name("A.B"), Text("c")])),
        ("a || b", Choice([Name("a"), Name("b")])),
        ("a ++ b", Operation("++", [Name("a"), Name("b")])),
        ("if(a, do: 1, else: 2)", Choice([Constant(1), Constant(2)])),
        ("if a do\n 1\n else\n 2\n end", Choice([Constant(1), Constant(2)])),
        ("case a do\n :b -> 1\n _ -> 2\n end", Choice([Constant(1), Constant(2)])),
        ("a[:b]", Item(Name("a"), Text("b"))),
        ("a.b.c", Member(Member(Name("a"), "b"), "c")),
        ("A.b", Call(Member(Name("A"), "b"), [], 2)),
        (":ets.new(:a)", Call(Member(Name(":ets"), "new"), [Argument(Text("a"))], 2)),
        ("a |> b(1) |> C.d", Call(Member(Name("C"), "d"), [Argument(Call(Name("b"), [Argument(Name("a")), Argument(Constant(1))], 2))], 2)),
        ("unquote(a)", Name("a")),
        ("&A.b/2", Call(Member(Name("A"), "b"), [], 2).function),
    ],
)  # fmt: skip
def test_expressions(source, expected):
    """Atoms, strings, keywords, maps, pipes and the ways through a branch."""
    assert value_of(source) == expected


def test_keywords_are_one_argument_and_a_block_is_the_last():
    """Written as `do … end` or after `do:`, it is the same block."""
    keywords = Argument(Mapping([Entry(Text("as"), Text("b"))], 2))
    block = Argument(Function("", [], [Return(Call(Name("d"), [], 3))], 2))
    assert body_of('scope "/a", as: :b do\n d()\n end') == [
        Call(Name("scope"), [Argument(Text("/a")), keywords, block], 2)
    ]
    [call] = body_of('scope "/a", as: :b, do: d()')
    assert call.arguments[:2] == [Argument(Text("/a")), keywords]
    assert call.arguments[2].value.body == [Return(Call(Name("d"), [], 2))]
    assert body_of("a do\n end") == [Call(Name("a"), [Argument(Function("", [], [], 2))], 2)]


def test_control_flow_and_what_is_quoted_stand_in_order():
    """Every branch, every clause, and the words of a macro."""
    source = "if a do\n b()\n else\n c()\n end\n case d do\n :e -> f()\n end\n quote location: :keep do\n g(unquote(h))\n end"
    names = [statement.function.id for statement in body_of(source)]
    assert names == ["b", "c", "f", "g"]


def test_a_comprehension_is_a_loop_for_each_of_its_generators():
    """Filters are left out: nobody knows what they say."""
    [outer] = body_of("for {a, b} <- c, d <- @e, a > 1, do: f(d)")
    assert outer.target == Sequence([Name("a"), Name("b")])
    assert outer.iterable == Call(Name("items_of"), [Argument(Name("c"))], 2)
    items = Call(Name("items_of"), [Argument(Name("@e"))], 2)
    assert outer.body == [Loop(Name("d"), items, [Call(Name("f"), [Argument(Name("d"))], 2)])]


@pytest.mark.parametrize(
    ("head", "parameters"),
    [
        ("f(a, b \\\\ [])", [Parameter("a"), Parameter("b", default=Sequence([]))]),
        ("f(:a)", [Parameter("", pattern=Text("a"))]),
        ("f(a, do: block)", [Parameter("a"), Parameter("block")]),
        ('f(_, %{"id" => id} = p) when is_x(id)', [Parameter("_"), Parameter("p", pattern=Mapping([Entry(Text("id"), Name("id"))], 2))]),
        ("f", []),
    ],
)  # fmt: skip
def test_functions_and_their_parameters(head, parameters):
    """Defaults, patterns, guards, and the block that a macro is given."""
    [function] = body_of(f'defp {head} do\n  "/x"\nend')
    assert (function.name, function.parameters, function.modifiers) == ("f", parameters, ["defp"])
    assert function.body == [Return(Text("/x"))]


def test_what_is_quoted_is_run_where_a_macro_is_used_and_handed_on_by_a_function():
    """The value of a macro is code; a function's is given to somebody who puts it in."""
    quoted = "quote do\n  a(1)\n end"
    macro, function = body_of(f"defmacro f do\n {quoted}\nend\ndef g do\n {quoted}\nend")
    assert macro.body == [Return(Call(Name("unquote"), [Argument(Call(Name("a"), [Argument(Constant(1))], 4))], 2))]
    [handed] = function.body
    assert handed.value.body == [Return(Call(Name("a"), [Argument(Constant(1))], 9))]


def test_a_comprehension_that_is_a_value_gives_a_list():
    """It is what Enum.map would give, with what is quoted in it kept for later."""
    made = value_of("for a <- b, do: quote(do: c(unquote(a)))")
    assert made.function == Member(Name("Enum"), "map")
    assert made.arguments[0] == Argument(Name("b"))
    function = made.arguments[1].value
    assert function.parameters == [Parameter("", pattern=Name("a"))]
    [handed] = function.body
    assert handed.value.body == [Return(Call(Name("c"), [Argument(Name("a"))], 2))]


def test_a_parameter_alone_is_what_a_function_gives_back():
    """Any other bare word is a call."""
    own, other = body_of("def f(a), do: a\ndef g(a), do: b")
    assert (own.body, other.body) == ([Return(Name("a"))], [Return(Call(Name("b"), [], 3))])


def test_attributes_are_assigned_and_documentation_is_left_out():
    """`@prefix` is a name; what is written for people is not kept."""
    source = '@prefix "/a"\n@doc """\nget "/x", X, :y\n"""\n@spec f(a) :: b\n@type t :: %{a: b}'
    assert body_of(source) == [Assign(Name("@prefix"), Text("/a"), 2)]


def test_the_head_tells_what_is_used_and_as_what():
    """A file is chosen by the modules it uses and by the words it calls."""
    head, _ = lowered("defmodule A do\n use B.Router, x: 1\n use C, :router\n conn |> halt\nend")
    assert {"use B.Router", "use C", "use :router", "halt"} <= set(head.words)


def test_a_long_function_without_a_word_of_set_up_is_only_there():
    """Business is not lowered; what quotes, plugs or halts is."""
    filling = "\n".join(f"  x{number} = compute({number})" for number in range(40))
    business, macro = body_of(f"def a(b) do\n{filling}\nend\ndefmacro c do\n quote do\n{filling}\nend\nend")
    assert business.body == []
    assert len(macro.body) == 40


def test_no_bytes_make_it_raise():
    """Broken, deep and random input ends in a tree, however little it says."""
    lowering = lowering_for("elixir")
    for source in (
        "defmodule",
        "defmodule A do alias",
        "def",
        "x |>",
        "@",
        "%{a | b",
        "use",
        "for <- do end",
        "fn ->",
        "&/",
        "A.{",
        "alias A.{b}",
    ):
        lowering.lower(source.encode())
    for deep in ("(" * 50_000, "a do " * 5_000, "[" * 20_000, "a <> " * 20_000, "a |> b() |> " * 5_000, "a." * 20_000):
        lowering.lower(deep.encode())
    for seed in range(40):
        lowering.lower(hashlib.shake_128(bytes([seed])).digest(300) + b"\ndefmodule A do use B end")
