#!/usr/bin/env python3
"""The spatial statistics by the tools one would use instead: spatial_peers.py CASE ...

  contiguity ZONES NEIGHBORS                         queen contiguity with libpysal, from shapes in memory; the lists are written
  moran|lisa|gistar NEIGHBORS VALUES PERMUTATIONS [ANSWERS]   Moran, local Moran and local Gi* with esda, on one thread

NEIGHBORS: a line an area, its neighbors' numbers from 0. ANSWERS: a line an area, statistic and p. One process a run; imports, reading and
numba's compilation are not timed. Prints one JSON line: CPU seconds, user and system, of all threads.
"""
import json
import resource
import sys
import warnings

import numpy as np

warnings.filterwarnings("ignore")
SEED = 20031


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def contiguity(zones, neighbors):
    import geopandas
    from libpysal.graph import Graph

    frame = geopandas.read_file(zones)
    start = cpu()
    graph = Graph.build_contiguity(frame, rook=False)
    used = cpu() - start
    with open(neighbors, "w") as file:
        for area in range(graph.n):
            listed = sorted(int(other) for other in graph[area].index if other != area)
            file.write(" ".join(map(str, listed)) + "\n")
    return {"cpu": used, "links": int(graph.n_edges)}


def tested(test, neighbors, values, permutations, answers=None):
    import esda
    from libpysal.weights import W

    with open(neighbors) as file:
        lists = {area: [int(other) for other in line.split()] for area, line in enumerate(file)}
    weights = W(lists, silence_warnings=True)
    weights.transform = "r"
    y = np.loadtxt(values)
    local = dict(n_jobs=1, keep_simulations=False, seed=SEED)

    def run(count):
        if test == "moran":
            return esda.Moran(y, weights, permutations=count)
        if test == "lisa":
            return esda.Moran_Local(y, weights, permutations=count, **local)
        # With binary weights: of row-standardized ones esda's z is not that of Ord and Getis.
        return esda.G_Local(y, weights, transform="B", star=True, permutations=count, **local)

    run(9)
    start = cpu()
    found = run(int(permutations))
    used = cpu() - start
    if answers:
        statistic = {"moran": lambda: [found.I], "lisa": lambda: found.Is, "gistar": lambda: found.Zs}[test]()
        np.savetxt(answers, np.column_stack([statistic, np.atleast_1d(found.p_sim)]), fmt="%.17g")
    return {"cpu": used}


if __name__ == "__main__":
    case, *rest = sys.argv[1:]
    print(json.dumps(contiguity(*rest) if case == "contiguity" else tested(case, *rest)))
