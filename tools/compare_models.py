"""Compare what is read from a config.json with the model that transformers builds from it: `make models`.

Run it from the root of the repository, in an environment of its own (the CPU build of torch will do); `make models`
makes one. Every file of tests/models/corpus/ whose family transformers knows is built on the meta device, without
weights. Rows, width, tied, learned places, rotary frequencies with their scaling and attention factor, and counted
parameters must be equal; what is left is in EXCEPTIONS, each with its reason. `python tools/compare_models.py NAME`
compares one file.
"""

import copy
import json
import sys
import warnings
from pathlib import Path

import numpy as np
import torch
import transformers

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from book_utils.models.config import ModelConfig  # noqa: E402
from book_utils.models.config_keys import ConfigError  # noqa: E402
from book_utils.models.parameters import parameters  # noqa: E402
from book_utils.models.rotations import rotations  # noqa: E402
from book_utils.rope_scaling import scaled  # noqa: E402

UNCOUNTED: list[bool] = []
CORPUS = ROOT / "tests" / "models" / "corpus"
CLASSES = ("AutoModelForCausalLM", "AutoModelForMaskedLM", "AutoModelForSeq2SeqLM", "AutoModel")
WHOLE = "AutoModelForImageTextToText"
OTHER_PARTS = ("vision", "visual", "audio", "image", "encoder_attn")
UNUSED = "the rotary module is built, and not used where ALiBi is"
TABLE = "its code keeps a table of sines and cosines, and no frequencies"
T5 = "transformers 5 sets tied for every T5, whatever the file says; T5 1.1 has an output table of its own"
OLD = "transformers 5 no longer reads position_embedding_type; 4.57 does"
EXCEPTIONS = {
    ("bert_relative", "learned places"): OLD,
    ("bert_relative", "relative"): OLD,
    ("codegen_350m", "rotary"): TABLE,
    ("dbrx", "frequencies"): "transformers 5.24 does not read attn_config.rope_theta, which DBRX's own code does",
    ("deepseek_v4_flash", "layers that turn"): "its compressors and indexers turn as well, more than once a layer",
    ("falcon_rw_alibi", "rotary"): UNUSED,
    ("flan_t5_base", "tied"): T5,
    ("gptj_6b", "rotary"): TABLE,
    ("llava_1_5_7b", "rotary"): "no width in the file; the class takes 4,096, which the reader does not fill in",
    ("minimax_text_01", "frequencies"): "half of a head turns (arXiv 2501.08313); transformers 5.24 ignores rotary_dim",
    ("minimax_text_01", "layers that turn"): "transformers 5.24 ignores attn_type_list, which says which layers attend",
    ("mt5_small", "tied"): T5,
    ("roformer_base", "rotary"): TABLE,
    ("roformer_base", "learned places"): TABLE,
}


def built(config, classes=CLASSES):
    """Return the model that transformers builds from a config, on the meta device: its text part if it has several.

    The class is the one that the file names, if it is one of the text part, or the first of `classes` that knows it.
    """
    given = copy.deepcopy(config)
    whole = transformers.AutoConfig.for_model(given.pop("model_type"), **given)
    text = whole if whole.is_encoder_decoder else whole.get_text_config()
    known = [(getattr(transformers, name), part) for part, names in ((text, classes), (whole, (*classes, WHOLE)))
             for name in names if type(part) in getattr(transformers, name)._model_mapping]
    with torch.device("meta"):
        named = getattr(transformers, given.get("architectures", ["?"])[0], None)
        if classes is CLASSES and named is not None and named.config_class is type(text):
            return named(text)
        return known[0][0].from_config(known[0][1])


def frequencies_of(model):
    """Return {name: (frequencies, attention factor)} of each rotary module, worked again on the CPU."""
    found = {}
    for path, module in model.named_modules():
        names = [name for name, _ in module.named_buffers(recurse=False)
                 if name.endswith("inv_freq") and "original" not in name]
        if not names or any(part in path for part in OTHER_PARTS) or not hasattr(module, "config"):
            continue
        again = type(module)(module.config)
        for name in names:
            kind = name.removesuffix("inv_freq").rstrip("_")
            factor = getattr(again, f"{kind}_attention_scaling" if kind else "attention_scaling", 1.0)
            found.setdefault(kind, (getattr(again, name).double().numpy(), float(factor)))
    return found


def places_of(model):
    """Return the sizes of the tables of learned places."""
    names = [(path, module) for path, module in model.named_modules() if isinstance(module, torch.nn.Embedding)]
    return [module.num_embeddings - getattr(module, "offset", 0) for path, module in names
            if ("position" in path.split(".")[-1] or path.split(".")[-1] in ("wpe", "embed_positions"))
            and "relative" not in path]


def turning_layers(model):
    """Return how often a text of four tokens is turned on its way through, once a layer; None if it cannot be run.

    Where queries and keys are turned by a call each, twice a layer.
    """
    calls, kept = 0, []

    def counted(plain):
        def turn(*given, **named):
            nonlocal calls
            calls += 1
            return plain(*given, **named)
        return turn

    for module in {sys.modules[type(part).__module__] for part in model.modules()}:
        for name in [name for name in vars(module) if name.startswith("apply_") and "rot" in name]:
            kept.append((module, name, getattr(module, name)))
            setattr(module, name, counted(getattr(module, name)))
    try:
        with torch.no_grad(), torch.device("meta"):
            model.to(torch.bfloat16).eval()(input_ids=torch.zeros(1, 4, dtype=torch.long), use_cache=False)
    except Exception:  # no run without numbers: a routine that looks at them
        calls = None
    finally:
        for module, name, plain in kept:
            setattr(module, name, plain)
    return calls


def differences(config, model):
    """Yield (what, ours, theirs) for each thing that the reader says otherwise than the built model has it."""
    read = ModelConfig(config)
    try:
        table, output = model.get_input_embeddings(), model.get_output_embeddings()
    except NotImplementedError:  # there is no table
        table = output = None
    if isinstance(table, torch.nn.Embedding):
        ours = (read.rows.assumed, read.table_width.assumed)
        if None not in ours and ours != tuple(table.weight.shape):
            yield "table", ours, tuple(table.weight.shape)
    if table is None and read.rows.assumed is not None:
        yield "no table", read.rows.assumed, None
    if output is not None and read.output_table.assumed is not None and not read.architectures.value:
        tied = output.weight is table.weight
        if tied == read.output_table.assumed:
            yield "tied", not read.output_table.assumed, tied
    yield from rotary_differences(read, frequencies_of(model))
    places, scheme = places_of(model), read.position.assumed
    if bool(places) != ("learned" in (scheme or "")) and scheme != "sinusoid":
        yield "learned places", scheme, places
    if places and scheme == "learned" and read.context.value not in (None, *places):
        offset = read.family.get("context_offset", 0)
        if read.context.value + offset not in places:
            yield "context", read.context.value, places
    names = ("relative", "rel_embeddings", "r_r_bias")
    relative = any(part in path for path, _ in model.named_parameters() for part in names)
    if relative != ("relative" in (scheme or "")):
        yield "relative", scheme, relative
    turned, expected = turning_layers(model), read.rotary_layers.assumed or 0
    UNCOUNTED.append(turned is None)
    known = read.rotary_layers.assumed is not None or scheme != "rotary"
    if turned is not None and known and turned not in (expected, 2 * expected):
        yield "layers that turn", expected, turned
    try:
        ours = parameters(read).value
    except ConfigError:
        return
    if not read.family["shapes"].get("head", 1):  # counted without an output
        model = built(config, ["AutoModel"])
    theirs = sum(each.numel() for path, each in model.named_parameters() if path != "score.weight")  # no table
    if ours != theirs:
        yield "parameters", ours, theirs


def rotary_differences(read, theirs):
    """Compare frequencies and attention factors; theirs by the kind of layer, ours the plain kind first."""
    ours = rotations(read)
    if bool(ours) != bool(theirs):
        yield "rotary", read.position.assumed, sorted(theirs)
    if not ours or not theirs:
        return
    for kind, (frequencies, factor) in theirs.items():
        mine = ours[-1] if kind not in ("", "full_attention", "main") else ours[0]
        length = read.context.value if mine["scaling"] and mine["scaling"]["method"] == "dynamic" else None
        worked, attention = scaled(mine["rotary_dim"], mine["base"], mine["scaling"], length)
        turning = frequencies[: len(worked)]
        same = len(turning) == len(worked) and np.allclose(turning, worked, rtol=1e-5, atol=0)
        if not same or frequencies[len(worked):].any():
            yield f"frequencies {kind}".strip(), *((len(each), each[:2], each[-1]) for each in (worked, frequencies))
        if abs(attention - factor) > 1e-6:
            yield f"attention factor {kind}".strip(), attention, factor


def main(names):
    """Compare the files named, or all, and print what differs; returns the number of unexplained differences."""
    warnings.filterwarnings("ignore")
    transformers.masking_utils.find_packed_sequence_indices = lambda positions: None  # it looks at numbers
    transformers.logging.set_verbosity_error()
    compared, unknown, faults, used = [], [], 0, set()
    for path in sorted(CORPUS.glob("*.json")):
        if names and path.stem not in names:
            continue
        entry = json.loads(path.read_text(encoding="utf-8"))
        config = entry["config"]
        if entry["source"].startswith("made up"):
            continue
        try:
            model = built(config)
        except Exception as problem:  # whatever transformers raises for a file that it does not take
            unknown.append((path.stem, f"{type(problem).__name__}: {str(problem)[:90]}"))
            continue
        compared.append(path.stem)
        for what, ours, theirs in differences(config, model):
            reason = EXCEPTIONS.get((path.stem, what))
            used.add((path.stem, what))
            faults += reason is None
            print(f"{path.stem}: {what}: read {ours}, built {theirs}" + (f"; {reason}" if reason else ""))
    print(f"{len(compared)} compared, {UNCOUNTED.count(False)} of them by a run that counts the layers that turn;"
          f" {len(unknown)} not built by transformers {transformers.__version__}:")
    for name, why in unknown:
        print(f"  {name}: {why}")
    stale = [] if names else sorted({*EXCEPTIONS} - used)
    print(f"{faults} differences without a reason; exceptions that are none: {stale}")
    return faults + len(stale)


if __name__ == "__main__":
    sys.exit(1 if main(sys.argv[1:]) else 0)
