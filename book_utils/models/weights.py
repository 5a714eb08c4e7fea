"""The weights of a model, wherever they lie: one file, several with or without an index, a folder with more."""

import re
from collections import Counter
from itertools import islice
from pathlib import Path

from .gguf_files import GgufFile
from .rows_on_disk import SteadyFile
from .safetensors_files import SafetensorsFile, ShardedSafetensors
from .table_names import named
from .untrusted import ModelFileError, is_file, plain

PICKLES = (".bin", ".pt", ".pth", ".ckpt", ".pkl", ".pickle")
PART = re.compile(r"(?P<stem>.+)-\d{5}-of-(?P<count>\d{5})(?P<kind>\.gguf|\.safetensors)")


class Parts:
    """Several files of one model as one, for those that have no index."""

    def __init__(self, files, count):
        self.missing = count - len(files)
        for name, often in Counter(name for file in files for name in file.tensors).items():
            if often > 1:
                raise ModelFileError(f"{plain(name)} is in {often} parts of the model: one must hold it.")
        self._file_of = {name: file for file in files for name in file.tensors}
        self.tensors = {name: file.tensors[name] for name, file in self._file_of.items()}
        self.tokens = next((file.tokens for file in files if file.tokens is not None), None)

    def rows(self, name):
        return self._file_of[name].rows(name)


def open_weights(path):
    """Return the weights of a folder or file: an object with `tensors` by name, `rows(name)` and `tokens`.

    Raises FileNotFoundError, ModelFileError, or ImportError for a gguf file without the gguf package.
    """
    path = Path(path)
    if path.suffix in PICKLES:
        raise _pickle(path)
    if is_file(path):
        return _open_parts(path) if PART.fullmatch(path.name) else _open_file(path)
    try:
        files = sorted(file for file in path.iterdir() if file.is_file())
    except (OSError, ValueError):
        raise FileNotFoundError(f"there is no file or folder {plain(path)}.") from None
    for name in ("model.safetensors", "model.safetensors.index.json"):
        if is_file(path / name):
            return _open_file(path / name)
    return _open_one_of(path, files)


def _open_file(path):
    if path.suffix == ".json":
        return ShardedSafetensors(path)
    with SteadyFile(path).reading() as file:
        is_gguf = file.read(4) == b"GGUF"
    return GgufFile(path) if is_gguf or path.suffix == ".gguf" else SafetensorsFile(path)


def _open_parts(path):
    """Open a part of a model together with the other parts that are in its folder."""
    form = PART.fullmatch(path.name).groupdict()
    fits = (PART.fullmatch(file.name) for file in sorted(path.parent.iterdir()) if is_file(file))
    files = [_open_file(path.parent / fit[0]) for fit in fits if fit and fit.groupdict() == form]
    return Parts(files, int(form["count"]))


def _open_one_of(folder, files):
    """Open the one model of a folder; of several the one with a token table, as of a text and a picture part."""
    models = {}
    for file in files:
        if file.suffix in (".safetensors", ".gguf"):
            part = PART.fullmatch(file.name)
            models.setdefault(part.group("stem", "count", "kind") if part else file.name, file)
    if len(models) == 1:
        return open_weights(*models.values())
    opened = map(open_weights, models.values())
    with_table = [*islice((weights for weights in opened if named(weights.tensors, "token table")), 2)]
    if len(with_table) == 1:
        return with_table[0]
    if models:
        names = ", ".join(plain(file.name) for file in [*models.values()][:4])
        raise ModelFileError(
            f"{plain(folder.name)} has {len(models)} models and no index ({names}): give the path of one file."
        )
    for file in files:
        if file.suffix in PICKLES:
            raise _pickle(file)
    raise FileNotFoundError(
        f"{plain(folder.name)} needs a model.safetensors, its index if in parts, or a .gguf."
    )


def _pickle(path):
    return ModelFileError(
        f"{plain(path.name)} is a Python pickle, and opening one runs whatever code is in it. Take the model's "
        ".safetensors; or, where that code may run, load it and save_pretrained(folder): it writes one."
    )
