"""Scripts that are processes of their own."""

import os
import subprocess
import sys
import textwrap


def script(code, *, status=0, env=None):
    """Run a script of its own process, and return its output."""
    done = subprocess.run(
        [sys.executable, "-c", textwrap.dedent(code)],
        env={**os.environ, **(env or {})},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == status, done.stderr
    return done.stdout
