"""How nbgrader grades this course. Run every nbgrader command in this folder."""

import re
import sys
from pathlib import Path

import nbgrader
from nbgrader.preprocessors import (
    AssignLatePenalties,
    CheckCellMetadata,
    ClearOutput,
    IgnorePattern,
    LimitOutput,
    OverwriteKernelspec,
    SaveAutoGrades,
)

HERE = Path(__file__).resolve().parent
sys.path.insert(0, str(HERE))  # nbgrader runs as a program of its own and does not look here for `grading`

from grading.cells import RestoreCells  # noqa: E402
from grading.execute import ExecuteAndAsk  # noqa: E402
from grading.harmless import Harmless  # noqa: E402
from grading.unpack import Unpack  # noqa: E402

c = get_config()  # noqa: F821  (nbgrader puts it here)

c.CourseDirectory.course_id = "token-ids-to-vectors"
c.CourseDirectory.root = str(HERE)

# The setup cells have hidden parts too, and the rubric of a written answer stands in its cell: nbgrader by itself
# allows the one in test cells only, the other in "task" cells only.
c.ClearHiddenTests.enforce_metadata = False
c.ClearMarkScheme.enforce_metadata = False

# Before a submission runs: every cell of ours as it was. RestoreCells says what it mends in nbgrader.
c.Autograde.sanitize_preprocessors = [ClearOutput, RestoreCells, OverwriteKernelspec, CheckCellMetadata]

# Then it runs in the sandbox, and its hidden tests outside. nbgrader's own Execute knows no sandbox.
c.Autograde.autograde_preprocessors = [
    ExecuteAndAsk, IgnorePattern, LimitOutput, Harmless, SaveAutoGrades, AssignLatePenalties, CheckCellMetadata,
]

# A cell may take this long; the assignments need two seconds in all. A loop without end costs this once.
c.Execute.timeout = 20
# A flood of output arrives late: wait for it before the kernel is given up.
c.Execute.iopub_timeout = 20
# Whole notebooks: what they never see, seconds, memory of all processes together, and their number.
c.Sandbox.course = str(HERE)
c.Sandbox.seconds = 180
c.Sandbox.megabytes = 3_000
c.Sandbox.processes = 32

# Lines are counted here, characters in ExecuteAndAsk (one line can have 60 MB).
c.LimitOutput.max_lines = 300

# What a teacher opens, feedback pages and Formgrader, runs no code of a student's and asks no other host. The pages are
# nbgrader's, with what `grading/templates/` puts in the place of MathJax.
c.HTMLExporter.preprocessors = [Harmless]
c.HTMLExporter.filters = {"markdown2html": "grading.harmless.markdown"}
c.HTMLExporter.extra_template_basedirs = [
    str(HERE / "grading" / "templates"),
    str(Path(nbgrader.__file__).parent / "server_extensions" / "formgrader" / "templates"),
]

# In a learning platform's zip the student's ID comes first, in the platform's own folder or file name: what a student
# named does not count. A file under another name is collected too: grade.py copies it to the right one.
# Canvas "ada_12_34_lookup-1.ipynb", Moodle "Ada Lovelace_123_assignsubmission_file_/lookup.ipynb".
c.ZipCollectApp.extractor_plugin = Unpack
c.FileNameCollectorPlugin.named_regexp = (
    re.escape(str(HERE)) + r"/downloaded/[^/]+/extracted/[^/]+/(?P<student_id>[^/_]+)[_/](?:.*[_/])?"
    r"(?P<file_id>lookup|geometry|position|memory|grow|[^/_]+)[^/]*\.ipynb$"
)
