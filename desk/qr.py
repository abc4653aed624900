"""A QR code as SVG, to be put into a page as it is: the policy of the desk allows no picture in an address."""

from __future__ import annotations

from xml.etree.ElementTree import Element, SubElement, tostring

import segno

#: Light modules around the code, as the standard asks for: without them cameras do not find it.
QUIET = 4
#: Pixels of one module on the screen: a telephone held at arm's length reads it.
MODULE = 5


def svg(text: str, label: str) -> str:
    """The code of a text, dark on light in every colour scheme, since not every camera reads it the other way round.

    Args:
        text: what the code says.
        label: what somebody who does not see it hears.

    Raises:
        ValueError: the text does not fit into any code.
    """
    rows = segno.make(text, error="m", micro=False).matrix
    side = len(rows) + 2 * QUIET
    root = Element(
        "svg",
        {
            "xmlns": "http://www.w3.org/2000/svg",
            "viewBox": f"0 0 {side} {side}",
            "width": str(side * MODULE),
            "height": str(side * MODULE),
            "class": "qr",
            "role": "img",
            "aria-label": label,
            "shape-rendering": "crispEdges",
        },
    )
    SubElement(root, "rect", {"width": str(side), "height": str(side), "fill": "#ffffff"})
    dark = "".join(
        f"M{x + QUIET} {y + QUIET}h1v1h-1z" for y, row in enumerate(rows) for x, module in enumerate(row) if module
    )
    SubElement(root, "path", {"d": dark, "fill": "#000000"})
    return tostring(root, encoding="unicode")
