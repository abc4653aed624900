"""The commands `check` and `review` of `python -m bot`."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from bot.content.check import report
from bot.content.loader import load_content
from bot.errors import SignpostError
from bot.site import load_site


def add_parsers(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add both commands. Each sets `run`, a function from the parsed arguments to the exit status."""
    check = subparsers.add_parser(
        "check", help="check the reviewed content: schema, citations, wording, reading age, voices"
    )
    check.add_argument("--content", type=Path, help="the content folder (SIGNPOST_CONTENT, else content/)")
    check.add_argument(
        "--seeds",
        type=Path,
        help="the folder of the five documents (SIGNPOST_SEEDS, else shared/seeds beside the checkout)",
    )
    check.add_argument(
        "--strict", action="store_true", help="fail when the documents are not at hand (always so with CI=true)"
    )
    check.set_defaults(run=run_check)
    review = subparsers.add_parser(
        "review", help="write one HTML document with everything the bot can say, for a clinician to sign"
    )
    review.add_argument("--out", type=Path, required=True, help="the file to write")
    review.add_argument("--content", type=Path, help="the content folder (SIGNPOST_CONTENT, else content/)")
    review.add_argument("--site", type=Path, help="the site file (SIGNPOST_SITE, else site.yml)")
    review.set_defaults(run=run_review)


def run_check(args: argparse.Namespace) -> int:
    """Print one line a fault; 1 when there is any, 2 when the folder of documents that was named does not exist."""
    named = args.seeds or os.environ.get("SIGNPOST_SEEDS")
    if named and not Path(named).is_dir():
        print(f"{named}: no such folder. Give the folder with the five documents.", file=sys.stderr)
        return 2
    text, status = report(args.content, args.seeds, args.strict)
    print(text)
    return status


def run_review(args: argparse.Namespace) -> int:
    """Write the review document; 1, with one clear line, when content, site or target cannot be used."""
    from bot.content.review import render_review

    try:
        page = render_review(load_content(args.content), load_site(args.site))
        args.out.write_text(page, encoding="utf-8")
    except SignpostError as error:
        print(error, file=sys.stderr)
        return 1
    except OSError as error:
        print(f"{args.out}: cannot be written ({error.strerror}). Choose another file with --out.", file=sys.stderr)
        return 1
    print(f"{args.out}: written. Print it, or open it in a browser.")
    return 0


def main(argv: list[str] | None = None) -> int:
    """The two commands on their own, as `python -m bot.content.cli`."""
    parser = argparse.ArgumentParser(prog="python -m bot")
    add_parsers(parser.add_subparsers(dest="command", required=True))
    args = parser.parse_args(argv)
    return int(args.run(args))


if __name__ == "__main__":
    raise SystemExit(main())
