"""Clone directories come and go whole, stay inside their root, and follow no link."""

import shutil
import stat
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest

from github_connections import workspace

TENANT, CONNECTION, ATTEMPT = uuid.UUID(int=1), uuid.UUID(int=2), uuid.UUID(int=3)


def fill(directory: Path, text: str = "source") -> Path:
    """Make the directory with one file in it."""
    directory.mkdir(parents=True)
    (directory / "file").write_text(text)
    return directory


def publish(text: str) -> Path:
    """Put a complete clone where it is read."""
    with workspace.incoming_directory(TENANT, CONNECTION, ATTEMPT) as incoming:
        return workspace.publish(fill(incoming, text), TENANT, CONNECTION)


def left_in(root: Path) -> list[str]:
    """Return every file, link and empty directory below the root."""
    return sorted(str(path.relative_to(root)) for path in root.rglob("*") if not path.is_dir() or path.is_symlink())


def test_clone_lies_by_tenant_and_connection(clone_root: Path) -> None:
    """The place is CLONE_ROOT/{tenant}/repos/{connection}."""
    expected = clone_root / str(TENANT) / "repos" / str(CONNECTION)
    assert workspace.checkout_path(TENANT, CONNECTION) == expected
    assert list(clone_root.iterdir()) == []


def test_published_clone_is_read_where_it_belongs(clone_root: Path) -> None:
    """A clone made in private moves to its readers whole, and its private place is gone."""
    place = publish("new")
    assert place == workspace.checkout_path(TENANT, CONNECTION)
    assert left_in(clone_root) == [f"{TENANT}/repos/{CONNECTION}/file"]
    assert list((clone_root / str(TENANT) / "incoming").iterdir()) == []


def test_newer_clone_takes_the_place_of_the_older(clone_root: Path) -> None:
    """After a second publication there is the new clone alone, nothing of the old one among it."""
    old = publish("old")
    (old / "only in the old one").touch()
    assert (publish("new") / "file").read_text() == "new"
    assert left_in(clone_root) == [f"{TENANT}/repos/{CONNECTION}/file"]


def test_clone_that_was_not_published_is_removed(clone_root: Path) -> None:
    """What an attempt leaves in its private place goes with it, whatever ended it."""

    def fail() -> None:
        with workspace.incoming_directory(TENANT, CONNECTION, ATTEMPT) as incoming:
            fill(incoming)
            raise RuntimeError("git failed")

    with pytest.raises(RuntimeError, match="git failed"):
        fail()
    assert left_in(clone_root) == []


def test_attempts_have_places_of_their_own(clone_root: Path) -> None:
    """A late worker and its successor do not write into one directory."""
    with (
        workspace.incoming_directory(TENANT, CONNECTION, ATTEMPT) as first,
        workspace.incoming_directory(TENANT, CONNECTION, uuid.uuid4()) as second,
    ):
        assert first != second
        assert not first.exists()


def test_what_a_dead_worker_left_is_discarded(clone_root: Path) -> None:
    """The private directory of one attempt goes, that of another stays; discarding again does nothing."""
    with workspace.incoming_directory(TENANT, CONNECTION, uuid.uuid4()) as other:
        fill(other)
        dead = other.with_name(f"{CONNECTION}.{ATTEMPT}")
        fill(dead)
        for _ in range(2):
            workspace.discard_incoming(TENANT, CONNECTION, ATTEMPT)
        assert (dead.exists(), other.exists()) == (False, True)


def test_remove_tells_whether_there_was_a_clone(clone_root: Path) -> None:
    """Removing removes one clone and reports it; a second time there is none."""
    other = fill(workspace.checkout_path(TENANT, uuid.UUID(int=9)))
    publish("new")
    assert workspace.remove(TENANT, CONNECTION) is True
    assert workspace.remove(TENANT, CONNECTION) is False
    assert left_in(clone_root) == [str((other / "file").relative_to(clone_root))]


def test_directories_are_for_the_service_alone(clone_root: Path) -> None:
    """Nobody else on the machine reads a clone."""
    with workspace.incoming_directory(TENANT, CONNECTION, ATTEMPT) as incoming:
        assert stat.S_IMODE(incoming.parent.stat().st_mode) == 0o700
        place = workspace.publish(fill(incoming), TENANT, CONNECTION)
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700


def test_removal_that_broke_off_is_finished_by_the_next(clone_root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where deleting fails half-way the removal fails, and the next one removes what was left."""
    publish("new")
    with monkeypatch.context() as broken:
        broken.setattr(shutil, "rmtree", lambda _path: (_ for _ in ()).throw(PermissionError("not yours")))
        for _ in range(2):
            with pytest.raises(PermissionError):
                workspace.remove(TENANT, CONNECTION)
    assert not workspace.checkout_path(TENANT, CONNECTION).exists()
    assert workspace.remove(TENANT, CONNECTION) is True
    assert left_in(clone_root) == []


def try_to_remove() -> None:
    workspace.remove(TENANT, CONNECTION)


def try_to_discard() -> None:
    workspace.discard_incoming(TENANT, CONNECTION, ATTEMPT)


def try_to_clone() -> None:
    with workspace.incoming_directory(TENANT, CONNECTION, ATTEMPT) as incoming:
        fill(incoming)


def try_to_publish() -> None:
    source = fill(Path(workspace.settings.CLONE_ROOT).parent / "made elsewhere")
    workspace.publish(source, TENANT, CONNECTION)


REPOSITORIES, INCOMING = f"{TENANT}/repos", f"{TENANT}/incoming"


@pytest.mark.parametrize(
    ("act", "link"),
    [
        *((try_to_remove, link) for link in (".", f"{TENANT}", REPOSITORIES, INCOMING, f"{REPOSITORIES}/{CONNECTION}")),
        *((try_to_discard, link) for link in (".", f"{TENANT}", INCOMING, f"{INCOMING}/{CONNECTION}.{ATTEMPT}")),
        *((try_to_clone, link) for link in (".", f"{TENANT}", INCOMING)),
        *((try_to_publish, link) for link in (".", f"{TENANT}", REPOSITORIES, f"{REPOSITORIES}/{CONNECTION}")),
    ],
)
def test_link_in_the_place_of_a_directory_is_refused(
    act: Callable[[], None], link: str, clone_root: Path, tmp_path: Path
) -> None:
    """Where a link stands in the place of one of our directories nothing is done, least of all where it leads."""
    outside = tmp_path / "outside"
    for name in (f"{REPOSITORIES}/{CONNECTION}", f"{INCOMING}/{CONNECTION}.{ATTEMPT}"):
        fill(outside / name, "somebody else's")
    clone_root.rmdir()
    place = clone_root / link
    place.parent.mkdir(parents=True, exist_ok=True)
    place.symlink_to((outside / link).resolve())
    before = left_in(outside)
    with pytest.raises(OSError):  # noqa: PT011  # which of the system's refusals does not matter
        act()
    assert left_in(outside) == before
    assert place.is_symlink()


@pytest.mark.parametrize("act", [try_to_remove, try_to_clone, try_to_publish])
def test_nothing_is_made_where_a_link_leads(act: Callable[[], None], clone_root: Path, tmp_path: Path) -> None:
    """Not even an empty directory is made outside of the root."""
    outside = tmp_path / "outside"
    outside.mkdir()
    (clone_root / str(TENANT)).symlink_to(outside)
    with pytest.raises(workspace.WorkspaceUnsafe):
        act()
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("act", [try_to_remove, try_to_clone, try_to_publish])
@pytest.mark.parametrize("part", [".", f"{TENANT}"])
def test_file_in_the_place_of_a_directory_is_refused(act: Callable[[], None], part: str, clone_root: Path) -> None:
    """A file where a directory should be is an error of the system, and stays."""
    clone_root.rmdir()
    (clone_root / part).parent.mkdir(parents=True, exist_ok=True)
    (clone_root / part).write_text("a file")
    with pytest.raises(OSError):  # noqa: PT011  # which of the system's refusals does not matter
        act()
    assert (clone_root / part).read_text() == "a file"


@pytest.mark.parametrize("act", [try_to_remove, try_to_clone, try_to_publish])
def test_root_that_is_not_there_is_not_made(act: Callable[[], None], clone_root: Path) -> None:
    """Where the disk of the clones is not mounted nothing is written beside it, and nothing is taken for removed."""
    clone_root.rmdir()
    with pytest.raises(workspace.WorkspaceUnsafe, match="is its volume mounted"):
        act()
    assert not clone_root.exists()


def test_links_inside_a_clone_are_removed_and_not_followed(clone_root: Path, tmp_path: Path) -> None:
    """A link in somebody's repository takes nothing with it when the clone is removed."""
    outside = fill(tmp_path / "outside")
    (publish("new") / "link").symlink_to(outside)
    workspace.remove(TENANT, CONNECTION)
    assert left_in(clone_root) == []
    assert (outside / "file").read_text() == "source"
