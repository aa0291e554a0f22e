#!/usr/bin/env python3
"""The same analyses by the tools one would use instead: analysis_peers.py PEER FILE

  prince SURVEY.parquet       multiple correspondence analysis and the respondents' coordinates on five axes
  scipy SURVEY.parquet        the same by a sparse indicator matrix, Burt's table and LAPACK: the best one writes by hand
  fastcluster COORDINATES     Ward's criterion on the coordinates that ours wrote

One process a run; imports and reading are not timed. Prints one JSON line: CPU seconds, user and system, of all threads, and
what is compared with ours.
"""
import json
import resource
import sys

import numpy as np

AXES = 5


def cpu():
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def with_prince(path):
    import pandas as pd
    import prince

    table = pd.read_parquet(path).astype(str)
    start = cpu()
    analysis = prince.MCA(n_components=AXES, one_hot=True, random_state=0, engine="scipy").fit(table)
    analysis.row_coordinates(table)
    return {"cpu": cpu() - start, "eigenvalues": [float(value) for value in analysis.eigenvalues_]}


def with_scipy(path):
    import pandas as pd
    import scipy.sparse as sparse

    codes = pd.read_parquet(path).to_numpy()
    start = cpu()
    rows, questions = codes.shape
    first = np.concatenate([[0], np.cumsum(codes.max(0).astype(int) + 1)])
    chosen = codes.astype(np.int32) + first[:-1][None, :].astype(np.int32)
    ones = np.ones(rows * questions, np.float32)
    indicator = sparse.csr_matrix((ones, chosen.ravel(), np.arange(0, rows * questions + 1, questions)), shape=(rows, first[-1]))
    burt = (indicator.T @ indicator).toarray().astype(float)
    mass = np.diag(burt) / (rows * questions)
    center = np.sqrt(np.outer(mass, mass))
    values, vectors = np.linalg.eigh(burt / (rows * questions**2) / center - center)
    order = np.argsort(-values)[:AXES]
    coordinates = (indicator @ (vectors[:, order] / np.sqrt(mass)[:, None])) / questions
    return {"cpu": cpu() - start, "eigenvalues": values[order].tolist(), "spread": coordinates.std(0).tolist()}


def with_fastcluster(path):
    import fastcluster

    with open(path, "rb") as file:
        rows, axes = map(int, file.readline().split())
        points = np.frombuffer(file.read(), "<f8").reshape(rows, axes)
    start = cpu()
    merges = fastcluster.linkage(points, "ward")
    return {"cpu": cpu() - start, "top_height": float(merges[-1, 2]), "sum_of_heights": float(merges[:, 2].sum())}


if __name__ == "__main__":
    peer, path = sys.argv[1:]
    print(json.dumps({"prince": with_prince, "scipy": with_scipy, "fastcluster": with_fastcluster}[peer](path)))
