"""medspaCy with its stock sentence splitter and ConText rules; its targets are the names of the plain word list."""

from __future__ import annotations

from typing import Any

import medspacy  # type: ignore[import-not-found]  # in an environment of its own
from loguru import logger  # type: ignore[import-not-found]
from medspacy.target_matcher import TargetRule  # type: ignore[import-not-found]

from bench.nlu.plain_words import FLAGS, SIGNS, named
from bench.nlu.said import Ask, Reader, Said, said_of, serve, timed

_MATCHER = "medspacy_target_matcher"


def role_of(entity: Any) -> str:
    """ConText's five answers as one of our roles."""
    marks = entity._  # spaCy's place for what extensions say of a span
    if marks.is_negated:
        return "absent"
    if marks.is_family:
        return "other"
    if marks.is_historical:
        return "past"
    return "question" if marks.is_hypothetical or marks.is_uncertain else "present"


def load() -> Reader:
    """The stock pipeline with our targets."""
    logger.remove()  # its sentence splitter reports every token, which would be what is timed
    nlp = medspacy.load()
    names = {name for words in (*SIGNS.values(), *FLAGS.values()) for name in words}
    nlp.get_pipe(_MATCHER).add([TargetRule(name, "TARGET") for name in sorted(names)])

    def with_target(ask: Ask) -> Any:
        doc = nlp.make_doc(ask.text)
        for name, part in nlp.pipeline:
            if name == _MATCHER:
                doc.ents = [doc.char_span(ask.start, ask.end, label="TARGET", alignment_mode="expand")]
            else:
                doc = part(doc)
        return doc

    def read(ask: Ask) -> Said:
        if ask.end:
            doc, ms = timed(lambda: with_target(ask))
            return Said(role=role_of(doc.ents[0]), ms=ms)
        doc, ms = timed(lambda: nlp(ask.text))
        # entities cannot overlap, and a long name may hold the name of something else as well
        found = [(n.kind, n.id, role_of(entity)) for entity in doc.ents for n in named(entity.text)]
        return said_of(found, ms)

    return read


if __name__ == "__main__":
    serve(load)
