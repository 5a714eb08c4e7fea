"""What a class guessed, for its teacher: `python -m book_utils class` reads the files and makes a report."""

from .report import Summary, class_report

__all__ = ["Summary", "class_report"]
