"""Secrets are shown nowhere: errors, logs, answers, links, stored texts and command lines all go through this."""

import re
from collections.abc import Sequence
from itertools import pairwise
from urllib.parse import unquote

MASK = "***"
_END_OF_AUTHORITY = re.compile(r"[/?#]|$")
_PORT = re.compile(r"[0-9]{1,5}")
_PARAMETER = re.compile(r"[?&;#]([^=&;#?]+)=")
_SECRET_NAME = re.compile(r"pass|pwd|secret|token|key|sig|credential|auth|sas", re.IGNORECASE)
_DATABASES = ("postgresql", "psycopg")
_PUNCTUATION = "'\"`)]}>.,:;"  # of the sentence that a URL stands in
_TOKEN = (
    re.compile(  # the tokens of GitHub, GitLab, Hugging Face, OpenAI and others, Slack, AWS, Google; JSON Web Tokens
        r"(?<![\w-])(?:gh[pousr]_[A-Za-z0-9]{20,}|github_pat_\w{20,}|glpat-[\w-]{16,}|hf_[A-Za-z0-9]{20,}|sk-[\w-]{16,}"
        r"|xox[abposr]-[\w-]{10,}|A[KS]IA[0-9A-Z]{16}|AIza[\w-]{30,}|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
    )
)
_SCHEME = re.compile(r"\b(Bearer|Basic)\s+\S+", re.IGNORECASE)  # of an HTTP header
_OPTION = re.compile(r"(-{0,2}[\w.+/~@-]+)=")
_PAIR = re.compile(r"""(?<![\w.-])([\w.-]+)(["']?\s*[:=]\s*)("[^"]*"|'[^']*'|[^\s,;&{\[("'][^\s,;&}"']*)""")
_WORD = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_SECRET_WORDS = frozenset(
    {"pass", "passwd", "password", "passphrase", "passcode", "pw", "pwd", "secret", "secrets", "token", "credential"}
    | {"credentials", "apikey", "authorization", "sas", "signature"}
)
_OTHER_KEYS = frozenset(  # that may be shown, before the word "key"
    {"sort", "group", "order", "primary", "foreign", "partition", "join", "row", "column", "index", "dict", "metric"}
    | {"target", "feature", "public"}
)


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


def mask_tokens(text: str) -> str:
    """Return a text without what is a token by its look, such as GitHub's, and without what follows Bearer.

    >>> mask_tokens("Authorization: Bearer abc.def")
    'Authorization: Bearer ***'
    """
    return _SCHEME.sub(rf"\1 {MASK}", _TOKEN.sub(MASK, text))


def mask_command(words: Sequence[str]) -> list[str]:
    """Return the words of a command line without passwords and tokens: of URLs, of options, and by their look.

    Whether the name of an option tells of a secret, its words say: `--api-key` and `db.password=` do, `--tokenizer` and
    `--sort-key` do not.

    >>> mask_command(["train.py", "--api-key", "abc", "--lr=0.1", "db.password=x y", "s3://b/f?sig=z"])
    ['train.py', '--api-key', '***', '--lr=0.1', 'db.password=***', 's3://b/f?sig=***']
    """
    masked, is_secret = list[str](), False
    for word in words:
        if is_secret and not word.startswith("--"):
            masked.append(MASK)
            is_secret = False
            continue
        masked.append(_masked_word(word))
        is_secret = word.startswith("-") and "=" not in word and _is_secret_name(word)
    return masked


def public_url(url: str) -> str:
    """Return a URL for links: without user and password, and with its parameters masked."""
    scheme, *rests = mask_secrets(url).split("://")
    return "://".join([scheme, *(rest[_userinfo(rest) :] for rest in rests)])


def _masked_word(word: str) -> str:
    option = _OPTION.match(word)
    if option and _is_secret_name(option[1]):
        return option[0] + MASK
    shown = _PAIR.sub(lambda pair: pair[1] + pair[2] + MASK if _is_secret_name(pair[1]) else pair[0], mask_tokens(word))
    return mask_secrets(shown)


def _is_secret_name(name: str) -> bool:
    """Return whether what a name stands for is a secret, by the words of the name."""
    words = [word.lower() for word in _WORD.findall(name)]
    keys = (before for before, word in pairwise(["", *words]) if word == "key")
    return not _SECRET_WORDS.isdisjoint(words) or any(before not in _OTHER_KEYS for before in keys)


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
