# The words that people and CI say.
#   make demo    install what is missing, build, make Seraing's release, say where to look
#   make test    install what is missing, run all tests
#   make faults  every fault of docs/reliability.md, whole series, and GDAL's ogr2ogr on the same rig
#   make check   formatting, lints, documentation (what a change must pass besides the tests)
#   make bless   renew the golden files; then read the diff
#   make fuzz    run each fuzz target for SECONDS=60, from the kept corpus on
#   make deny    licenses, bans, sources of all crates; make advisories asks RustSec for known vulnerabilities
#   make bench   measure, beside the peers, in one run

OPTIMA = target/release/optima

.PHONY: demo test faults check bless fuzz deny advisories bench examples

demo:
	./setup --install
	cargo build --release --locked
	$(OPTIMA) build examples/seraing/observatory.toml --out release/seraing --force

# One profile for everything: the program that is tested is the program that is used. With OPTIMA_TESTS=all a test whose
# program (Python, pyxform, GDAL's, QGIS) is missing fails instead of skipping.
test:
	./setup --install --tests
	OPTIMA_TESTS=all cargo test --release --locked --no-fail-fast

# Some ten minutes. The tests say how many runs each series had; the second line measures the peer.
faults:
	./setup --install --tests
	OPTIMA_TESTS=all OPTIMA_FAULTS=all cargo test --release --locked --test faults -- --nocapture
	/usr/bin/python3 bench/faults.py

check:
	./setup
	cargo fmt --check
	cargo clippy --release --locked -- -D warnings
	RUSTDOCFLAGS="-D warnings" cargo doc --release --locked --no-deps

bless:
	BLESS=1 cargo test --release --locked --test golden --test fuzz_corpus

# Built in the folder of the project: the dependencies are there, only optima itself is compiled again, with counters. What is
# found stays in target/fuzz; a crash ends the run, and its input is the last file that target/fuzz/faults has.
SECONDS = 60
FUZZ = $(notdir $(basename $(wildcard fuzz/fuzz_targets/*.rs)))

fuzz:
	./setup
	RUSTC_WRAPPER=$(CURDIR)/fuzz/instrument.sh cargo build --release --locked --manifest-path fuzz/Cargo.toml --target-dir target
	@mkdir -p target/fuzz/faults
	@for target in $(FUZZ); do \
	    mkdir -p target/fuzz/$$target; \
	    target/release/$$target -max_total_time=$(SECONDS) -timeout=60 -rss_limit_mb=2048 -max_len=4096 \
	        -artifact_prefix=target/fuzz/faults/$$target- target/fuzz/$$target fuzz/corpus/$$target >target/fuzz/$$target.log 2>&1 \
	        || { tail -40 target/fuzz/$$target.log; exit 1; }; \
	    echo "$$target: $$(grep -a DONE target/fuzz/$$target.log)"; \
	done

# cargo install --locked cargo-deny takes some minutes: CI keeps the same rules by tests/supply_chain.rs.
deny:
	cargo deny --offline --locked check --hide-inclusion-graph licenses bans sources

# Fetches RustSec's list from its host.
advisories:
	cargo deny --locked check advisories

# Rewrites everything in examples/, layers/guides/ and layers/territories/ that programs of the project make.
examples:
	for id in seraing saint-nicolas; do cargo run --release --locked --example schematic_zones -- layers/territories/$$id; done
	cargo run --release --locked --example interview_guide
	cargo run --release --locked --example synthetic_records

bench:
	./setup --install
	bash bench/run.sh
