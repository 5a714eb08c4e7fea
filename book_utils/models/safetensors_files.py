"""The header of a safetensors file, validated by the safetensors package, and its tensors as rows on disk."""

from collections.abc import Mapping
from pathlib import Path, PurePosixPath

from .number_formats import TO_FLOATS
from .rows_on_disk import RowsOnDisk, SteadyFile, Tensor
from .untrusted import ModelFileError, is_file, parse_object, plain, read_at_most, refuse_pointer, short

LARGEST_HEADER = 20_000_000  # bytes; the format allows 100 million, and real ones have some hundred thousand
LARGEST_INDEX = 100_000_000  # bytes; that of Kimi K2 has 13 million


class SafetensorsFile:
    """One safetensors file: `tensors` maps names to Tensors; raises ModelFileError if it breaks the format.

    The format: 8 bytes that give the length of the header, the header in JSON, then the numbers without gaps.
    """

    tokens = None

    def __init__(self, path):
        self._file = SteadyFile(path)
        header, data_start = _read_header(self._file)
        _validate(self._file)
        header.pop("__metadata__", None)
        self.tensors = {}
        for name, entry in header.items():
            begin, end = entry["data_offsets"]
            self.tensors[name] = Tensor(entry["dtype"], tuple(entry["shape"]), data_start + begin, end - begin)

    def rows(self, name):
        """Return a 2-D tensor of floats as RowsOnDisk; raises ModelFileError for another shape or dtype."""
        tensor = self.tensors[name]
        if len(tensor.shape) != 2 or 0 in tensor.shape:
            raise ModelFileError(f"{plain(name)} must be 2-D, one row a token; got shape {tensor.shape}.")
        if tensor.dtype not in TO_FLOATS:
            raise ModelFileError(
                f"{plain(name)} must hold one of {', '.join(TO_FLOATS)}; got {tensor.dtype}: numbers packed "
                "or scaled in a way that is not read here. Take the model as it was before quantisation."
            )
        if tensor.dtype.startswith("F8") and (scale := self._scale_of(name)):
            raise ModelFileError(
                f"{plain(name)} is {tensor.dtype} with a scale beside it, {plain(scale)}, which is not applied "
                "here. Take the model as it was before quantisation."
            )
        return RowsOnDisk(self._file, tensor, TO_FLOATS[tensor.dtype])

    def _scale_of(self, name):
        stem = name.removesuffix("weight")
        return next((other for other in self.tensors if other.startswith(stem) and "scale" in other), None)


class ShardedSafetensors:
    """A model cut into several safetensors files, by its index (model.safetensors.index.json).

    `tensors` maps each name to a Tensor; asking for one opens the file that holds it.
    """

    tokens = None

    def __init__(self, index_path):
        path = Path(index_path)
        shards = parse_object(read_at_most(path, LARGEST_INDEX), path.name).get("weight_map")
        if not isinstance(shards, dict):
            raise ModelFileError(
                f"{plain(path.name)} must hold a weight_map, {{name: file}}; got {short(shards)}."
            )
        self.tensors = _Shards(path.parent, shards)

    def rows(self, name):
        """Return a 2-D tensor as RowsOnDisk from the one file that holds it; raises ModelFileError."""
        return self.tensors.file(name).rows(name)


class _Shards(Mapping):
    """The names of the index, each with its Tensor, which is read when it is asked for."""

    def __init__(self, folder, shards):
        self._folder, self._shards, self._opened = folder, shards, {}

    def __iter__(self):
        return iter(self._shards)

    def __len__(self):
        return len(self._shards)

    def __contains__(self, name):
        return name in self._shards

    def __getitem__(self, name):
        return self.file(name).tensors[name]

    def file(self, name):
        shard = self._shards[name]
        in_folder = isinstance(shard, str) and shard == PurePosixPath(shard).name and not {*shard} & {*"\\:\0"}
        if not in_folder or not shard.endswith(".safetensors"):
            raise ModelFileError(f"the index must name .safetensors files of its folder; got {short(shard)}.")
        if not is_file(self._folder / shard):
            raise FileNotFoundError(
                f"{plain(name)} is in {plain(shard)}, which is not in the folder: download it too."
            )
        if shard not in self._opened:
            self._opened[shard] = SafetensorsFile(self._folder / shard)
        if name not in self._opened[shard].tensors:
            raise ModelFileError(f"the index says that {plain(name)} is in {plain(shard)}, and it is not.")
        return self._opened[shard]


def _read_header(file):
    """Return the header, a dict, and the place where the numbers begin."""
    name = plain(file.path.name)
    with file.reading() as stream:
        start = stream.read(64)
        refuse_pointer(start, name)
        if start[:2] in (b"PK", b"\x80\x02"):
            raise ModelFileError(f"{name} is a pickle, not safetensors: reading it would run its code.")
        length = int.from_bytes(start[:8], "little")
        if 8 + length > file.size:
            raise ModelFileError(
                f"{name} is cut short, or no safetensors: its first 8 bytes announce {length:,} bytes of "
                f"header; the file has {file.size:,}."
            )
        if length > LARGEST_HEADER:
            raise ModelFileError(f"the header must have at most {LARGEST_HEADER:,} bytes; got {length:,}.")
        stream.seek(8)
        # The package takes the last of two entries of one name without a word: hence this reading of our own.
        return parse_object(stream.read(length), f"the header of {name}"), 8 + length


def _validate(file):
    from safetensors import SafetensorError, safe_open  # here, so that chapters without files do not wait for it

    try:
        with safe_open(file.path, framework="np"):
            pass
    except (SafetensorError, OSError) as problem:
        said = str(problem).removeprefix("Error while deserializing header: ")
        hint = ": it is cut short, or goes on after its end" if "not fully covered" in said else ""
        raise ModelFileError(f"{plain(file.path.name)} breaks the format{hint} ({plain(said)}).") from None
    with file.reading():
        pass  # it is still the file whose header was read
