"""Which packages are installed: read from the names of their folders, which takes a hundredth of asking each one."""

import os
import re
import sys
from collections.abc import Iterable

_METADATA = (".dist-info", ".egg-info")


def installed_packages(path: Iterable[str] | None = None) -> dict[str, str]:
    """Return the version of each package that can be imported, by its name as PyPI compares them.

    Args:
        path: the folders that Python imports from; `sys.path` by default. Of two versions the first counts, as for
            `import`.
    """
    found: dict[str, str] = {}
    for folder in sys.path if path is None else path:
        try:
            names = sorted(entry.name for entry in os.scandir(folder or "."))
        except OSError:  # a zip file, or a folder that is not there
            continue
        for name in names:
            stem, ending = os.path.splitext(name)  # noqa: PTH122  (a path for each would take longer than the rest)
            package, dash, version = stem.partition("-")
            if ending in _METADATA and dash:
                found.setdefault(re.sub(r"[-_.]+", "-", package).lower(), re.sub(r"-py\d.*$", "", version))
    return dict(sorted(found.items()))
