"""Lists and texts that foreign code makes of themselves, again and again."""

from github_connections.analysis.linking import sequences
from github_connections.analysis.linking.values import Value


def test_a_list_that_doubles_has_an_end():
    items: list[Value] = ["/users"]
    for _ in range(60):
        sequences.grow(items, list(items))
    assert len(items) == sequences.MAXIMUM_GROWN


def test_a_list_is_as_long_as_what_is_added_one_by_one():
    items: list[Value] = []
    for number in range(sequences.MAXIMUM_GROWN + 5):
        sequences.grow(items, [f"/users/{number}"])
    assert items[-1] == f"/users/{sequences.MAXIMUM_GROWN + 4}"


def test_a_text_that_doubles_by_what_is_put_into_it_or_between_has_an_end():
    replaced = joined = "/a/a"
    for _ in range(60):
        replaced = sequences.replaced(replaced, "a", replaced)
        joined = sequences.joined_texts(joined, [joined, joined])
    assert "/a/a" in replaced
    assert max(len(replaced), len(joined)) <= sequences.MAXIMUM_TEXT


def test_texts_are_joined_and_replaced_as_they_are_written():
    assert sequences.joined_texts("/", ["users", "", "1"]) == "users//1"
    assert sequences.joined_texts("/", []) == ""
    assert sequences.replaced("{}/{}", "{}", "a", 1) == "a/{}"
    assert sequences.replaced("a-b-c", "-", "/") == "a/b/c"
