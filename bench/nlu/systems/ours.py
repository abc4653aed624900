"""Our own understanding, as `bot.nlp` gives it without Rasa around it."""

from __future__ import annotations

from bench.nlu.said import Ask, Reader, Said, serve, timed
from bot.clinical.understanding import OpenQuestion, Understanding
from bot.nlp.understand import Understander, understander

_CHOICES = (("yes", "Yes"), ("no", "No"), ("unsure", "Not sure"))


def load() -> Reader:
    """The understander of the installed content."""
    reader = understander()
    used_network = getattr(reader, "used_network", None)

    def read(ask: Ask) -> Said:
        if ask.end:
            role, ms = timed(lambda: reader.role_of(ask.text, ask.start, ask.end, ask.about).role)
            return Said(role=role, ms=ms)
        question = _open_question(reader, ask.question)
        understood: Understanding
        understood, ms = timed(lambda: reader.understand(ask.text, ask.about, question))
        return Said(
            signs=tuple((m.sign, m.role) for m in understood.mentions),
            flags=tuple((f.flag, f.role, f.unclear) for f in understood.red_flag_mentions),
            intent=understood.intent,
            answer=understood.picks[0] if understood.picks else "none",
            ms=ms,
            slow=bool(used_network(ask.text)) if used_network else None,
        )

    return read


def _open_question(reader: Understander, text: str | None) -> OpenQuestion | None:
    """The question with its signs known, as the checklist knows those of its own questions."""
    if text is None:
        return None
    signs = sorted({m.sign for m in reader.understand(text).mentions})
    return OpenQuestion("asked", "yes_no", _CHOICES, {str(number): sign for number, sign in enumerate(signs)})


if __name__ == "__main__":
    serve(load)
