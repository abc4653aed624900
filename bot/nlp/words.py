"""The everyday words of signs and red flags, from the `words:` of the reviewed content."""

from __future__ import annotations

import os
from collections.abc import Mapping

from bot.content.loader import load_content

Words = Mapping[str, tuple[str, ...]]


def words_of_content(folder: str | os.PathLike[str] | None = None) -> tuple[Words, Words]:
    """(words by sign, words by red flag) of a content folder; without one, of the folder in use.

    Raises:
        ContentError: the content cannot be read.
    """
    content = load_content(folder)
    return (
        {id_: sign.words for id_, sign in content.signs.items()},
        {id_: flag.words for id_, flag in content.red_flags.items()},
    )
