"""Text that a person types: what is refused, what is made uniform."""

from __future__ import annotations

import re
import unicodedata
from typing import Annotated

from pydantic import AfterValidator, Field

NAME_LENGTH = 200
NOTES_LENGTH = 20_000

ENVIRONMENT_ID = re.compile(r"[A-Za-z0-9_.-]{1,80}(/[A-Za-z0-9_.-]{1,80})?-v[0-9]+", re.ASCII)
"""No colon: Gymnasium imports the module in front of one."""


def plain(text: str, *, allowed_controls: str = "") -> str:
    """Normalise to NFC; raises ValueError for control characters and lone surrogates."""
    for character in text:
        category = unicodedata.category(character)
        if category == "Cs" or (category == "Cc" and character not in allowed_controls):
            raise ValueError(f"character U+{ord(character):04X} is a control character or half of one; remove it")
    return unicodedata.normalize("NFC", text)


def name(text: str) -> str:
    """Return the name as stored; raises ValueError if it cannot be one."""
    cleaned = plain(text)
    if len(cleaned) > NAME_LENGTH:
        raise ValueError(f"has {len(cleaned)} characters after normalisation; allowed are {NAME_LENGTH}")
    return cleaned


def visible(text: str) -> str:
    """Return a name that can be seen; raises ValueError if it cannot be one."""
    cleaned = name(text)
    if not cleaned.strip():
        raise ValueError("is empty; give at least one visible character")
    return cleaned


def unique(texts: list[str]) -> list[str]:
    """Return each text once, in the order of their first places."""
    return list(dict.fromkeys(texts))


def notes(text: str) -> str:
    """Return notes as stored: a name with line breaks and tabs."""
    return plain(text, allowed_controls="\n\r\t")


def environment_id(text: str) -> str:
    """Return the id of an environment; raises ValueError before anything could import it."""
    if len(text) > 170 or ENVIRONMENT_ID.fullmatch(text) is None:
        raise ValueError("is no environment id; expected the form CartPole-v1 or namespace/Name-v0")
    return text


def printable(text: str) -> str:
    """Return text that can be written as UTF-8 whatever a client sent."""
    return text.encode("utf-8", "replace").decode("utf-8")


Name = Annotated[str, Field(max_length=4 * NAME_LENGTH), AfterValidator(name)]
VisibleName = Annotated[str, Field(max_length=4 * NAME_LENGTH), AfterValidator(visible)]
Tags = Annotated[list[VisibleName], Field(max_length=50), AfterValidator(unique)]
Notes = Annotated[str, Field(max_length=NOTES_LENGTH), AfterValidator(notes)]
EnvironmentId = Annotated[str, Field(max_length=170), AfterValidator(environment_id)]
