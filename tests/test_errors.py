"""The error classes: each has a code for programs, and no two classes declare the same."""

import pkgutil
from importlib import import_module

import driftline
from driftline import errors

OUTSIDE_OF_ERROR_FILES = {"driftline.clock", "driftline.settings", "driftline.workspace"}
ROOTS = {
    errors.InvalidInputError,
    errors.NotFoundError,
    errors.StorageError,
    errors.NotYetError,
    errors.ConflictError,
    errors.DagsterError,
}


def all_errors():
    for module in pkgutil.walk_packages(driftline.__path__, "driftline."):
        if module.name.endswith(".errors") or module.name in {
            "driftline.clock",
            "driftline.settings",
            "driftline.workspace",
        }:
            import_module(module.name)
    found, todo = set(), [errors.DriftlineError]
    while todo:
        below = set(todo.pop().__subclasses__()) - found
        found |= below
        todo += below
    return {one for one in found if one.__module__.startswith("driftline.")}


def test_each_error_declares_a_code_or_has_that_of_its_root():
    for error in all_errors():
        declared = [one for one in error.__mro__ if "code" in vars(one)]
        assert declared, f"{error.__name__} has no code"
        assert declared[0] is error or issubclass(error, tuple(ROOTS)), error.__name__
        assert declared[0].code.isupper()


def test_no_two_errors_declare_the_same_code():
    codes = [error.code for error in all_errors() if "code" in vars(error)]
    assert sorted(codes) == sorted(set(codes))


def test_the_roots_are_all_below_the_one_that_catches_everything():
    assert set(errors.DriftlineError.__subclasses__()) >= ROOTS
