"""What the page "Find your question" says of PyTorch and transformers, asked of them where they are installed."""

import numpy as np
import pytest

torch = pytest.importorskip("torch", reason="LOUD: PyTorch was not asked: pip install torch (the CPU build will do)")
functional = torch.nn.functional


@pytest.fixture
def transformers():
    """The library, without a message for each model that is made."""
    found = pytest.importorskip("transformers", reason="LOUD: transformers was not asked: pip install transformers")
    found.logging.set_verbosity_error()
    return found


@pytest.fixture(autouse=True)
def same_dice():
    torch.manual_seed(0)


def small_gpt2(transformers, **settings):
    settings = {"vocab_size": 50, "n_embd": 16, "n_layer": 2, "n_head": 2, "n_positions": 32} | settings
    return transformers.GPT2LMHeadModel(transformers.GPT2Config(**settings)).eval()


def small_llama(transformers, **settings):
    settings = {"vocab_size": 50, "hidden_size": 16, "intermediate_size": 32, "num_hidden_layers": 2,
                "num_attention_heads": 2, "num_key_value_heads": 2, "max_position_embeddings": 64} | settings
    return transformers.LlamaForCausalLM(transformers.LlamaConfig(**settings)).eval()


# -- PyTorch ----------------------------------------------------------------------------------------------


def test_an_id_without_a_row_is_an_index_error():
    table = torch.nn.Embedding(5, 3)
    for bad in (5, -1):
        with pytest.raises(IndexError, match="index out of range in self"):
            table(torch.tensor([bad]))


def test_the_standard_start_is_normal():
    assert abs(float(torch.nn.Embedding(1_000, 100).weight.detach().std()) - 1) < 0.01


def test_the_padding_row_starts_as_zeros_and_gets_no_gradient_from_the_lookup():
    table = torch.nn.Embedding(5, 3, padding_idx=0)
    assert not table.weight[0].any()
    table(torch.tensor([0, 1])).sum().backward()
    assert not table.weight.grad[0].any() and table.weight.grad[1].all()


def test_the_padding_row_keeps_what_it_is_given():
    rows = torch.ones(5, 3)
    assert torch.nn.Embedding.from_pretrained(rows, padding_idx=0).weight[0].all()
    table = torch.nn.Embedding(5, 3, padding_idx=0)
    torch.nn.init.normal_(table.weight)
    assert table.weight[0].any()


def test_a_tied_output_moves_the_padding_row():
    table = torch.nn.Embedding(5, 3, padding_idx=0)
    logits = table(torch.tensor([1, 2])) @ table.weight.T
    functional.cross_entropy(logits, torch.tensor([2, 3])).backward()
    assert table.weight.grad[0].any()


def test_a_gradient_of_zero_does_not_hold_a_row():
    def moved(kind, warm, **settings):
        table = torch.nn.Embedding(5, 3)
        optimiser = kind(table.parameters(), lr=0.1, **settings)
        for step in range(warm + 5):
            if step == warm:
                start = table.weight[1].detach().clone()
            optimiser.zero_grad()
            table(torch.tensor([1, 2])).pow(2).sum().backward()
            if step >= warm:
                table.weight.grad[1] = 0
            optimiser.step()
        return float((table.weight[1].detach() - start).norm())

    assert moved(torch.optim.SGD, 3) == 0
    assert moved(torch.optim.Adam, 3) > 0.01
    assert moved(torch.optim.AdamW, 0, weight_decay=0.1) > 0.01
    assert moved(torch.optim.Adam, 0) == 0


def test_a_table_of_waves_is_the_same_lookup():
    from book_utils import position

    waves = torch.tensor(position.sinusoids(np.arange(20), 8))
    frozen = torch.nn.Embedding.from_pretrained(waves)
    assert not frozen.weight.requires_grad
    assert np.array_equal(frozen(torch.tensor([3, 19])).numpy(), position.sinusoids([3, 19], 8))


# -- transformers -----------------------------------------------------------------------------------------


def test_new_rows_are_drawn_around_the_mean(transformers):
    model = small_gpt2(transformers)
    with torch.no_grad():
        model.transformer.wte.weight += 3  # far from what a fresh row would be
    old = model.transformer.wte.weight.detach().clone()
    model.resize_token_embeddings(60)
    new = model.transformer.wte.weight.detach()
    assert torch.equal(new[:50], old)
    assert float((new[50:].mean(dim=0) - old.mean(dim=0)).abs().max()) < 0.1
    assert model.lm_head.weight is model.transformer.wte.weight  # still tied


def test_new_rows_of_zeros_take_everything_where_all_scores_are_low(transformers):
    """GPT-2's case, made: the last LayerNorm's bias lies against every row, so that all scores are low."""
    model, ids = small_gpt2(transformers), torch.tensor([[1, 2, 3]])
    with torch.no_grad():
        model.transformer.wte.weight += 1
        model.transformer.ln_f.bias -= 3
        before = model(ids).logits
        assert float(before.max()) < -20
        model.resize_token_embeddings(52, mean_resizing=False)
        model.transformer.wte.weight[50:] = 0
        assert float(model(ids).logits.softmax(-1)[..., 50:].sum(-1).min()) > 0.999
        model.transformer.wte.weight[50:] = model.transformer.wte.weight[:50].mean(dim=0)
        shares = model(ids).logits.softmax(-1)[..., 50:]
    assert float(shares.max()) <= 1 / 51 + 1e-6


def test_a_tied_head_is_not_in_the_file(transformers, tmp_path):
    from safetensors import safe_open

    found = {}
    for tied in (True, False):
        small_llama(transformers, tie_word_embeddings=tied).save_pretrained(tmp_path / str(tied))
        with safe_open(tmp_path / str(tied) / "model.safetensors", "np") as file:
            found[tied] = "lm_head.weight" in file.keys()  # noqa: SIM118
    assert found == {True: False, False: True}
    assert transformers.GPT2Config().tie_word_embeddings  # absent from GPT-2's file: the class decides


def test_three_counts_of_a_tokenizer(transformers):
    import tokenizers

    inner = tokenizers.Tokenizer(tokenizers.models.WordLevel({"a": 0, "b": 1, "[UNK]": 2}, unk_token="[UNK]"))
    tokenizer = transformers.PreTrainedTokenizerFast(tokenizer_object=inner)
    tokenizer.add_tokens(["<image>"])
    assert (tokenizer.vocab_size, len(tokenizer)) == (3, 4)


def test_roberta_counts_places_from_the_padding_id(transformers):
    from transformers.models.roberta.modeling_roberta import RobertaEmbeddings

    ids = torch.tensor([[0, 31414, 232, 2, 1, 1]])
    places = RobertaEmbeddings.create_position_ids_from_input_ids(ids, 1)
    assert places.tolist() == [[2, 3, 4, 5, 1, 1]]
    config = transformers.RobertaConfig(vocab_size=9, hidden_size=8, num_attention_heads=2, pad_token_id=1,
                                        max_position_embeddings=514, num_hidden_layers=1)
    embeddings = RobertaEmbeddings(config)
    embeddings(torch.full((1, 512), 5))
    with pytest.raises((IndexError, RuntimeError), match="514|range"):
        embeddings(torch.full((1, 513), 5))


def padded_and_not(model, **given):
    """The scores after the last token: of three tokens alone, and with two places of padding on their left."""
    ids = torch.tensor([[7, 8, 9]])
    padded, mask = torch.tensor([[0, 0, 7, 8, 9]]), torch.tensor([[0, 0, 1, 1, 1]])
    with torch.no_grad():
        alone = model(ids).logits[0, -1]
        return float((model(padded, attention_mask=mask, **given).logits[0, -1] - alone).abs().max())


def test_left_padding_shifts_learned_places_and_not_rope(transformers):
    counted = torch.tensor([[0, 0, 0, 1, 2]])
    gpt2, llama = small_gpt2(transformers), small_llama(transformers)
    with torch.no_grad():
        gpt2.transformer.wpe.weight *= 50  # places that matter, as after training
    assert padded_and_not(gpt2) > 1e-3
    assert padded_and_not(gpt2, position_ids=counted) < 1e-5
    assert padded_and_not(llama) < 1e-5
    assert padded_and_not(llama, position_ids=counted) < 1e-5


def test_generate_counts_places_from_the_mask(transformers):
    model = small_gpt2(transformers, eos_token_id=None, bos_token_id=None, pad_token_id=0)
    with torch.no_grad():
        model.transformer.wpe.weight *= 50
    padded, mask = torch.tensor([[0, 0, 7, 8, 9]]), torch.tensor([[0, 0, 1, 1, 1]])
    alone = model.generate(torch.tensor([[7, 8, 9]]), max_new_tokens=6, do_sample=False)[0, 3:]
    after_padding = model.generate(padded, attention_mask=mask, max_new_tokens=6, do_sample=False)[0, 5:]
    assert alone.tolist() == after_padding.tolist()


def test_gemma_multiplies_its_rows_and_llama_does_not(transformers):
    ids = torch.tensor([[3, 4]])
    gemma = transformers.GemmaModel(transformers.GemmaConfig(
        vocab_size=9, hidden_size=16, intermediate_size=8, num_hidden_layers=1, num_attention_heads=2,
        num_key_value_heads=2, head_dim=8)).eval()
    llama = small_llama(transformers).model
    for model, factor in ((gemma, 4), (llama, 1)):
        with torch.no_grad():
            first = model(ids, output_hidden_states=True).hidden_states[0]
            assert torch.allclose(first, factor * model.embed_tokens.weight[ids])


def test_per_layer_tables_have_the_shape_that_is_said(transformers):
    config = transformers.Gemma3nTextConfig()
    assert (config.hidden_size_per_layer_input, config.vocab_size_per_layer_input) == (256, 262_144)


def test_llama_rounds_after_the_sines_unless_it_is_cast(transformers, tmp_path):
    """Loaded as bfloat16 its cosines at place 8,191 are exact ones, rounded once; cast, its frequencies are rounded."""
    from book_utils import position

    config = transformers.LlamaConfig(vocab_size=9, hidden_size=64, num_attention_heads=1, num_hidden_layers=1,
                                      intermediate_size=8, max_position_embeddings=8_192)
    transformers.LlamaModel(config).save_pretrained(tmp_path)
    exact = np.cos(position.angles([8_191], 64))[0]
    off = {}
    for way in ("loaded", "cast"):
        model = transformers.LlamaModel.from_pretrained(tmp_path, dtype=torch.bfloat16 if way == "loaded" else None)
        model = model.to(torch.bfloat16) if way == "cast" else model
        cos, _ = model.rotary_emb(torch.zeros(1, 1, 64, dtype=torch.bfloat16), torch.tensor([[8_191]]))
        assert cos.dtype == torch.bfloat16
        off[way] = np.abs(cos.float().numpy()[0, 0, :32] - exact).max()
    assert off["loaded"] < 2**-8 and off["cast"] > 0.5
