"""Doing things in turn, so that what else the machine does meets all of them alike."""

from collections.abc import Callable, Mapping

Way = Callable[[], float]


def take_turns(ways: Mapping[str, Way], rounds: int) -> dict[str, list[float]]:
    """Return what each way measured in each round; every round begins with another one."""
    names = list(ways)
    measured: dict[str, list[float]] = {name: [] for name in names}
    for number in range(rounds):
        first = number % len(names)
        for name in names[first:] + names[:first]:
            measured[name].append(ways[name]())
    return measured
