//! What the page can call. The mailbox is one piece of memory: the page asks where it lies, writes or reads there, and
//! calls again, which may move it.
#![allow(unsafe_code, reason = "an export has its own name in the module, and `no_mangle` counts as unsafe")]

use std::sync::{Mutex, MutexGuard, PoisonError};

use crate::{Door, Mailbox};

static MAILBOX: Mutex<Option<Mailbox>> = Mutex::new(None);
static DOOR: Mutex<Option<Door>> = Mutex::new(None);

fn with<T>(act: impl FnOnce(&mut Door, &mut Mailbox) -> T) -> T {
    let mut mailbox = locked(&MAILBOX);
    act(locked(&DOOR).get_or_insert_default(), mailbox.get_or_insert_default())
}

/// A module has one thread: nobody else holds it.
fn locked<T>(mutex: &'static Mutex<Option<T>>) -> MutexGuard<'static, Option<T>> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Makes room for a letter of so many bytes, of which the first are its head; says where to write it.
#[unsafe(no_mangle)]
extern "C" fn room(bytes: usize, head: usize) -> *mut u8 {
    with(|_, mailbox| mailbox.make_room(bytes, head).as_mut_ptr())
}

/// Where the letter to the page lies.
#[unsafe(no_mangle)]
extern "C" fn letter() -> *const u8 {
    with(|_, mailbox| mailbox.bytes().as_ptr())
}

/// How long it is.
#[unsafe(no_mangle)]
extern "C" fn letter_bytes() -> usize {
    with(|_, mailbox| mailbox.bytes().len())
}

/// How long its head is; zero where there is no letter.
#[unsafe(no_mangle)]
extern "C" fn letter_head() -> usize {
    with(|_, mailbox| mailbox.head())
}

/// [`Door::lay`].
#[unsafe(no_mangle)]
extern "C" fn lay() {
    with(Door::lay);
}

/// [`Door::open`].
#[unsafe(no_mangle)]
extern "C" fn open() -> bool {
    with(Door::open)
}

/// [`Door::ask`].
#[unsafe(no_mangle)]
extern "C" fn ask() {
    with(Door::ask);
}

/// [`Door::next`].
#[unsafe(no_mangle)]
extern "C" fn next(stream: u32) {
    with(|door, mailbox| door.next(stream, mailbox));
}

/// [`Door::leave`].
#[unsafe(no_mangle)]
extern "C" fn leave(stream: u32) {
    with(|door, _| door.leave(stream));
}

/// [`Door::work`].
#[unsafe(no_mangle)]
extern "C" fn work() -> bool {
    with(|door, _| door.work())
}

/// [`Door::change`].
#[unsafe(no_mangle)]
extern "C" fn change() {
    with(Door::change);
}
