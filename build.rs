fn main() {
    // The shipped catalog is compiled in: a new file in layers/ is a reason to build again.
    println!("cargo:rerun-if-changed=layers");
}
