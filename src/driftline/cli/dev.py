"""`driftline dev`: the Dagster UI and the API together, ended by one Ctrl-C."""

import ctypes
import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from driftline.cli.output import print_text
from driftline.cli.project import project_root

LOOPBACK = "127.0.0.1"
PR_SET_PDEATHSIG = 1  # of linux/prctl.h
TIMEOUT_S = 10  # Dagster ends within four seconds of an interrupt when all is well


def dev(
    port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the Dagster UI.")] = 3000,
    api_port: Annotated[int, typer.Option(min=1, max=65535, help="The port of the GraphQL API.")] = 4000,
) -> None:
    """Run the Dagster UI with its daemon, and the GraphQL API, until Ctrl-C."""
    from filelock import FileLock, Timeout

    from driftline.cli.errors import AlreadyRunningError, same_port
    from driftline.pipelines import dagster_home, open_instance

    root = project_root(Path.cwd())
    if port == api_port:
        raise same_port(port)
    for wanted in (port, api_port):
        _check_free(wanted)
    home = dagster_home()
    try:
        with FileLock(home / "dev.lock", timeout=0):
            open_instance(home).dispose()  # what died holds up nothing that is clicked
            _run(root, port, api_port)
    except Timeout:
        raise AlreadyRunningError(str(home)) from None


def _check_free(port: int) -> None:
    from driftline.api.errors import port_in_use, port_refused

    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((LOOPBACK, port))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise port_in_use(port) from None
            raise port_refused(port, error.strerror) from None


def _run(root: Path, port: int, api_port: int) -> None:
    from driftline.settings import Settings

    dagster = [sys.executable, "-m", "dagster", "dev", "-w", "workspace.yaml", "-h", LOOPBACK, "-p", str(port)]
    api = [sys.executable, "-m", "driftline", "serve", "--host", LOOPBACK, "--port", str(api_port)]
    environment = {**os.environ, "DRIFTLINE_DAGSTER_URL": f"http://{LOOPBACK}:{port}"}
    environment["DRIFTLINE_HOME"] = str(Settings().root)  # as seen from here, not from the root
    environment["PYTHONWARNINGS"] = (
        "ignore::UserWarning,ignore::FutureWarning"  # Dagster tells of its successor at each start
    )
    for ending in (signal.SIGINT, signal.SIGTERM):  # also where a shell started this with & and ignores Ctrl-C
        signal.signal(ending, signal.default_int_handler)
    children = [
        subprocess.Popen(  # noqa: S603
            words,
            cwd=root,
            env=environment,
            start_new_session=True,
            preexec_fn=_interrupted_with_parent(),  # noqa: PLW1509
        )
        for words in (dagster, api)
    ]
    print_text(
        f"Dagster UI  http://{LOOPBACK}:{port}\nGraphQL API http://{LOOPBACK}:{api_port}/graphql\nCtrl-C ends both."
    )
    try:
        while all(child.poll() is None for child in children):
            time.sleep(0.2)
    except KeyboardInterrupt:
        print_text("Ending …")
    finally:
        codes = [_end(child) for child in children]
    if any(code not in {0, -signal.SIGINT} for code in codes):
        raise typer.Exit(1)


def _interrupted_with_parent() -> Callable[[], object] | None:
    """Return what a child does first, so that it is interrupted when this process is killed; None: only Linux can."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None, use_errno=True).prctl
    return partial(prctl, PR_SET_PDEATHSIG, signal.SIGINT)


def _end(child: subprocess.Popen[bytes]) -> int:
    """End a child and all it started: by an interrupt, and by force where that does not help."""
    if child.poll() is None:
        child.send_signal(signal.SIGINT)
    with suppress(subprocess.TimeoutExpired):
        child.wait(TIMEOUT_S)
    with suppress(ProcessLookupError):  # the whole group has ended
        os.killpg(child.pid, signal.SIGKILL)
    return child.wait()
