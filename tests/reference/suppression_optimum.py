"""Optimal suppression of generated tables with margins: writes suppression_optimum.json. Needs scipy; `python suppression_optimum.py 7 200`."""

import json
import random
import sys

import numpy as np
from scipy.optimize import Bounds, LinearConstraint, milp
from scipy.sparse import lil_matrix

THRESHOLD = 5
REACH = 2.0 * THRESHOLD  # no count needs to move further


def optimum(inner, cost_of):
    """The least cost of a pattern in which two tables exist for each primary that are THRESHOLD apart; None without a primary."""
    table = np.array(inner)
    table = np.vstack([table, table.sum(0)])
    table = np.hstack([table, table.sum(1, keepdims=True)])
    rows, columns = table.shape
    n, v = rows * columns, table.ravel()
    primary = [i for i in range(n) if 0 < v[i] < THRESHOLD]
    if not primary:
        return None
    equations = [[(r * columns + c, 1 if c < columns - 1 else -1) for c in range(columns)] for r in range(rows)]
    equations += [[(r * columns + c, 1 if r < rows - 1 else -1) for r in range(rows)] for c in range(columns)]
    variables = n + 2 * n * len(primary)
    cost = np.zeros(variables)
    cost[:n] = [cost_of(x) + 1e-6 for x in v]
    low, high = np.zeros(variables), np.ones(variables)
    terms, least, most = [], [], []

    def add(row, a, b):
        terms.append(row), least.append(a), most.append(b)

    for i in range(n):
        high[i] = 0 if v[i] == 0 else 1
        low[i] = 1 if i in primary else 0
    for k, p in enumerate(primary):
        for side in range(2):
            at = n + (2 * k + side) * n
            for i in range(n):
                down = min(v[i], REACH)
                low[at + i], high[at + i] = -down, REACH
                add([(at + i, 1), (i, -REACH)], -np.inf, 0)
                add([(at + i, 1), (i, down)], 0, np.inf)
            for equation in equations:
                add([(at + i, sign) for i, sign in equation], 0, 0)
        add([(n + 2 * k * n + p, 1), (n + (2 * k + 1) * n + p, -1)], THRESHOLD, np.inf)
    matrix = lil_matrix((len(terms), variables))
    for r, row in enumerate(terms):
        for c, x in row:
            matrix[r, c] += x
    whole = np.zeros(variables)
    whole[:n] = 1
    found = milp(cost, constraints=LinearConstraint(matrix.tocsr(), least, most), bounds=Bounds(low, high), integrality=whole)
    return int(round(sum(cost_of(v[i]) for i in range(n) if found.x[i] > 0.5)))


if __name__ == "__main__":
    draw = random.Random(int(sys.argv[1]))
    tables = []
    for _ in range(int(sys.argv[2])):
        rows, columns = draw.randint(2, 8), draw.randint(2, 6)
        small = draw.choice([0.1, 0.2, 0.3])
        inner = [[draw.choice([0, 1, 2, 3, 4]) if draw.random() < small else draw.randint(5, 60) for _ in range(columns)] for _ in range(rows)]
        cells = optimum(inner, lambda n: 1.0)
        if cells is not None:
            tables.append({"inner": inner, "cells": cells, "persons": optimum(inner, float)})
    json.dump({"case": "suppression_optimum", "tables": tables[:80]}, sys.stdout)
