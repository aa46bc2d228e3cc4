"""How people name a model version: income@champion, income/3, or income for its champion."""

import re
from dataclasses import dataclass

from driftline.registry.errors import InvalidModelReferenceError

CHAMPION = "champion"
CHALLENGER = "challenger"  # scores beside the champion, in its shadow
ALIASES = (CHAMPION, CHALLENGER)
_REFERENCE = re.compile(r"(?P<model>[A-Za-z0-9_]+)(?:@(?P<alias>[A-Za-z0-9_-]+)|/(?P<version>[1-9][0-9]*))?")


@dataclass(frozen=True, kw_only=True)
class ModelReference:
    """A model and either the alias or the number of one of its versions."""

    model: str
    alias: str | None
    version: int | None

    def __str__(self) -> str:
        return f"{self.model}@{self.alias}" if self.alias else f"{self.model}/{self.version}"


def parse_reference(text: str) -> ModelReference:
    """Return what `text` names; a model without more is its champion.

    Raises:
        InvalidModelReferenceError: `text` has another form.
    """
    match = _REFERENCE.fullmatch(text)
    if match is None:
        raise InvalidModelReferenceError(text)
    model, alias, version = match["model"], match["alias"], match["version"]
    if version is not None:
        return ModelReference(model=model, alias=None, version=int(version))
    return ModelReference(model=model, alias=alias or CHAMPION, version=None)
