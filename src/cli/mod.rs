//! The command line: which run, and how to say what came of it.
//!
//! Data and reports go to stdout, everything else to stderr. Exit codes: 0 fine, 1 findings, 2 usage or configuration,
//! 3 unreadable input or too little memory, 4 disclosure, 5 output,
//! 70 internal, 129, 130 and 143 stopped by a signal.

mod analyze;
mod audit;
mod bilan;
mod build;
mod check;
mod explain;
mod guide;
mod init;
mod join;
mod layers;
mod limits;
mod progress;
mod say;
mod signals;
mod verify;

use std::path::PathBuf;
use std::process::ExitCode;

use clap::{CommandFactory, Parser, Subcommand, ValueEnum};
use optima::error::{Error, ErrorKind};
use optima::texts::Language;

use say::Voice;

/// A territorial observatory: records to quartiers, protected indicators, layers that open styled in QGIS.
#[derive(Debug, Parser)]
#[command(name = "optima", version, propagate_version = true, max_term_width = 100)]
struct Cli {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    global: Global,
}

#[derive(Debug, clap::Args)]
struct Global {
    /// The language of reports and of what is published; the observatory's own where absent.
    #[arg(long, global = true, value_name = "LANG")]
    lang: Option<Lang>,
    /// How reports are written on stdout.
    #[arg(long, global = true, value_name = "FORMAT", default_value = "text")]
    format: Format,
    /// Say nothing but errors.
    #[arg(long, short, global = true, conflicts_with = "verbose")]
    quiet: bool,
    /// Say what each stage does, also in a pipe.
    #[arg(long, short, global = true)]
    verbose: bool,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Lang {
    /// French.
    Fr,
    /// English.
    En,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people.
    Text,
    /// For programs.
    Json,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a new observatory folder to fill in.
    Init(init::Args),
    /// Read and locate everything, report, write nothing.
    Check(check::Args),
    /// Make a release: layers, QGIS project, tables, manifest.
    Build(build::Args),
    /// List the maps that can be made.
    Layers(layers::Args),
    /// Try to find hidden figures in a release, by its files alone and with earlier releases.
    Audit(audit::Args),
    /// Compare every file of a release with its manifest.
    Verify(verify::Args),
    /// Say how a published value was made.
    Explain(explain::Args),
    /// Write the bilan of one person or one group into the private folder; not for publication.
    Bilan(bilan::Args),
    /// Read an interview guide, a form of Kobo or ODK, and say what of it can be analyzed.
    Guide(guide::Args),
    /// Count points in polygons, and average a column, file to file.
    Join(join::Args),
    /// Analyze a table of answers or counts: factor axes, file to file, for private use.
    Analyze(analyze::Args),
    /// Print a completion script for a shell.
    Completions {
        /// The shell.
        shell: clap_complete::Shell,
    },
    /// Print the manual page, or write one page a command into a folder.
    Man {
        /// The folder.
        #[arg(long, value_name = "DIR")]
        out: Option<PathBuf>,
    },
}

/// Runs the program and gives its exit code.
pub(crate) fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => {
            let code = u8::try_from(error.exit_code()).unwrap_or(2);
            if error.use_stderr() {
                // What was typed is quoted: without its colors, and shown rather than obeyed.
                let told = say::visible(&error.render().to_string());
                return match std::io::Write::write_all(&mut std::io::stderr(), told.as_bytes()) {
                    Ok(()) => ExitCode::from(code),
                    Err(_) => ExitCode::from(ErrorKind::Output.exit_code()),
                };
            }
            return if error.print().is_ok() { ExitCode::from(code) } else { ExitCode::from(ErrorKind::Output.exit_code()) };
        }
    };
    std::panic::set_hook(Box::new(say::panicked));
    limits::no_core_files();
    if signals::listen().is_err() {
        return ExitCode::from(ErrorKind::Internal.exit_code());
    }
    limits::watch_memory();
    let language = cli.global.lang.map(|lang| match lang {
        Lang::Fr => Language::Fr,
        Lang::En => Language::En,
    });
    optima::territory::complaints::quiet_gdal();
    let mut voice = Voice::new(language, cli.global.format == Format::Json);
    progress::listen(cli.global.quiet, cli.global.verbose, cli.global.format == Format::Json);
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| dispatch(cli.command, &mut voice)));
    progress::done();
    match outcome {
        Ok(Ok(code)) => match voice.flush() {
            Ok(()) => ExitCode::from(code),
            Err(error) => voice.fail(&error),
        },
        Ok(Err(error)) => voice.fail(&error),
        Err(_) => ExitCode::from(ErrorKind::Internal.exit_code()),
    }
}

fn dispatch(command: Command, voice: &mut Voice) -> Result<u8, Error> {
    match command {
        Command::Init(args) => init::run(&args, voice),
        Command::Check(args) => check::run(&args, voice),
        Command::Build(args) => build::run(&args, voice),
        Command::Layers(args) => layers::run(&args, voice),
        Command::Audit(args) => audit::run(&args, voice),
        Command::Verify(args) => verify::run(&args, voice),
        Command::Explain(args) => explain::run(&args, voice),
        Command::Bilan(args) => bilan::run(&args, voice),
        Command::Guide(args) => guide::run(&args, voice),
        Command::Join(args) => join::run(&args, voice),
        Command::Analyze(args) => analyze::run(&args, voice),
        Command::Completions { shell } => {
            let mut script = Vec::new();
            clap_complete::generate(shell, &mut Cli::command(), "optima", &mut script);
            voice.raw(&script);
            Ok(0)
        }
        Command::Man { out } => manual(out, voice),
    }
}

fn manual(out: Option<PathBuf>, voice: &mut Voice) -> Result<u8, Error> {
    let command = Cli::command();
    if let Some(folder) = out {
        std::fs::create_dir_all(&folder)
            .and_then(|()| clap_mangen::generate_to(command, &folder))
            .map_err(|e| Error::writing(&folder, &e))?;
    } else {
        let mut page = Vec::new();
        clap_mangen::Man::new(command).render(&mut page).map_err(|e| Error::new(ErrorKind::Internal, e.to_string()))?;
        voice.raw(&page);
    }
    Ok(0)
}
