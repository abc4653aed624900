"""The plain word list: a name that stands in the text is present, unless one of four words stands up to six before."""

from __future__ import annotations

from bench.nlu.plain_words import named
from bench.nlu.said import Ask, Reader, Said, said_of, serve, timed

_DENIALS = {"no", "not", "denies", "without"}
_WINDOW = 6


def role_at(text: str, start: int) -> str:
    """The role of the words that begin at a place."""
    before = [word.strip(".,;:!?()'\"").lower() for word in text[:start].split()]
    return "absent" if _DENIALS & set(before[-_WINDOW:]) else "present"


def load() -> Reader:
    """Nothing to load."""

    def read(ask: Ask) -> Said:
        if ask.end:
            role, ms = timed(lambda: role_at(ask.text, ask.start))
            return Said(role=role, ms=ms)
        found, ms = timed(lambda: [(n.kind, n.id, role_at(ask.text, n.start)) for n in named(ask.text)])
        return said_of(found, ms)

    return read


if __name__ == "__main__":
    serve(load)
