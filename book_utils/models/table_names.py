"""Which tensor of a model is which table, by the names that the families use."""

import re
from collections import Counter

from .untrusted import ModelFileError, plain

# How the families call a table: the end of its name before ".weight", after whatever prefixes the model has.
TOKEN_TABLES = (
    "embed_tokens",  # Llama, Mistral, Qwen, Gemma, Phi, OPT; with a longer prefix in models that see
    "wte",  # GPT-2, GPT-J
    "word_embeddings",  # BERT, BLOOM, Falcon, ChatGLM
    "embed_in",  # GPT-NeoX, Pythia
    "tok_embeddings",  # ModernBERT, Meta's own Llama
    "token_embedding",  # CLIP
    "token_embeddings",  # OpenELM
    "tokens_embed",  # the first GPT
    "token_embd",  # every gguf file
    "shared",  # T5, BART
    "word_embedding",  # XLNet
    "embeddings",  # Mamba, RWKV, static embeddings
    "embedding",  # Mamba 2
    "emb",
    "layers.0.wte",  # Phi 1
)
PER_LAYER_TABLES = ("embed_tokens_per_layer", "per_layer_token_embd")  # Gemma 3n, Gemma 4 E
POSITION_TABLES = (
    "wpe", "position_embeddings", "position_embedding", "embed_positions", "positions_embed", "position_embd",
    "pos_embed", "pos_emb",
)  # fmt: skip
OUTPUT_TABLES = (
    "lm_head", "embed_out", "output", "output_layer", "decoder", "head", "unembedding", "unembed",
    "transformer.ff_out",  # OLMo; its layers have an ff_out of their own
    "pred_layer.proj",  # XLM
)  # fmt: skip
ROLES = {
    "token table": TOKEN_TABLES,
    "per-layer table": PER_LAYER_TABLES,
    "position table": POSITION_TABLES,
    "output table": OUTPUT_TABLES,
}
NOT_KNOWN = "not known"
OTHER_PARTS = {"layers", "layer", "h", "blocks", "blk", "mtp", "vision", "visual", "audio", "talker"}
OTHER_PARTS |= {"vision_model", "vision_tower", "vision_encoder", "audio_tower", "audio_encoder"}


def role(name):
    """Return what a tensor of this name is: one of ROLES, or "not known".

    >>> role("model.language_model.embed_tokens_per_layer.weight"), role("model.layers.0.mlp.up_proj.weight")
    ('per-layer table', 'not known')
    """
    return next((role for role, endings in ROLES.items() if _ending(name, endings)), NOT_KNOWN)


def named(names, role):
    """Return the names of this role, the likeliest first: the least nested one, then by the order above."""
    endings = ROLES[role]
    return sorted((name for name in names if _ending(name, endings)), key=lambda name: _rank(name, endings))


def single(names):
    """Return the names that do not come again with another number in them, as those of layers do.

    >>> single(["wte.weight", "h.0.mlp.weight", "h.1.mlp.weight"])
    ['wte.weight']
    """
    forms = {name: re.sub(r"\d+", "0", name) for name in names}
    often = Counter(forms.values())
    return [name for name in names if often[forms[name]] == 1]


def find_table(names, name=None):
    """Return which of these names is the token table, or that which `name` is, or is the end of.

    Raises ModelFileError if none is, or several may be.

    >>> find_table(["language_model.model.embed_tokens.weight", "model.layers.61.embed_tokens.weight"])
    'language_model.model.embed_tokens.weight'
    """
    if name is not None:
        stem = name.removesuffix(".weight")
        found = [name] if name in names else [other for other in names if _ending(other, (stem,), frozenset())]
        if not found:
            raise ModelFileError(f"no tensor is called {plain(name)}")
    else:
        found = named(names, "token table")
        if not found:
            raise ModelFileError("no tensor has a name that is known for a token table")
        found = [other for other in found if _rank(other, TOKEN_TABLES) == _rank(found[0], TOKEN_TABLES)]
    if len(found) > 1:
        raise ModelFileError(f"{plain(found[0])} and {plain(found[1])} could both be meant")
    return found[0]


def _ending(name, endings, other_parts=OTHER_PARTS):
    """Return which of the endings this name has, or None; none if it is in a layer or another part."""
    stem = name.removesuffix(".weight").removesuffix(".qweight")
    if not stem.endswith(endings):  # so it is with nearly all of the names of a large model
        return None
    for ending in endings:
        if f".{stem}".endswith(f".{ending}") and not other_parts.intersection(stem.removesuffix(ending).split(".")):
            return ending
    return None


def _rank(name, endings):
    return name.count("."), endings.index(_ending(name, endings))
