//! Tests the unsafe parts of `lstm` under AddressSanitizer and Miri, where a nightly toolchain has them.

use std::process::Command;

/// Runs both, and says which was not to be had.
pub(crate) fn run() -> Result<(), String> {
    let host = format!("{}-unknown-linux-gnu", std::env::consts::ARCH);
    let address = ["+nightly", "test", "-p", "sideman-lstm", "--lib", "--test", "hostile", "--target", &host];
    if has(&["+nightly", "--version"]) {
        check(
            Command::new("cargo").args(address).env("RUSTFLAGS", "-Zsanitizer=address"),
            "AddressSanitizer",
        )?;
    } else {
        println!("AddressSanitizer: skipped, there is no nightly toolchain");
    }
    // Miri has no AVX; it walks the scalar path and the team.
    let miri = ["+nightly", "miri", "test", "-p", "sideman-lstm", "--lib", "--", "team", "product"];
    if has(&["+nightly", "miri", "--version"]) {
        check(Command::new("cargo").args(miri).env("MIRIFLAGS", "-Zmiri-ignore-leaks"), "Miri")?;
    } else {
        println!("Miri: skipped, the nightly toolchain does not have it");
    }
    Ok(())
}

fn has(arguments: &[&str]) -> bool {
    Command::new("cargo").args(arguments).output().is_ok_and(|output| output.status.success())
}

fn check(command: &mut Command, name: &str) -> Result<(), String> {
    match command.status() {
        Ok(status) if status.success() => {
            println!("{name}: passed");
            Ok(())
        }
        Ok(status) => Err(format!("{name}: {status}")),
        Err(e) => Err(format!("{name}: {e}")),
    }
}
