"""What the tests of the command line share: run it, and give it files."""

import json
import os
import subprocess

import pytest

from support.daemon import ROOT, SANITIZERS

PROGRAM = os.path.join(ROOT, "build/asan/concordat")
MODELS = "reference/cost-models"
GOLDEN = "tests/golden/cli"


@pytest.fixture(scope="session")
def concordat():
    """concordat("model", "check", FILE, code=1, stdin=b"...") -> what it printed, with that exit code.

    What is done says nothing on standard error; what is not done prints nothing else.
    """
    def run(*words, code=0, stdin=b"", env=None):
        done = subprocess.run([PROGRAM, *words], cwd=ROOT, env={**os.environ, **SANITIZERS, **(env or {})}, input=stdin,
                              capture_output=True, check=False, timeout=60)
        said, complained = done.stdout.decode(), done.stderr.decode()
        assert done.returncode == code, complained or said
        assert (complained == "") == (code == 0), complained
        assert code == 0 or said == ""
        return complained if code else said

    return run


@pytest.fixture
def written(tmp_path):
    """written("model.json", {...}) -> the path of a file that holds it; a str or bytes as it stands."""
    def write(name, content):
        path = tmp_path / name
        if isinstance(content, (dict, list)):
            content = json.dumps(content)
        path.write_bytes(content if isinstance(content, bytes) else content.encode())
        return str(path)

    return write


def golden(name):
    with open(os.path.join(ROOT, GOLDEN, name), encoding="utf-8") as file:
        return file.read()


def members(value):
    """The name of every member of a result, keys of lines and inputs excepted."""
    if isinstance(value, list):
        return {name for item in value for name in members(item)}
    if not isinstance(value, dict):
        return set()
    found = set(value)
    for name, inner in value.items():
        keyed = inner.values() if name == "lines" else [] if name == "defaulted" else [inner]
        for item in keyed:
            found |= members(item)
    return found
