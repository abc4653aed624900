"""`make bench`: every measurement of this folder, one after the other. Each also runs alone: `python -m bench.nlu`.

Of the understanding it measures ours alone; the comparison with others is `make bench-nlu`.
"""

from __future__ import annotations

import subprocess
import sys

PARTS = (("bench.start",), ("bench.long_chat",), ("bench.nlu", "--only", "ours"), ("bench.widget",))


def main() -> int:
    """Run each part in a process of its own, so that none pays for the imports of another."""
    worst = 0
    for part in PARTS:
        print(f"\n== {' '.join(part)}", flush=True)
        worst = max(worst, subprocess.run([sys.executable, "-m", *part], check=False).returncode)
    return worst


if __name__ == "__main__":
    sys.exit(main())
