"""What a cell printed, as it printed it: MyST-NB adds an empty line where a message of the kernel ended amid a line.

When a message ends is a matter of time, so on a busy machine two builds would differ.
"""

from myst_nb.core import render


def joined(outputs: list) -> list:
    r"""Join the texts of each stream, letter by letter; other outputs stay as they are.

    >>> said = {"output_type": "stream", "name": "stdout"}
    >>> joined([said | {"text": "0.94"}, said | {"text": "\n0.16\n"}])
    [{'output_type': 'stream', 'name': 'stdout', 'text': '0.94\n0.16\n'}]
    """
    kept, streams = [], {}
    for output in outputs:
        name = output["name"] if output["output_type"] == "stream" else None
        if name in streams:
            streams[name]["text"] += output["text"]
            continue
        kept.append(output)
        if name:
            streams[name] = output
    return kept


def setup(app) -> None:
    coalesce = render.coalesce_streams  # takes care of what erases text: \r and \b
    render.coalesce_streams = lambda outputs: coalesce(joined(outputs))
