#!/usr/bin/python3
"""How fast, against what a team would use instead and against the database's own limit; in one run.

    make bench                  the whole, under fifteen minutes
    BENCH_QUICK=1 make bench    smaller and shorter, under two: to see that it works, not to be quoted

Prints tables and writes var/bench.json: {name: {"value", "unit", "ratio"}}. What a ratio is, measures.py says. It
exits with 0 whether or not an aim was reached (a figure is not a test), and with 1 when something could not be
measured or did not do the same work.
"""

import dataclasses
import json
import os
import sys
import time

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from ground import ROOT, Ground  # noqa: E402
import calculate  # noqa: E402
import logs  # noqa: E402
import measures  # noqa: E402
import telling  # noqa: E402
import verify  # noqa: E402

RESULT = os.path.join(ROOT, "var", "bench.json")


@dataclasses.dataclass
class Plan:
    rounds: int  # of the moves side by side; the median is told
    seconds: float  # of one measure, after a tenth of it to warm up
    cold_seconds: float
    placements: int  # of the database that moves and reads are measured on; every second one is negotiating
    move_rows: tuple  # placements for 1, 16 and 64 connections
    in_force: int  # agreements of one authority
    uplifted: int  # of one authority, when an uplift is applied; half have a method
    due: int
    recounted: int  # placements, each with two dates or more that a newer calendar moves
    sizes: tuple
    grown_rows: int
    lone: int
    lone_ahead: float  # seconds to fill in and to start in
    log_leaves: int  # of the log that proofs are taken from
    input_sets: int  # of the guide prices that are calculated in one process
    calculate_seconds: float


WHOLE = Plan(rounds=3, seconds=5, cold_seconds=2, placements=20_000, move_rows=(200, 1600, 6400), in_force=100_000, uplifted=20_000, due=20_000, recounted=50_000,
             sizes=(10_000, 100_000, 1_000_000), grown_rows=1000, lone=400, lone_ahead=60, log_leaves=10_000_000,
             input_sets=10_000, calculate_seconds=3)
QUICK = Plan(rounds=1, seconds=2, cold_seconds=1, placements=6_000, move_rows=(100, 800, 1600), in_force=10_000, uplifted=4_000, due=4_000, recounted=5_000,
             sizes=(1_000, 10_000, 100_000), grown_rows=100, lone=100, lone_ahead=15, log_leaves=300_000,
             input_sets=2_000, calculate_seconds=1)


class Table:
    """Prints as it goes, and keeps the figures that have a name."""

    def __init__(self):
        self.figures = {}
        self.aims = []

    def head(self, title, *columns):
        print(f"\n{title}\n{'':<52}" + "".join(f"{column:>12}" for column in columns), flush=True)

    def line(self, name, *values):
        print(f"  {name:<50}" + "".join(f"{value:>12,}" for value in values), flush=True)

    def figure(self, name, value, unit, ratio, aim=None, within=False):
        """within: the ratio is to be at most the aim, else at least."""
        self.figures[name] = {"value": value, "unit": unit, "ratio": None if ratio is None else round(ratio, 3)}
        if aim is not None:
            self.aims.append((name, ratio, aim, ratio <= aim if within else ratio >= aim, within))

    def end(self, seconds):
        print(f"\n{'Figure':<28}{'value':>12} {'unit':<15}{'ratio':>8}   aim")
        aims = {name: (aim, reached, within) for name, _, aim, reached, within in self.aims}
        for name, figure in self.figures.items():
            ratio = "" if figure["ratio"] is None else f"{figure['ratio']:.2f}"
            said = ""
            if name in aims:
                aim, reached, within = aims[name]
                said = f"{'at most' if within else 'at least'} {aim}: {'reached' if reached else 'NOT REACHED'}"
            print(f"{name:<28}{figure['value']:>12,} {figure['unit']:<15}{ratio:>8}   {said}")
        with open(RESULT, "w", encoding="ascii") as file:
            json.dump(self.figures, file, indent=2)
            file.write("\n")
        print(f"\nIn {seconds:.0f} s on {os.cpu_count()} cores. The figures are in {os.path.relpath(RESULT, ROOT)}.")


def main():
    plan = QUICK if os.environ.get("BENCH_QUICK") else WHOLE
    began = time.monotonic()
    table = Table()
    ground = Ground()
    try:
        base = ground.new_database("base")
        made, folder = ground.fill(base, "--placements", plan.placements, "--negotiating-every", 2)
        print(f"One private cluster, fsync on; {made['placements']:,} placements, {made['negotiating']:,} of them negotiating.")
        calculate.calculations(table, plan)
        measures.moves(ground, table, base, folder, plan)
        measures.reads(ground, table, base, folder, plan)
        logs.logs(ground, table, base, folder, plan)
        logs.moves_with_log(ground, table, base, folder, plan)
        verify.verified(ground, table, base)
        telling.telling(ground, table, base, folder, plan)
        ground.drop(base)
        measures.uplifts(ground, table, plan)
        measures.applied(ground, table, plan)
        measures.fired(ground, table, plan)
        measures.recounts(ground, table, plan)
        grown = measures.growth(ground, table, plan)
        measures.lateness(ground, table, grown, plan)
    finally:
        ground.close()
    table.end(time.monotonic() - began)


if __name__ == "__main__":
    main()
