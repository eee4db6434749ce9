use std::fs::{self, File};
use std::io::Write;
use std::path::PathBuf;

use super::*;

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().unwrap()
}

fn files(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect()
}

#[test]
fn a_draft_that_is_not_kept_leaves_what_was_there() {
    let home = folder();
    let path = home.path().join("deep/file");
    write(&path, b"first").unwrap();
    let draft = Draft::new(&path).unwrap();
    let mut writer = draft.writer().unwrap();
    writer.write_all(b"half").unwrap();
    writer.flush().unwrap();
    drop(draft);
    assert_eq!(fs::read(&path).unwrap(), b"first");
    assert_eq!(files(path.parent().unwrap()), std::slice::from_ref(&path));
    let error = format!("{:#}", write(&path.join("below"), b"").unwrap_err());
    assert!(error.contains("below could not be written"), "{error}");
}

#[test]
fn what_cannot_be_written_is_told_and_a_trial_leaves_nothing() {
    let home = folder();
    let file = home.path().join("file");
    fs::write(&file, b"x").unwrap();
    for (path, why) in [(home.path().to_owned(), "folder"), (file.join("below"), "file")] {
        let error = format!("{:#}", tried(&path, LITTLE).unwrap_err());
        assert!(error.contains("could not be written") && error.contains(why), "{error}");
    }
    tried(&home.path().join("new/deep/file"), LITTLE).unwrap();
    tried(&file, LITTLE).unwrap();
    folder_tried(&home.path().join("new"), LITTLE).unwrap();
    assert!(folder_tried(&file, LITTLE).is_err());
    assert_eq!(files(home.path()), [file]);
    #[cfg(unix)]
    assert!(format!("{:#}", tried(&home.path().join("new"), u64::MAX).unwrap_err()).contains("full"));
}

#[test]
fn what_a_killed_run_has_left_is_removed_but_not_what_lives() {
    let home = folder();
    let [dead, alive, other] =
        [".sideman-a1B2c3", ".sideman-Zz9Yy8", ".sideman-mine.txt"].map(|name| home.path().join(name));
    for path in [&dead, &alive, &other] {
        fs::write(path, b"half").unwrap();
    }
    let lock = File::open(&alive).unwrap();
    lock.lock().unwrap();
    write(&home.path().join("file"), b"whole").unwrap();
    assert!(!dead.exists() && alive.exists() && other.exists());
    assert!(is_leftover(&dead) && !is_leftover(&other));
}

#[cfg(unix)]
mod unix {
    use std::os::unix::fs::{PermissionsExt, symlink};

    use super::*;

    #[test]
    fn links_are_followed_and_rights_are_kept() {
        let home = folder();
        let [file, link, new, to_new] = ["file", "link", "new", "to-new"].map(|name| home.path().join(name));
        fs::write(&file, b"old").unwrap();
        fs::set_permissions(&file, fs::Permissions::from_mode(0o640)).unwrap();
        symlink("file", &link).unwrap();
        symlink("new", &to_new).unwrap();
        write(&link, b"1").unwrap();
        write(&to_new, b"2").unwrap();
        assert!(link.is_symlink() && to_new.is_symlink());
        assert_eq!((fs::read(&file).unwrap(), fs::read(&new).unwrap()), (b"1".to_vec(), b"2".to_vec()));
        assert_eq!(fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o640);
        symlink("circle", home.path().join("circle")).unwrap();
        assert!(write(&home.path().join("circle"), b"").is_err());
    }

    #[test]
    fn devices_are_written_to_and_sockets_refused() {
        use std::os::unix::fs::FileTypeExt;
        let null = Path::new("/dev/null");
        write(null, b"gone").unwrap();
        assert!(is_device(null) && fs::metadata(null).unwrap().file_type().is_char_device());
        let home = folder();
        let socket = home.path().join("socket");
        let _listener = std::os::unix::net::UnixListener::bind(&socket).unwrap();
        assert!(format!("{:#}", write(&socket, b"").unwrap_err()).contains("no ordinary file"));
        assert!(fs::symlink_metadata(&socket).unwrap().file_type().is_socket());
    }
}
