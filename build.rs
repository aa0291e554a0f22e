//! The shipped catalog is compiled in: a new file in layers/ is a reason to build again.

fn main() {
    println!("cargo:rerun-if-changed=layers");
}
