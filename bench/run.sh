#!/usr/bin/env bash
# The join bench, whole: program, peers, seeded data, exactness, timings, gates. Needs python3 with venv, and a network the
# first time. REPS=3 repetitions, SEED=20031 of the data (the code was tuned on another seed).
set -euo pipefail
cd "$(dirname "$0")/.."
seed=${SEED:-20031}
data=bench-data/seed-$seed
python=bench-data/venv/bin/python

cargo build --release --example join
[ -x "$python" ] || python3 -m venv bench-data/venv
bench-data/venv/bin/pip install --quiet --disable-pip-version-check -r bench/requirements.txt
generate() { "$python" bench/generate.py "$@" --out "$data" --seed "$seed"; }
for zones in 200 20000; do
    [ -f "$data/zones_$zones.gpkg" ] || generate zones --zones "$zones"
    [ -f "$data/points_1000000_$zones.csv" ] || generate points --zones "$zones" --points 1000000
done
[ -f "$data/points_10000000_20000.csv" ] || generate points --zones 20000 --points 10000000
"$python" bench/run.py "$data" --repetitions "${REPS:-3}"
