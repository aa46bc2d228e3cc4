"""The file of a picture: checked before any work is done for it, and written."""

from pathlib import Path

from driftline.charts.errors import PictureFolderError, PictureFormatError

FORMATS = (".png", ".svg")


def picture_kind(path: Path) -> str:
    """Return the format of a picture by the name of its file: png or svg.

    Raises:
        PictureFormatError: it has another ending.
        PictureFolderError: its folder is not there.
    """
    kind = path.suffix.lower()
    if kind not in FORMATS:
        raise PictureFormatError(str(path), FORMATS)
    if not path.absolute().parent.is_dir():
        raise PictureFolderError(str(path), f"there is no folder {path.absolute().parent}")
    return kind.removeprefix(".")


def write_picture(path: Path, content: bytes) -> None:
    """Write a picture into its file.

    Raises:
        PictureFolderError: the system does not let it be written.
    """
    try:
        path.write_bytes(content)
    except OSError as error:
        raise PictureFolderError(str(path), error.strerror or str(error)) from error
