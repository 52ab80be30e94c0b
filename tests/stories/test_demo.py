"""The demo itself: it plays to the end, prints what a reader is promised, and writes its variables."""

import json
import os
import re
import subprocess
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from demo import write_env  # noqa: E402
from house import House, london  # noqa: E402
from support.daemon import ROOT  # noqa: E402

NAMES = ["CONCORDAT_URL", "AUTHORITY", "PGHOST", "PGPORT", "PGDATABASE", "ADMIN_TOKEN", "OFFICER_TOKEN", "PANEL_TOKEN",
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
    assert "Its notice has reached nobody, so the clock has not started" in " ".join(done.stdout.split())
    assert "the account: 147 nights, £35,570.00 due" in done.stdout
    checked = " ".join(done.stdout.split())
    assert "It holds. The same with one penny more a week:" in checked
    assert "It does not hold. The first thing that is wrong: /terms/weekly: The record says" in checked
    assert os.path.exists(os.path.join(folder, "agreed-terms.json")) and os.path.exists(os.path.join(folder, "log.pub"))
    assert "e-mail to fees@larchhouse.example: PL-1000001-I: invitation to make an offer" in done.stdout
    assert "\nBy webhook:\n" in done.stdout and "\nOn the live stream, /v1/events:\n" in done.stdout
    with open(os.path.join(folder, "demo.env"), encoding="ascii") as file:
        written = dict(line.strip().split("=", 1) for line in file)
    assert all(written.get(name) for name in NAMES), written


def test_what_the_readme_does_with_them_works_as_written(cluster, database, sink, binary, scratch, tmp_path):
    house = House(cluster, database, sink, binary, os.path.join(scratch, "readme"))
    house.start(london("2026-03-23 09:00"))
    (tmp_path / "var").mkdir()
    write_env(house, str(tmp_path / "var"))
    with open(os.path.join(ROOT, "README.md"), encoding="utf-8") as file:
        examples = [block for block in re.findall(r"```sh\n(.*?)```", file.read(), re.DOTALL) if "var/demo.env" in block]
    said = "".join(subprocess.run(["sh", "-euc", example], cwd=tmp_path, capture_output=True, text=True, check=True,
                                  timeout=60).stdout for example in examples)
    answers = []
    while said := said.lstrip():
        answer, end = json.JSONDecoder().raw_decode(said)
        answers.append(answer)
        said = said[end:]
    assert len(answers) == sum(example.count("curl") for example in examples) >= 5
    assert not any("status" in answer for answer in answers), answers
    council = house.client("ADMIN").get("/v1/organisations", kind="authority").json["items"][0]
    assert council["protocol"] == {"id": "small-packages", "version": 1}
    house.stop()
