"""What takes too long is left, and what comes after it has its own time."""

import subprocess
import sys
from types import SimpleNamespace

import pytest

from github_connections.analysis import shares
from github_connections.analysis.limits import Limits
from github_connections.analysis.linking.program import Program
from github_connections.analysis.pipeline import _Work
from github_connections.analysis.processes import environment

# Of a pattern that takes apart a text in ever more ways.
ENDLESS = "import re; re.fullmatch(r'(a|a)*b', 'a' * 100)"
SCRIPT = """
from github_connections.analysis import shares
done = []
with shares.shared_out({seconds}):
    for work in {works}:
        try:
            with shares.share({share}):
                exec(work)
        except shares.OutOfTime:
            done.append("out of time")
        else:
            done.append("done")
print(done, shares.ran_out())
{afterwards}
"""


def done(works: list[str], *, seconds: float = 60, share: float = 0.3, afterwards: str = "") -> str:
    script = SCRIPT.format(seconds=seconds, works=works, share=share, afterwards=afterwards)
    answer = subprocess.run([sys.executable, "-c", script], env=environment(), capture_output=True, check=True)
    return answer.stdout.decode().strip()


@pytest.mark.parametrize("endless", [ENDLESS, "while True: pass", "try:\n  while True: pass\nfinally:\n  1"])
def test_the_next_piece_of_work_is_done(endless):
    assert done([endless, "1", endless, "1"]) == "['out of time', 'done', 'out of time', 'done'] True"


def test_what_has_a_share_of_its_own_takes_nothing_of_the_one_around():
    inner = "with shares.share(1):\n  began = shares.time.process_time()\n"
    inner += "  while shares.time.process_time() < began + .6: pass"
    assert done([inner]) == "['done'] False"


def test_what_must_not_be_interrupted_comes_to_its_end():
    held = "began = shares.time.process_time()\nwith shares.uninterrupted():\n"
    held += "  while shares.time.process_time() < began + .6: pass\nended = 1\n"
    assert done([held + "while True: pass\n", "assert ended"]) == "['out of time', 'done'] True"


def test_nothing_is_begun_when_all_time_is_used_up():
    assert done(["while True: pass", "while True: pass"] * 20, seconds=0.01, share=9) == f"{['out of time'] * 40} True"


def test_no_alarm_rings_when_the_work_is_done():
    # A process whose interpreter ends has no handler any more; this one takes its time for it.
    ending = "import signal\nsignal.signal(signal.SIGPROF, signal.SIG_DFL)\nbegan = shares.time.process_time()\n"
    ending += "while shares.time.process_time() < began + .6: pass"
    assert done(["1"], afterwards=ending) == "['done'] False"


def test_a_file_is_read_to_its_end_however_late_it_is():
    """What reads holds directories open, of which the next to read must know."""

    def read(_path, _maximum):
        shares._SHARES.look()
        return b"pens"

    checkout = SimpleNamespace(inventory=SimpleNamespace(read=read), limits=Limits())
    with shares.share(0):
        assert _Work(checkout, parsers=None, keys={}).read("pens.py") == b"pens"


def test_what_is_looked_up_in_all_files_is_there_as_a_whole_or_made_anew():
    files = [SimpleNamespace(sketch=SimpleNamespace(words=[word])) for word in ("Base", "Other")]

    def interrupted(_family):
        yield files[0]
        raise shares.OutOfTime

    program = SimpleNamespace(_by_base={}, of_family=interrupted)
    with pytest.raises(shares.OutOfTime):
        Program.deriving(program, "python", "Other")
    program.of_family = lambda _family: files
    assert Program.deriving(program, "python", "Other") == files[1:]
