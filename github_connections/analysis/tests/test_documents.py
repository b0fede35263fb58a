"""Data that somebody else wrote is read within bounds, whatever it is."""

import time

import pytest

from github_connections.analysis.documents import read_json, read_toml, read_xml, read_yaml
from github_connections.analysis.unreadable import Unreadable

BILLION_LAUGHS = b"".join(
    [b"a: &a [x,x,x,x,x,x,x,x,x]\n"]
    + [b"%c: &%c [%s]\n" % (98 + n, 98 + n, b",".join([b"*%c" % (97 + n)] * 9)) for n in range(12)]
)
MERGES = b"a: &a {x: 1}\n" + b"".join(
    b"%c: &%c {<<: [*%c,*%c,*%c]}\n" % (98 + n, 98 + n, 97 + n, 97 + n, 97 + n) for n in range(22)
)
ENTITIES = b'<!DOCTYPE p [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;">]><project>&b;</project>'
EXTERNAL = b'<!DOCTYPE p [<!ENTITY a SYSTEM "file:///etc/hostname">]><project>&a;</project>'


@pytest.mark.parametrize(
    ("read", "content"),
    [
        (read_yaml, BILLION_LAUGHS),
        (read_yaml, MERGES),
        (read_yaml, b"&a [*a]"),
        (read_yaml, b"!own &a [*a]"),
        (read_yaml, b"[" * 100_000),
        (read_yaml, b"- " * 100_000),
        (read_yaml, b'!!python/object/apply:os.system ["true"]'),
        (read_yaml, b"x" * 2_000_000),
        (read_xml, ENTITIES),
        (read_xml, EXTERNAL),
        (read_xml, b"<a>" * 100_000),
        (read_xml, b""),
        (read_json, b"[" * 100_000),
        (read_json, b'{"a":' * 100_000),
        (read_json, b"[]"),
        (read_json, b"\xff\xfe\x00"),
        (read_json, b"9" * 100_000),
        (read_toml, b"a = " + b"[" * 3_000),
        (read_toml, b".".join([b"a"] * 100_000) + b" = 1"),
        (read_toml, b"a = 1\na = 2"),
    ],
)
def test_what_is_made_to_hurt_is_refused_soon(read, content):
    """Bombs, deep nesting and nonsense end in one kind of error, and at once."""
    began = time.process_time()
    with pytest.raises(Unreadable):
        read(content)
    assert time.process_time() - began < 3


def test_ordinary_documents_are_read():
    """What people write comes through, aliases and merges too."""
    assert read_yaml(b"base: &b {x: 1}\ncopy: {<<: *b, y: [*b]}") == {
        "base": {"x": 1},
        "copy": {"x": 1, "y": [{"x": 1}]},
    }
    assert read_yaml(b"") is None
    assert read_json(b'\xef\xbb\xbf{"a": 1}') == {"a": 1}
    assert read_toml(b"[a]\nb = 1") == {"a": {"b": 1}}
    document = read_xml(b"<p><!-- no --><d v='1'><n> x </n></d></p>")
    assert [(item.attributes, item.value("n")) for item in document.all("d")] == [({"v": "1"}, "x")]


def test_what_a_programs_own_tag_stands_before_is_what_is_written():
    """Symfony's configuration names constants and services by tags; no object is made of them."""
    assert read_yaml(b"a: !php/const App\\X::Y\nb: !own [1, {c: !x d}]\ne: !own {f: 2}") == {
        "a": "App\\X::Y",
        "b": [1, {"c": "d"}],
        "e": {"f": 2},
    }


def test_an_anchor_may_be_set_again():
    """Each alias is the anchor before it; a text with such a mark stays as it is."""
    assert read_yaml(b"a: &x {p: 1}\nb: *x\nc: &x {p: 2}\nd: *x\ne: 'me &x'\nf: &y 1\ng: *y") == {
        "a": {"p": 1},
        "b": {"p": 1},
        "c": {"p": 2},
        "d": {"p": 2},
        "e": "me &x",
        "f": 1,
        "g": 1,
    }
