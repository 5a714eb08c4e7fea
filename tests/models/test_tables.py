"""Tables in the reader's own files: found, mapped and equal to what other readers say."""

import json
import struct
import subprocess
import sys

import gguf
import numpy as np
import pytest
from damage import TOKENS, VECTORS, safetensors_bytes, write_gguf
from gguf import GGMLQuantizationType as Kind
from safetensors.numpy import save_file

from book_utils.lookup import EmbeddingTable
from book_utils.models.mapped_rows import MappedRows
from book_utils.models.tables import (
    find_table,
    has_output_table,
    positions_from_folder,
    table_from_folder,
    table_from_gguf,
    table_from_safetensors,
)
from book_utils.models.untrusted import ModelFileError

TYPED = (ModelFileError, FileNotFoundError)


def tokenizer_json(tokens, added=()):
    model = {"type": "BPE", "vocab": {token: i for i, token in enumerate(tokens)}}
    return json.dumps({"model": model, "added_tokens": [{"content": token, "id": i} for token, i in added]})


@pytest.fixture
def folder(tmp_path):
    tensors = {"model.embed_tokens.weight": VECTORS, "model.norm.weight": VECTORS[0]}
    save_file(tensors, tmp_path / "model.safetensors", {"format": "pt"})
    (tmp_path / "tokenizer.json").write_text(tokenizer_json(TOKENS[:11]))
    return tmp_path


def test_a_model_folder_gives_a_table_with_tokens(folder):
    table = table_from_folder(folder)
    assert isinstance(table, EmbeddingTable) and isinstance(table.vectors, MappedRows)
    assert (table.shape, table.dim, len(table), table.n_bytes) == ((12, 256), 256, 12, VECTORS.nbytes)
    assert np.array_equal(table.lookup(["token3", 7]), VECTORS[[3, 7]])
    assert np.array_equal(table.lookup([[1], [2]]), VECTORS[[[1], [2]]])
    assert table.tokens[-1] == "[row 11]"  # a padded row
    assert repr(table) == "MappedTable(12 tokens x 256 numbers, F32 on disk, 12,288 bytes)"
    assert not has_output_table(folder) and positions_from_folder(folder) is None
    with pytest.raises(IndexError, match="token IDs run from 0 to 11; got 12"):
        table.lookup([12])


def test_mapped_rows_read_rows(folder):
    rows = table_from_folder(folder).vectors
    assert np.array_equal(rows[2], VECTORS[2]) and np.array_equal(rows[3:7:2], VECTORS[3:7:2])
    assert np.array_equal(rows[VECTORS[:, 0] > 0], VECTORS[VECTORS[:, 0] > 0])
    assert (
        np.array_equal(np.asarray(rows), VECTORS) and np.asarray(rows, dtype=np.float64).dtype == np.float64
    )
    with pytest.raises(TypeError, match=r"write vectors\[ids\]\[..., columns\]"):
        rows[:, 0]


@pytest.mark.parametrize("dtype", [np.float64, np.float32, np.float16])
def test_floats_equal_what_safetensors_reads(tmp_path, dtype):
    save_file({"wte.weight": VECTORS.astype(dtype)}, tmp_path / "a.safetensors")
    found = table_from_safetensors(tmp_path / "a.safetensors").lookup([0, 5, 11])
    assert found.dtype == np.float32
    assert np.array_equal(found, VECTORS.astype(dtype).astype(np.float32)[[0, 5, 11]])


def test_bf16_is_the_upper_half_of_an_fp32(tmp_path):
    halves = [int(number) for number in np.random.default_rng(0).integers(0, 2**16, 12 * 256)]
    halves[:4] = 0x3F80, 0x8000, 0x7F80, 0xFF80  # 1, -0, inf, -inf
    numbers = struct.pack("<3072H", *halves)
    (tmp_path / "a.safetensors").write_bytes(safetensors_bytes({"wte.weight": ("BF16", (12, 256), numbers)}))
    expected = [struct.unpack("<f", struct.pack("<HH", 0, half))[0] for half in halves]
    found = table_from_safetensors(tmp_path / "a.safetensors").lookup(range(12))
    assert np.array_equal(found.ravel(), expected, equal_nan=True)
    assert found[0, :4].tolist() == [1, 0, np.inf, -np.inf]


@pytest.mark.parametrize(
    "kind", [Kind.F32, Kind.F16, Kind.BF16, Kind.Q8_0, Kind.Q4_0], ids=lambda kind: kind.name
)
def test_a_gguf_file_equals_what_the_gguf_package_reads(tmp_path, kind):
    table = table_from_gguf(write_gguf(tmp_path / "a.gguf", kind))
    there = gguf.GGUFReader(tmp_path / "a.gguf").tensors[0]
    assert np.array_equal(table.lookup([3, 0, 3]), gguf.quants.dequantize(there.data, kind)[[3, 0, 3]])
    assert np.array_equal(table.lookup("token11"), table.lookup(11))
    assert table.n_bytes == there.n_bytes and table.tokens == tuple(TOKENS)
    assert np.corrcoef(table.lookup(range(12)).ravel(), VECTORS.ravel())[0, 1] > 0.99
    assert np.array_equal(table_from_folder(tmp_path).lookup(2), table.lookup(2))


def half(block, place):
    return struct.unpack_from("<e", block, place)[0]


def q8_0(block):
    """As in ggml: a scale, then 32 signed bytes."""
    return [half(block, 0) * code for code in struct.unpack_from("<32b", block, 2)]


def q4_0(block):
    """As in ggml: a scale, then 16 bytes; low halves are numbers 0 to 15, high halves 16 to 31."""
    low, high = [byte & 15 for byte in block[2:]], [byte >> 4 for byte in block[2:]]
    return [half(block, 0) * (code - 8) for code in low + high]


def q4_k(block):
    """As in ggml's dequantize_row_q4_K: 2 scales, 8 six-bit scales and minima in 12 bytes, 256 codes."""
    numbers = []
    for group in range(8):
        q = block[4:16]
        if group < 4:
            scale, least = q[group] & 63, q[group + 4] & 63
        else:
            scale = q[group + 4] & 15 | (q[group - 4] >> 6) << 4
            least = q[group + 4] >> 4 | (q[group] >> 6) << 4
        codes = block[16 + group // 2 * 32 : 48 + group // 2 * 32]
        for code in codes:
            nibble = code >> 4 if group % 2 else code & 15
            numbers.append(half(block, 0) * scale * nibble - half(block, 2) * least)
    return numbers


def q6_k(block):
    """As in ggml's dequantize_row_q6_K: 256 low nibbles and pairs of high bits, 16 signed scales, a scale."""
    numbers = [0.0] * 256
    scales = struct.unpack_from("<16b", block, 192)
    for part in range(2):
        low, high, first = block[part * 64 :], block[128 + part * 32 :], part * 8
        for i in range(32):
            codes = (
                low[i] & 15 | (high[i] & 3) << 4,
                low[i + 32] & 15 | (high[i] >> 2 & 3) << 4,
                low[i] >> 4 | (high[i] >> 4 & 3) << 4,
                low[i + 32] >> 4 | (high[i] >> 6 & 3) << 4,
            )
            for quarter, code in enumerate(codes):
                scale = scales[first + i // 16 + 2 * quarter]
                numbers[part * 128 + quarter * 32 + i] = half(block, 208) * scale * (code - 32)
    return numbers


@pytest.mark.parametrize(
    "kind, spec, size, scale_places",
    [
        (Kind.Q8_0, q8_0, 34, [0]),
        (Kind.Q4_0, q4_0, 18, [0]),
        (Kind.Q4_K, q4_k, 144, [0, 2]),
        (Kind.Q6_K, q6_k, 210, [208]),
    ],
    ids=lambda value: getattr(value, "name", None),
)
def test_quantised_rows_equal_the_format_written_as_a_loop(tmp_path, kind, spec, size, scale_places):
    per_row = 256 // len(spec(bytes(size)))
    raw = np.random.default_rng(1).integers(0, 256, (12, per_row, size)).astype(np.uint8)
    for place in scale_places:
        raw[:, :, place : place + 2] = np.frombuffer(np.float16(0.01).tobytes(), np.uint8)
    table = table_from_gguf(write_gguf(tmp_path / "a.gguf", kind, raw.reshape(12, -1)))
    expected = [[number for block in row for number in spec(block.tobytes())] for row in raw]
    assert table.n_bytes == raw.nbytes
    np.testing.assert_allclose(table.lookup(range(12)), expected, rtol=1e-5, atol=1e-6)


MEASURE = """
import sys, tracemalloc
from book_utils.models import tables
def resident():
    with open("/proc/self/status") as status:
        return next(int(line.split()[1]) for line in status if line.startswith("VmRSS"))
opener = getattr(tables, sys.argv[1])
opener(sys.argv[2])  # imports what it needs
tracemalloc.start()
before = resident()
rows = opener(sys.argv[3]).lookup([0, 1, 77_777, 200_000, 262_143])
print(resident() - before, tracemalloc.get_traced_memory()[1] // 1024, rows.shape, rows[:, 0].tolist())
"""


@pytest.mark.skipif(sys.platform != "linux", reason="reads /proc, to measure memory")
@pytest.mark.parametrize("opener", ["table_from_safetensors", "table_from_gguf"])
def test_five_rows_of_a_table_of_four_gigabytes_take_kilobytes(tmp_path, opener):
    """262,144 x 8,192 in bf16: 4 GiB that the disk does not hold, but for the last row."""
    shape, size = (262_144, 8_192), 2**32
    if opener == "table_from_gguf":
        small, large = write_gguf(tmp_path / "small.gguf"), tmp_path / "large.gguf"
        name = b"token_embd.weight"
        start = b"GGUF" + struct.pack("<IQQ", 3, 1, 0) + struct.pack("<Q", len(name)) + name
        start += struct.pack("<IQQIQ", 2, shape[1], shape[0], Kind.BF16, 0)
        start += bytes(-len(start) % 32)
    else:
        small, large = tmp_path / "small.safetensors", tmp_path / "large.safetensors"
        small.write_bytes(safetensors_bytes({"wte.weight": ("BF16", (1, 2), b"\0\0\0\0")}))
        entry = {"wte.weight": {"dtype": "BF16", "shape": shape, "data_offsets": [0, size]}}
        start = safetensors_bytes({}, header=json.dumps(entry).encode())
    with large.open("wb") as file:
        file.write(start)
        file.truncate(len(start) + size)
        file.seek(len(start) + size - 2 * shape[1])
        file.write(b"\x80\x3f")  # the bf16 for 1
    command = [sys.executable, "-c", MEASURE, opener, small, large]
    answer = subprocess.run(command, capture_output=True, text=True, check=True).stdout.split(maxsplit=2)
    assert answer[2].strip() == "(5, 8192) [0.0, 0.0, 0.0, 0.0, 1.0]"
    resident, traced = int(answer[0]), int(answer[1])
    assert traced < 2_000 and resident < 10_000  # KiB; five rows of fp32 are 160


def test_a_model_in_several_files(folder):
    (folder / "model.safetensors").rename(folder / "model-2-of-2.safetensors")
    index = {
        "model.embed_tokens.weight": "model-2-of-2.safetensors",
        "lm_head.weight": "model-1-of-2.safetensors",
    }
    (folder / "model.safetensors.index.json").write_text(json.dumps({"metadata": {}, "weight_map": index}))
    assert np.array_equal(table_from_folder(folder).lookup("token3"), VECTORS[3])
    assert has_output_table(folder)


@pytest.mark.parametrize(
    "shard, sentence",
    [
        ("../secret.safetensors", "must name .safetensors files of its folder"),
        ("/etc/passwd", "must name .safetensors files"),
        ("a\\..\\b.safetensors", "must name .safetensors files"),
        ("C:x.safetensors", "must name .safetensors files"),
        ("pytorch_model.bin", "must name .safetensors files"),
        ("", "must name .safetensors files"),
        (7, "must name .safetensors files"),
        ("other.safetensors", "is not in the folder: download it too"),
        ("model-x.safetensors", "and it is not"),
    ],
)
def test_an_index_that_lies(folder, shard, sentence):
    save_file({"a": VECTORS}, folder.parent / "secret.safetensors")
    (folder / "model.safetensors").unlink()
    save_file({"a": VECTORS}, folder / "model-x.safetensors")
    (folder / "model.safetensors.index.json").write_text(json.dumps({"weight_map": {"wte.weight": shard}}))
    with pytest.raises(TYPED, match=sentence):
        table_from_folder(folder)


@pytest.mark.parametrize(
    "names, table",
    [
        (
            ["transformer.h.0.attn.weight", "transformer.wpe.weight", "transformer.wte.weight"],
            "transformer.wte.weight",
        ),
        (["wte.weight", "wpe.weight"], "wte.weight"),
        (["bert.embeddings.word_embeddings.weight", "bert.embeddings.position_embeddings.weight"], None),
        (["transformer.embedding.word_embeddings.weight", "transformer.output_layer.weight"], None),
        (["gpt_neox.embed_in.weight", "embed_out.weight"], None),
        (["model.decoder.embed_tokens.weight", "model.decoder.embed_positions.weight"], None),
        (["model.language_model.embed_tokens.weight", "model.visual.pos_embed.weight"], None),
        (
            [
                "language_model.model.embed_tokens.weight",
                "vision_tower.vision_model.embeddings.word_embeddings.weight",
            ],
            None,
        ),
        (["model.embed_tokens.weight", "model.layers.61.embed_tokens.weight"], None),
        (["shared.weight", "encoder.embed_tokens.weight", "decoder.embed_tokens.weight"], None),
        (["tok_embeddings.weight", "output.weight"], None),
        (["thinker.model.embed_tokens.weight", "talker.model.embed_tokens.weight"], None),
        (["token_embd.weight", "output.weight", "blk.0.attn_q.weight"], None),
    ],
)
def test_the_table_under_its_many_names(names, table):
    assert find_table(names) == (table or names[0])


def test_names_that_leave_it_open():
    with pytest.raises(ModelFileError, match="a.embed_tokens.weight and b.embed_tokens.weight could both be"):
        find_table(["a.embed_tokens.weight", "b.embed_tokens.weight"])
    with pytest.raises(
        ModelFileError, match="none of the tensors has the name of a token table; got lm_head.weight"
    ):
        find_table(["lm_head.weight"])
    with pytest.raises(ModelFileError, match="no tensor called 'x'; it has a, b, c, d ..."):
        find_table(list("abcde"), "x")


def test_positions_beside_the_table(tmp_path):
    save_file({"wte.weight": VECTORS, "wpe.weight": VECTORS[:4]}, tmp_path / "model.safetensors")
    assert np.array_equal(positions_from_folder(tmp_path)[:], VECTORS[:4])
    assert table_from_folder(tmp_path).tokens is None  # no tokenizer beside it


def test_other_tokenizers(folder):
    (folder / "tokenizer.json").write_text(tokenizer_json(TOKENS[:10], added=[("<eos>", 10), ("<bos>", 11)]))
    assert table_from_folder(folder).tokens[-3:] == ("token9", "<eos>", "<bos>")
    unigram = {"model": {"vocab": [[token, -1.5] for token in TOKENS]}, "added_tokens": None}
    (folder / "tokenizer.json").write_text(json.dumps(unigram))
    assert table_from_folder(folder).tokens == tuple(TOKENS)
    (folder / "tokenizer.json").unlink()
    (folder / "vocab.txt").write_text("\n".join(TOKENS[:11] + ["\u2028"]) + "\n", encoding="utf-8")
    assert table_from_folder(folder).tokens == (*TOKENS[:11], "\u2028")
    (folder / "vocab.json").write_text(json.dumps({token: 11 - i for i, token in enumerate(TOKENS)}))
    assert table_from_folder(folder).tokens == tuple(TOKENS[::-1])


@pytest.mark.parametrize(
    "contents, sentence",
    [
        (tokenizer_json(TOKENS + ["extra"]), "the table has 12 rows; tokenizer.json has an ID 12"),
        (tokenizer_json(TOKENS[:9]), "names 9 of the table's 12 rows"),
        (tokenizer_json(TOKENS[:11], added=[("x", 3)]), "gives ID 3 to 'token3' and to 'x'"),
        (tokenizer_json(TOKENS[:11], added=[("token3", 11)]), "a token has one row"),
        (tokenizer_json(TOKENS[:11], added=[("x", "11")]), "each token an ID; got 'x': '11'"),
        (tokenizer_json(TOKENS[:11], added=[("x", -1)]), "each token an ID"),
        (tokenizer_json(TOKENS[:11], added=[(None, 11)]), "each token an ID"),
        ("[]", "must hold one JSON object"),
        ("{}", "must have a vocab in its model"),
        ('{"model": {"vocab": [[]]}}', "each token an ID"),
        ('{"model": {"vocab": {}}, "added_tokens": [3]}', "must have a list of added_tokens"),
        ('{"model": {"vocab": {"a": 0, "a": 1}}}', "a key stands twice"),
        ('{"model":' * 100_000 + "1" + "}" * 100_000, "nested too deep"),
        ("[" * 5_000_001, "at most 5,000,000 brackets"),
        ("\xff", "must hold JSON"),
    ],
)
def test_tokenizers_that_do_not_match(folder, contents, sentence):
    (folder / "tokenizer.json").write_bytes(contents.encode("latin-1"))
    with pytest.raises(ValueError, match=sentence):
        table_from_folder(folder)


@pytest.mark.parametrize("name", ["pytorch_model.bin", "model.pt", "model.ckpt", "model.pkl", "weights.pth"])
def test_pickles_are_refused_with_the_way_out(tmp_path, name):
    (tmp_path / name).write_bytes(b"\x80\x02X")
    for call, path in (table_from_folder, tmp_path), (table_from_safetensors, tmp_path / name):
        with pytest.raises(
            ModelFileError, match="runs whatever code is in it. Take the model's .safetensors"
        ):
            call(path)


def test_folders_without_a_table(tmp_path):
    with pytest.raises(FileNotFoundError, match="needs a model.safetensors"):
        table_from_folder(tmp_path)
    with pytest.raises(FileNotFoundError, match="must be a folder"):
        table_from_folder(tmp_path / "nowhere")
    with pytest.raises(FileNotFoundError, match="there is no file"):
        table_from_gguf(tmp_path / "nowhere.gguf")
    for name in "ab":
        save_file({"wte.weight": VECTORS}, tmp_path / f"{name}.safetensors")
    with pytest.raises(ModelFileError, match="has 2 weight files and no index"):
        table_from_folder(tmp_path)


def test_tokens_that_do_not_fit_the_rows(tmp_path):
    with pytest.raises(ModelFileError, match="each row needs a token: 12 rows; got 11"):
        table_from_gguf(write_gguf(tmp_path / "a.gguf", tokens=TOKENS[:11]))


def test_without_the_gguf_package_the_pip_line(tmp_path, monkeypatch):
    path = write_gguf(tmp_path / "a.gguf")
    monkeypatch.setitem(sys.modules, "gguf", None)
    with pytest.raises(ImportError, match="pip install gguf==0.19.0"):
        table_from_gguf(path)
