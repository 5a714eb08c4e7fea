"""Where things are."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "book_utils"
FIXTURES = ROOT / "tests" / "fixtures"
AXE = ROOT / "tests" / "node_modules" / "axe-core" / "axe.min.js"
