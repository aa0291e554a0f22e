#!/usr/bin/env bash
# The benches, whole: programs, peers, seeded data, exactness, timings, gates. run.sh [join|analysis|spatial|protection]. Needs python3 with venv,
# and a network the first time; for FactoMineR and spdep r-base-core, r-cran-factominer and r-cran-spdep. REPS=3 repetitions,
# SEED=20031 of the data (join and analysis were tuned on another seed).
set -euo pipefail
cd "$(dirname "$0")/.."
what=${1:-all}
seed=${SEED:-20031}
data=bench-data/seed-$seed
python=bench-data/venv/bin/python

[ -x "$python" ] || python3 -m venv bench-data/venv
bench-data/venv/bin/pip install --quiet --disable-pip-version-check -r bench/requirements.txt
failed=0
generate() { "$python" bench/generate.py "$@" --out "$data" --seed "$seed"; }

if [ "$what" = all ] || [ "$what" = join ]; then
    cargo build --release --example join
    for zones in 200 20000; do
        [ -f "$data/zones_$zones.gpkg" ] || generate zones --zones "$zones"
        [ -f "$data/points_1000000_$zones.csv" ] || generate points --zones "$zones" --points 1000000
    done
    [ -f "$data/points_10000000_20000.csv" ] || generate points --zones 20000 --points 10000000
    "$python" bench/run.py "$data" --repetitions "${REPS:-3}" || failed=1
fi

if [ "$what" = all ] || [ "$what" = analysis ]; then
    cargo build --release --example analysis
    for rows in 20000 1000000; do
        [ -f "$data/survey_$rows.codes" ] || "$python" bench/survey.py --rows "$rows" --out "$data" --seed "$seed"
    done
    "$python" bench/analysis.py "$data" --repetitions "${REPS:-3}" || failed=1
fi

if [ "$what" = all ] || [ "$what" = spatial ]; then
    cargo build --release --example spatial
    [ -f "$data/zones_20000.gpkg" ] || generate zones --zones 20000
    "$python" bench/spatial.py "$data" --repetitions "${REPS:-3}" || failed=1
fi
if [ "$what" = all ] || [ "$what" = protection ]; then
    cargo build --release --example protection
    target/release/examples/protection "${ZONES:-20000}" "${QUARTERS:-20}" || failed=1
fi
exit "$failed"
