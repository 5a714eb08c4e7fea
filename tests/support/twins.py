"""Call what front-end files export, in node, to compare it with its twin in Python."""

import contextlib
import json
import shutil
import subprocess
from pathlib import Path

DRAWN = Path(__file__).with_name("drawn.mjs")
# Answers one line of JSON, [name, arguments, further arguments...], with one line of JSON: what the function gives, or,
# with further arguments, what the function that it gives then gives.
SERVER = """
DRAWN
import { readFileSync } from "node:fs";
import { createInterface } from "node:readline";
const source = process.argv.slice(1).map((name) => readFileSync(name, "utf8")).join("\\n");
const rules = await import("data:text/javascript;base64," + Buffer.from(source).toString("base64"));
for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...given] = JSON.parse(line);
  const found = await given.reduce((call, some) => call(...some), rules[name]);
  console.log(JSON.stringify(found === Infinity ? "infinite" : found));
}
"""


@contextlib.contextmanager
def running(*files):
    """A function that calls what front-end files export: one node process for every case."""
    assert shutil.which("node"), "the rules in JavaScript are run by node: install Node.js 20 or newer"
    server = SERVER.replace("DRAWN", f"import {DRAWN.as_uri()!r};")
    command = ["node", "--input-type=module", "-e", server, *map(str, files)]
    node = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, encoding="utf-8")

    def twice(name, *given):
        node.stdin.write(json.dumps([name, *given]) + "\n")
        node.stdin.flush()
        return json.loads(node.stdout.readline())

    def call(name, *given):
        return twice(name, given)

    call.twice = twice
    yield call
    node.stdin.close()
    assert node.wait(timeout=10) == 0
