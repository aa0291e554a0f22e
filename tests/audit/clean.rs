//! Releases in which nothing is to be found: no false alarm.

use tempfile::tempdir;

use crate::released::{build, project};
use crate::written::passes;

#[test]
fn the_shipped_examples_pass_alone_and_with_themselves_as_an_earlier_release() {
    let place = tempdir().unwrap();
    for example in ["valmont", "saint-nicolas"] {
        let folder = place.path().join(example);
        build(&project().join(format!("examples/{example}/observatory.toml")), &folder);
        passes(&folder, &[]);
        passes(&folder, &[folder.as_os_str()]);
    }
}
