"""Finding what a Python package brings beside its modules."""

import importlib.util
from pathlib import Path

from qualisys.dev.embedded_errors import EmbeddedServerError


def package_directory(package: str) -> Path:
    """Where a package is installed, found without importing it."""
    specification = importlib.util.find_spec(package)
    if specification is None or specification.origin is None:
        raise EmbeddedServerError(
            f"The Python package {package} is not installed. Install requirements-dev.txt,"
            " or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return Path(specification.origin).parent
