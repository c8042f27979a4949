//! The `banyan` binary.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    banyan::cli::main()
}
