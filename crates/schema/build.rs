//! A new migration must rebuild the embedded `MIGRATOR`.
fn main() {
    println!("cargo:rerun-if-changed=../../migrations");
}
