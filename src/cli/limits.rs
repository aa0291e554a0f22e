//! What the process may use and leave: no core file with records in it, and no more memory than it was given.

use std::fs;
use std::path::Path;
use std::time::Duration;

use optima::interrupt::{Reason, ask, asked};
use rustix::process::{DumpableBehavior, Resource, Rlimit, getrlimit, set_dumpable_behavior, setrlimit};

/// How often the memory in use is looked at.
const EVERY: Duration = Duration::from_millis(20);

/// Keeps the memory of this process, which holds records, out of core files. A system that refuses is no reason to stop.
pub(crate) fn no_core_files() {
    let _ = setrlimit(Resource::Core, Rlimit { current: Some(0), maximum: Some(0) });
    // A core that goes to a program (core_pattern with a pipe) is not bound by that limit.
    let _ = set_dumpable_behavior(DumpableBehavior::NotDumpable);
}

/// Asks the run to stop while there is still memory to say so: an allocation that fails, or the system that kills the largest
/// process, would end it without a word.
pub(crate) fn watch_memory() {
    let limits = Limits::of_this_process();
    if limits.addresses.is_none() && limits.resident.is_none() {
        return;
    }
    let watch = move || {
        while asked().is_none() {
            if used().is_some_and(|used| limits.reached_by(used)) {
                ask(Reason::Memory);
            }
            std::thread::sleep(EVERY);
        }
    };
    // Without a thread for it the run goes on as it would without this guard.
    let _ = std::thread::Builder::new().name("memory".to_owned()).stack_size(64 << 10).spawn(watch);
}

/// Bytes.
#[derive(Debug, Clone, Copy)]
struct Limits {
    /// Of addresses: `ulimit -v`.
    addresses: Option<u64>,
    /// Of memory in use: of the control group and those above it, or all that the machine has.
    resident: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Used {
    addresses: u64,
    resident: u64,
}

impl Limits {
    fn of_this_process() -> Self {
        Self { addresses: getrlimit(Resource::As).current, resident: control_groups().into_iter().chain(machine()).min() }
    }

    /// An eighth is kept: a table that grows takes its next block at once.
    fn reached_by(self, used: Used) -> bool {
        let close = |limit: Option<u64>, used: u64| limit.is_some_and(|limit| used > limit - limit / 8);
        close(self.addresses, used.addresses) || close(self.resident, used.resident)
    }
}

/// What this process uses, from the kernel's own count in pages of 4096 bytes; where pages are larger, it comes out too small.
fn used() -> Option<Used> {
    let text = fs::read_to_string("/proc/self/statm").ok()?;
    let mut pages = text.split_whitespace().map_while(|word| word.parse::<u64>().ok());
    Some(Used { addresses: pages.next()? * 4096, resident: pages.next()? * 4096 })
}

fn machine() -> Option<u64> {
    let text = fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|line| line.strip_prefix("MemTotal:"))?;
    line.trim().strip_suffix("kB")?.trim().parse::<u64>().ok().map(|kib| kib * 1024)
}

fn control_groups() -> Vec<u64> {
    let text = fs::read_to_string("/proc/self/cgroup").unwrap_or_default();
    let Some(group) = text.lines().find_map(|line| line.strip_prefix("0::/")) else { return Vec::new() };
    let root = Path::new("/sys/fs/cgroup");
    root.join(group)
        .ancestors()
        .take_while(|folder| folder.starts_with(root))
        .filter_map(|folder| fs::read_to_string(folder.join("memory.max")).ok()?.trim().parse().ok())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_limit_is_reached_before_it_is_hit() {
        let limits = Limits { addresses: Some(800), resident: None };
        assert!(!limits.reached_by(Used { addresses: 700, resident: 9000 }));
        assert!(limits.reached_by(Used { addresses: 701, resident: 0 }));
        let limits = Limits { addresses: None, resident: Some(800) };
        assert!(limits.reached_by(Used { addresses: 1, resident: 701 }));
    }

    #[test]
    fn the_kernel_says_what_is_used() {
        let used = used().unwrap();
        assert!(used.resident > 0 && used.addresses > used.resident);
        assert!(machine().unwrap() > used.resident);
    }
}
