"""Secrets in URLs are shown nowhere: errors, logs, answers, links and stored texts all go through this."""

import re
from itertools import pairwise
from urllib.parse import unquote

MASK = "***"
_END_OF_AUTHORITY = re.compile(r"[/?#]|$")
_PORT = re.compile(r"[0-9]{1,5}")
_PARAMETER = re.compile(r"[?&;#]([^=&;#?]+)=")
_SECRET_NAME = re.compile(r"pass|pwd|secret|token|key|sig|credential|auth|sas", re.IGNORECASE)
_DATABASES = ("postgresql", "psycopg")
_PUNCTUATION = "'\"`)]}>.,:;"  # of the sentence that a URL stands in


def mask_url(url: str) -> str:
    """Return one URL without its passwords and tokens.

    A user name stays where a password follows it, and before a database; alone it may be a token. Of a parameter
    whose name tells of a secret, the value goes.

    >>> mask_url("postgresql://ann:p@ss@host/db?sslmode=require&password=x")
    'postgresql://ann:***@host/db?sslmode=require&password=***'
    >>> mask_url("https://token@host/path?sig=a%2Fb&partition=2025-05-01")
    'https://***@host/path?sig=***&partition=2025-05-01'
    """
    if "://" not in url:  # no URL at all: what stands before an @ may still be a password
        return url.rpartition("@")[2]
    parts = url.split("://")
    return "://".join([parts[0], *(_masked(rest, before) for before, rest in pairwise(parts))])


def mask_secrets(text: str) -> str:
    """Return a text with each URL in it masked; a URL ends at a blank.

    >>> mask_secrets("No answer from 'http://ann:pw@host:3000/graphql' (timeout).")
    "No answer from 'http://ann:***@host:3000/graphql' (timeout)."
    """
    parts = text.split("://")
    shown = [parts[0]]
    for before, rest in pairwise(parts):
        url, *tail = re.split(r"(?=\s)", rest, maxsplit=1)
        shown.append("".join([_masked(url, before), *tail]))
    return "://".join(shown)


def public_url(url: str) -> str:
    """Return a URL for links: without user and password, and with its parameters masked."""
    scheme, *rests = mask_secrets(url).split("://")
    return "://".join([scheme, *(rest[_userinfo(rest) :] for rest in rests)])


def _masked(rest: str, before: str) -> str:
    """Return what follows the `://` of a URL, masked; its scheme ends what is before that."""
    host = _userinfo(rest)
    if host:
        user, colon, _ = rest[: host - 1].partition(":")
        userinfo = f"{user}:{MASK}" if colon else user if before.endswith(_DATABASES) else MASK
        rest = f"{userinfo}@{rest[host:]}"
    shown, place = [], 0
    for found in _PARAMETER.finditer(rest):
        if found.end() >= place and _SECRET_NAME.search(unquote(found[1])):
            shown += [rest[place : found.end()], MASK]
            end = rest.find("&", found.end())
            place = found.end() + len(rest[found.end() : None if end < 0 else end].rstrip(_PUNCTUATION))
    return "".join([*shown, rest[place:]])


def _userinfo(rest: str) -> int:
    """Return where the host begins; 0 where no user is before it."""
    end = _END_OF_AUTHORITY.search(rest)
    authority = rest[: end.start()] if end else rest
    if "@" in authority:  # the last one counts: a password may hold one that is not escaped
        return authority.rindex("@") + 1
    _, colon, after = authority.partition(":")
    is_password = colon and not authority.startswith("[") and not _PORT.fullmatch(after)
    return rest.rfind("@") + 1 if is_password else 0  # a password may hold a slash, too
