"""Calculations a second in one process: ours, and HyperFormula with the same cost model as a sheet.

Both are given the same sets of inputs in one file, and must give the same three prices for each set, to the penny.
The sheet counts in binary fractions: where its own price, before rounding, lies exactly half-way between two rounded
prices, one step of rounding is let pass, and told. Anywhere else a difference fails the bench.
"""

import json
import os
import random
import statistics
from decimal import Decimal

from ground import ROOT, VAR, BenchError, run
import peers

BINARY = os.path.join(ROOT, "build/release/tests/bench/calculate")
MODEL = os.path.join(ROOT, "reference/cost-models/residential-ld-0.1.json")
SEED = 20260401
STEP_P = 100  # the model rounds to the nearest pound
EDGE = 1e-7  # pounds: what a chain of binary fractions may be off by


def write_sets(model, count, path):
    """Each input anywhere from its least to its most, on its steps."""
    dice = random.Random(SEED)

    def figure(entry):
        least, most, step = (Decimal(entry.get(name, "0.25")) for name in ("least", "most", "step"))
        return str(least + step * dice.randint(0, int((most - least) / step)))

    sets = [{"inputs": {entry["key"]: figure(entry) for entry in model["inputs"]}} for _ in range(count)]
    with open(path, "w", encoding="ascii") as file:
        json.dump({"sets": sets}, file)


def on_edge(price):
    return abs(price % 1 - 0.5) < EDGE


def compare(ours, sheet):
    """How many prices are the same, and how many were half-way and went the other way."""
    same = edges = 0
    for at, (mine, theirs, exact) in enumerate(zip(ours["prices_p"], sheet["prices_p"], sheet["exact"], strict=True)):
        for left, right, price in zip(mine, theirs, exact, strict=True):
            if left == right:
                same += 1
            elif abs(left - right) == STEP_P and on_edge(price):
                edges += 1
            else:
                raise BenchError(f"Set {at}: we say {mine} pence, the sheet {theirs}, before rounding {exact} pounds.")
    return same, edges


def once(sets, seconds):
    command = [BINARY, "whole", MODEL, sets, str(seconds)]
    sheet = ["node", os.path.join(peers.FOLDER, "sheet.js"), MODEL, sets, str(seconds)]
    whole, figures = run(command), run([command[0], "figures", *command[2:]])
    return {"whole": json.loads(whole), "figures": json.loads(figures), "sheet": json.loads(run(sheet, cwd=peers.FOLDER))}


def calculations(table, plan):
    peers.install()
    with open(MODEL, encoding="utf-8") as file:
        model = json.load(file)
    sets = os.path.join(VAR, "sets.json")
    write_sets(model, plan.input_sets, sets)
    rounds = [once(sets, plan.calculate_seconds) for _ in range(plan.rounds)]
    for found in rounds:
        if found["figures"]["prices_p"] != found["whole"]["prices_p"]:
            raise BenchError("With words and without them the prices differ.")
        same, edges = compare(found["whole"], found["sheet"])
    rates = {side: statistics.median(found[side]["calculations"] / found[side]["seconds"] for found in rounds)
             for side in rounds[0]}
    timed = {side: sum(found[side]["calculations"] for found in rounds) for side in rounds[0]}
    table.head(f"Guide prices in one process, {model['id']} {model['version']}: {plan.input_sets:,} sets of inputs, "
               f"{same:,} prices the same, {edges} half-way", "a second", "us each", "timed")
    for side, name in (("whole", "ours, whole: workings and sources in words"), ("figures", "ours, figures alone"),
                       ("sheet", "HyperFormula, the same model as a sheet")):
        table.line(name, round(rates[side]), round(1e6 / rates[side], 1), timed[side])
    for name, side in (("calculations_vs_hyperformula", "whole"), ("figures_vs_hyperformula", "figures")):
        table.figure(name, round(rates[side]), "calculations/s", rates[side] / rates["sheet"])
