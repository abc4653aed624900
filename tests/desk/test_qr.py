"""The code that an authenticator reads: the whole text, and nothing that the policy of the page refuses."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest
import segno

from desk import qr, totp

SVG = "{http://www.w3.org/2000/svg}"
ADDRESS = totp.address("JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP", "Zoë <b>", "Example & Sons")


def modules(svg: str) -> set[tuple[int, int]]:
    """The dark modules, as places in the drawing."""
    path = ET.fromstring(svg).find(f"{SVG}path")  # noqa: S314 - our own output
    assert path is not None
    return {(int(x), int(y)) for x, y in re.findall(r"M(\d+) (\d+)h1v1h-1z", path.attrib["d"])}


def test_the_drawing_is_the_code() -> None:
    """Module for module, within the light border that cameras need."""
    matrix = segno.make(ADDRESS, error="m", micro=False).matrix
    dark = {(x + 4, y + 4) for y, row in enumerate(matrix) for x, module in enumerate(row) if module}
    assert modules(qr.svg(ADDRESS, "Key")) == dark
    side = int(ET.fromstring(qr.svg(ADDRESS, "Key")).attrib["viewBox"].split()[2])  # noqa: S314 - our own output
    assert max(x for x, _ in dark) == max(y for _, y in dark) == side - 5


def test_a_label_stays_a_label() -> None:
    """Whatever a name holds; and nothing in the drawing is a style, a script or an address."""
    drawn = qr.svg(ADDRESS, '"><script>x</script>')
    root = ET.fromstring(drawn)  # noqa: S314 - our own output
    assert root.attrib["aria-label"] == '"><script>x</script>'
    assert {element.tag.removeprefix(SVG) for element in root.iter()} == {"svg", "rect", "path"}
    assert "style" not in drawn
    assert "href" not in drawn


def test_too_much_for_any_code_is_said() -> None:
    """An error and no half code."""
    with pytest.raises(ValueError, match="Data too large"):
        qr.svg("x" * 5000, "Key")
