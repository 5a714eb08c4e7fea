"""What new, padded and trimmed rows cost a language model: each number against the whole model, on a small one."""

import dataclasses

import numpy as np
import pytest
from small_llamas import SHAPES, keys_of, tensors_of, weights_of, write_gguf

from book_utils import grow, grow_experiments
from book_utils.bpe import SYMBOLS, BytePairs
from book_utils.grow_experiments import TEXTS
from book_utils.language_model import LanguageModel, rms_norm
from book_utils.lookup import EmbeddingTable
from book_utils.models.llama_files import model_from_gguf


@pytest.fixture(scope="module", params=[True, False], ids=["tied", "own output"])
def model(request, tmp_path_factory):
    """A small random model that reads any text, byte by byte."""
    shape = SHAPES["grouped keys, own output"] | {"vocab_size": 256, "tie_word_embeddings": request.param}
    file = tmp_path_factory.mktemp("gguf") / "bytes.gguf"
    read = model_from_gguf(write_gguf(file, keys_of(shape), tensors_of(shape, weights_of(shape))))
    table = EmbeddingTable(read.table.vectors, SYMBOLS)
    settings = dataclasses.replace(read.settings, context=max(map(len, TEXTS)) + 100)
    tokenizer = BytePairs(SYMBOLS, [], [], "gpt-2")
    return LanguageModel(settings, table, read.blocks, read.final_norm, read.output, tokenizer)


def rows_of(model):
    return np.asarray(model.table.vectors)


def odds(logits):
    logits = logits.astype(np.float64)
    return np.exp(logits) / np.exp(logits).sum(axis=-1, keepdims=True)


def share_and_loss(model, output):
    """What the rows behind the first 256 of an output take, and the loss, over all places of all texts."""
    shares, surprises = [], []
    for ids in map(model.encode, TEXTS):
        p = odds(model.logits(ids, output=output)[:-1])
        shares += p[:, 256:].sum(axis=1).tolist()
        surprises += (-np.log(p[np.arange(len(p)), ids[1:]])).tolist()
    return np.mean(shares), np.mean(surprises)


def test_the_loss_of_all_counts_every_place_once(model):
    """With the rows that are looked up at the output, also where the model has others there."""
    assert grow_experiments.loss_of_all(model) == pytest.approx(share_and_loss(model, model.table)[1], abs=1e-4)


@pytest.mark.parametrize(("n", "seed"), [(1, 0), (8, 3)])
def test_new_rows_take_what_they_take_at_the_output_of_the_whole_model(model, n, seed):
    found = grow_experiments.taken_by_new(model, [*grow.STARTS], n, seed)
    assert [*found] == [*grow.STARTS]
    for start, pair in found.items():
        new = grow.started(rows_of(model), n, start, seed)
        assert pair == pytest.approx(share_and_loss(model, np.vstack([rows_of(model), new])), abs=1e-4), start


def test_eight_rows_of_the_first_seed_are_taken_where_nothing_is_said(model):
    plain, said = (grow_experiments.taken_by_new(model, ["N(0, 1)"], **given)
                   for given in ({}, {"n": 8, "seed": 0, "lower": 0}))  # fmt: skip
    assert plain == said
    sizes = {"lengths": [2.0], "counts": [3]}
    assert grow_experiments.taken_by_length(model, **sizes) == grow_experiments.taken_by_length(model, **sizes, seed=0)
    assert grow_experiments.lengths(model) == grow_experiments.lengths(model, seed=0)


@pytest.mark.parametrize("lower", [1, 20])
def test_lowered_scores_fall_by_so_many_nats_on_average_and_leave_more_to_rows_of_zeros(model, lower):
    states = np.concatenate([model.hidden_states(model.encode(text))[-1, :-1] for text in TEXTS])
    normed = rms_norm(states, model.final_norm, model.settings.eps).astype(np.float64)
    common = normed.mean(axis=0)
    lowered = rows_of(model) - lower * common / (common @ common)
    fallen = normed @ (rows_of(model) - lowered).T
    assert np.ptp(fallen, axis=1).max() < 1e-4 and fallen.mean() == pytest.approx(lower)  # all alike at a place
    found = grow_experiments.taken_by_new(model, ["zeros"], lower=lower)["zeros"]
    expected = share_and_loss(model, np.vstack([lowered, np.zeros((8, lowered.shape[1]))]).astype(np.float32))
    assert found == pytest.approx(expected, abs=1e-3)
    assert found[0] > grow_experiments.taken_by_new(model, ["zeros"])["zeros"][0]


def test_rows_of_a_length_take_what_rows_of_that_length_take(model):
    found = grow_experiments.taken_by_length(model, [0.5, 6], [1, 5], seed=2)
    assert [*found] == ["1 new", "5 new"]
    for n in (1, 5):
        noise = grow.started(rows_of(model), n, "N(0, 1)", 2)
        for length, share in zip((0.5, 6), found[f"{n} new"], strict=True):
            new = [length * row / np.linalg.norm(row) for row in noise]
            expected = share_and_loss(model, np.vstack([rows_of(model), new]).astype(np.float32))[0]
            assert share == pytest.approx(expected, abs=1e-4)


def test_lengths_are_means_over_the_rows_and_over_64_of_noise(model):
    noise = grow.started(rows_of(model), 64, "N(0, 1)", 5)
    for name, rows in (("mean", rows_of(model)), ("normal", noise)):
        by_hand = np.mean([sum(float(number) ** 2 for number in row) ** 0.5 for row in rows])
        assert grow_experiments.lengths(model, seed=5)[name] == pytest.approx(by_hand, rel=1e-6)


@pytest.mark.parametrize(("n", "start"), [(1, "zeros"), (4, "mean")])
def test_padding_is_read_and_neither_asked_nor_answered(model, n, start):
    row = {"zeros": np.zeros(model.table.dim), "mean": rows_of(model).mean(axis=0)}[start]
    longer = np.vstack([rows_of(model), row]).astype(np.float32)
    expected = []
    for ids in map(model.encode, TEXTS):
        p = odds(model.logits([256] * n + ids.tolist(), table=longer, output=model.table)[n:-1])
        expected.append(np.mean([-np.log(p[i, after]) for i, after in enumerate(ids[1:])]))
    assert grow_experiments.padded_losses(model, n, start) == pytest.approx(expected, abs=1e-4)
    assert grow_experiments.padded_losses(model, n) == grow_experiments.padded_losses(model, n, "zeros")


@pytest.mark.parametrize("model", [True], indirect=True, ids=["tied"])
def test_trimmed_rows_are_guessed_among_the_kept_ones_only(model):
    keep = sorted({int(i) for text in TEXTS for i in model.encode(text)} | {0, 255})
    expected = []
    for ids in map(model.encode, TEXTS):
        p = odds(model.logits(ids)[:-1][:, keep])
        expected.append(np.mean([-np.log(p[i, keep.index(after)]) for i, after in enumerate(ids[1:])]))
    assert grow_experiments.trimmed_losses(model, keep) == pytest.approx(expected, abs=1e-4)
