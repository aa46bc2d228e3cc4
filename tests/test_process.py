"""Whether a process lives is said by its machine, number and start, not by its number alone."""

import os
import subprocess
import sys
from dataclasses import replace

from driftline.process import described, is_alive, process_here, this_process


def test_this_process_lives():
    assert is_alive(str(this_process())) is True
    assert described(str(this_process())).startswith(f"process {os.getpid()} on ")


def test_a_killed_process_is_dead_also_before_its_parent_has_asked_about_it():
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    told = str(process_here(child.pid))
    assert is_alive(told) is True
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)  # a zombie from now on
    assert is_alive(told) is False
    child.communicate()
    assert is_alive(told) is False


def test_a_number_that_was_given_away_again_is_another_process():
    reused = replace(this_process(), started_s=this_process().started_s - 60)
    assert is_alive(str(reused)) is False


def test_nobody_here_knows_of_another_machine_another_container_or_no_process_at_all():
    there = replace(this_process(), host="another-host"), replace(this_process(), namespace="4026539999")
    assert [is_alive(str(process)) for process in there] == [None, None]
    assert [is_alive(text) for text in ("", "vm:1", f"{this_process().host}:1")] == [None] * 3
