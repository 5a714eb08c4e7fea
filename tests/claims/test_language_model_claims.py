"""Experiments behind the sentences of chapter 5: each would fail if its sentence were false."""

import unicodedata

import numpy as np
import pytest
from weights import smollm2

from book_utils import geometry, load_minilm, places, table_changes
from book_utils.bpe import SYMBOLS, BytePairs
from book_utils.byte_level import Vocabulary
from book_utils.language_model import log_softmax, softmax
from book_utils.model_experiments import (
    SIX_TEXTS,
    analogy,
    losses,
    neighbours,
    random_cosines,
    row_lengths,
    two_tokens,
    way_of_a_row,
)
from book_utils.recorded_model import VOCABULARY, recorded_model

model = recorded_model()  # a test of its own holds the record to the weights
table = model.table
blind = np.log(len(table))
own = np.mean(losses(model))
capital = model.encode("The capital of France is")


def mean_loss(**broken):
    return np.mean(losses(model, **broken))


def test_spaces_and_capitals_are_kept():
    minilm = load_minilm()
    spellings = ("cat", " cat", "Cat", " Cat")
    assert len({minilm.encode(text, special=False)[0] for text in spellings}) == 1
    assert len({model.encode(text)[0] for text in spellings}) == 4
    assert model.tokenize("The cat sat.") == ["The", "Ġcat", "Ġsat", "."]


def test_next_to_nothing_is_unknown():
    text = "猫 \U0001f9d1\u200d\U0001f680 \u0000 ᚠ"
    assert model.decode(model.encode(text)) == text
    assert len(model.encode("猫")) == len("猫".encode()) == 3
    lacking = {byte for byte, symbol in enumerate(SYMBOLS) if symbol not in model.table.tokens}
    controls = {byte for byte in lacking if byte < 32}
    # Beside these: bytes that are in no UTF-8 at all, and two that begin only characters nobody has defined yet.
    assert lacking - controls == {0xC0, 0xC1, *range(0xF5, 0x100)} | {0xF1, 0xF2} and 1 < len(controls) < 10
    assert not any(unicodedata.name(chr(code), "") for code in range(0x40000, 0xC0000))
    with pytest.raises(ValueError, match="has no token for"):
        model.encode("\x04")


def test_with_fewer_tokens_a_text_is_cut_into_more():
    vocabulary = Vocabulary.from_json(VOCABULARY.read_text(encoding="utf-8"))
    few = len(vocabulary.tokens) - len(vocabulary.merges) + 10_000
    small = BytePairs(vocabulary.tokens[:few], vocabulary.merges[:10_000], vocabulary.special, vocabulary.pieces)
    for text in SIX_TEXTS.values():
        n_small, n_large = len(small.encode(text).ids), len(model.encode(text))
        assert n_small > n_large if text != SIX_TEXTS["code"] else n_small >= n_large


def test_digits_stand_alone():
    assert model.tokenize("In 2025") == ["In", "Ġ", "2", "0", "2", "5"]


def test_the_bare_row_enters():
    real = smollm2()
    for text in list(SIX_TEXTS.values())[:2]:
        ids = real.encode(text)[:12]
        np.testing.assert_array_equal(real.hidden_states(ids)[0], real.table.lookup(ids))


def test_no_place_reads_what_comes_after_it():
    real = smollm2()
    ids = real.encode(SIX_TEXTS["recipe"])[:12]
    np.testing.assert_allclose(real.logits(ids)[:8], real.logits(ids[:8]), atol=1e-3)


def test_only_offsets_count():
    for far in (places.a_thousand_on, places.far_beyond):
        assert np.abs(np.array(losses(model, positions=far)) - losses(model)).max() < 1e-3


def test_the_other_pairing_costs_nearly_as_much_as_no_turning():
    other, nowhere = mean_loss(pairing="split"), mean_loss(positions=places.nowhere)
    assert 0.75 < (other - own) / (nowhere - own) < 0.95
    assert "Paris is the capital of France." in model.decode(model.generate(capital, n=12, pairing="split"))


def test_shuffled_places_are_worse_than_none_on_each_text():
    assert np.all(np.array(losses(model, positions=places.shuffled)) > losses(model, positions=places.nowhere))


def test_two_bits_are_ruin_and_eight_are_free():
    by_bits = {bits: mean_loss(table=table_changes.rounded(table, bits)) for bits in (8, 4, 3, 2)}
    assert abs(by_bits[8] - own) < 0.01 and own + 0.3 < by_bits[4] < own + 0.5
    assert own + 3 < by_bits[3] < blind < 3 * blind < by_bits[2] < 3.3 * blind


def test_a_scale_for_32_numbers_helps():
    for bits in (4, 3, 2):
        rows, blocks = (mean_loss(table=table_changes.rounded(table, bits, block)) for block in (None, 32))
        assert (blocks - own) < 0.5 * (rows - own)
    real = smollm2().table.vectors[::50]
    parts = np.abs(real.reshape(len(real), -1, 32)).max(axis=2)
    assert np.mean(parts / parts.max(axis=1, keepdims=True)) < 0.65  # most blocks could have finer steps
    largest = np.bincount(np.abs(real).argmax(axis=1), minlength=real.shape[1])
    assert np.sort(largest)[-5:].sum() > 0.85 * len(real)  # the same few places in nearly all rows


def test_preferences_dealt_out_by_chance_are_worse_than_none():
    random = np.random.default_rng(0)
    for spread in (0.1, 1, 5):
        assert -log_softmax(spread * random.standard_normal(1_000)).mean() > np.log(1_000)
    real = smollm2()
    mixed = table_changes.shuffled(real.table)
    ids = real.encode(SIX_TEXTS["recipe"])[:24]
    logits = real.logits(ids, table=mixed, output=real.table)
    over_all = -log_softmax(logits.astype(np.float64)).mean()
    assert over_all > blind + 1
    both = real.loss(ids, table=table_changes.shuffled(real.table, seed=1))  # 0 is recorded
    assert both > blind + 1


def test_without_its_rows_the_model_falls_back_on_what_is_common():
    real = smollm2()
    mixed = table_changes.shuffled(real.table)
    logits = [real.logits(real.encode(text)[:24], table=mixed, output=real.table) for text in SIX_TEXTS.values()]
    mean = softmax(np.concatenate(logits).astype(np.float64)).mean(axis=0)
    likeliest = [real.table.tokens[i] for i in np.argsort(-mean)[:12]]
    assert {"Ċ", ".", ",", "Ġof"} <= set(likeliest)
    assert own < mean_loss(table=table_changes.shuffled(table), output=table) < blind


def test_lengths_count_at_the_output_only():
    real = smollm2().table.vectors
    ids = np.concatenate([model.encode(text) for text in SIX_TEXTS.values()])
    factors = np.linalg.norm(real, axis=1).mean() / np.linalg.norm(real[ids], axis=1)
    assert np.mean((factors < 4 / 3) & (factors > 2 / 3)) > 0.6
    equal = table_changes.same_length(table)
    assert abs(mean_loss(table=equal, output=table) - own) < 0.1
    assert mean_loss(output=equal) > own + 1


def test_the_row_is_covered_up_at_once_unless_it_is_24_times_as_long():
    for text in ("The capital of France is", "Heat the oven to"):
        real = model if text.startswith("The") else smollm2()
        ids = real.encode(text)
        usual, scaled = way_of_a_row(real, ids), way_of_a_row(real, ids, scale=24)
        assert usual["length"][1] > 5 * usual["length"][0] and abs(usual["cosine"][1]) < 0.4
        assert scaled["cosine"][1] > usual["cosine"][1] + 0.3


def test_the_first_block_makes_every_vector_long_and_turns_some_against_their_row():
    real, cosines = smollm2(), []
    for text in (SIX_TEXTS["code"], SIX_TEXTS["talk"], "The capital of France is"):
        row, after = real.hidden_states(real.encode(text)[:12])[:2]
        assert (np.linalg.norm(after, axis=1) > 8 * np.linalg.norm(row, axis=1)).all()
        cosines += [float(geometry.cosine(a, b)) for a, b in zip(row, after, strict=True)]
    assert cosines[-1] < -0.05 and max(cosines) > 0.1


def test_a_factor_for_all_rows_is_part_of_the_model():
    assert mean_loss(scale=24) > 2 * own
    assert own - 0.1 < mean_loss(scale=2) < own and mean_loss(scale=0.5) > own + 2


def test_most_rows_lean_to_one_side():
    minilm = load_minilm()
    random = np.random.default_rng(0)
    first, second = random.permutation(len(minilm.table))[:20_000].reshape(2, -1)
    rows = geometry.unit(minilm.table.vectors)
    assert abs((rows[first] * rows[second]).sum(axis=1).mean()) < 0.02
    assert (rows[first] * rows[second]).sum(axis=1).std() == pytest.approx(0.09, abs=0.01)
    assert geometry.cosine(*minilm.table.lookup(["cat", "dog"])) == pytest.approx(0.42, abs=0.005)
    real = smollm2().table
    along = geometry.unit(real.vectors) @ geometry.unit(real.vectors.mean(axis=0))
    assert np.mean(along > 0) > 0.95 and max(along[real.id_of(token)] for token in ("Ġthe", ",", ".")) < -0.5
    chance = random_cosines(model)
    assert 0.4 < chance["mean"] < 0.5
    assert 0.8 < (0.58 - chance["mean"]) / chance["std"] < 1.2 and (0.42 - 0.02) / 0.09 > 4  # spreads above chance
    assert abs(random_cosines(model, table=table_changes.centred(table))["mean"]) < 0.01
    lengths = row_lengths(model)
    assert lengths["of_the_mean"] > 0.6 * lengths["mean"]
    assert dict(neighbours(model, "Ġcat"))["Ġdog"] == pytest.approx(0.58, abs=0.005)
    assert 1.75 < lengths["shortest"][0][1] < 1.85 and 7.45 < lengths["longest"][0][1] < 7.55


def test_a_number_added_to_all_scores_is_not_seen():
    scores = np.random.default_rng(0).standard_normal(50)
    np.testing.assert_allclose(softmax(scores + 7), softmax(scores))
    centred = table_changes.centred(table)
    assert abs(mean_loss(output=centred) - own) < 1e-3 and mean_loss(table=centred, output=table) > own + 1


def test_two_bits_and_rows_off_by_one_do_not_tell_their_bug():
    off = mean_loss(table=table_changes.off_by_one(table))
    assert blind - 1.5 < off < blind < mean_loss(table=table_changes.rounded(table, 2))
    assert all(own + 1 < mean_loss(**broken) < 5 for broken in (
        {"pairing": "split"}, {"table": table_changes.centred(table)}, {"table": table_changes.same_length(table)}))


def test_queen_comes_first_and_rome_does_not():
    royals = [token for token, _ in analogy(model, "Ġman", "Ġking", "Ġwoman", allow_inputs=True)]
    assert royals[:2] == ["Ġqueen", "Ġking"]
    romans = [token for token, _ in analogy(model, "ĠFrance", "ĠParis", "ĠItaly", allow_inputs=True)]
    assert romans[0] == "ĠParis" and not any("Rome" in token for token in romans)


def test_in_minilm_king_comes_first():
    minilm = load_minilm()
    assert geometry.analogy("man", "king", "woman", minilm.table, 1, allow_inputs=True)[0][0] == "king"


def test_two_dogs_part_slowly_and_two_banks_sooner():
    dogs = model.encode("the cat chased the dog and the dog chased the cat")
    river, money = (model.encode(text) for text in
                    ("The boat was tied to the river bank", "She put her money in the bank"))
    animals, banks = two_tokens(model, dogs, 4, dogs, 7), two_tokens(model, river, -1, money, -1)
    assert animals[0] == banks[0] == pytest.approx(1) and 0.5 < min(animals) < 0.7 and min(animals[:9]) > 0.95
    assert banks[5] < animals[5] - 0.1 and 0.74 < banks[8] < 0.78 and 0.86 < max(banks[18:23]) < 0.9
    assert 0.63 < animals[-1] < 0.67 and 0.74 < banks[-1] < 0.77
    dog_and_cat = two_tokens(model, dogs, 4, dogs, -1)
    assert dog_and_cat[-1] > 0.85 and dog_and_cat[0] < 0.7
    real = smollm2()
    passive = real.encode("the cat chased the dog and the dog was chased by the cat")
    np.testing.assert_allclose(real.hidden_states(dogs)[:, 7], real.hidden_states(passive)[:, 7], atol=1e-3)


def test_the_answer_appears_at_the_end():
    for text, answer, block in (("The capital of France is", "ĠParis", 30), ("The opposite of hot is", "Ġcold", 29)):
        real = model if answer == "ĠParis" else smollm2()
        named = [likely[0][0] for likely in way_of_a_row(real, real.encode(text))["next"]]
        assert named.index(answer) == block
        assert named[10] in (".", "Ġ") and named[20] in (".", "Ġ")
    way = way_of_a_row(model, capital)
    assert -0.15 < way["cosine"][1] < -0.05 and 2.55 < way["length"][0] < 2.65 and way["length"][-1] > 600
    assert 0.06 < dict(way["next"][29])["ĠParis"] < 0.08
