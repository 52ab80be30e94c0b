"""What is printed stands in the tree as it is printed: the README's settings, the OpenAPI document."""

import json
import os
import subprocess

from support.daemon import ROOT


def printed(binary, *command):
    return subprocess.run([binary, *command], capture_output=True, text=True, check=True, cwd=ROOT).stdout


def test_the_readme_holds_the_table_of_settings_as_printed(binary):
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        readme = file.read()
    table = readme.split("<!-- settings: begin -->")[1].split("<!-- settings: end -->")[0]
    assert table.strip() == printed(binary, "settings").strip()


def test_the_readme_holds_the_path_as_printed(binary):
    """Stages and moves. Whoever changes a row prints it again: concordatd protocol --path."""
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        readme = file.read()
    path = readme.split("<!-- path: begin -->")[1].split("<!-- path: end -->")[0]
    assert path.strip() == printed(binary, "protocol", "--path").strip()
    for move in ("open_placement", "make_offer", "consent_to_mediation", "lapse"):
        assert f"\n| {move} |" in path
    assert "mediating --> signing: accept_settlement" in path


def test_the_protocol_prints_every_move_and_timescale(binary):
    page = printed(binary, "protocol", "--markdown")
    document = json.loads(printed(binary, "protocol", "--json"))
    for move in ("open_placement", "make_offer", "hold_review", "miss", "lapse"):
        assert f"### {move}\n" in page
    for row in document["timescales"]:
        assert f"| {row['duty']} |" in page


def test_the_diagram_is_sound_and_reaches_every_stage(binary):
    dot = printed(binary, "protocol", "--dot")
    assert dot.startswith("digraph protocol {") and dot.rstrip().endswith("}")
    for stage in ("preparing", "with_panel", "inviting", "negotiating", "signing", "in_force", "ended"):
        assert f"-> {stage} " in dot, stage
