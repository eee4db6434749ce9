//! `studio`: the page on this machine.

use std::fs;
use std::io;
use std::net::{Ipv4Addr, TcpListener};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::time::UNIX_EPOCH;

use anyhow::{Context, Result};
use sideman_session::Soloist;
use sideman_studio::{OpenedFile, Setup, Shelf, serve};

use crate::cli::StudioArgs;
use crate::terminal::Terminal;
use crate::{input, output, sound};

pub(super) fn run(args: &StudioArgs, terminal: &Terminal) -> Result<()> {
    let opened = |file: &PathBuf| {
        Ok::<_, anyhow::Error>(OpenedFile { name: file.display().to_string(), bytes: input::bytes(file)? })
    };
    let files = args.files.iter().map(opened).collect::<Result<_>>()?;
    let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, args.port))
        .with_context(|| format!("port {} cannot be used; choose another with --port", args.port))?;
    let address = format!("http://127.0.0.1:{}/", listener.local_addr()?.port());
    let shelf = Box::new(TakesFolder::of_the_user()?);
    let font = Box::new(|| sound::usual_font().map_err(|error| format!("{error:#}")));
    terminal.say(&address)?;
    if !args.no_open && !open(&address) {
        terminal.note("no browser could be opened; open the address yourself");
    }
    let clock = Box::new(|| UNIX_EPOCH.elapsed().unwrap_or_default());
    Ok(serve(listener, Setup { shelf, font, clock, model: Soloist::shipped_bytes(), files })?)
}

/// Hands the address to the browser, and says whether there is one.
fn open(address: &str) -> bool {
    const OPENERS: [&str; 3] = ["xdg-open", "open", "explorer"];
    let opens = |program: &&str| {
        let mut quiet = Command::new(program);
        quiet.arg(address).stdout(Stdio::null()).stderr(Stdio::null());
        quiet.stdin(Stdio::null()).spawn().is_ok()
    };
    OPENERS.iter().any(opens)
}

/// The folder in which takes are kept, each in a file.
struct TakesFolder(PathBuf);

/// What the names of its files end with.
const ENDING: &str = "json";

impl TakesFolder {
    /// Where the user's programs keep their data.
    fn of_the_user() -> Result<Self> {
        let data = dirs::data_dir().context("there is no folder for the data of programs; set HOME")?;
        Ok(Self(data.join("sideman").join("takes")))
    }

    fn file(&self, name: &str) -> io::Result<PathBuf> {
        let plain = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        match plain {
            true => Ok(self.0.join(name).with_extension(ENDING)),
            false => Err(io::ErrorKind::InvalidInput.into()),
        }
    }
}

impl Shelf for TakesFolder {
    fn names(&self) -> io::Result<Vec<String>> {
        let entries = match fs::read_dir(&self.0) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            entries => entries?,
        };
        let files = entries.filter_map(|entry| Some(entry.ok()?.path()));
        let ours = files.filter(|file| output::ending(file).as_deref() == Some(ENDING));
        Ok(ours.filter_map(|file| Some(file.file_stem()?.to_str()?.to_owned())).collect())
    }

    fn read(&self, name: &str) -> io::Result<Vec<u8>> {
        input::bytes(&self.file(name)?).map_err(io::Error::other)
    }

    fn write(&self, name: &str, bytes: &[u8]) -> io::Result<()> {
        output::write(&self.file(name)?, bytes).map_err(|error| io::Error::other(format!("{error:#}")))
    }

    fn remove(&self, name: &str) -> io::Result<()> {
        output::remove(&self.file(name)?);
        Ok(())
    }
}
