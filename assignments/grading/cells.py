"""Put the teacher's cells back as they were, whatever was done to them: changed, copied, deleted, made up."""

import re

from nbformat.v4 import new_code_cell, new_markdown_cell
from nbgrader.api import Gradebook
from nbgrader.preprocessors import NbGraderPreprocessor
from nbgrader.utils import compute_checksum

DIED = "KernelDied"  # the name of the error in a cell that was not run, or not to its end
RUBRIC = re.compile(r"### BEGIN MARK SCHEME\n.*?### END MARK SCHEME\n?", re.DOTALL)


class RestoreCells(NbGraderPreprocessor):
    """Takes every fact of a teacher's cell but a student's answer from the gradebook.

    It stands in for nbgrader's DeduplicateIds and OverwriteCells (0.9.6). The first leaves an empty `nbgrader` entry
    on the copy of a cell, and the whole notebook is then refused as "old"; the second looks for the place of a
    deleted cell next to its neighbour, and fails where that is a locked cell or is gone as well.
    """

    def preprocess(self, nb, resources):
        """Give the notebook with each of the teacher's cells in it once."""
        ours = resources["nbgrader"]
        with Gradebook(ours["db_url"]) as gradebook:
            notebook = gradebook.find_notebook(ours["notebook"], ours["assignment"])
            points = {cell.name: cell.max_score for cell in notebook.grade_cells}
            answers = {cell.name for cell in notebook.solution_cells}
            originals = {cell.name: (cell, facts(cell, points, answers)) for cell in notebook.source_cells}
            self._restore(nb, originals)
        return nb, resources

    def _restore(self, nb, originals):
        found = {}
        for cell in reversed(nb.cells):  # of two copies the last one counts
            cell.source = cell.source.replace("\r\n", "\n")  # a file that has been on Windows
            # A tag can keep a cell from being run; what editors and students write there means nothing to grading.
            cell.metadata = type(cell.metadata)({k: v for k, v in cell.metadata.items() if k == "nbgrader"})
            name = name_of(cell)
            if name in originals and name not in found:
                found[name] = cell
            else:
                cell.metadata.pop("nbgrader", None)
        before = None
        for name, (original, metadata) in originals.items():
            cell = found.get(name)
            make = new_code_cell if original.cell_type == "code" else new_markdown_cell
            if cell is None:
                self.log.warning("The cell %s was deleted: put back", name)
                cell = make(released(original))
                places = [place for place, other in enumerate(nb.cells) if other is before]
                nb.cells.insert(places[0] + 1 if places else 0, cell)
            elif cell.cell_type != original.cell_type:
                place = next(place for place, other in enumerate(nb.cells) if other is cell)
                cell = nb.cells[place] = make(cell.source)
            if original.locked:
                cell.source = original.source
            cell.metadata["nbgrader"] = metadata
            if metadata["solution"] and cell.source.strip() == released(original).strip():
                cell.metadata.nbgrader.checksum = compute_checksum(cell)  # nbgrader sees by it: nothing written, 0
            before = cell


def released(original) -> str:
    """Give an answer cell as the students got it: nbgrader keeps it together with its rubric."""
    return original.source if original.locked else RUBRIC.sub("", original.source)


def name_of(cell) -> str | None:
    """Give the name under which the gradebook may know a cell."""
    entry = cell.metadata.get("nbgrader")
    name = entry.get("grade_id") if isinstance(entry, dict) else None
    return name if isinstance(name, str) else None


def facts(cell, points, answers) -> dict:
    """Give the metadata that nbgrader wrote on a cell when the assignment was made."""
    metadata = {
        "schema_version": 3, "grade_id": cell.name, "cell_type": cell.cell_type, "checksum": cell.checksum,
        "grade": cell.name in points, "solution": cell.name in answers, "locked": cell.locked, "task": False,
    }
    return metadata | ({"points": points[cell.name]} if cell.name in points else {})
