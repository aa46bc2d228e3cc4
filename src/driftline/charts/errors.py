"""The errors of the room `charts`."""

from collections.abc import Iterable

from driftline.errors import InvalidInputError, StorageError


class PictureFormatError(InvalidInputError):
    """A picture is asked for in a format that is not drawn."""

    def __init__(self, path: str, formats: Iterable[str]) -> None:
        super().__init__(
            f"{path!r} is not the name of a picture that can be drawn. Let it end with {' or '.join(formats)}."
        )


class PictureFolderError(StorageError):
    """A picture cannot be written where it is asked for."""

    def __init__(self, path: str, fault: str) -> None:
        super().__init__(f"The picture {path!r} cannot be written: {fault}. Name a file in a folder that is there.")
