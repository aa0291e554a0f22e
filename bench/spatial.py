#!/usr/bin/env python3
"""The spatial statistics beside their peers: the same answers first, then timings by turns, so that they share the noise of the machine.

CPU seconds (user and system, all threads; ours and esda on one) of the same work, from data in memory to the result in memory; each
figure is the median of the repetitions, each ratio the median of the ratios within a repetition.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys

import numpy as np

OURS = "target/release/examples/spatial"
HERE = os.path.dirname(__file__)
# Standard deviations between two simulated p-values: the largest of 20,000 areas is expected at 4.1.
LIMIT = 6.0


def run(command):
    """Runs a command on one thread; gives its last line as JSON."""
    threads = {"RAYON_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    process = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True, env=os.environ | threads)
    if process.returncode != 0:
        sys.exit(f"failed ({process.returncode}): {' '.join(command)}")
    return json.loads(process.stdout.strip().splitlines()[-1])


def ours(*command):
    return run([OURS, *command])


def peer(*command):
    return run([sys.executable, os.path.join(HERE, "spatial_peers.py"), *command])


def spdep(*command):
    return run(["Rscript", os.path.join(HERE, "spatial_peers.R"), *command])


def spdep_is_there():
    """Whether spdep can be asked."""
    if not shutil.which("Rscript"):
        return False
    return subprocess.run(["Rscript", "-e", "library(spdep)"], capture_output=True).returncode == 0


def make_values(zones, path):
    """A field with waves and noise over the zones' centers, as far from zero as an income is."""
    import geopandas

    center = geopandas.read_file(zones).centroid
    noise = np.random.default_rng(20031).normal(0.0, 0.7, len(center))
    np.savetxt(path, 10.0 + np.sin(center.x / 20_000) + np.cos(center.y / 15_000) + noise, fmt="%.17g")


def same_text(what, one, other):
    with open(one) as a, open(other) as b:
        assert a.read() == b.read(), f"{what}: {one} and {other} differ"
    print(f"{what}: the same for every area", flush=True)


def same_answers(what, one, other, permutations):
    a, b = np.loadtxt(one, ndmin=2), np.loadtxt(other, ndmin=2)
    assert a.shape == b.shape, what
    apart = np.abs(a[:, 0] - b[:, 0]).max()
    assert apart < 1e-9, f"{what}: statistics differ by {apart}"
    p = np.clip((a[:, 1] + b[:, 1]) / 2, 2 / permutations, 0.5)
    deviations = (np.abs(a[:, 1] - b[:, 1]) / np.sqrt(2 * p * (1 - p) / permutations)).max()
    assert deviations < LIMIT, f"{what}: p-values differ by {deviations} standard deviations"
    print(f"{what}: statistics within {apart:.1e}, p within {deviations:.1f} standard deviations of simulation", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder")
    arguments.add_argument("--repetitions", type=int, default=3)
    given = arguments.parse_args()
    zones, values = f"{given.folder}/zones_20000.gpkg", f"{given.folder}/values_20000.txt"
    neighbors, of_peer = f"{given.folder}/neighbors_20000.txt", f"{given.folder}/neighbors_20000.libpysal.txt"
    with_r = spdep_is_there()
    if not with_r:
        print("spdep is not here and is left out: apt-get install --no-install-recommends r-base-core r-cran-spdep")
    if not os.path.exists(values):
        make_values(zones, values)

    tests = [("moran", "999"), ("lisa", "999"), ("lisa", "9999"), ("gistar", "999"), ("gistar", "9999")]
    rows = {}
    for repetition in range(given.repetitions):
        turn = {
            "queen contiguity, ours": ours("contiguity", zones, neighbors),
            "queen contiguity, libpysal": peer("contiguity", zones, of_peer),
        }
        for test, count in tests:
            answers = [f"{given.folder}/{test}_{count}.{who}.txt" for who in ("ours", "esda")]
            turn[f"{test} {count}, ours"] = ours(test, neighbors, values, count, answers[0])
            turn[f"{test} {count}, esda"] = peer(test, neighbors, values, count, answers[1])
            if repetition == 0:
                same_answers(f"{test} {count}, esda", *answers, int(count))
        if with_r:
            turn["moran 999, spdep"] = spdep(neighbors, values, "999")
            apart = abs(turn["moran 999, spdep"]["statistic"] - turn["moran 999, ours"]["statistic"])
            assert apart < 1e-9, f"moran, spdep: statistics differ by {apart}"
        if repetition == 0:
            same_text("queen contiguity, libpysal", neighbors, of_peer)
        for name, result in turn.items():
            rows.setdefault(name, []).append(result["cpu"])

    print(f"\nmedians of {given.repetitions}\n{'what':30}{'CPU s':>10}")
    for name, seconds in rows.items():
        print(f"{name:30}{statistics.median(seconds):10.4f}")

    def ratio(case, who):
        return statistics.median(b / a for a, b in zip(rows[f"{case}, ours"], rows[f"{case}, {who}"]))

    gates = [
        ("local Moran, 999 permutations: times esda", ratio("lisa 999", "esda"), 40),
        ("local Moran, 9,999 permutations: times esda", ratio("lisa 9999", "esda"), 25),
        ("Gi*, 999 permutations: times esda", ratio("gistar 999", "esda"), 40),
        ("Gi*, 9,999 permutations: times esda", ratio("gistar 9999", "esda"), 25),
        ("Moran, 999 permutations: times esda", ratio("moran 999", "esda"), 5),
        *([("Moran, 999 permutations: times spdep", ratio("moran 999", "spdep"), 50)] if with_r else []),
        ("queen contiguity: times libpysal", ratio("queen contiguity", "libpysal"), 15),
    ]
    print(f"\n{'gate, 20,000 areas':46}{'measured':>10}{'wanted':>10}")
    failed = 0
    for name, value, limit in gates:
        holds = value >= limit
        failed += not holds
        print(f"{name:46}{value:10.1f}{'>=':>6}{limit:4}  {'pass' if holds else 'FAIL'}")
    sys.exit(min(failed, 1))


if __name__ == "__main__":
    main()
