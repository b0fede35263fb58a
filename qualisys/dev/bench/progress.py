"""What a person who waits is told."""

import sys


def tell(text: str) -> None:
    """Say it on standard error; standard output is for the result alone."""
    print(text, file=sys.stderr, flush=True)
