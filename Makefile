# The words that people and CI say.
#   make demo    install what is missing, build, make Seraing's release, say where to look
#   make test    install what is missing, run all tests
#   make faults  every fault of docs/reliability.md, whole series, and GDAL's ogr2ogr on the same rig
#   make check   formatting, lints, documentation (what a change must pass besides the tests)
#   make bless   renew the golden files; then read the diff
#   make bench   measure, beside the peers, in one run

OPTIMA = target/release/optima

.PHONY: demo test faults check bless bench examples

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
	BLESS=1 cargo test --release --locked --test golden

# Rewrites everything in examples/, layers/guides/ and layers/territories/ that programs of the project make.
examples:
	for id in seraing saint-nicolas; do cargo run --release --locked --example schematic_zones -- layers/territories/$$id; done
	cargo run --release --locked --example interview_guide
	cargo run --release --locked --example synthetic_records

bench:
	./setup --install
	bash bench/run.sh
