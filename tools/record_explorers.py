"""Make what the explorers of chapter 5 show where the weights of SmolLM2 are not, with the hash of the weights.

    python tools/record_explorers.py broken   # book_utils/data/broken_model.json: ten minutes on one thread
    python tools/record_explorers.py ways     # book_utils/data/rows_on_their_way.json: half a minute
    python tools/record_explorers.py head     # book_utils/data/smollm2_head.json, for the rope dial: a second
    python tools/record_explorers.py words    # book_utils/data/smollm2_words.safetensors, for the neighbours: a second
    python tools/record_explorers.py broken ways --compare  # writes nothing, prints the largest difference

One thread and rounded numbers give the same bytes on every run.
"""

import argparse
import json
import sys

import numpy as np
from safetensors.numpy import save
from threadpoolctl import threadpool_limits
from tqdm import tqdm

from book_utils.experiments import TOLERANCE, largest_difference
from book_utils.explorers import breaks, rope_presets, ways, word_table
from book_utils.language_model import rms_norm, softmax
from book_utils.models.llama_files import model_from_gguf
from book_utils.models.smollm2 import SHA256, file_sha256, weights_path
from book_utils.models.tables import open_table
from book_utils.position import pairing_permutation, score


def broken_models(model):
    """Return losses and texts of the right model and of every way to break it."""
    settings = {breaks.key_of(*setting): setting for setting in breaks.settings()}
    answers = {key: breaks.answers(model, **breaks.keywords(model, *setting))
               for key, setting in tqdm(settings.items(), disable=None)}  # fmt: skip
    return {"vocabulary": len(model.table), "right": breaks.answers(model), "broken": answers}


def rows_on_their_way(model):
    """Return the way of every token of every recorded sentence."""
    return {"ways": [ways.way_of(model, text) for text in tqdm(ways.SENTENCES, disable=None)]}


def real_head(model, block=16, head=0, text="The cat chased the dog and the dog chased the cat"):
    """Return query and key of one head before they are turned, of the second `chased` and of the token before it.

    `share` is the mean weight that the head gives to the token just before. Pairs are split, as in Hugging Face's code.
    """
    ids, settings = model.encode(text), model.settings
    weights = model.blocks[block]
    x = rms_norm(model.hidden_states(ids)[block], weights["attn_norm"], settings.eps)
    group = head // (settings.n_heads // settings.n_key_heads)
    order, places = pairing_permutation(settings.head_dim), np.arange(len(ids))
    queries, keys = (
        (x @ weights[name].T).reshape(len(ids), -1, settings.head_dim)[:, which][:, order].astype(np.float64)
        for name, which in (("attn_q", head), ("attn_k", group)))  # fmt: skip
    scores = np.array([score(q, k, m, n, base=settings.base) for m, q in enumerate(queries)
                       for n, k in enumerate(keys)]).reshape(len(ids), -1)  # fmt: skip
    scores[np.triu_indices(len(ids), 1)] = -np.inf  # nobody reads what comes later
    share = np.diag(softmax(scores / settings.head_dim**0.5), -1).mean()
    m = int(places[ids == ids[2]][-1])  # Ġchased, the second time

    def one(vectors, place):
        return {"token": model.table.tokens[ids[place]], "place": place, "numbers": vectors[place].round(5).tolist()}

    return {"text": text, "block": block, "head": head, "share": round(float(share), 4), "query": one(queries, m),
            "key": one(keys, m - 1)}  # fmt: skip


RECORDS = {"broken": (breaks.RECORD, broken_models), "ways": (ways.RECORD, rows_on_their_way),
           "head": (rope_presets.RECORD, real_head)}  # fmt: skip


def as_text(record):
    """Return a record as JSON, one answer a line, so that a change shows where it is."""
    def dumps(value):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))

    def part(value):
        if isinstance(value, dict) and len(value) > 2:
            return "{\n" + ",\n".join(f"{dumps(key)}:{dumps(one)}" for key, one in value.items()) + "\n}"
        return "[\n" + ",\n".join(map(dumps, value)) + "\n]" if isinstance(value, list) else dumps(value)

    return "{\n" + ",\n".join(f"{dumps(key)}:{part(value)}" for key, value in record.items()) + "\n}\n"


def numbers(way):
    """Return all whole numbers of a way as one array."""
    lists = [*way["cosine"], *(cosines for *_, cosines in way["twins"])]
    lists += [each[1::2] for name in ("nearest", "next") for place in way[name] for each in place]
    return np.array([number for some in lists for number in some])


def first_words(way):
    """Return the first word of every list, or "" where the second comes within two of it."""
    lists = [each for name in ("nearest", "next") for place in way[name] for each in place]
    return [way["words"][each[0]] if each[1] - each[3] > 2 else "" for each in lists]


def check_ways(recorded, fresh):
    """Raise ValueError where two records of ways differ by more than rounding, on whatever processor, may do."""
    for one, other in zip(recorded["ways"], fresh["ways"], strict=True):
        words = zip(first_words(one), first_words(other), strict=True)
        if (
            (one["text"], one["tokens"]) != (other["text"], other["tokens"])
            or np.abs(numbers(one) - numbers(other)).max() > 1
            or not np.allclose(one["length"], other["length"], rtol=0.006)
            or any(word and again and word != again for word, again in words)
        ):
            raise ValueError(f"the way of {one['text']!r} is another one now.")


def save_words():
    """Write the rows of 8,000 words, rounded to 4 bits."""
    words = word_table.packed_words(open_table(weights_path()))
    word_table.FILE.write_bytes(save(words, {"weights_sha256": SHA256}))
    print(f"{word_table.FILE.name}: {len(words['ids']):,} words, {word_table.FILE.stat().st_size:,} bytes")


def main(arguments=None):
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("records", nargs="+", choices=[*RECORDS, "words"])
    parser.add_argument("--compare", action="store_true", help="write nothing")
    options = parser.parse_args(arguments)
    if (found := file_sha256(weights_path())) != SHA256:
        raise SystemExit(f"{weights_path()} must have SHA-256 {SHA256}; it has {found}. Nothing was done.")
    if "words" in options.records and not options.compare:
        save_words()
    names, worst = [name for name in options.records if name != "words"], 0
    model = model_from_gguf(weights_path()) if names else None
    for name in names:
        path, make = RECORDS[name]
        with threadpool_limits(1):
            fresh = json.loads(json.dumps({"weights_sha256": SHA256} | make(model)))
        if options.compare:
            recorded = json.loads(path.read_text(encoding="utf-8"))
            if name == "ways":
                check_ways(recorded, fresh)
            else:
                worst = largest_difference(recorded, fresh)
            continue
        path.write_text(as_text(fresh), encoding="utf-8", newline="\n")
        print(f"{path.name}: {path.stat().st_size:,} bytes")
    if options.compare:
        print(f"largest difference {worst:.1e} (tolerance {TOLERANCE:.0e})")
    return int(worst > TOLERANCE)


if __name__ == "__main__":
    sys.exit(main())
