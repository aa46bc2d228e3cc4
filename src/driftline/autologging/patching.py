"""Puts the logging of trainings around those of a library, also one that is imported later."""

import functools
import importlib.util
import sys
from collections.abc import Callable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import FunctionType, ModuleType
from typing import Any

Training = Callable[..., Any]
Logged = Callable[[Training, tuple[Any, ...], dict[str, Any]], Any]

_MARK = "__logged_by_driftline__"


def around(function: Training, logged: Logged) -> Training:
    """Return a function that has `logged` call it; once is enough.

    Both are referred to by it and nothing else is, so that a class that holds it can be sent to another process.
    """
    if hasattr(function, _MARK):
        return function

    @functools.wraps(function)
    def around_function(*args: Any, **kwargs: Any) -> Any:
        return logged(function, args, kwargs)

    setattr(around_function, _MARK, True)
    return around_function


def around_fits(base: type, logged: Logged) -> None:
    """Have the `fit` of each class below a base logged, now and later."""
    if hasattr(base.__init_subclass__, _MARK):
        return
    original = base.__init_subclass__.__func__  # type: ignore[attr-defined]

    def init_subclass(cls: type, /, **options: Any) -> None:
        original(cls, **options)
        _around_fit(cls, logged)

    setattr(init_subclass, _MARK, True)
    base.__init_subclass__ = classmethod(init_subclass)  # type: ignore[assignment]
    todo = [base]
    while todo:
        below: list[type] = todo.pop().__subclasses__()
        for one in below:
            _around_fit(one, logged)
        todo += below


def when_imported(name: str, patch: Callable[[ModuleType], None]) -> None:
    """Patch a module: now where it is imported already, else as soon as it is."""
    if name in sys.modules:
        patch(sys.modules[name])
    elif not any(isinstance(finder, _Finder) and finder.name == name for finder in sys.meta_path):
        sys.meta_path.insert(0, _Finder(name, patch))


class _Finder(MetaPathFinder):
    """Waits for the import of one module."""

    def __init__(self, name: str, patch: Callable[[ModuleType], None]) -> None:
        self.name, self._patch = name, patch

    def find_spec(
        self, fullname: str, _path: Sequence[str] | None, _target: ModuleType | None = None, /
    ) -> ModuleSpec | None:
        """Return how the module is loaded, with the patch behind it; None for another module."""
        if fullname != self.name:
            return None
        sys.meta_path.remove(self)
        spec = importlib.util.find_spec(fullname)
        if spec is None or spec.loader is None:
            return None
        load = spec.loader.exec_module

        def load_and_patch(module: ModuleType) -> None:
            load(module)
            self._patch(module)

        spec.loader.exec_module = load_and_patch  # type: ignore[method-assign]
        return spec


def _around_fit(cls: type, logged: Logged) -> None:
    fit = vars(cls).get("fit")
    if isinstance(fit, FunctionType):
        cls.fit = around(fit, logged)  # type: ignore[attr-defined]
