"""What follows for rotary positions from the keys of a config.json: which layers turn, how far, and how stretched.

Rules as in config_rules.py; the page's JavaScript, config_rules.js, has the same ones.
"""

from ..words import word
from .config_keys import config_keys
from .fact import Fact, noted


def base(config, fact):
    usual, ratio = config.family.get("base"), fact("base_ratio")
    if ratio.value and usual and config.facts["base"].value is None:
        return [Fact(usual * ratio.value, f"{config.family['code']}: {usual:,} x {ratio.key}")]
    return [fact("base")]


def position(config, fact):
    family, usual = config.family, config.family.get("position")
    said = [Fact(scheme, config.facts[name].key) for name, scheme in _schemes(config)]
    if said:
        return said
    denied = any(config.facts[name].value is False and usual == scheme
                 for name, scheme in (("alibi", "ALiBi"), ("uses_rope", "rotary")))
    signs = [config.facts[name] for name in config_keys()["rotary_signs"] if config.facts[name].value]
    if denied or not usual:
        key = signs[0].key if signs else ""
        return noted("no_scheme" if family else "no_family", keys=key) if family or key else []
    if usual in config_keys()["bucket_schemes"]:
        signs = [fact("buckets")]
    elif usual != "rotary":
        signs = []
    found = [Fact(usual, sign.key) for sign in signs if sign.value]
    return found or [Fact(default=usual, default_from=family["code"])]


def _schemes(config):
    """Yield (fact, scheme) for each key that says outright how places are told apart."""
    facts, words = config.facts, config_keys()["position_words"]
    if facts["no_positions"].value:
        yield "no_positions", "none"
    if facts["rope_part"].value == 0 and facts["nope_part"].value:  # both 0: the heads are not split at all
        yield "rope_part", "none"
    named = facts["position"].value
    if named and "position" not in config.family.get("ignores", ()):
        yield "position", words.get(named, named)
    if facts["alibi"].value:
        yield "alibi", "ALiBi"
    if facts["uses_rope"].value:
        yield "uses_rope", "rotary"
    if facts["position_added"].value is False:
        yield "position_added", "relative"


def scaling(config, fact):
    if fact("position").value != "rotary":
        return []
    named, words = fact("scaling"), config_keys()["scaling_words"] | config.family.get("scaling_words", {})
    if not named.value:
        usual = config.family.get("scaling", "none")
        return [Fact(default=usual, default_from=config.family["code"])] if config.family else []
    others = tuple(pair for pair in named.others if words.get(pair[1]) != words.get(named.value))
    note = "" if named.value in words else word("configNotes.unknown_scaling")
    return [Fact(words.get(named.value, named.value), named.key, others=others, note=note)]


def rotary_dims(config, fact):
    if fact("position").value != "rotary":
        return []
    finds = [fact(name) for name in ("rope_part", "rotary_dim") if fact(name).value]
    share, head = fact("fraction"), fact("full_head_dim") if fact("full_head_dim").value else fact("head_dim")
    if config.rope_part.value == 0 and head.value:
        return [head]
    if share.value and head.value and not config.rope_part.value:
        key = head.key if share.key == head.key else word("configKeys.share", share=share.key, whole=head.key)
        finds.append(Fact(int(head.value * share.value), key))
    return finds


def rotary_layers(config, fact):
    family, layers, kinds = config.family, fact("layers"), fact("layer_types")
    if fact("position").value != "rotary":
        return []
    for name in ("rope_on_layers", "full_on_layers", "attention_layers"):
        if listed := fact(name).value:
            return [Fact(len(listed) if name == "attention_layers" else sum(listed), fact(name).key)]
    if family.get("window_decides") and config.no_window.value and layers.value:
        return [Fact(layers.value, word("configKeys.all", layers=layers.key))]
    finds, turning, with_rope = [], family.get("layers_with_rope"), config_keys()["layers_with_rope"]
    unknown = {*(kinds.value or ())} - {*with_rope, *config_keys()["layers_without_rope"]}
    if kinds.value and not unknown:
        finds.append(Fact(sum(kind in (turning or with_rope) for kind in kinds.value), kinds.key))
    if fact("block_pattern").value and layers.value:
        turns = [kind in with_rope for kind in fact("block_pattern").value]
        rounds, rest = divmod(layers.value, len(turns))
        return [Fact(rounds * sum(turns) + sum(turns[:rest]), fact("block_pattern").key)]
    if layers.value:
        finds += _counted(config, fact, layers)
    if not finds and unknown:
        return noted("unknown_layers", kinds=", ".join(sorted(unknown)))
    mixed = kinds.value or turning or {"full_attention_interval", "no_rope_interval"} & {*family}
    if not finds and layers.value and family and not mixed:
        finds.append(Fact(layers.value, word("configKeys.all", layers=layers.key)))
    return finds


def _counted(config, fact, layers):
    """Count the layers that turn from "every n-th does" or "every n-th does not"."""
    interval, crossing = fact("full_attention_interval"), fact("cross_layers")
    skip = fact("no_rope_interval") if "layers_with_rope" not in config.family else fact("sliding_pattern")
    skip = fact("no_rope_interval") if fact("no_rope_interval").value else skip
    if interval.value:
        yield Fact(layers.value // interval.value, f"{layers.key} / {interval.key}")
    if skip.value:
        yield Fact(layers.value - layers.value // skip.value, word("configKeys.less", layers=layers.key, skip=skip.key))
    if crossing.value:
        yield Fact(layers.value - len(crossing.value), f"{layers.key} - {crossing.key}")


def local_layers(config, fact):
    kinds, ratios, layers, every = map(fact, ("layer_types", "compress_ratios", "layers", "sliding_pattern"))
    listed = fact("local_layers")
    if not fact("local_base").value and not config.family.get("sliding_unscaled"):
        return []
    if listed.value:
        return [Fact(sum(listed.value), listed.key)]
    if ratios.value:
        return [Fact(sum(ratio > 0 for ratio in ratios.value), ratios.key)]
    if kinds.value:
        return [Fact(sum(kind != "full_attention" for kind in kinds.value), kinds.key)]
    if every.value and layers.value:
        key = word("configKeys.less", layers=layers.key, skip=every.key)
        return [Fact(layers.value - layers.value // every.value, key)]
    return []
