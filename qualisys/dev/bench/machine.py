"""What a benchmark ran on, in terms that say nothing of whose machine it is."""

import os
import platform
import subprocess
from pathlib import Path

from django.db import connection


def describe_machine(directory: Path) -> dict[str, str]:
    """Return what the figures depend on; the directory is where the benchmark's files lie."""
    return {
        "cores": str(os.cpu_count()),
        "memory": f"{os.sysconf('SC_PHYS_PAGES') * os.sysconf('SC_PAGE_SIZE') / 1024**3:.0f} GiB",
        "disk": f"{_file_system(directory)} on {_device(directory)}",
        "system": f"{platform.system()} {'.'.join(platform.release().split('.')[:2])} {platform.machine()}",
        "python": platform.python_version(),
        "git": subprocess.run(["git", "--version"], capture_output=True, text=True, check=True).stdout.split()[2],
        "postgresql": _postgresql_version(),
    }


def _postgresql_version() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version: str = cursor.fetchone()[0]
        return version.split()[0]


def _file_system(directory: Path) -> str:
    """Return the name of the file system that holds the directory."""
    device = directory.stat().st_dev
    wanted = f"{os.major(device)}:{os.minor(device)}"
    table = Path("/proc/self/mountinfo")
    if not table.exists():
        return "an unknown file system"
    for line in table.read_text().splitlines():
        mount, _, file_system = line.partition(" - ")
        if mount.split()[2] == wanted:
            return file_system.split()[0]
    return "an unknown file system"


def _device(directory: Path) -> str:
    """Return what kind of device that is, where the system tells."""
    device = directory.stat().st_dev
    entry = Path(f"/sys/dev/block/{os.major(device)}:{os.minor(device)}")
    if not entry.exists():
        return "an unknown device"
    path = str(entry.resolve())
    return next((kind for part, kind in _DEVICES.items() if part in path), "another disk")


_DEVICES = {"/virtio": "a virtual disk", "/nvme": "an NVMe disk", "/ata": "a SATA disk", "/dm-": "a mapped disk"}
