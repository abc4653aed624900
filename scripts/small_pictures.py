"""Makes pictures of a screen small: 64 colours each, which is enough for flat areas and words.

    python scripts/small_pictures.py FROM TO

Whatever PNG stands in TO and not in FROM is deleted, so that no picture outlives its state.
"""

from __future__ import annotations

import sys
from pathlib import Path

from PIL import Image

COLOURS = 64


def main() -> int:
    """Write each picture of the one folder into the other, and say how large they are together."""
    source, target = Path(sys.argv[1]), Path(sys.argv[2])
    taken = {file.name for file in source.glob("*.png")}
    if not taken:
        print(f"no pictures in {source}", file=sys.stderr)
        return 1
    target.mkdir(parents=True, exist_ok=True)
    for old in target.glob("*.png"):
        if old.name not in taken:
            old.unlink()
    for name in sorted(taken):
        picture = Image.open(source / name).convert("RGB")
        picture.quantize(COLOURS, dither=Image.Dither.NONE).save(target / name, optimize=True)
    size = sum((target / name).stat().st_size for name in taken)
    print(f"{len(taken)} pictures, {size / 1e6:.1f} MB in {target}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
