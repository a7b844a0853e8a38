//! The program `supsim`; everything it does is in the library.

fn main() -> std::process::ExitCode {
    supsim::cli::main()
}
