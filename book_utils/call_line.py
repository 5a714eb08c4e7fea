"""A call of an experiment as one line of text: what a record keeps its result under."""

import hashlib
import inspect
import json
import re

import numpy as np

from .lookup import EmbeddingTable, shown

FEW = 12  # numbers: so many stand in the line of a call; of more, the shape and a digest


def call_line(function, arguments, options):
    """Return a call as one line of text, the same wherever and however it is written; without the model.

    >>> def loss(model, ids, base=None, **broken): ...
    >>> call_line(loss, ("a model", [1, 2]), {"base": None, "scale": 2})
    'loss(ids=[1, 2], scale=2)'
    """
    bound = inspect.signature(function).bind(*arguments, **options)
    given = {}
    for name, value in list(bound.arguments.items())[1:]:
        parameter = bound.signature.parameters[name]
        if parameter.kind is parameter.VAR_KEYWORD:
            given |= value
        elif not (value is None or value is parameter.default):
            given[name] = value
    parts = [f"{name}={value_text(given[name])}" for name in given if given[name] is not None]
    return f"{function.__name__}({', '.join(sorted(parts))})"


def value_text(value):
    """Return an argument as text that depends on its value alone: equal numbers give equal texts.

    >>> value_text(np.array([1, 2])), value_text(2.0), value_text(np.arange(1_000))
    ('[1, 2]', '2', 'numbers (1000,) 9157058038a1')
    """
    if isinstance(value, EmbeddingTable):
        return getattr(value, "made_by", None) or value_text(np.asarray(value.vectors))
    if callable(value):
        if (name := getattr(value, "__name__", "<lambda>")) == "<lambda>":
            raise TypeError("a function that is part of an experiment needs a name: define it with def.")
        return name
    if isinstance(value, str | bool | None):
        return json.dumps(value, ensure_ascii=False)
    if isinstance(value, list | tuple) and any(isinstance(item, str) for item in value):
        return "[" + ", ".join(value_text(item) for item in value) + "]"
    numbers = np.asarray(value)
    if numbers.dtype.kind not in "iuf":
        raise TypeError(f"an experiment takes numbers, texts, tables and named functions; got {shown(value)}.")
    if numbers.size <= FEW:
        return re.sub(r"\.0(?!\d)", "", json.dumps(numbers.astype(np.float64).tolist()))
    digest = hashlib.sha256(np.ascontiguousarray(numbers, "<f8").tobytes()).hexdigest()
    return f"numbers {numbers.shape} {digest[:12]}"
