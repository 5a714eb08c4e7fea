"""Make book_utils/data/language_model_record.json: what SmolLM2 answers, for where its weights are not.

    python tools/record_language_model.py            # runs every experiment; needs the weights
    python tools/record_language_model.py --compare  # runs them again, and prints the largest difference

It runs the experiments below and the code of every chapter that calls `load_language_model`: a new experiment in a
chapter needs nothing but this command.
"""

import argparse
import json
import sys
from pathlib import Path

import matplotlib

import book_utils
from book_utils import model_experiments, places, table_changes
from book_utils.experiments import TOLERANCE, largest_difference
from book_utils.models.llama_files import model_from_gguf
from book_utils.models.smollm2 import SHA256, file_sha256, weights_path
from book_utils.recorded_model import RECORD, RecordingModel

ROOT = Path(__file__).resolve().parents[1]
CAPITAL = "The capital of France is"
BANKS = "The boat was tied to the river bank", "She put her money in the bank"
DOGS = "the cat chased the dog and the dog chased the cat"


def ways_to_break(table):
    """Yield the keywords of a loss, one way to break the model after the other; a changed table takes 113 MB."""
    yield from ({}, {"scale": table.dim**0.5}, {"pairing": "split"}, {"base": 10_000}, {"base": 1_000_000})
    for move in (places.a_thousand_on, places.far_beyond, places.doubled, places.halved, places.backwards,
                 places.nowhere, places.shuffled):  # fmt: skip
        yield {"positions": move}
    for bits, block in ((8, None), (4, 32), (4, None), (3, 32), (3, None), (2, 32), (2, None)):
        yield {"table": table_changes.rounded(table, bits, block)}
    for change in (table_changes.same_length, table_changes.centred, table_changes.shuffled,
                   table_changes.off_by_one, table_changes.noise):  # fmt: skip
        changed = change(table)
        yield {"table": changed}
        yield {"table": changed, "output": table}


def run_experiments(model):
    """Call every experiment that the explorers and the tests ask for."""
    for keywords in ways_to_break(model.table):
        model_experiments.losses(model, **keywords)
    for ids in map(model.encode, model_experiments.SIX_TEXTS.values()):  # for the assignment of chapter 5
        model_experiments.chances(model, ids)
        model_experiments.chances(model, ids, table=table_changes.shuffled(model.table))
    capital = model.encode(CAPITAL)
    model.next_tokens(capital)
    model.generate(capital)
    model_experiments.logit_spread(model, capital)
    model_experiments.way_of_a_row(model, capital)
    river, money = (model.encode(text) for text in BANKS)
    model_experiments.two_tokens(model, river, -1, money, -1)
    dogs = model.encode(DOGS)
    model_experiments.two_tokens(model, dogs, 4, dogs, 7)
    for table in (None, table_changes.centred(model.table)):
        model_experiments.random_cosines(model, table=table)
    model_experiments.row_lengths(model)
    for token in ("Ġcat", "Ġseven", "ĠMonday", "Ġup", "Ġbank"):
        model_experiments.neighbours(model, token)
    for inputs in (("Ġman", "Ġking", "Ġwoman"), ("ĠFrance", "ĠParis", "ĠItaly")):
        for allow_inputs in (False, True):
            model_experiments.analogy(model, *inputs, allow_inputs=allow_inputs)
    model.table.lookup(["Ġcat", "cat", "Ġdog"])


def run_chapters(model):
    """Run the code cells of each chapter that uses the model, with this one in its place."""
    matplotlib.use("agg")
    book_utils.load_language_model = lambda path=None: model
    for path in sorted((ROOT / "chapters").glob("*.ipynb")):
        cells = json.loads(path.read_text(encoding="utf-8"))["cells"]
        code = ["".join(cell["source"]) for cell in cells if cell["cell_type"] == "code"]
        if any("load_language_model" in source for source in code):
            names = {"__name__": path.stem}
            with matplotlib.rc_context():  # a chapter sets its own style
                for source in code:
                    exec(compile(source, str(path), "exec"), names)


def record_of(file):
    """Return the record of the weights in a file: all experiments, run."""
    model = RecordingModel(model_from_gguf(file))
    run_experiments(model)
    run_chapters(model)
    return {"weights_sha256": file_sha256(file)} | model.to_record()


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("file", nargs="?", type=Path, default=weights_path(), help="the weights")
    parser.add_argument("--compare", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    if file_sha256(options.file) != SHA256:
        raise SystemExit(f"{options.file} must have SHA-256 {SHA256}; it is another file. Nothing was done.")
    fresh = json.loads(json.dumps(record_of(options.file)))
    if options.compare:
        found = largest_difference(json.loads(RECORD.read_text(encoding="utf-8")), fresh)
        print(f"{len(fresh['results'])} experiments; largest difference {found:.1e} (tolerance {TOLERANCE:.0e})")
        return int(found > TOLERANCE)
    text = json.dumps(fresh, ensure_ascii=False, indent=0, separators=(",", ":"))
    RECORD.write_text(text + "\n", encoding="utf-8", newline="\n")
    print(f"{RECORD.name}: {len(fresh['results'])} experiments, {len(fresh['rows'])} rows, {len(text):,} characters")
    return 0


if __name__ == "__main__":
    sys.exit(main())
