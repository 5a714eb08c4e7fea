"""Experiments on a model that takes 100 MB: run where its weights are, written down once, read where they are not.

Every function of a model marked with `experiment` is one, also one that a chapter defines. What is written down is
the call, as one line of text, and what came out, to the last digit.
"""

from contextlib import suppress
from functools import wraps

import numpy as np

from .call_line import call_line
from .lookup import shown

TOLERANCE = 1e-4  # of a float, relative where it is above 1: two processors differ by less


class NotRecorded(RuntimeError):
    """An experiment that was never written down, asked where the weights are not."""


def experiment(function):
    """Let a function of a model (and anything else) be answered from the model's record, if it has one.

    It takes numbers, texts, IDs, arrays, tables and named functions, and returns numbers, texts, lists, dicts with
    texts as keys, or arrays: what JSON brings back as it was.

    >>> class Model:
    ...     record = known = None
    >>> experiment(lambda model, n: n + 1)(Model(), 2)
    3
    """

    @wraps(function)
    def run(model, *arguments, **options):
        if model.record is None:
            answer = settled if model.known else ran
            return answer(function, model, arguments, options)
        return model.record.answer(function, model, arguments, options)

    return run


class Record:
    """What experiments gave: {line of the call: result}."""

    def __init__(self, results):
        self.results = results

    def answer(self, function, model, arguments, options):
        """Return what this call gave; raises NotRecorded, or what the call raises where no model could answer it."""
        line = call_line(function, (model, *arguments), options)
        if line not in self.results:
            with suppress(NotRecorded, AttributeError, TypeError):  # the last two: of what the stand-in does not have
                function(model, *arguments, **options)
            raise not_here(line)
        return decoded(self.results[line])


class Recorder(Record):
    """A Record that runs each call, once, and writes it down in `results`."""

    def __init__(self):
        super().__init__({})

    def answer(self, function, model, arguments, options):
        line = call_line(function, (model, *arguments), options)
        if line not in self.results:
            self.results[line] = encoded(ran(function, model, arguments, options), line)
        return decoded(self.results[line])


def ran(function, model, arguments, options):
    """Run an experiment as a plain function, with all experiments inside of it."""
    record, known = model.record, model.known
    model.record = model.known = None  # an experiment inside an experiment is no call of the reader's
    try:
        return function(model, *arguments, **options)
    finally:
        model.record, model.known = record, known


def settled(function, model, arguments, options):
    """Run an experiment; where it agrees with what is `known` of these weights, the known digits are the answer.

    The last digits of a float hang on the processor, and a page must not. What differs stands as it came out.
    """
    result = ran(function, model, arguments, options)
    with suppress(TypeError, ValueError):  # what no record could hold; what differs
        line = call_line(function, (model, *arguments), options)
        if line in model.known and largest_difference(model.known[line], encoded(result, line), line) < TOLERANCE:
            return decoded(model.known[line])
    return result


def largest_difference(recorded, fresh, line=""):
    """Return the largest difference of a float, relative above 1; raises ValueError where anything else differs.

    >>> largest_difference({"a": [1, 200.0]}, {"a": [1, 201.0]})
    0.005
    """
    if isinstance(recorded, float) and isinstance(fresh, float):
        return abs(recorded - fresh) / max(1, abs(recorded))
    if isinstance(recorded, dict) and isinstance(fresh, dict) and recorded.keys() == fresh.keys():
        return max((largest_difference(recorded[key], fresh[key], line or key) for key in recorded), default=0)
    if isinstance(recorded, list) and isinstance(fresh, list) and len(recorded) == len(fresh):
        return max((largest_difference(*pair, line) for pair in zip(recorded, fresh, strict=True)), default=0)
    if recorded != fresh:
        raise ValueError(f"{line} gave {fresh}; the record has {recorded}.")
    return 0


def not_here(what):
    """Return the error for what needs the weights."""
    return NotRecorded(
        f"{what} needs the model's weights, which are not on this machine, and was not recorded. "
        "Get them, once, 93 MB: python -m book_utils model"
    )


def encoded(result, line):
    """Return a result as JSON knows it; raises TypeError for what would not come back as it was."""
    if isinstance(result, np.ndarray) and result.dtype.kind in "iuf":
        return {"array": result.tolist(), "dtype": result.dtype.name}
    if type(result) in (int, float, str, bool) or result is None:
        return result
    if type(result) is list:
        return [encoded(item, line) for item in result]
    if type(result) is dict and all(type(key) is str for key in result) and "array" not in result:
        return {key: encoded(item, line) for key, item in result.items()}
    raise TypeError(f"an experiment returns numbers, texts, lists, dicts or arrays; {line} returned {shown(result)}.")


def decoded(result):
    """Turn what `encoded` made back.

    >>> decoded(encoded({"a": [np.array([1.5])]}, "f()"))
    {'a': [array([1.5])]}
    """
    if isinstance(result, dict) and "array" in result:
        return np.array(result["array"], result["dtype"])
    if isinstance(result, dict):
        return {key: decoded(item) for key, item in result.items()}
    return [decoded(item) for item in result] if isinstance(result, list) else result
