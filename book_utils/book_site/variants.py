"""What a guess asks when it comes back (`asking/again.py`): held against the answer key, and written into files that
only the recall page loads, each when a guess of its chapter is due.
"""

import json
import sys
from hashlib import sha256
from pathlib import Path

from ..asking.again import key_of, read_again
from .built_pages import Site
from .confirmed import KEY
from .pieces import write_parts


def again_of(site: Site, page: str) -> dict:
    """Write the variants of the guesses of a page into a file; say which guesses have some, and where they are."""
    chapter = Path(page).stem
    again = read_again((site.source / page).parent / "again" / f"{chapter}.py")
    check_variants(site.source, chapter, again)
    if not again:
        return {}
    text = json.dumps(again, ensure_ascii=False, separators=(",", ":"))
    file = f"again-{chapter}-{sha256(text.encode()).hexdigest()[:8]}"
    write_parts(site.folder, file, [text])
    return {"file": file, "parts": 1, "names": sorted(again)}


def check_variants(source: Path, chapter: str, again: dict[str, list[dict]]) -> None:
    """Compare the variants of the guesses of a chapter with the key, too."""
    key = source / KEY
    if not key.exists():
        return
    confirmed = json.loads(key.read_text(encoding="utf-8")).get(chapter, {})
    for name, states in again.items():
        if confirmed.get(name, {}).get("again") != key_of(states):
            sys.exit(f"{chapter}: the variants of the guess {name} are not those in {KEY}: {key_of(states)}.")
