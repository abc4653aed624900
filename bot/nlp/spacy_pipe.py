"""The understanding as a component of a spaCy pipeline, for people who work with spaCy, medspaCy or displaCy.

    import spacy, bot.nlp.spacy_pipe
    nlp = spacy.blank("en")
    nlp.add_pipe("signpost_understanding", config={"about": "child"})
    doc = nlp("she hasnt coughed today but her pyjamas were wringing")
    [(span.text, span.label_, span._.role) for span in doc.spans["signpost"]]

`doc._.understanding` holds the whole. The server itself does not import spaCy: that alone takes a second of a start,
and its string store keeps every word that people wrote for as long as the process lives (docs/decisions/0004).
"""

import spacy
from spacy import displacy
from spacy.language import Language
from spacy.tokens import Doc, Span

from bot.nlp.understand import understander

#: Where the spans of signs and red flags stand.
SPANS = "signpost"


@Language.factory("signpost_understanding", default_config={"about": "self"})
class UnderstandingPipe:
    """Sets `doc.spans["signpost"]` (labels are ids; `_.role`, `_.cue` and `_.unclear`) and `doc._.understanding`."""

    def __init__(self, nlp: Language, name: str, about: str) -> None:  # noqa: ARG002  spaCy passes it
        """Register the attributes; `about` is self, child or adult: whom the texts are about."""
        self.name = name
        self._about = about
        if not Doc.has_extension("understanding"):
            Doc.set_extension("understanding", default=None)
            for attribute in ("role", "cue", "unclear"):
                Span.set_extension(attribute, default=None)

    def __call__(self, doc: Doc) -> Doc:
        """Read the text of one document."""
        said = understander().understand(doc.text, self._about)
        spans = []
        found = [(m.sign, m, False) for m in said.mentions] + [(f.flag, f, f.unclear) for f in said.red_flag_mentions]
        for label, mention, unclear in found:
            span = doc.char_span(mention.start, mention.end, label=label, alignment_mode="expand")
            if span is not None:
                span._.role, span._.cue, span._.unclear = mention.role, mention.cue, unclear
                spans.append(span)
        doc.spans[SPANS] = spans
        doc._.understanding = said
        return doc


def page(texts: list[str], about: str = "self") -> str:
    """An HTML page that shows what was understood of each text, and where; for looking at by eye."""
    nlp = spacy.blank("en")
    nlp.add_pipe("signpost_understanding", config={"about": about})
    docs = list(nlp.pipe(texts))
    for doc in docs:
        doc.spans[SPANS] = [
            Span(doc, s.start, s.end, label=f"{s.label_} {s._.role}{'?' if s._.unclear else ''}")
            for s in doc.spans[SPANS]
        ]
    return str(displacy.render(docs, style="span", page=True, options={"spans_key": SPANS}))
