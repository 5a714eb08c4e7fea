"""The token table of the reader's own model: a Hugging Face folder, a safetensors or gguf file."""

from pathlib import Path

from .gguf_files import GgufFile
from .mapped_rows import MappedTable
from .safetensors_files import SafetensorsFile, ShardedSafetensors
from .tokenizer_files import tokens_beside
from .untrusted import ModelFileError

# How the families call a tensor: the end of its name before ".weight", after whatever prefixes the model has.
TOKEN_TABLES = (
    "embed_tokens",  # Llama, Mistral, Qwen, Gemma, Phi, OPT; with a longer prefix in models that see
    "wte",  # GPT-2, GPT-J
    "word_embeddings",  # BERT, BLOOM, Falcon, ChatGLM
    "embed_in",  # GPT-NeoX, Pythia
    "tok_embeddings",  # ModernBERT, Meta's own Llama
    "token_embedding",  # CLIP
    "token_embd",  # every gguf file
    "shared",  # T5, BART
    "word_embedding",  # XLNet
    "embeddings",  # Mamba, RWKV
    "emb",
)
POSITION_TABLES = ("wpe", "position_embeddings", "embed_positions", "position_embd")
OUTPUT_TABLES = ("lm_head", "embed_out", "output", "output_layer", "decoder")
OTHER_PARTS = {"layers", "layer", "h", "blocks", "blk", "mtp", "vision", "visual", "audio", "talker"}
OTHER_PARTS |= {"vision_model", "vision_tower", "vision_encoder", "audio_tower", "audio_encoder"}
PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")


def table_from_folder(path):
    """Return the token table of a model folder, rows left on disk, with the tokens of its tokenizer.

    Raises FileNotFoundError if weights are missing, ModelFileError if a file is damaged or of another kind.
    """
    weights = open_weights(_folder(path))
    rows = weights.rows(find_table(weights.tensors))
    tokens = weights.tokens or tokens_beside(path, len(rows))
    return MappedTable(rows, tokens)


def table_from_safetensors(path, name=None):
    """Return the token table of one safetensors file, or the tensor called `name`; it has no tokens.

    Raises FileNotFoundError or ModelFileError.
    """
    weights = SafetensorsFile(_file(path))
    return MappedTable(weights.rows(find_table(weights.tensors, name)))


def table_from_gguf(path, name=None):
    """Return the token table of a gguf file, or the tensor called `name`, with the tokens in the file.

    Raises FileNotFoundError, ModelFileError, or ImportError if the gguf package is not installed.
    """
    weights = GgufFile(_file(path))
    rows = weights.rows(find_table(weights.tensors, name))
    if weights.tokens is not None and len(weights.tokens) != len(rows):
        raise ModelFileError(f"each row needs a token: {len(rows):,} rows; got {len(weights.tokens):,}.")
    return MappedTable(rows, weights.tokens)


def positions_from_folder(path):
    """Return the learned position table of a model folder as MappedRows, or None if it has none."""
    weights = open_weights(_folder(path))
    names = _named(weights.tensors, POSITION_TABLES)
    return weights.rows(names[0]) if names else None


def has_output_table(path):
    """Say whether the weights of a model folder or file hold an output table of their own: if so, not tied.

    The config.json may say nothing, or the wrong thing: only the weights decide.
    """
    path = Path(path)
    return bool(_named(open_weights(path if path.is_dir() else _file(path)).tensors, OUTPUT_TABLES))


def open_weights(path):
    """Return the weights of a folder or file: an object with `tensors` by name, `rows(name)` and `tokens`."""
    path = Path(path)
    if path.is_file():
        return GgufFile(_file(path)) if path.suffix == ".gguf" else SafetensorsFile(_file(path))
    if (single := path / "model.safetensors").is_file():
        return SafetensorsFile(single)
    if (index := path / "model.safetensors.index.json").is_file():
        return ShardedSafetensors(index)
    files = sorted(file for file in path.iterdir() if file.is_file())
    found = [file for file in files if file.suffix in (".safetensors", ".gguf")]
    if len(found) == 1:
        return open_weights(found[0])
    if len(found) > 1:
        raise ModelFileError(f"{path.name} has {len(found)} weight files and no index: give one by name.")
    for file in files:
        _refuse_pickles(file)
    raise FileNotFoundError(f"{path.name} needs a model.safetensors, its index if in parts, or a .gguf.")


def find_table(names, name=None):
    """Return which of these tensor names is the token table: the least nested one; raises ModelFileError.

    >>> find_table(["language_model.model.embed_tokens.weight", "model.layers.61.embed_tokens.weight"])
    'language_model.model.embed_tokens.weight'
    """
    if name is not None:
        if name not in names:
            raise ModelFileError(f"the file has no tensor called {name!r}; it has {_some(names)}.")
        return name
    found = _named(names, TOKEN_TABLES)
    if not found:
        raise ModelFileError(f"none of the tensors has the name of a token table; got {_some(names)}.")
    if len(found) > 1 and _rank(found[0], TOKEN_TABLES) == _rank(found[1], TOKEN_TABLES):
        raise ModelFileError(f"{found[0]} and {found[1]} could both be the token table: say which, name=...")
    return found[0]


def _named(names, endings):
    """Return the names with one of these endings, the likeliest first; none from a layer or another part."""
    fits = []
    for name in names:
        *prefix, last = name.removesuffix(".weight").split(".")
        if name.endswith(".weight") and last in endings and not OTHER_PARTS.intersection(prefix):
            fits.append(name)
    return sorted(fits, key=lambda name: _rank(name, endings))


def _rank(name, endings):
    return name.count("."), endings.index(name.split(".")[-2])


def _some(names):
    first = ", ".join(sorted(names)[:4])
    return f"{first or 'none'}{' ...' if len(names) > 4 else ''}"


def _folder(path):
    path = Path(path)
    if not path.is_dir():
        raise FileNotFoundError(f"{path} must be a folder; a file: table_from_safetensors, table_from_gguf.")
    return path


def _file(path):
    path = Path(path)
    _refuse_pickles(path)
    if not path.is_file():
        raise FileNotFoundError(f"there is no file {path}.")
    return path


def _refuse_pickles(path):
    if path.suffix in PICKLES:
        raise ModelFileError(
            f"{path.name} is a Python pickle, and opening one runs whatever code is in it. Take the model's "
            ".safetensors; or, where that code may run, load it and save_pretrained(folder): it writes one."
        )
