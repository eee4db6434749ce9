//! Ctrl-C and SIGTERM: what is half written is removed, and the program ends as one that a signal has ended.

use std::io;
use std::sync::atomic::{AtomicBool, AtomicI32, Ordering};

use crate::output;

/// Whether the next signal asks for an end in good order.
static PATIENT: AtomicBool = AtomicBool::new(false);
/// The signal that has asked for one; 0 for none.
static ASKED: AtomicI32 = AtomicI32::new(0);

/// Work that ends in good order when it is asked to: once, for the second signal ends it at once.
pub(crate) struct PatientWork(());

impl PatientWork {
    pub(crate) fn begin() -> Self {
        PATIENT.store(true, Ordering::SeqCst);
        Self(())
    }

    /// Whether it is asked to end.
    pub(crate) fn is_asked_to_end(&self) -> bool {
        ASKED.load(Ordering::SeqCst) != 0
    }
}

impl Drop for PatientWork {
    fn drop(&mut self) {
        PATIENT.store(false, Ordering::SeqCst);
    }
}

/// Listens from now on.
#[cfg(unix)]
pub(crate) fn listen() -> io::Result<()> {
    use signal_hook::consts::{SIGINT, SIGTERM};
    let mut signals = signal_hook::iterator::Signals::new([SIGINT, SIGTERM])?;
    std::thread::spawn(move || signals.forever().for_each(arrived));
    Ok(())
}

/// Listens from now on.
#[cfg(not(unix))]
pub(crate) fn listen() -> io::Result<()> {
    const INTERRUPT: i32 = 2;
    ctrlc::set_handler(|| arrived(INTERRUPT)).map_err(io::Error::other)
}

fn arrived(signal: i32) {
    if PATIENT.swap(false, Ordering::SeqCst) {
        ASKED.store(signal, Ordering::SeqCst);
    } else {
        end_by(signal);
    }
}

/// Ends the program as the signal that has asked for it would have, where one has.
pub(crate) fn end_if_asked() {
    match ASKED.load(Ordering::SeqCst) {
        0 => {}
        signal => end_by(signal),
    }
}

fn end_by(signal: i32) -> ! {
    output::remove_all();
    #[cfg(unix)]
    let _ = signal_hook::low_level::emulate_default_handler(signal);
    std::process::exit(128 + signal)
}
