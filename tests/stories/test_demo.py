"""The demo itself: it plays to the end, prints what a reader is promised, and writes its variables."""

import os
import subprocess

from support.daemon import ROOT

NAMES = ["CONCORDAT_URL", "PGHOST", "PGPORT", "PGDATABASE", "ADMIN_TOKEN", "OFFICER_TOKEN", "PANEL_TOKEN",
         "SIGNATORY_TOKEN", "PROVIDER_TOKEN", "PROVIDER2_TOKEN", "MEDIATOR_TOKEN", "AUDITOR_TOKEN"]


def test_the_demo_plays_to_the_end_twice_and_writes_its_variables(binary, scratch):
    folder = os.path.join(scratch, "demo")
    environment = {**os.environ, "DEMO_DIR": folder, "DEMO_EXIT": "1", "CONCORDATD": binary,
                   "DEMO_PORT": "0", "DEMO_PGPORT": "0"}
    for _ in range(2):
        done = subprocess.run(["/usr/bin/python3", "tests/stories/demo.py"], cwd=ROOT, env=environment,
                              capture_output=True, text=True, timeout=300, check=False)
        assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-4000:]
    assert "respond (commissioner): 5 working days from Thursday 9 April 2026 at 18:20" in " ".join(done.stdout.split())
    assert "e-mail to fees@larchhouse.example: PL-1000001-I: invitation to make an offer" in done.stdout
    with open(os.path.join(folder, "demo.env"), encoding="ascii") as file:
        written = dict(line.strip().split("=", 1) for line in file)
    assert all(written.get(name) for name in NAMES), written
