"""Which language a file is in, by its ending; which languages are read; what their files are called in the report."""

from __future__ import annotations

import posixpath

# File endings, of languages that are read and of those that are only counted.
LANGUAGES = {
    ".py": "python", ".pyi": "python-stub",
    ".js": "javascript", ".jsx": "javascript", ".mjs": "javascript", ".cjs": "javascript",
    ".ts": "typescript", ".mts": "typescript", ".cts": "typescript", ".tsx": "tsx",
    ".vue": "vue", ".svelte": "svelte", ".astro": "astro",
    ".java": "java", ".kt": "kotlin", ".kts": "kotlin", ".groovy": "groovy", ".gradle": "groovy", ".scala": "scala",
    ".cs": "csharp", ".cshtml": "razor", ".razor": "razor", ".fs": "fsharp", ".vb": "visual-basic",
    ".go": "go", ".rb": "ruby", ".rake": "ruby", ".ru": "ruby", ".erb": "erb", ".haml": "haml", ".slim": "slim",
    ".php": "php", ".twig": "twig", ".rs": "rust", ".ex": "elixir", ".exs": "elixir", ".heex": "heex", ".eex": "heex",
    ".c": "c", ".h": "c", ".cc": "cpp", ".cpp": "cpp", ".cxx": "cpp", ".hpp": "cpp", ".swift": "swift",
    ".m": "objective-c", ".dart": "dart", ".clj": "clojure", ".erl": "erlang", ".hs": "haskell", ".zig": "zig",
    ".html": "html", ".htm": "html", ".css": "css", ".scss": "scss", ".less": "less", ".sass": "sass", ".mdx": "mdx",
    ".sh": "shell", ".bash": "shell", ".zsh": "shell", ".ps1": "powershell", ".sql": "sql",
    ".graphql": "graphql", ".gql": "graphql", ".proto": "protobuf", ".prisma": "prisma", ".feature": "gherkin",
    ".lua": "lua", ".pl": "perl", ".r": "r", ".jl": "julia", ".tf": "terraform",
}  # fmt: skip
# Endings of two parts, which say more than the last of them.
_LONGER = {
    ".blade.php": "blade",
    ".d.ts": "typescript-declaration",
    ".d.mts": "typescript-declaration",
    ".d.cts": "typescript-declaration",
}
PARSED = frozenset(
    {"python", "javascript", "typescript", "tsx", "vue", "svelte", "java", "kotlin", "csharp", "go", "ruby", "php",
     "rust", "elixir"}
)  # fmt: skip
# One name in the report for what people call one language.
_REPORTED = {"tsx": "typescript", "typescript-declaration": "typescript", "python-stub": "python"}


def language_of(path: str) -> str:
    """Return the language of a file; nothing for what is no source."""
    name = posixpath.basename(path).lower()
    for ending, language in _LONGER.items():
        if name.endswith(ending):
            return language
    return LANGUAGES.get(posixpath.splitext(name)[1], "")


def reported(language: str) -> str:
    """Return what the report calls a language."""
    return _REPORTED.get(language, language)
