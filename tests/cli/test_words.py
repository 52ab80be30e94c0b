"""The command line itself: commands, options, help, exit codes; and what the README shows."""

import os
import re
import shlex
import subprocess

import pytest

from conftest import GOLDEN, MODELS, PROGRAM
from support.daemon import ROOT, SANITIZERS

COMMANDS = [
    "model check", "model calculate", "uplift", "uplift stop", "uplift list", "dates explain", "due", "review", "verify",
    "log checkpoint", "log keys", "log record", "log statement", "help",
]
MODEL = f"{MODELS}/home-care-margin-2014-02.json"


def test_version_and_help_are_printed(concordat):
    assert re.fullmatch(r"concordat \d+\.\d+\.\d+\n", concordat("--version"))
    everything = concordat("--help")
    assert everything == concordat("help") == concordat("-h")
    for command in COMMANDS:
        assert f"    {command}  " in everything
        said = concordat("help", *command.split())
        assert said == concordat(*command.split(), "--help") == concordat(*command.split(), "x", "-h")
        assert said.startswith(f"usage: concordat {command}") and "Exit codes: 0 done" in said


def test_the_examples_of_every_help_are_true(concordat):
    run = 0
    for command in COMMANDS:
        said = concordat("help", *command.split()).replace("\\\n", " ")
        for line in re.findall(r"^    concordat (.*)$", said, re.MULTILINE):
            assert concordat(*shlex.split(line))
            run += 1
    assert run == 7


def test_no_command_at_all_shows_what_there_is(concordat):
    assert concordat(code=2).startswith("usage: concordat COMMAND")


@pytest.mark.parametrize("words, said", [
    (["modle", "check", MODEL], 'Did you mean "model check"?'), (["model", "chek", MODEL], 'Did you mean "model check"?'),
    (["model", "calcualte"], 'Did you mean "model calculate"?'), (["upift"], 'Did you mean "uplift"?'),
    (["hlep"], 'Did you mean "help"?'), (["--verison"], 'Did you mean "--version"?'),
    (["model"], "Say `concordat model check` or `concordat model calculate`."),
    (["model", "x"], "Say `concordat model check` or"), (["xyzzy"], 'There is no command "xyzzy".'),
    ([""], 'There is no command "".'), (["help", "upift"], 'Did you mean "uplift"?'),
    (["help", "uplift", "x"], "There is no command"), (["help", "a", "b", "c"], "does not take the word"),
    (["model", "check"], 'Name the FILE behind "model check".'), (["model", "check", MODEL, MODEL], "does not take the word"),
    (["model", "check", MODEL, "--json"], 'takes no option "--json"'),
    (["model", "calculate", MODEL, "--inptus", "x"], "Did you mean --inputs?"),
    (["model", "calculate", MODEL, "-json"], "Did you mean --json?"), (["model", "calculate", MODEL, "--"+"x" * 99], "takes no"),
    (["model", "calculate", MODEL, "--terms", "x"], 'takes no option "--terms"'),
    (["model", "calculate", MODEL, "--json=yes"], "--json takes no value."),
    (["model", "calculate", MODEL, "--json", "--json"], "--json is given twice."),
    (["model", "calculate", MODEL, "--inputs"], "Name the FILE behind --inputs."),
    (["model", "calculate", MODEL, "--inputs", "--json"], "Name the FILE behind --inputs."),
    (["model", "calculate", MODEL, "--inputs="], "Name the FILE behind --inputs."),
    (["model", "calculate", MODEL, "--at", "13/04/2026"], "--at takes a date like 2026-04-13"),
    (["model", "calculate", MODEL, "--at", "2026-02-30"], "--at takes a date like 2026-04-13"),
    (["model", "calculate", "-", "--inputs", "-"], "Standard input can be read once"),
    (["uplift"], "uplift needs --terms FILE"), (["uplift", "--terms", "x"], "uplift needs --indices FILE"),
    (["uplift", "terms.json"], 'does not take the word "terms.json"'),
    (["dates"], "Say `concordat dates explain`."), (["dates", "explian"], 'Did you mean "dates explain"?'),
    (["dates", "explain"], "dates explain needs --from INSTANT"),
    (["dates", "explain", "--from", "2026-04-02T10:00:00Z"], "dates explain needs --rule RULE"),
    (["dates", "explain", "--from", "2026-04-02T10:00:00Z", "--rule", "5 days", "--rule", "6 days"], "--rule is given twice."),
    (["dates", "explain", "--from", "2026-04-02T10:00:00Z", "--rule", "5 days", "--pause"], "Name the FROM/TO behind --pause."),
])
def test_a_wrong_word_is_refused_before_anything_is_read(concordat, words, said):
    complaint = concordat(*words, code=2)
    assert said in complaint and complaint.startswith("concordat: ") and "`concordat help" in complaint


def test_words_behind_two_dashes_are_no_options(concordat):
    assert "There is no such file." in concordat("model", "check", "--", "--json", code=3)


def test_output_that_cannot_be_written_is_said():
    with open("/dev/full", "wb") as full:
        done = subprocess.run([PROGRAM, "model", "calculate", MODEL], cwd=ROOT, env={**os.environ, **SANITIZERS},
                              stdout=full, stderr=subprocess.PIPE, check=False, timeout=60)
    assert done.returncode == 3 and b"Standard output could not be written." in done.stderr


def test_no_clock_is_read():
    """The same whatever the day is: a model whose life is over is worked out as ever."""
    for day in ("2014-03-01 12:00:00", "2099-01-01 12:00:00"):
        done = subprocess.run(["faketime", day, os.path.join(ROOT, "build/release/concordat"), "model", "calculate", MODEL],
                              cwd=ROOT, capture_output=True, text=True, check=True, timeout=60)
        with open(os.path.join(ROOT, GOLDEN, "home-care.txt"), encoding="utf-8") as file:
            assert done.stdout == file.read()


@pytest.mark.parametrize("title, least", [
    ("Try a guide price without a server", 3), ("Explain a due date without a server", 2),
    ("Check what was agreed, without the service", 1),
])
def test_what_the_readme_shows_is_true(tmp_path, title, least):
    """Each block of commands, and beneath it what it prints."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        section = file.read().split(f"## {title}\n")[1].split("\n## ")[0]
    shown = re.findall(r"```sh\n(.*?)```\s+```text\n(.*?)```", section, re.DOTALL)
    assert len(shown) >= least and len(shown) == section.count("```sh") == section.count("```text")
    (tmp_path / "build").mkdir()
    (tmp_path / "build/concordat").symlink_to(PROGRAM)
    for folder in ("reference", "tests"):
        (tmp_path / folder).symlink_to(os.path.join(ROOT, folder))
    for commands, output in shown:
        done = subprocess.run(["bash", "-c", commands], cwd=tmp_path, env={**os.environ, **SANITIZERS},
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, check=False, timeout=60)
        assert done.stdout == output
