//! The one error of the program: what failed, where, and what to do next.
//!
//! A message never quotes a value from a record: it names file, row and column, and says what was expected.

use std::fmt;
use std::path::{Path, PathBuf};

/// The result of every fallible call of the library.
pub type Result<T, E = Error> = std::result::Result<T, E>;

/// What kind of failure it was; the command line turns it into an exit code.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, thiserror::Error)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The data were read and are not good enough to go on (exit code 1).
    #[error("the data do not hold up")]
    Findings,
    /// A configuration file, a layer file or an argument is wrong (exit code 2).
    #[error("the configuration is wrong")]
    Config,
    /// An input cannot be read at all (exit code 3).
    #[error("an input cannot be read")]
    Input,
    /// Publishing would disclose something about a person (exit code 4).
    #[error("the release would disclose")]
    Disclosure,
    /// The output exists, is in use, is full or cannot be written (exit code 5).
    #[error("the output cannot be written")]
    Output,
    /// The run was stopped from outside (exit code 130, or that of its [reason](crate::interrupt::Reason)).
    #[error("the run was interrupted")]
    Interrupted,
    /// A fault of the program itself (exit code 70).
    #[error("internal fault")]
    Internal,
}

impl ErrorKind {
    /// The exit code that the command line gives for this kind.
    #[must_use]
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Findings => 1,
            Self::Config => 2,
            Self::Input => 3,
            Self::Disclosure => 4,
            Self::Output => 5,
            Self::Interrupted => 130,
            Self::Internal => 70,
        }
    }
}

/// A failure with its place, its reason and the next thing to do.
///
/// ```
/// use optima::error::{Error, ErrorKind};
/// let error = Error::new(ErrorKind::Input, "the column \"quarter\" is missing")
///     .in_file("job_seekers.csv")
///     .at_row(1)
///     .help("name it under [sources.job_seekers.columns]");
/// assert_eq!(
///     error.to_string(),
///     "job_seekers.csv:1: the column \"quarter\" is missing\n  help: name it under [sources.job_seekers.columns]"
/// );
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    file: Option<PathBuf>,
    row: Option<u64>,
    column: Option<String>,
    message: String,
    details: Vec<String>,
    help: Option<String>,
}

impl Error {
    /// A failure of this kind, with its reason in one sentence.
    pub fn new(kind: ErrorKind, message: impl Into<String>) -> Self {
        Self(Box::new(Inner { kind, file: None, row: None, column: None, message: message.into(), details: Vec::new(), help: None }))
    }

    /// A wrong configuration.
    pub fn config(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Config, message)
    }

    /// An unreadable input.
    pub fn input(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Input, message)
    }

    /// An output that cannot be written.
    pub fn output(message: impl Into<String>) -> Self {
        Self::new(ErrorKind::Output, message)
    }

    /// Names the file, if none is named yet: the innermost place wins. Where a run was interrupted says nothing.
    #[must_use]
    pub fn in_file(mut self, file: impl AsRef<Path>) -> Self {
        if self.0.kind != ErrorKind::Interrupted {
            self.0.file.get_or_insert_with(|| file.as_ref().to_path_buf());
        }
        self
    }

    /// Names the row (1 is the header of a table).
    #[must_use]
    pub fn at_row(mut self, row: u64) -> Self {
        self.0.row.get_or_insert(row);
        self
    }

    /// Names the column or key.
    #[must_use]
    pub fn in_column(mut self, column: impl Into<String>) -> Self {
        self.0.column.get_or_insert_with(|| column.into());
        self
    }

    /// Adds one line of detail; all problems of a file are told in one go.
    #[must_use]
    pub fn detail(mut self, line: impl Into<String>) -> Self {
        self.0.details.push(line.into());
        self
    }

    /// Says what a person should do next.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.0.help = Some(help.into());
        self
    }

    /// Says the next step in the words of the caller.
    #[must_use]
    pub(crate) fn map_help(mut self, words: impl FnOnce(&str) -> String) -> Self {
        self.0.help = self.0.help.map(|help| words(&help));
        self
    }

    /// What kind of failure it is.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The file it happened in.
    #[must_use]
    pub fn file(&self) -> Option<&Path> {
        self.0.file.as_deref()
    }

    /// The row it happened in.
    #[must_use]
    pub fn row(&self) -> Option<u64> {
        self.0.row
    }

    /// The reason, without its place.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.0.message
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let inner = &self.0;
        if let Some(file) = &inner.file {
            write!(f, "{}", file.display())?;
            if let Some(row) = inner.row {
                write!(f, ":{row}")?;
            }
            write!(f, ": ")?;
        } else if let Some(row) = inner.row {
            write!(f, "row {row}: ")?;
        }
        if let Some(column) = &inner.column {
            write!(f, "{column}: ")?;
        }
        write!(f, "{}", inner.message)?;
        for line in &inner.details {
            write!(f, "\n  - {line}")?;
        }
        if let Some(help) = &inner.help {
            write!(f, "\n  help: {help}")?;
        }
        Ok(())
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl std::error::Error for Error {}

impl Error {
    /// What is wrong with a configuration file; a line that no person wrote is shortened.
    pub(crate) fn toml(source: &toml::de::Error) -> Self {
        const SHOWN: usize = 600;
        let short = |line: &str| {
            let mut shown: String = line.chars().take(SHOWN).collect();
            if line.chars().nth(SHOWN).is_some() {
                shown.push('…');
            }
            shown
        };
        let told: Vec<String> = source.to_string().trim_end().lines().map(short).collect();
        Self::config(told.join("\n"))
    }

    /// A configuration file in which an earlier program lost letters (U+FFFD): they would be published as they are.
    ///
    /// # Errors
    /// The first line with such a letter.
    pub(crate) fn refuse_lost_letters(text: &str) -> Result<()> {
        match text.lines().position(|line| line.contains('\u{fffd}')) {
            None => Ok(()),
            Some(at) => Err(Self::config("letters were lost before the file was written (U+FFFD)")
                .at_row(at as u64 + 1)
                .help("write them again and save the file as UTF-8")),
        }
    }

    /// An I/O failure while reading: the input is missing or unreadable.
    #[must_use]
    pub fn reading(path: &Path, source: &std::io::Error) -> Self {
        let error = Self::input(reason(source)).in_file(path);
        match source.kind() {
            std::io::ErrorKind::NotFound => error.help("check the path; paths are relative to the file that names them"),
            std::io::ErrorKind::InvalidData => error.help("save it again as UTF-8"),
            _ => error,
        }
    }

    /// An I/O failure while writing: no space, no permission, a vanished folder.
    #[must_use]
    pub fn writing(path: &Path, source: &std::io::Error) -> Self {
        Self::output(reason(source)).in_file(path).help("the earlier release, if there was one, is untouched")
    }

    /// An I/O failure on stdout: what was made stands, but nobody was told of it.
    #[must_use]
    pub fn reporting(source: &std::io::Error) -> Self {
        Self::output(reason(source)).in_file("stdout").help("the command did its work; only its report could not be written")
    }
}

fn reason(source: &std::io::Error) -> String {
    use std::io::ErrorKind as Io;
    match source.kind() {
        Io::NotFound => "there is no such file".to_owned(),
        Io::PermissionDenied => "permission denied".to_owned(),
        Io::FileTooLarge => "the file would be larger than this user's limit for a file".to_owned(),
        Io::QuotaExceeded => "this user's quota on the disk is used up".to_owned(),
        Io::StorageFull => "no space left on the device".to_owned(),
        Io::ReadOnlyFilesystem => "the file system is read-only".to_owned(),
        Io::AlreadyExists => "a file of this name is in the way".to_owned(),
        Io::NotADirectory => "a part of the path is no folder".to_owned(),
        Io::InvalidFilename => "the name is too long".to_owned(),
        // What `read_to_string` says of a file that is not UTF-8.
        Io::InvalidData => "the file is not UTF-8 text".to_owned(),
        Io::IsADirectory => "this is a folder; a file is expected".to_owned(),
        _ => source.to_string(),
    }
}
