"""Which lowering reads which language; loaded on first use, since each brings a grammar of its own."""

from functools import cache
from importlib import import_module

from github_connections.analysis.syntax.lowering import Lowering

LOWERINGS: dict[str, str] = {
    "csharp": "csharp:CSharpLowering",
    "elixir": "elixir:ElixirLowering",
    "go": "go:GoLowering",
    "java": "java:JavaLowering",
    "javascript": "javascript:JavaScriptLowering",
    "kotlin": "kotlin:KotlinLowering",
    "php": "php:PhpLowering",
    "python": "python:PythonLowering",
    "ruby": "ruby:RubyLowering",
    "rust": "rust:RustLowering",
    "svelte": "markup:SvelteLowering",
    "tsx": "javascript:TsxLowering",
    "typescript": "javascript:TypeScriptLowering",
    "vue": "markup:VueLowering",
}


@cache
def lowering_for(language: str) -> Lowering:
    """Return the lowering of a language; KeyError for a language that is not read."""
    module, name = LOWERINGS[language].split(":")
    made: Lowering = getattr(import_module(f"github_connections.analysis.syntax.{module}"), name)()
    return made
