"""What /metrics says, as numbers, and promtool's word on it."""

import os
import re
import shutil
import subprocess
import time

from support.client import Client

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
SAMPLE = re.compile(r'([a-z_:][a-z0-9_:]*)(?:\{((?:[a-z_]+="[^"]*",?)*)\})? (\S+)')


def promtool():
    """Prometheus' own checker: the one on PATH, or taken out of Debian's package once."""
    found = shutil.which("promtool")
    if found:
        return found
    subprocess.run(["make", "--no-print-directory", "build/tools/promtool"], cwd=ROOT, check=True)
    return os.path.join(ROOT, "build/tools/promtool")


def complaints(text):
    """What promtool finds wrong with a page, in its own words; nothing when it is clean."""
    done = subprocess.run([promtool(), "check", "metrics"], input=text, capture_output=True, text=True, check=False)
    return (done.stdout + done.stderr).strip() or ("" if done.returncode == 0 else f"it ended with {done.returncode}")


class Figures:
    """One reading of the page. figures("concordat_moves_total", move="sign") adds up what fits; 0 when none does."""

    def __init__(self, text):
        self.text = text
        self.samples = []
        for line in text.splitlines():
            if not line.startswith("#"):
                name, labels, value = SAMPLE.fullmatch(line).groups()
                self.samples.append((name, dict(re.findall(r'([a-z_]+)="([^"]*)"', labels or "")), float(value)))

    def __call__(self, name, **wanted):
        return sum(value for found, labels, value in self.samples
                   if found == name and wanted.items() <= labels.items())

    def families(self):
        return {line.split(" ")[2]: line.split(" ")[3] for line in self.text.splitlines() if line.startswith("# TYPE ")}


def read(client):
    return Figures(client.get("/metrics").text)


def wait_for(client, true, what, seconds=30):
    """The first reading that true(figures) holds of."""
    deadline = time.monotonic() + seconds
    while True:
        figures = read(client)
        if true(figures):
            return figures
        assert time.monotonic() < deadline, f"{what}:\n{figures.text}"
        time.sleep(0.02)


def figure(house, name):
    """One figure of the house's daemon, asked by nobody's client else."""
    client = Client(house.daemon.base_url)
    try:
        return read(client)(name)
    finally:
        client.close()
