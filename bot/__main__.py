"""`python -m bot`: see `bot.server.cli`."""

from __future__ import annotations

import sys

from bot.server.cli import main

if __name__ == "__main__":
    sys.exit(main())
