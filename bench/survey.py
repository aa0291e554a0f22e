#!/usr/bin/env python3
"""A seeded survey: people in six latent groups answer closed questions. survey.py --rows N --out DIR [--seed S]

60 questions of 2 to 6 modalities, driven by five latent traits and chance, whose means differ by group. Written as
survey_N.parquet and, up to 100,000 rows, survey_N.csv for the peers, and as survey_N.codes for ours: a line `rows questions
modalities...`, then one byte an answer, question by question.
"""
import argparse
import os

import numpy as np
import pandas as pd

QUESTIONS = 60
TRAITS = 5
GROUP_SHARES = [0.3, 0.22, 0.18, 0.14, 0.1, 0.06]
CSV_UP_TO = 100_000


def answers(rows, seed):
    rng = np.random.default_rng([seed, rows])
    loads = rng.normal(0.0, 1.0, (QUESTIONS, TRAITS)) * (rng.random((QUESTIONS, TRAITS)) < 0.4)
    modalities = rng.integers(2, 7, QUESTIONS)
    centers = rng.normal(0.0, 1.3, (len(GROUP_SHARES), TRAITS))
    traits = centers[rng.choice(len(GROUP_SHARES), rows, p=GROUP_SHARES)] + rng.normal(0.0, 0.8, (rows, TRAITS))
    columns = {}
    for question in range(QUESTIONS):
        score = traits @ loads[question] + rng.logistic(0.0, 1.0, rows)
        cuts = np.quantile(score[:50_000], np.arange(1, modalities[question]) / modalities[question])
        columns[f"q{question + 1:02d}"] = np.searchsorted(cuts, score).astype(np.uint8)
    return pd.DataFrame(columns), modalities


if __name__ == "__main__":
    arguments = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    arguments.add_argument("--rows", type=int, required=True)
    arguments.add_argument("--out", default="bench-data")
    arguments.add_argument("--seed", type=int, default=31370)
    given = arguments.parse_args()
    os.makedirs(given.out, exist_ok=True)
    table, modalities = answers(given.rows, given.seed)
    path = os.path.join(given.out, f"survey_{given.rows}")
    table.to_parquet(path + ".parquet")
    if given.rows <= CSV_UP_TO:
        table.to_csv(path + ".csv", index=False)
    with open(path + ".codes", "wb") as file:
        file.write((" ".join(map(str, [given.rows, QUESTIONS, *modalities])) + "\n").encode())
        for column in table:
            file.write(table[column].to_numpy().tobytes())
