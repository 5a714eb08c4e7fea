"""What a class guessed, for its teacher, and how the questions do, for their author.

`python -m book_utils class` and `items` read the files that readers saved, and make reports.
"""

from .items import items_report
from .report import Summary, class_report

__all__ = ["Summary", "class_report", "items_report"]
