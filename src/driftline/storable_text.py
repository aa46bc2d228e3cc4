"""Which texts the databases keep: PostgreSQL no NUL, and none of them half of a surrogate pair."""

from driftline.masking import mask_secrets


def is_storable(text: str) -> bool:
    """Return whether both databases keep `text`: it has no NUL, and no half of a surrogate pair."""
    if "\0" in text:
        return False
    if text.isascii():
        return True
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def storable(text: str) -> str:
    """Return a text with what no database keeps in it written as an escape."""
    if text.isascii() and "\0" not in text:
        return text
    return text if is_storable(text) else text.replace("\0", r"\x00").encode(errors="backslashreplace").decode()


def storable_prose(text: str) -> str:
    """Return a text that is to be read, such as a traceback: without the secrets of the URLs in it, and storable."""
    return storable(mask_secrets(text))
