//! The `optima` program: parse, call, report, exit code.

mod cli;

fn main() -> std::process::ExitCode {
    cli::run()
}
