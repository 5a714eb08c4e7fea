"""SmolLM2 for the tests: loaded once; where its weights are not, a test is skipped aloud, and in CI it fails."""

import os
from functools import cache

import pytest

from book_utils.models.llama_files import model_from_gguf
from book_utils.models.smollm2 import weights_path

MISSING = "the weights of SmolLM2 are not here: python -m book_utils model gets them, 93 MB"


def weights_file():
    """Return the file; skip the test without it, or fail in CI."""
    if not weights_path().is_file():
        if os.environ.get("CI"):
            pytest.fail(MISSING)
        pytest.skip(f"\n\n!!! TEST OF THE LANGUAGE MODEL SKIPPED: {MISSING}\n")
    return weights_path()


def smollm2():
    """Return the model, one for all tests: nobody changes it."""
    return _loaded(weights_file())


_loaded = cache(model_from_gguf)
