"""Experiments behind the sentences of chapter 4: each would fail if its sentence were false."""

import numpy as np
import pytest

from book_utils import geometry, load_minilm, measure, memory, public_models
from book_utils.explorers.pages_of_disk import pages_read
from book_utils.lookup import EmbeddingTable
from book_utils.optimisers import Adam, LazyAdam
from book_utils.order_check import check_order
from book_utils.tiny_model import Gradient, TinyModel

minilm = load_minilm()
table = minilm.table
record = measure.recorded()
disk = {name: (seconds, n_bytes) for name, (seconds, n_bytes) in record["disk"].items()}


def test_a_wider_model_has_a_smaller_share():
    def share(dim, layers=12):  # 12 x d x d weights a layer
        return 50_257 * dim / (50_257 * dim + layers * 12 * dim**2)

    shares = [share(dim) for dim in (256, 512, 768, 4_096)]
    assert shares == sorted(shares, reverse=True)


def test_tables_have_more_rows_than_the_tokenizer():
    """Rows of public models beside the entries of their tokenizers, 50,257 and 151,643 and some special ones."""
    assert public_models.config_of("Pythia 70M").rows.value == 50_304 == -(-50_257 // 64) * 64
    assert public_models.config_of("Qwen3 0.6B").rows.value == 151_936 > 151_643 + 26


def test_half_of_gemma_4_e2b_is_looked_up_only():
    """By the sizes of its public config: 35 layers of 256, 262,144 rows, a width of 1,536; the whole as built."""
    entry = public_models.entries()["Gemma 4 E2B, text part"]
    sizes, total = entry["config"]["text_config"], entry["parameters"]
    by_layer = 262_144 * 35 * 256
    assert (sizes["num_hidden_layers"], sizes["hidden_size_per_layer_input"], sizes["hidden_size"]) == (35, 256, 1_536)
    assert 0.48 < by_layer / total < 0.52 and 0.08 < 262_144 * 1_536 / total < 0.1
    assert 0.24 < public_models.share_of("Qwen3 0.6B") < 0.27 and sizes["tie_word_embeddings"]
    assert 1_536 / 256 == 6 and by_layer / 50 > 2 * 35 * 1_536 * 256 + 1_536 * 35 * 256


def test_every_row_of_the_output_table_is_read():
    """A score that does not change when a row changes has not read it; a lookup reads one."""
    dice = np.random.default_rng(1)
    vectors, at_place = dice.standard_normal((50, 8)), dice.standard_normal(8)
    for row in range(50):
        other = vectors.copy()
        other[row] += 1
        assert np.flatnonzero(other @ at_place != vectors @ at_place).tolist() == [row]
        assert np.array_equal(other[7], vectors[7]) == (row != 7)
    assert public_models.config_of("Qwen3 0.6B").tied.value is True


def test_a_lazy_optimiser_leaves_rows_alone_and_keeps_their_moments():
    """Two steps, of rows 1 and then 2, in a table of ten."""
    for kind, moved in ((Adam, [1, 2]), (LazyAdam, [2])):
        weights, optimiser = {"token": np.ones((10, 3))}, kind(lr=0.1)
        for row in (1, 2):
            before = weights["token"].copy()
            optimiser.step(weights, {"token": Gradient(np.array([row]), np.ones((1, 3)))})
        assert np.flatnonzero((weights["token"] != before).any(axis=1)).tolist() == moved
        assert optimiser.means["token"].shape == optimiser.squares["token"].shape == (10, 3)


def test_the_softmax_pushes_rows_that_nobody_looks_up():
    contexts, targets = np.array([[0, 0, 0, 1]]), np.array([2])
    for tied, pushed in ((True, True), (False, False)):
        model = TinyModel(["<bos>", "the", "cat", "never"], tied=tied)
        gradient = model.loss_and_gradients(contexts, targets)[1]["token"]
        whole = np.zeros((4, 32))
        whole[gradient.rows] = gradient.values
        assert np.any(whole[3]) == pushed


def test_ten_times_the_rows_cost_up_to_half_more():
    seconds = {name: np.array(times) for name, (_, times) in record["lookup"].items()}
    ratio = seconds["table of 50,000 rows"] / seconds["table of 5,000 rows"]
    assert 1.3 < ratio.max() < 1.5 and ratio.min() >= 1
    one_hot = seconds["one-hot, 5,000 rows"]
    times = one_hot / seconds["table of 5,000 rows"][: len(one_hot)]
    assert times.min() > 100 and times.max() < 450
    copying = seconds["table of 5,000 rows"] / seconds["copying"]
    assert np.all((copying > 0.8) & (copying < 1.5))


def test_a_mapped_file_is_read_ahead():
    whole = disk["the whole file"]
    assert disk["256 rows, mapped"][1] > 0.95 * whole[1] and disk["5 rows, mapped"][1] > 1e7
    for way in ("256 rows, mapped, no read-ahead", "256 rows, read row by row"):
        assert disk[way][1] < 2e6 and disk[way][0] < disk["256 rows, mapped"][0] / 3
    assert disk["5 rows, mapped, no read-ahead"][1] < 20 * 4_096


def test_half_of_the_read_ahead_before_a_page_and_half_after_gives_the_record():
    """The rows that `measure.disk_reads` drew, and the read-ahead of the machine that was recorded."""
    random = np.random.default_rng(0)
    random.standard_normal((50_257, 768), dtype=np.float32)  # the table came first
    pages = -(-(128 + 50_257 * 3_072) // 4_096)
    for n in (5, 256):
        rows = random.choice(50_257, n, replace=False).tolist()
        read = pages_read(rows, 3_072, ahead=measure.recorded()["read_ahead_kib"] // 4, pages=pages)
        assert 4_096 * len(read) == pytest.approx(disk[f"{n} rows, mapped"][1], rel=0.05)
        usual = 4_096 * len(pages_read(rows, 3_072, ahead=32, pages=pages))  # counted on such a machine: 0.67, 29.61 MB
        assert usual == pytest.approx({5: 0.67e6, 256: 29.61e6}[n], rel=0.03)


def test_each_row_lies_on_a_page_or_two():
    """The header of a .npy file like this has 128 bytes."""
    starts = 128 + 3_072 * np.arange(50_257)
    pages = (starts + 3_071) // 4_096 - starts // 4_096 + 1
    assert set(pages) == {1, 2}


@pytest.fixture(scope="module")
def four_bits():
    plain = [i for i, token in enumerate(table.tokens) if token.encode().isalpha()]
    exact = table.vectors[plain[:4_000]]
    return exact, memory.round_trip(exact, "4-bit")


def test_four_bits_have_fifteen_steps(four_bits):
    exact, rounded = four_bits
    steps = rounded[:, :32] / (np.abs(exact[:, :32]).max(axis=1, keepdims=True) / 7)
    assert len(np.unique(np.round(steps))) == 15


def test_a_row_turns_by_much_less_than_the_way_to_its_neighbour(four_bits):
    """It is the size of the errors that counts: all in one direction, and as long, they keep as many neighbours."""
    exact, rounded = four_bits
    lengths = np.linalg.norm(rounded - exact, axis=1, keepdims=True)
    assert (lengths[:, 0] / np.linalg.norm(exact, axis=1)).mean() == pytest.approx(0.1, abs=0.01)
    turned = np.degrees(np.arccos((geometry.unit(exact) * geometry.unit(rounded)).sum(axis=1)))
    cosines = geometry.unit(exact[::20]) @ geometry.unit(exact).T
    nearest = np.degrees(np.arccos(np.sort(cosines, axis=1)[:, -2]))
    assert 5 < turned.mean() < 6.5 and nearest.mean() > 50 and np.mean(nearest > 30) > 0.9
    common = exact + lengths * geometry.unit(np.random.default_rng(0).standard_normal((1, exact.shape[1])))
    probe = np.arange(0, 4_000, 100)
    near, *others = (geometry.neighbour_ids(probe, EmbeddingTable(v), k=10) for v in (exact, rounded, common))
    for other in others:
        kept = [len(set(a) & set(b)) for a, b in zip(near.tolist(), other.tolist(), strict=True)]
        assert np.mean(kept) > 9


def test_a_large_model_has_a_small_share():
    assert public_models.share_of("Llama 3 70B") < 0.05 < 0.2 < public_models.share_of("Qwen3 0.6B")


def test_the_two_banks_part_by_their_neighbours():
    """The same neighbour for both: then nothing parts them."""
    rows = [table.lookup(minilm.encode(text, special=False)) for text in ("the river bank", "the money bank")]
    apart = [memory.attend_without_weights(vectors)[2] for vectors in rows]
    assert geometry.cosine(*apart) < 0.99
    rows[1][1] = rows[0][1]
    assert np.allclose(*[memory.attend_without_weights(vectors)[2] for vectors in rows])


def test_only_pairs_of_words_find_a_shuffle():
    shuffled = table.vectors[np.random.default_rng(9).permutation(len(table))]
    for number in (np.shape, np.sum, np.mean, np.std):
        assert np.allclose(number(shuffled), number(table.vectors), atol=1e-2)
    assert str(check_order(EmbeddingTable(shuffled, table.tokens))).startswith("out of order")
    unit = geometry.unit(table.vectors)
    by_id = (unit[:-1] * unit[1:]).sum(axis=1)[2_000:]  # words: what comes before was kept free
    assert np.mean(by_id > check_order(table).pair_cosine) < 0.05


def test_an_untrained_table_looks_shuffled():
    noise = np.random.default_rng(0).standard_normal(table.vectors.shape, dtype=np.float32)
    assert str(check_order(EmbeddingTable(noise, table.tokens))).startswith("out of order")


def test_an_id_that_nobody_has_gives_zeros():
    answers = [np.where((np.array([-1]) >= first) & (np.array([-1]) < first + 2), 1.0, 0.0) for first in (0, 2)]
    assert not np.any(sum(answers))
