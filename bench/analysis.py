#!/usr/bin/env python3
"""The analysis beside its peers: the same answers first, then timings by turns, so that they share the noise of the machine.

CPU seconds (user and system, all threads) of the same work, from data in memory to the result in memory; each figure is the
median of the repetitions, each ratio the median of the ratios within a repetition. Memory is the peak of the whole process.
"""
import argparse
import json
import os
import shutil
import statistics
import subprocess
import sys

OURS = "target/release/examples/analysis"
HERE = os.path.dirname(__file__)


def run(command):
    """Runs a command; gives its last line as JSON, with its peak memory in MB and all its CPU seconds."""
    process = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)
    output = process.stdout.read()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        sys.exit(f"failed ({process.returncode}): {' '.join(command)}")
    told = json.loads(output.strip().splitlines()[-1])
    return {**told, "rss_mb": used.ru_maxrss / 1024, "whole": used.ru_utime + used.ru_stime}


def ours(*command):
    return run([OURS, *command])


def peer(name, path):
    return run([sys.executable, os.path.join(HERE, "analysis_peers.py"), name, path])


def r_is_there():
    """Whether FactoMineR can be asked."""
    if not shutil.which("Rscript"):
        return False
    return subprocess.run(["Rscript", "-e", "library(FactoMineR)"], capture_output=True).returncode == 0


def factominer(path):
    return run(["Rscript", os.path.join(HERE, "analysis_peers.R"), path])


def agree(what, one, other, tolerance):
    for a, b in zip(one, other, strict=True):
        assert abs(a - b) <= tolerance * abs(b), f"{what}: {one}, peer {other}"
    print(f"{what}: agree to {tolerance:g}", flush=True)


def main():
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("folder")
    arguments.add_argument("--repetitions", type=int, default=3)
    given = arguments.parse_args()
    small, large = f"{given.folder}/survey_20000", f"{given.folder}/survey_1000000"
    coordinates = f"{given.folder}/coordinates_20000"
    with_r = r_is_there()
    if not with_r:
        print("FactoMineR is not here and is left out: apt-get install --no-install-recommends r-base-core r-cran-factominer")

    rows = {}
    for repetition in range(given.repetitions):
        turn = {
            "mca 20k, ours": ours("mca", small + ".codes", coordinates),
            "mca 20k, prince": peer("prince", small + ".parquet"),
            **({"mca 20k, FactoMineR": factominer(small + ".csv")} if with_r else {}),
            "mca 1M, ours": ours("mca", large + ".codes"),
            "mca 1M, scipy": peer("scipy", large + ".parquet"),
            "ward 20k, ours": ours("ward", coordinates),
            "ward 20k, fastcluster": peer("fastcluster", coordinates),
            "mca and ward 1M, ours": ours("both", large + ".codes"),
        }
        if repetition == 0:
            for name in turn:
                if name.startswith("mca") and not name.endswith("ours"):
                    own = turn[name.split(",")[0] + ", ours"]["eigenvalues"]
                    agree(f"eigenvalues, {name}", own, turn[name]["eigenvalues"], 1e-6 if "prince" in name else 1e-9)
            for height in ("top_height", "sum_of_heights"):
                agree(height, [turn["ward 20k, ours"][height]], [turn["ward 20k, fastcluster"][height]], 1e-9)
        for name, result in turn.items():
            rows.setdefault(name, []).append(result)

    def seconds(name, result):
        if not name.endswith("ours"):
            return result["cpu"]
        return result["whole"] if name.startswith("mca and") else result[name.split()[0]]

    print(f"\nmedians of {given.repetitions}\n{'what':26}{'CPU s':>9}{'RSS MB':>9}")
    for name, results in rows.items():
        middle = statistics.median(seconds(name, result) for result in results)
        print(f"{name:26}{middle:9.3f}{max(result['rss_mb'] for result in results):9.0f}")

    def ratio(case, who):
        own, other = f"{case}, ours", f"{case}, {who}"
        return statistics.median(seconds(other, b) / seconds(own, a) for a, b in zip(rows[own], rows[other]))

    whole = rows["mca and ward 1M, ours"]
    of_peers = {"prince": ratio("mca 20k", "prince")} | ({"FactoMineR": ratio("mca 20k", "FactoMineR")} if with_r else {})
    for name, times in of_peers.items():
        print(f"{'MCA, 20k x 60: times ' + name:44}{times:10.2f}")
    gates = [
        ("MCA, 20k x 60: times FactoMineR or prince", max(of_peers.values()), ">=", 150),
        ("MCA, 1M x 60 questions: times sparse scipy", ratio("mca 1M", "scipy"), ">=", 25),
        ("Ward, 20k x 5 axes: times fastcluster", ratio("ward 20k", "fastcluster"), ">=", 15),
        ("Ward, 20k x 5 axes: peak MB", max(r["rss_mb"] for r in rows["ward 20k, ours"]), "<=", 100),
        ("MCA and Ward, 1M, with reading: CPU s", statistics.median(r["whole"] for r in whole), "<=", 120),
        ("MCA and Ward, 1M: peak MB", max(r["rss_mb"] for r in whole), "<=", 1000),
    ]
    print(f"\n{'gate':44}{'measured':>10}{'wanted':>10}")
    failed = 0
    for name, value, relation, limit in gates:
        holds = value >= limit if relation == ">=" else value <= limit
        failed += not holds
        print(f"{name:44}{value:10.2f}{relation:>6}{limit:4}  {'pass' if holds else 'FAIL'}")
    sys.exit(min(failed, 1))


if __name__ == "__main__":
    main()
