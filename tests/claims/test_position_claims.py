"""Experiments behind the sentences of chapter 3: each would fail if its sentence were false."""

import numpy as np
import pytest

from book_utils import (
    corpus,
    geometry,
    load_minilm,
    memory,
    offset_bias,
    position,
    public_models,
    rope_scaling,
    training,
)
from book_utils.attention_model import AttentionModel
from book_utils.optimisers import LazyAdam
from book_utils.tiny_model import TinyModel

minilm = load_minilm()
dice = np.random.default_rng(5)
q, k = dice.standard_normal((2, 64))


def test_sums_are_blind_to_order():
    vectors = dice.standard_normal((6, 8))
    order = dice.permutation(6)
    assert np.allclose(vectors.sum(axis=0), vectors[order].sum(axis=0))
    places = dice.standard_normal((6, 8))
    assert np.allclose((vectors + places).sum(axis=0), (vectors[order] + places).sum(axis=0))
    assert not np.allclose(vectors + places, vectors[order] + places)


def test_weights_of_their_own_tell_places_apart():
    """Both kinds of model without positions, and an exchange of two older tokens."""
    for kind, blind in ((TinyModel, False), (AttentionModel, True)):
        model = kind(["<bos>", "a", "b", "c"], positions=False, dtype="float64")
        one, other = model.probabilities([[0, 1, 2, 3], [0, 2, 1, 3]])
        assert np.allclose(one, other, atol=1e-12) == blind


def test_neighbouring_places_are_alike():
    cosines = geometry.cosine_matrix(minilm.positions)
    means = {offset: np.diag(cosines, offset).mean() for offset in (1, 3, 6, 100)}
    assert means[1] > means[6] > means[3] > means[100]
    nearest = np.argsort(-cosines, axis=1)[:, 1]
    assert (abs(nearest - np.arange(len(cosines))) <= 1).mean() > 0.9


def test_places_go_round_in_a_ring():
    points = geometry.project(geometry.unit(minilm.positions)).points[20:41]
    turned = np.abs(np.diff(np.unwrap(np.arctan2(*points.T))))
    assert 5.7 < 2 * np.pi / turned.mean() < 6.3 and turned.std() < 0.1


@pytest.fixture(scope="module")
def template_losses():
    tokens, losses = corpus.vocabulary(), {}
    held_out = corpus.next_token_examples(corpus.sentences(500, seed=99), tokens)
    for rows in (True, False):
        for seed in range(4):
            model = AttentionModel(tokens, positions=rows, seed=seed)
            run = training.train(model, corpus.sentences(3_000), LazyAdam(lr=0.01), steps=300)
            losses[rows, seed] = run.model.loss(*held_out)
    return losses


def test_random_starts_matter_more_than_positions(template_losses):
    by_rows = {rows: [loss for (r, _), loss in template_losses.items() if r == rows] for rows in (True, False)}
    spread = max(np.ptp(losses) for losses in by_rows.values())
    apart = abs(np.mean(by_rows[True]) - np.mean(by_rows[False]))
    assert 0.05 < apart < 0.15 and apart < spread and 0.13 < spread < 0.25  # "about 0.1", "up to about 0.2"


def test_products_of_sinusoids_depend_on_the_distance():
    rows = position.sinusoids(np.arange(200), 128)
    assert np.allclose(rows[5] @ rows[25], rows[160] @ rows[140])
    dots = rows[:100] @ rows[0]
    assert np.all(np.diff(dots[:4]) < 0) and np.diff(dots).max() > 1 and dots[50:].max() < 0.75 * dots[0]
    slow = position.wavelengths(128)
    assert (slow > 100).sum() > 30 and np.isclose(np.linalg.norm(rows[17]), 8)


def test_only_the_offset_counts():
    score = position.score
    assert np.isclose(score(q, k, 9, 6), score(q, k, 5009, 5006))
    assert not np.isclose(score(q, k, 9, 6), score(q, k, 6, 9), atol=0.1)  # its sign, too
    assert np.isclose(score(q, k, 9, 6), position.rope(q, 3) @ k)
    assert np.isclose(np.linalg.norm(position.rope(q, 12_345)), np.linalg.norm(q))


def test_hands_that_move_together_keep_their_angle():
    """Two arrows turned by rope, at any places and speeds; their score is that of lengths and angle."""
    for rate, offset in ((1.0, 2), (0.01, -7), (0.3, 0)):
        angles, scores = [], []
        for n in (7, 50, 3_000):
            at = ((q[:2], n + offset), (k[:2], n))
            hands = [position.rope(arrow, place, frequencies=[rate]) for arrow, place in at]
            (a, b), (c, d) = hands
            angles.append(np.arctan2(b, a) - np.arctan2(d, c))
            scores.append(np.hypot(a, b) * np.hypot(c, d) * np.cos(angles[-1]))
            assert np.isclose(hands[0] @ hands[1], scores[-1]) and np.isclose(np.hypot(a, b), np.hypot(*q[:2]))
        assert np.allclose(np.exp(1j * np.diff(angles)), 1) and np.allclose(scores, scores[0])
        assert not np.isclose(position.score(q[:2], k[:2], 8 + offset, 7, frequencies=[rate]), scores[0], atol=1e-3)


def test_equal_vectors_do_not_tell_back_from_ahead():
    for other, same in ((q, True), (k, False)):
        assert np.isclose(position.score(q, other, 9, 6), position.score(q, other, 6, 9), atol=1e-3) == same


def test_mixed_pairings_do_not_complain():
    for size in (8, 64):
        turned = position.rope(q[:size], 9, pairing="split"), position.rope(k[:size], 6, pairing="interleaved")
        assert turned[0].shape == turned[1].shape and np.isfinite(turned[0] @ turned[1])


def test_the_angles_are_subtracted():
    one, other = position.rope([1.0, 0.0], 105), position.rope([0.0, 1.0], 103)
    assert np.isclose(one @ other, np.sin(2)) and not np.isclose(one @ other, np.sin(208), atol=0.1)


def test_turned_values_would_keep_their_places():
    values, weights = dice.standard_normal((5, 16)), np.full(5, 0.2)
    near, far = (weights @ position.rope(values, np.arange(5) + shift) for shift in (0, 100))
    assert np.abs(near - far).max() > 0.1


def test_matrices_mix_the_pairs():
    w_q, w_k = dice.standard_normal((2, 64, 64))
    for matrices, kept in (((w_q, w_k), False), ((np.eye(64), np.eye(64)), True)):
        scores = [position.rope(q, m) @ matrices[0] @ (position.rope(k, n) @ matrices[1])
                  for m, n in ((5, 3), (105, 103))]
        assert np.isclose(*scores) == kept


def test_other_pairing_is_another_score():
    """The same weights with their rows in the other order give the same scores with the other pairing."""
    w_q, w_k = dice.standard_normal((2, 64, 32))
    order, (x, y) = position.pairing_permutation(32), dice.standard_normal((2, 64))
    right = position.score(x @ w_q, y @ w_k, 9, 6, pairing="interleaved")
    assert np.isclose(position.score(x @ w_q[:, order], y @ w_k[:, order], 9, 6, pairing="split"), right)
    wrong = [position.score(x @ w_q, y @ w_k, m, m - 3, pairing="split") for m in (9, 19)]
    assert np.isclose(*wrong) and not np.isclose(wrong[0], right, atol=0.1)


def test_numbers_that_pass_add_the_same_at_all_places():
    kept = position.rope(q, 77, rotary_dim=16)[16:] @ position.rope(k, 3, rotary_dim=16)[16:]
    assert np.isclose(kept, q[16:] @ k[16:])


def test_many_models_turn_a_part():
    models = [entry["config"] for entry in public_models.entries().values()]
    said = [str(config) for config in models]
    assert sum("rope" in text or "rotary" in text for text in said) > len(said) / 2
    assert sum("'partial_rotary_factor'" in text or "'rotary_pct'" in text or "'rotary_dim'" in text
               for text in said) >= 5


def test_slow_pairs_hardly_change_a_score():
    rates = position.angles(1, 64, 1e7)
    assert np.cos(262_143 * rates[-1]) > 0.998
    unfinished = 262_143 * rates[22:25]
    assert np.all((unfinished > 1) & (unfinished < 2 * np.pi))


def test_llama_slows_the_slow_pairs_only():
    plain = position.angles(1, 128, 500_000)
    slowed = rope_scaling.llama3(plain, 8, 1, 4, 8_192) / plain
    turns = 8_192 * plain / (2 * np.pi)
    assert np.allclose(slowed[turns > 4], 1) and np.all(slowed[turns < 1] < 0.13)


def test_slow_pairs_meet_new_angles():
    """Llama 3.1, trained on 8,192 places: how far the angles of larger offsets are from those of the training."""
    plain = position.angles(1, 128, 500_000)
    trained_turns = 8_192 * plain / (2 * np.pi)
    slow, fast, offsets = trained_turns < 1, trained_turns > 4, np.arange(8_192, 131_072, 16)[:, None]

    def news(rates):  # of a pair that has not come round: beyond the arc that it has shown
        arc, angle = 8_191 * plain[slow], offsets * rates[slow] % (2 * np.pi)
        return np.maximum(np.minimum(angle - arc, 2 * np.pi - angle), 0)

    assert news(plain).max(axis=0)[1:].min() > 0.2  # all but the first, which makes 0.99 of a turn
    shown = np.sort(np.arange(8_192)[:, None] * plain[fast] % (2 * np.pi), axis=0)
    assert np.diff(shown, axis=0).max() < 0.05  # all round the circle: no angle is new
    slowed = rope_scaling.llama3(plain, 8, 1, 4, 8_192)
    assert news(slowed)[offsets[:, 0] <= 8 * 8_191].max() < 1e-9  # 8 times as far, and nothing new


def test_fast_pairs_tell_neighbours_apart():
    """How much of a pair's score changes from one offset to the next, on average over the offsets 0 to 50."""
    rates = position.angles(1, 128, 500_000)
    change = np.abs(np.diff(np.cos(np.arange(50)[:, None] * rates), axis=0)).mean(axis=0)
    assert change[:8].min() > 0.1 and change[-8:].max() < 1e-6
    assert change[:8].min() > 5 * np.abs(np.diff(np.cos(np.arange(50) * rates[7] / 8))).mean()  # slowed 8 times


def test_the_four_ways_against_the_offset():
    offsets, ones = np.arange(129), np.ones(64)
    score = position.score(ones, ones, offsets, 0)
    assert np.isclose(score[0], 64) and (np.diff(score) > 0).sum() > 20 and score[1:].max() < 64
    for slope in offset_bias.alibi_slopes(8)[[3, 4, 7]]:
        added = offset_bias.alibi(offsets, slope)
        assert np.allclose(np.diff(added), -slope)
    widths = np.bincount(offset_bias.t5_buckets(offsets[:128], both_ways=False))
    assert len(widths) == 32 and np.all(widths[:16] == 1) and widths[20] < widths[25] < widths[30]
    near, far = (np.exp(q @ np.stack([k, k])[i] / 8) for i in (0, 1))  # no positions: alike, near or far
    assert near == far


def test_bfloat16_skips_whole_numbers():
    whole = np.arange(1, 70_000)
    stored = memory.round_trip([whole], "bf16")[0]
    assert whole[stored != whole][0] == 257 and np.isfinite(memory.round_trip([[3e38]], "bf16")).all()
    assert float(np.float16(2_049)) != 2_049 and float(np.float16(2_048)) == 2_048
    assert float(np.float32(16_777_217)) != 16_777_217
