#![no_main]

libfuzzer_sys::fuzz_target!(init: optima_fuzz::harness::start(), |bytes: &[u8]| optima_fuzz::harness::run(optima_fuzz::parquet, bytes));
