"""What answers at a path of Axum's: `get(handler).post(other)`, services, and Poem's alike."""

from __future__ import annotations

from collections.abc import Iterator

from github_connections.analysis import http_verbs
from github_connections.analysis.frameworks.rust import rust_extractors
from github_connections.analysis.linking.invocation import Invocation
from github_connections.analysis.linking.registry import Registry
from github_connections.analysis.linking.routing import itself
from github_connections.analysis.linking.values import Behaviour, Kind, Thing, Value
from github_connections.analysis.report import ANY_METHOD
from github_connections.analysis.syntax import nodes
from github_connections.analysis.syntax.parts import first_argument

# The last two are the places of Axum 0.2.
_ROUTING = ("axum.routing", "aide.axum.routing", "axum.routing.method_routing", "axum.handler", "axum.service")


def answer(*methods: str) -> Behaviour:
    """Return the behaviour of `get(handler)`."""

    def make(call: Invocation) -> Value:
        return Thing(METHODS, call.place, {"answers": [(list(methods), rust_extractors.answering(call))], "guards": []})

    return make


def _also(*methods: str) -> Behaviour:
    """Return the behaviour of `….post(handler)`."""

    def add(call: Invocation) -> Value:
        call.receiver.data["answers"].append((list(methods), rust_extractors.answering(call)))
        return call.receiver

    return add


def _on(call: Invocation) -> Value:
    """`on(MethodFilter::GET.or(MethodFilter::POST), handler)`, alone or in a chain."""
    filters = first_argument(call.node)
    methods = sorted(set(_verbs_in(filters)), key=http_verbs.ALL.index) or [ANY_METHOD]
    said = ([method.upper() for method in methods], rust_extractors.answering(call, 1))
    if isinstance(call.receiver, Thing):
        call.receiver.data["answers"].append(said)
        return call.receiver
    return Thing(METHODS, call.place, {"answers": [said], "guards": []})


def _verbs_in(filters: nodes.Expression | None) -> Iterator[str]:
    match filters:
        case nodes.Member(name=name) if name.lower() in http_verbs.ALL:
            yield name.lower()
        case nodes.Member(of=of):
            yield from _verbs_in(of)
        case nodes.Operation(operands=operands):
            for operand in operands:
                yield from _verbs_in(operand)
        case nodes.Call(function=function, arguments=arguments):
            yield from _verbs_in(function)
            for argument in arguments:
                yield from _verbs_in(argument.value)


def _merged_methods(call: Invocation) -> Value:
    other = call.value(0)
    if isinstance(other, Thing) and other.kind is METHODS:
        call.receiver.data["answers"].extend(other.data["answers"])
    return call.receiver


def _layer_of_methods(call: Invocation) -> Value:
    call.receiver.data["guards"].append(call)
    return call.receiver


METHODS = Kind(
    "axum methods",
    methods={
        **{verb: _also(verb.upper()) for verb in http_verbs.ALL},
        **{f"{verb}_service": _also(verb.upper()) for verb in http_verbs.ALL},
        **{f"{verb}_with": _also(verb.upper()) for verb in http_verbs.ALL},
        "on": _on,
        "any": _also(ANY_METHOD),
        "fallback": itself,
        "merge": _merged_methods,
        **dict.fromkeys(("layer", "route_layer"), _layer_of_methods),
        **dict.fromkeys(("with_state", "handle_error"), itself),
    },
    is_router=False,
)


def _none_yet(call: Invocation) -> Value:
    return Thing(METHODS, call.place, {"answers": [], "guards": []})


def declare(registry: Registry) -> None:
    """Add the functions that say which verbs a handler answers."""
    for place in _ROUTING:
        for verb in http_verbs.ALL:
            for name in (verb, f"{verb}_service", f"{verb}_with"):
                registry.calls[f"{place}.{name}"] = answer(verb.upper())
        for name in ("any", "any_service", "any_with"):
            registry.calls[f"{place}.{name}"] = answer(ANY_METHOD)
        for name in ("on", "on_service", "on_with"):
            registry.calls[f"{place}.{name}"] = _on
        registry.calls[f"{place}.MethodRouter.new"] = _none_yet
