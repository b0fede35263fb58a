"""What lowered programs ask before a branch: lists that are empty where it is known that the branch is not taken.

Go's and JavaScript's conditions are lowered to loops over these; what nobody knows lets every branch be taken.
"""

from __future__ import annotations

from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import Router
from github_connections.analysis.linking.values import ListValue, MapValue, Value, is_known, is_only_a_hole, source_of
from github_connections.analysis.syntax import nodes


def declare(registry: Registry) -> None:
    """Add what is asked of truth values, of texts, of what may be missing, and by the cases of a switch."""
    registry.calls["if_true"] = registry.calls["if_false"] = _branch
    registry.calls["if_is"] = registry.calls["if_is_not"] = _comparison
    registry.calls["if_all"] = _all
    for word in ("prefix", "suffix"):
        registry.calls[f"if_has_{word}"] = registry.calls[f"if_has_no_{word}"] = _beginning
    registry.calls["if_nil"] = _without
    registry.calls["if_said"] = _said
    registry.calls["case_if"] = lambda call: ListValue([None], call.place)
    registry.calls["case_of"] = registry.calls["case_else"] = _case


def _branch(call: Invocation) -> Value:
    """Return a list that is empty where the caller handed over the other truth value; nobody knows of a variable's."""
    asked = call.value(0)
    is_other = isinstance(asked, bool) and asked is (call.name == "if_false")
    return ListValue([] if is_other and _is_handed_over(call) else [asked], call.place)


def _comparison(call: Invocation) -> Value:
    """Return a list that is empty where the caller handed over a text that is known to decide otherwise."""
    asked, other = call.value(0), call.value(1)
    is_told = isinstance(asked, str) and is_known(asked) and isinstance(other, str)
    is_other = is_told and (asked == other) is (call.name == "if_is_not")
    return ListValue([] if is_other and _is_handed_over(call) else [asked], call.place)


def _all(call: Invocation) -> Value:
    """Return a list that is empty where one of several answers is."""
    return next((one for one in call.positional if isinstance(one, ListValue) and not one.items), call.value(0))


def _beginning(call: Invocation) -> Value:
    """Return a list that is empty where a text is known to begin, or to end, otherwise than is asked."""
    asked, other = call.value(0), call.value(1)
    is_other = False
    if isinstance(asked, str) and isinstance(other, str) and is_known(asked) and is_known(other):
        has = asked.endswith(other) if call.name.endswith("suffix") else asked.startswith(other)
        is_other = has is ("_no_" in call.name)
    return ListValue([] if is_other else [asked], call.place)


def _said(call: Invocation) -> Value:
    """Return a list that is empty where nothing is known of a prefix, or where it is empty: nobody sets it."""
    asked = call.value(0)
    return ListValue([asked] if isinstance(asked, str) and asked and not is_only_a_hole(asked) else [], call.place)


def _is_handed_over(call: Invocation) -> bool:
    """Tell whether what is asked about is a parameter of the function at hand, a field of one, or a constant in it."""
    asked = call.node.arguments[0].value if call.node is not None else None
    while isinstance(asked, nodes.Member):
        asked = asked.of
    holder = call.scope.holder_of(asked.id) if isinstance(asked, nodes.Name) else None
    owner = holder.owner if holder is not None else None
    if not isinstance(owner, nodes.Function):
        return False
    fixed = (one for one in owner.body if isinstance(one, nodes.Assign) and "const" in one.modifiers)
    return any(_takes(one, source_of(asked)) for one in owner.parameters) or any(one.target == asked for one in fixed)


def _takes(parameter: nodes.Parameter, name: str) -> bool:
    """Tell whether a parameter gives a variable its value: `x`, JavaScript's `{x}`."""
    parts = parameter.pattern.entries if isinstance(parameter.pattern, nodes.Mapping) else []
    return parameter.name == name or any(one.value == nodes.Name(name) for one in parts)


def _without(call: Invocation) -> Value:
    """Return a list that is empty where a router or map is known to be there: `if r == nil { r = chi.NewRouter() }`."""
    return ListValue([] if isinstance(call.value(0), Router | MapValue) else [call.value(0)], call.place)


def _case(call: Invocation) -> Value:
    """Return a list that is empty where a switch is known to go another way."""
    tag, *cases = call.positional
    is_known_text = isinstance(tag, str) and tag and is_known(tag)
    known = [value for value in cases if isinstance(value, str) and is_known(value)]
    if call.name == "case_else":
        is_another = is_known_text and tag in known
    else:
        is_another = is_known_text and len(known) == len(cases) and tag not in known
    return ListValue([] if is_another else [tag], call.place)
