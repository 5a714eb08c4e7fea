"""The language model without its weights: it answers as the real one does, and says what it cannot do."""

import json
import re

import numpy as np
import pytest
from record_language_model import BANKS, CAPITAL, record_of
from small_llamas import SHAPES, small_gguf
from threadpoolctl import threadpool_limits
from weights import smollm2, weights_file

from book_utils import model_experiments, places, table_changes
from book_utils.byte_level import Vocabulary
from book_utils.call_line import FEW, value_text
from book_utils.experiments import (
    TOLERANCE,
    NotRecorded,
    Recorder,
    call_line,
    decoded,
    experiment,
    largest_difference,
    ran,
)
from book_utils.language_model import LanguageModel
from book_utils.lookup import EmbeddingTable
from book_utils.models.llama_files import model_from_gguf
from book_utils.models.smollm2 import SHA256
from book_utils.recorded_model import (
    RECORD,
    RecordedModel,
    RecordedRows,
    RecordingModel,
    packed,
    recorded_model,
    unpacked,
)


@pytest.fixture(scope="module")
def stand_in():
    return recorded_model()


def test_every_recorded_experiment_gives_the_same_again(monkeypatch):
    """By the tool that made the record, but of the calls of one kind, a function with the same options, only the first.

    Of six texts only the shortest is read, of a text only its begin is written. (The tool's --compare runs all.)
    """
    recorded = json.loads(RECORD.read_text(encoding="utf-8"))
    texts, results, fully = [*model_experiments.SIX_TEXTS.values()], recorded["results"], Recorder.answer
    shortest = texts.index(min(texts, key=len))
    read, begun, kinds = {}, {}, {}

    def answer(recorder, function, model, arguments, options):
        line = call_line(function, (model, *arguments), options)
        first = kinds.setdefault((function.__name__, len(arguments), *sorted(options)), line)
        if line in results and line != first:
            recorder.results[line] = results[line]
            return decoded(results[line])
        if function.__name__ == "generate":  # the likeliest token each time: more of them begin with the same
            if line not in begun:
                begun[line] = ran(function, model, arguments, options | {"n": 3}).tolist()
                recorder.results[line] = results[line] | {"array": [*begun[line], *results[line]["array"][3:]]}
            return decoded(recorder.results[line])
        if function.__name__ != "losses" or arguments or "texts" in options or len(results.get(line, [])) < len(texts):
            return fully(recorder, function, model, arguments, options)
        if line not in read:
            read[line] = ran(function, model, [[texts[shortest]]], options)
            recorder.results[line] = [*results[line][:shortest], *read[line], *results[line][shortest + 1 :]]
        return recorder.results[line]

    monkeypatch.setattr(Recorder, "answer", answer)
    with threadpool_limits(1):  # beside other tests, several threads would wait for each other
        fresh = json.loads(json.dumps(record_of(weights_file())))
    assert fresh["results"].keys() == results.keys(), "run python tools/record_language_model.py"
    assert len(read) == 8 and len(begun) >= 1 and len(kinds) > 20
    assert largest_difference(recorded, fresh) < TOLERANCE


def test_the_record_is_of_the_weights_that_one_gets():
    assert json.loads(RECORD.read_text(encoding="utf-8"))["weights_sha256"] == SHA256
    assert RECORD.stat().st_size < 150_000


def test_its_tokenizer_and_tokens_are_those_of_the_file(stand_in):
    model = smollm2()
    assert stand_in.table.tokens == model.table.tokens and stand_in.settings == model.settings
    for text in ("Café, 東京 1234!\n\n  x", BANKS[0]):
        assert stand_in.encode(text).tolist() == model.encode(text).tolist()
        assert stand_in.decode(stand_in.encode(text)) == text


def test_its_rows_are_exact(stand_in):
    words = ["Ġcat", "cat", "Ġdog"]
    np.testing.assert_array_equal(stand_in.table.lookup(words), smollm2().table.lookup(words))


def test_it_answers_what_was_recorded(stand_in):
    ids = stand_in.encode(CAPITAL)
    (token, probability), *_ = stand_in.next_tokens(ids)
    assert token == "ĠParis" and probability == pytest.approx(0.7725, abs=1e-3)
    usual = np.mean(model_experiments.losses(stand_in))
    halved = np.mean(model_experiments.losses(stand_in, positions=places.halved))
    coarse = np.mean(model_experiments.losses(stand_in, table=table_changes.rounded(stand_in.table, bits=2)))
    assert usual < halved < np.log(49_152) < coarse


@pytest.mark.parametrize(
    ("call", "what"),
    [
        (lambda m: m.logits([1, 2]), "every hidden state of a text"),
        (lambda m: m.hidden_states([1, 2]), "every hidden state of a text"),
        (lambda m: m.read_out(np.zeros(576)), "reading hidden states out"),
        (lambda m: m.loss([1, 2], base=7.0), r"loss\(base=7, ids=\[1, 2\]\)"),
        (lambda m: m.table.lookup(9), "row 9 of table"),
        (lambda m: np.asarray(m.table.vectors), "the whole table"),
        (lambda m: table_changes.centred(m.table).lookup("Ġcat"), r"row \d+ of centred\(table\)"),
        (lambda m: spread(m, [1]), r"spread\(ids=\[1\]\)"),
    ],
)
def test_it_says_what_it_cannot_do(stand_in, call, what):
    with pytest.raises(NotRecorded, match=what + r" needs the model's weights.*python -m book_utils model"):
        call(stand_in)


@pytest.mark.parametrize(
    ("call", "kind", "said"),
    [
        (lambda m: m.loss(m.encode("")), ValueError, "a loss needs two tokens or more"),
        (lambda m: m.logits([]), ValueError, "with one token or more"),
        (lambda m: m.loss([1, 49_152]), IndexError, "token IDs run from 0 to 49151; got 49152 at place 1"),
        (lambda m: m.next_tokens([-1]), IndexError, "got -1 at place 0"),
        (lambda m: m.logits(np.zeros(9_000, int)), ValueError, "trained to read 8,192 tokens; got 9,000"),
        (lambda m: m.loss([1, 2], positions=[0]), ValueError, "one place a token, 2 numbers"),
        (lambda m: m.generate([1, 2], base=0), ValueError, "base must be 1 or more"),
        (lambda m: m.hidden_states("cat"), TypeError, "use model.encode"),
    ],
)
def test_bad_input_gets_the_sentence_that_the_model_itself_says(stand_in, call, kind, said):
    with pytest.raises(kind, match=said):
        call(stand_in)


def test_a_token_that_is_not_there_gets_the_same_sentence(stand_in):
    for model in (stand_in, smollm2()):
        with pytest.raises(KeyError, match="'Ġcatt' is not a token of this table. Did you mean 'Ġcat'"):
            model.table.lookup("Ġcatt")


# A model is recorded, written as JSON, and answers again


@experiment
def spread(model, ids, table=None):
    logits = model.logits(ids, table=table)
    return {"std": float(logits.std()), "rows": logits[0, :3]}


def test_a_recording_model_answers_as_the_model_and_so_does_its_record(tmp_path):
    model = model_from_gguf(small_gguf(tmp_path / "a.gguf", "grouped keys, own output"))
    recording = RecordingModel(model)

    def experiments(model):
        changed = table_changes.rounded(table_changes.centred(model.table), bits=3)
        return [
            model.loss(np.arange(20)),
            model.loss(list(range(20)), positions=places.doubled),
            model.generate([1, 2], n=3, table=changed).tolist(),
            spread(model, (1, 2), table=changed)["std"],
            spread(model, ids=[1, 2])["rows"].tolist(),
        ]

    expected = experiments(model)
    assert experiments(recording) == expected
    record = json.loads(json.dumps(recording.to_record()))
    assert len(record["results"]) == 5  # the loss inside an experiment is no call
    tokens = [f"t{i}" for i in range(SHAPES["grouped keys, own output"]["vocab_size"])]
    assert experiments(RecordedModel(record, Vocabulary(tokens, [], [], "smollm"))) == expected


def test_a_recording_model_refuses_what_its_record_could_not_answer(tmp_path):
    recording = RecordingModel(model_from_gguf(small_gguf(tmp_path / "a.gguf", "grouped keys, own output")))
    with pytest.raises(NotRecorded, match="outside a function marked as an experiment"):
        recording.logits([1, 2])

    @experiment
    def halves(model):
        return np.float32(0.5)

    with pytest.raises(TypeError, match="an experiment returns numbers, .* halves.. returned np.float32"):
        halves(recording)
    with pytest.raises(TypeError, match="needs a name"):
        recording.loss([1, 2], positions=lambda n: np.arange(n))


def test_a_call_is_known_however_it_is_written():
    def line(*arguments, **options):
        return call_line(LanguageModel.next_tokens, (None, *arguments), options)

    assert line([1, 2]) == line(ids=np.array([1, 2], np.int32), k=5) == line((1, 2), base=None)
    assert line([1, 2]) == "next_tokens(ids=[1, 2])"
    assert line([1, 2], base=10_000) == line([1, 2], base=1e4) != line([1, 2], base=1e5)
    assert line(list(range(20))) == line(np.arange(20)) != line(np.arange(20)[::-1])
    assert line([1], table=EmbeddingTable(np.ones((9, 9)))) != line([1], table=EmbeddingTable(np.zeros((9, 9))))
    assert line([1], scale=1.05) != line([1], scale=15)
    assert line([1], scale=0.10) == line([1], scale=0.1) != line([1], scale=0.01)


def test_few_numbers_stand_in_a_call_and_more_as_their_shape_and_a_digest():
    assert value_text(range(FEW)) == str([*range(FEW)])
    more = value_text(range(FEW + 1))
    assert re.fullmatch(rf"numbers \({FEW + 1},\) [0-9a-f]{{12}}", more)
    assert more == value_text(np.arange(FEW + 1, dtype=">f4")) != value_text(np.arange(FEW + 1)[::-1])
    assert value_text(np.zeros((3, FEW)).T).startswith(f"numbers ({FEW}, 3) ")


@pytest.mark.parametrize(("recorded", "fresh", "difference"), [
    (1.0, 1.5, 0.5), (0.5, 0.75, 0.25), (0.0, -0.25, 0.25),  # as it is up to 1
    (4.0, 5.0, 0.25), (-4.0, -3.0, 0.25),  # relative above
    (2, 2, 0), ("a", "a", 0), (None, None, 0), ([], [], 0), ({}, {}, 0),
    ([1.0, [2.0, "a"]], [1.0, [3.0, "a"]], 0.5), ({"a": 1.0, "b": [0.5]}, {"b": [0.75], "a": 1.0}, 0.25),
])
def test_a_difference_is_the_largest_of_any_float(recorded, fresh, difference):
    assert largest_difference(recorded, fresh) == difference


@pytest.mark.parametrize(("recorded", "fresh"), [
    (1, 2), (1.0, 2), (2, 1.0), (1.0, "a"), ("a", 1.0), ("a", "b"), (None, 0.5),
    ([1.0], [1.0, 1.0]), ([], [1.0]), ([1.0], {"a": 1.0}), ([1.0], "a"), ("a", [1.0]),
    ({"a": 1.0}, {"b": 1.0}), ({"a": 1.0}, {}), ({}, {"a": 1.0}), ({"a": 1.0}, ["a"]), ({"a": 1.0}, "a"),
])
def test_what_is_no_float_may_not_differ(recorded, fresh):
    for line, given in (("loss()", ["loss()"]), ("", [])):
        with pytest.raises(ValueError) as error:
            largest_difference(recorded, fresh, *given)
        assert str(error.value) == f"{line} gave {fresh}; the record has {recorded}."
    with pytest.raises(ValueError) as error:
        largest_difference({"loss()": recorded}, {"loss()": fresh})  # of a whole record: which call it was
    assert str(error.value) == f"loss() gave {fresh}; the record has {recorded}."
    with pytest.raises(ValueError, match=r"^loss\(\) gave"):
        largest_difference({"share": [recorded]}, {"share": [fresh]}, "loss()")


@pytest.mark.parametrize(("measured", "answer"), [(TOLERANCE, TOLERANCE), (np.nextafter(TOLERANCE, 0).item(), 0.0)])
def test_digits_are_as_recorded_where_they_differ_by_less_than_the_tolerance(measured, answer):
    class Model:
        record, known = None, {"share()": 0.0}

    @experiment
    def share(model):
        return measured

    assert share(Model()) == answer


def test_rows_are_packed_without_loss():
    random = np.random.default_rng(0)
    scales = random.uniform(0.001, 0.1, (18, 1)).astype(np.float16).astype(np.float32)
    codes = random.integers(-127, 128, (18, 32))
    codes[:, 0] = 127
    row = (codes * scales).astype(np.float32).ravel()
    np.testing.assert_array_equal(unpacked(packed(row)), row)
    with pytest.raises(ValueError, match="not made of int8 numbers"):
        packed(random.standard_normal(576).astype(np.float32))


def test_rows_of_zeros_and_of_one_part_are_packed_too():
    for row in (np.zeros(32), 127 * np.ones(64), np.r_[np.zeros(32), np.arange(-127, -95)]):
        with np.errstate(all="raise"):
            text = packed(row.astype(np.float32))
        assert unpacked(text).dtype == np.float32 and unpacked(text).tolist() == row.tolist()


def test_some_rows_are_here_in_any_shape_and_the_others_are_named():
    vectors = {str(i): packed(np.full(32, 127 * i, np.float32)) for i in (0, 3)}
    rows = RecordedRows((5, 32), vectors)
    assert (len(rows), rows.shape, rows.ndim, rows.dtype, rows.nbytes) == (5, (5, 32), 2, np.float32, 5 * 32 * 4)
    for ids in (3, [3, 0], [[3], [0]], np.zeros((2, 0), int), np.uint8(0)):
        assert rows[ids].tolist() == (127.0 * np.asarray(ids)[..., None] * np.ones(32)).tolist()
        assert rows[ids].dtype == np.float32 and rows[ids].shape == (*np.shape(ids), 32)
    for made_by in ("table", "centred(table)"):
        with pytest.raises(NotRecorded, match=rf"^row 1 of {re.escape(made_by)} needs the model's weights"):
            RecordedRows((5, 32), vectors, made_by)[[0, 1, 2]]
    for whole in (lambda: rows[:], lambda: rows[0.5], lambda: np.asarray(rows)):
        with pytest.raises(NotRecorded, match="^the whole table needs the model's weights"):
            whole()


def test_a_changed_table_of_a_recorded_model_is_a_name_with_the_same_tokens(stand_in):
    changed = table_changes.centred(stand_in.table)
    assert changed.tokens == stand_in.table.tokens and changed.shape == stand_in.table.shape
    assert changed.made_by == "centred(table)" and changed.n_bytes == stand_in.table.n_bytes == 49_152 * 576 * 4


def test_what_is_recorded_is_in_order_and_holds_the_rows_looked_up_outside_of_experiments(tmp_path):
    recording = RecordingModel(model_from_gguf(small_gguf(tmp_path / "a.gguf", "grouped keys, own output")))
    recording.loss([1, 2])
    assert recording.to_record()["rows"] == {}  # a loss looks rows up itself
    recording.table.vectors = np.outer([3.0, 1, 2], np.full(32, 127)).astype(np.float32)[np.arange(61) % 3]
    assert recording.table.lookup([[2], [0]]).shape == (2, 1, 32)
    record = recording.to_record()
    assert [*record["rows"]] == ["0", "2"] and record["dim"] == 32 and [*record["results"]] == ["loss(ids=[1, 2])"]
    assert unpacked(record["rows"]["2"]).tolist() == [254.0] * 32


def test_a_recorded_model_says_that_it_has_no_weights(stand_in):
    n = len(json.loads(RECORD.read_text(encoding="utf-8"))["results"])
    assert repr(stand_in) == f"RecordedModel({stand_in.settings.name}, {n} experiments, no weights)"
    assert recorded_model() is stand_in


def test_digits_in_which_processors_differ_are_as_recorded(stand_in, monkeypatch):
    """What is measured again stands in a page as on every other machine; what differs stands as it came out."""
    model = smollm2()
    ids = model.encode(min(model_experiments.SIX_TEXTS.values(), key=len))

    def ask(model):
        return model_experiments.chances(model, ids)

    line, measured = call_line(model_experiments.chances, ("model", ids), {}), ask(model)
    slightly, clearly = [share + 5e-5 for share in measured], [share + 5e-3 for share in measured]
    for known, expected in ((slightly, slightly), (clearly, measured), ("a text", measured)):
        monkeypatch.setattr(model, "known", {line: known})
        assert ask(model) == expected
    monkeypatch.setattr(model, "known", stand_in.record.results)
    assert ask(model) == ask(stand_in)
