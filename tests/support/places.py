"""Where things are."""

import json
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "book_utils"
CHAPTERS = json.loads((PACKAGE / "data" / "book.json").read_text(encoding="utf-8"))["chapters"]
FIXTURES = ROOT / "tests" / "fixtures"
AXE = ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
