"""Print, for each file of tests/models/corpus/, what the reader knows: said by the file, by its code, or not known.

Run it from the root of the repository: python tools/config_coverage.py
"""

import json
from collections import Counter
from pathlib import Path

from book_utils.models.config import ModelConfig

CORPUS = Path(__file__).resolve().parent.parent / "tests" / "models" / "corpus"
FACTS = ("rows", "table_width", "tied", "position", "base", "rotary_dims", "rotary_layers", "scaling", "context")
SIGNS = {"said": "=", "by code": "~", "not known": "?", "without": "-"}


def state(config, name):
    """Say how a fact of a ModelConfig is known; what only turns is `without` where positions are told otherwise."""
    if config.facts[name].value is not None:
        return "said"
    if config.facts[name].assumed is not None:
        return "by code"
    rotary = name in ("base", "rotary_dims", "rotary_layers", "scaling")
    return "without" if rotary and config.position.assumed not in (None, "rotary") else "not known"


def main():
    """Print a line for each file, sorted by family, and the sums."""
    read = [(path.stem, ModelConfig(json.loads(path.read_text(encoding="utf-8"))["config"]))
            for path in sorted(CORPUS.glob("*.json"))]
    sums = Counter()
    print(f"{'family':<24}{'file':<30}{' '.join(FACTS)}")
    for stem, config in sorted(read, key=lambda pair: (str(pair[1].model_type.assumed), pair[0])):
        states = [state(config, name) for name in FACTS]
        sums.update(zip(FACTS, states, strict=True))
        signs = " ".join(f"{SIGNS[each]:^{len(name)}}" for name, each in zip(FACTS, states, strict=True))
        print(f"{config.model_type.assumed or '(none)':<24}{stem:<30}{signs}")
    families = {config.model_type.assumed for _, config in read}
    print(f"{len(read)} files of {len(families)} families; = said by the file, ~ by its code, ? not known, - no rotary")
    for name in FACTS:
        print(f"  {name:<14}" + ", ".join(f"{sums[name, each]} {each}" for each in SIGNS if sums[name, each]))


if __name__ == "__main__":
    main()
