"""The commands of the book: `python -m book_utils key` prints the answer of every guess."""

import argparse
import sys
from pathlib import Path

from .answer_key import key_text, read_key


def main(arguments=None) -> int:
    """Run one command; give its exit code."""
    parser = argparse.ArgumentParser(prog="python -m book_utils", description="Commands of the book.")
    commands = parser.add_subparsers(dest="command", required=True)
    key = commands.add_parser("key", help="print the answer of every guess, from the stored chapters")
    key.add_argument("chapters", nargs="?", default="chapters", help="the folder of the notebooks")
    key.add_argument("--write", metavar="FILE", help="write it there instead: you have read every explanation again")
    options = parser.parse_args(arguments)
    try:
        text = key_text(read_key(options.chapters))
    except (FileNotFoundError, ValueError) as problem:
        print(problem, file=sys.stderr)
        return 1
    if options.write:
        Path(options.write).write_text(text, encoding="utf-8")
    else:
        print(text, end="")
    return 0


if __name__ == "__main__":
    sys.exit(main())
