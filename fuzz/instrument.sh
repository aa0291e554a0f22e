#!/bin/sh
# A RUSTC_WRAPPER: the crates under test are compiled with the counters that libFuzzer reads, all others as they are.
# Only stable options; cargo-fuzz sets the same ones for every crate.
set -eu
name=
previous=
for word in "$@"; do
    [ "$previous" = --crate-name ] && name=$word
    previous=$word
done
case "$name" in
    optima | optima_fuzz)
        exec "$@" --cfg fuzzing -Cpasses=sancov-module \
            -Cllvm-args=-sanitizer-coverage-level=4 -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
            -Cllvm-args=-sanitizer-coverage-pc-table -Cllvm-args=-sanitizer-coverage-trace-compares
        ;;
    *) exec "$@" ;;
esac
