"""How names are written that resources are called by: singular and plural, and the words in them."""

from __future__ import annotations

import re

_IRREGULAR = {
    "people": "person", "men": "man", "women": "woman", "children": "child", "data": "datum", "media": "medium",
    "criteria": "criterion", "news": "news", "series": "series", "species": "species", "status": "status",
    "moves": "move",
    "analyses": "analysis", "indices": "index", "matrices": "matrix", "vertices": "vertex", "movies": "movie",
    "cookies": "cookie", "zombies": "zombie", "quizzes": "quiz", "mice": "mouse", "oxen": "ox", "lives": "life",
    "wives": "wife", "knives": "knife", "slaves": "slave", "axes": "axis", "aliases": "alias", "buses": "bus",
    "campuses": "campus", "bonuses": "bonus", "viruses": "virus", "censuses": "census",
    "address": "address", "bus": "bus", "process": "process", "access": "access", "shoes": "shoe", "caches": "cache",
}  # fmt: skip
_RULES = (
    (r"([^aeiou])ies$", r"\1y"),
    (r"(analy|diagno|cri|the|paraly|synop|parenthe|hypothe)ses$", r"\1sis"),
    (r"(ss|sh|ch|x|zz|o|status)es$", r"\1"),
    (r"([lr])ves$", r"\1f"),
    (r"(ss|us|is)$", r"\1"),
    (r"s$", ""),
)


_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])")


def hyphenated(name: str) -> str:
    """Return the words of a name with hyphens: `PenCases` → `pen-cases`, `APIKey` → `api-key`."""
    return _HUMP.sub("-", name).lower()


def underscored(name: str) -> str:
    """Return the words of a name as a function would be called: `PenCases` → `pen_cases`, `APIKey` → `api_key`."""
    return _HUMP.sub("_", name).lower()


def singular(word: str) -> str:
    """Return the singular of the last word of a name: `blog_posts` → `blog_post`, `categories` → `category`."""
    match = re.search(r"[A-Za-z]+\Z", word)
    if match is None:
        return word
    last = match.group()
    head, lower = word[: match.start()], last.lower()
    if lower in _IRREGULAR:
        return head + _IRREGULAR[lower]
    for pattern, replacement in _RULES:
        if re.search(pattern, lower):
            return head + re.sub(pattern, replacement, last)
    return word


_PLURALS = {singular: plural for plural, singular in _IRREGULAR.items()}
_TO_MANY = (
    (r"([^aeiou])y$", r"\1ies"),
    (r"sis$", "ses"),
    (r"(ss|us|is|gas|bias|atlas|lens|sh|ch|x|z)$", r"\1es"),
    (r"s$", "s"),  # it means several as it is: `hours`
    (r"(lea|shel|hal|cal|sel|thie|loa)f$", r"\1ves"),
    (r"$", "s"),
)


def plural(word: str) -> str:
    """Return the plural of the last word of a name: `lineItem` → `lineItems`, `category` → `categories`."""
    match = re.search(r"[A-Z]?[a-z]+\Z", word)
    if match is None:
        return word
    last, head = match.group(), word[: match.start()]
    if last.lower() in _PLURALS:
        return head + last[:1] + _PLURALS[last.lower()][1:]
    pattern, replacement = next(rule for rule in _TO_MANY if re.search(rule[0], last))
    return head + re.sub(pattern, replacement, last, count=1)
