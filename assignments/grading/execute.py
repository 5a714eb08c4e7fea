"""Run a submission in the sandbox, and the hidden tests outside it.

nbgrader runs the tests in the student's own kernel, where student code can switch `assert` off, or make a number that
is equal to everything. Here that kernel never sees a hidden test, nor a right answer. The hidden tests run in the
grader's process; they get at the student's work only by `ask("expression")`, which has the expression worked out in
the kernel and brings the result back as JSON: plain numbers, lists and text. A kernel can lie to `ask`, but only a
right answer is right.
"""

import json
import re

from nbclient.exceptions import DeadKernelError
from nbformat.v4 import new_code_cell, new_output
from nbgrader.api import Gradebook
from nbgrader.preprocessors import Execute
from traitlets import Integer

from .cells import DIED, name_of
from .sandbox import Sandbox

HIDDEN = re.compile(r"^### BEGIN HIDDEN TESTS\n(.*?)^### END HIDDEN TESTS$", re.MULTILINE | re.DOTALL)


class Raised(AssertionError):
    """Student code raised when a hidden test asked; `kinds` names the class and those that it builds on."""

    def __init__(self, expression: str, kinds: list, text):
        super().__init__(f"{expression[:200]} raised {str(kinds[0])[:100]}: {str(text)[:300]}")
        self.kinds = kinds


class ExecuteAndAsk(Execute):
    """Runs the cells as nbgrader does, but without their hidden tests, which are run here."""

    characters = Integer(100_000, help="how much text one output may have").tag(config=True)
    answer = Integer(1_000_100, help="how many characters an answer to a hidden test may have").tag(config=True)
    all_characters = Integer(10_000_000, help="how much output one notebook may have").tag(config=True)

    def __init__(self, **settings):
        super().__init__(**{"kernel_manager_class": Sandbox} | settings)
        self.store_widget_state = False
        self.shutdown_kernel = "immediate"  # there is nothing to save

    def preprocess(self, nb, resources, km=None):
        """Run all cells; a kernel that dies costs the points of what comes after, and nothing else."""
        ours = resources["nbgrader"]
        with Gradebook(ours["db_url"]) as gradebook:
            cells = gradebook.find_notebook(ours["notebook"], ours["assignment"]).source_cells
            # From the gradebook, never from the notebook: this is code that we run without walls.
            self.teachers = {cell.name: cell.source for cell in cells if cell.locked}
        self.known = {"ask": self.ask}
        self.died = ""
        self.room = self.all_characters
        try:
            return super().preprocess(nb, resources, km)
        except Exception as problem:  # a dead or lying kernel may also fail to be shut down
            if not self.died:
                raise
            self.log.warning("The kernel did not end well: %r", problem)
            return nb, resources

    def preprocess_cell(self, cell, resources, index):
        """Run what the student may see of a cell there, and what is hidden here."""
        if cell.cell_type != "code":
            return cell, resources
        whole = cell.source
        cell.source = HIDDEN.sub("", whole)
        try:
            if self.died:
                cell.outputs = [an_error(DIED, f"Not run, because the kernel died before: {self.died}")]
            else:
                super().preprocess_cell(cell, resources, index)
        except Exception as problem:  # student code can also send messages that nobody can read
            self._give_up(cell, problem)
        cell.source = whole
        self._check(cell, index)
        for output in cell.outputs:
            cut(output, self.characters)
        self.nb.cells[index] = cell
        return cell, resources

    def _check(self, cell, index):
        """Run the teacher's part; what it raises is the output of the cell, which costs the cell its points."""
        name = name_of(cell)
        if name not in self.teachers or self.died:
            return
        tests = cell.metadata.nbgrader["grade"]
        if tests:
            # A number shown by a test cell would be its score, and a warning would cost all its points.
            keep = [output for output in cell.outputs if output.output_type in ("stream", "error")]
            cell.outputs = [output | {"name": "stdout"} if "name" in output else output for output in keep]
            if any(output.output_type == "error" for output in keep):
                return
        source = self.teachers[name]
        try:
            code = "\n".join(HIDDEN.findall(source)) if tests else source
            self.index = index
            exec(compile(code, name, "exec"), self.known)  # the teacher's own code
        except Exception as problem:
            if self.died:
                cell.outputs.append(an_error(DIED, self.died))
            elif tests:
                cell.outputs.append(an_error(type(problem).__name__, str(problem)))
            else:
                self.log.warning("The cell %s failed outside the sandbox: %r", name, problem)

    def _give_up(self, cell, problem):
        self.died = self.km.ended_because or f"{type(problem).__name__}: {problem}".strip().splitlines()[0][:300]
        self.log.warning("The kernel died: %s", self.died)
        cell.outputs.append(an_error(DIED, self.died))

    def ask(self, expression: str):
        """Have the student's kernel work out an expression; give the result, or raise with what went wrong there."""
        cell = new_code_cell(f"__import__('asked').answer({expression!r})")
        if self.died:
            raise DeadKernelError(self.died)
        try:
            self.execute_cell(cell, self.index, store_history=False)
        except Exception as problem:
            self._give_up(cell, problem)
            raise
        for output in cell.outputs:
            if output.output_type == "error":
                raise Raised(expression, [str(output.ename)], output.evalue)
        for output in cell.outputs:
            if output.output_type == "execute_result":
                return self._told(expression, output.data.get("text/plain"))
        raise AssertionError(f"{expression[:200]} gave nothing back.")

    def _told(self, expression, text):
        if not isinstance(text, str) or len(text) > self.answer:
            raise AssertionError(f"{expression[:200]} gave back more than {self.answer:,} characters.")
        told = json.loads(text)
        if "value" not in told:
            raise Raised(expression, told["raised"], told["text"])
        return told["value"]

    def handle_comm_msg(self, outs, msg, cell_index):
        """Leave what widgets say to the kernel alone: grading needs no widget, and their state has no bound."""

    def output(self, outs, msg, display_id, cell_index):
        """Take an output while there is room, so that a flood does not fill the grader's memory."""
        content = msg["content"]
        self.room -= len(str(content))
        if self.room > 0:
            return super().output(outs, msg, display_id, cell_index)
        if msg["msg_type"] == "error":
            outs.append(an_error(str(content.get("ename"))[:100], str(content.get("evalue"))[:300]))
        return None


def an_error(kind: str, sentence: str):
    """Make the output that nbgrader counts as a failed test; the sentence is what the student reads."""
    return new_output("error", ename=kind, evalue=sentence, traceback=[f"{kind}: {sentence}"])


def cut(value, most: int):
    """Shorten all text inside an output to `most` characters; pictures may have ten times as many."""
    items = value.items() if isinstance(value, dict) else enumerate(value) if isinstance(value, list) else ()
    for key, item in list(items):
        room = most * 10 if str(key).startswith("image/") else most
        if isinstance(item, str) and len(item) > room:
            value[key] = item[:room] + "\n... cut: too much text for one output."
        else:
            cut(item, most)
