//! The address that a browser opens: accepts connections on the loopback and answers them.

use std::io;
use std::net::TcpListener as StdListener;
use std::sync::Arc;
use std::time::Duration;

use axum::routing::{get, post};
use axum::{Router, middleware};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::guard::{self, Guard};
use crate::studio::{Setup, Studio};
use crate::{api, page};

/// Connections that are open at once; more are closed as they come.
const CONNECTIONS: usize = 256;
/// How long the head of a request may take, and a connection may idle.
const HEAD_SECONDS: u64 = 10;

/// Answers on a listener, for good.
///
/// # Errors
/// When the listener is not on the loopback, a file of the setup is nothing to play with, or the listener fails.
pub fn serve(listener: StdListener, setup: Setup) -> io::Result<()> {
    let address = listener.local_addr()?;
    if !address.ip().is_loopback() {
        return Err(io::Error::other(format!(
            "{address} can be reached from elsewhere; listen on 127.0.0.1"
        )));
    }
    listener.set_nonblocking(true)?;
    let studio = Arc::new(Studio::new(setup).map_err(io::Error::other)?);
    warm(&studio);
    let app = router(Arc::clone(&studio), address.port());
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async { accept(TcpListener::from_std(listener)?, app).await })
}

/// Reads the model and the sound beside the first page, for they are wanted next.
fn warm(studio: &Arc<Studio>) {
    let studio = Arc::clone(studio);
    std::thread::spawn(move || (studio.soloist().is_ok(), studio.font().is_ok()));
}

fn router(studio: Arc<Studio>, port: u16) -> Router {
    let guard = Guard { studio: Arc::clone(&studio), port };
    Router::new()
        .route("/", get(page::index))
        .route("/page/{*file}", get(page::file))
        .route("/api/health", get(api::health))
        .route("/api/jobs/{job}", get(api::jobs::state).delete(api::jobs::cancel))
        .route("/api/jobs/{job}/events", get(api::jobs::events))
        .route("/api/options", get(api::charts::options))
        .route("/api/chart", post(api::charts::chart))
        .route("/api/files", post(api::charts::file))
        .route("/api/takes", get(api::takes::list).post(api::takes::make))
        .route("/api/takes/{id}", get(api::takes::one).delete(api::takes::remove))
        .route("/api/takes/{id}/again", post(api::takes::again))
        .route("/api/takes/{id}/score", get(api::takes::score))
        .route("/api/takes/{id}/map", get(api::takes::map))
        .route("/api/takes/{id}/notes/{note}", get(api::takes::note))
        .route("/api/takes/{id}/notes/{note}/sound", get(api::sound::phrase))
        .route("/api/takes/{id}/stems/{part}", get(api::sound::stem))
        .route("/api/takes/{id}/files/{kind}", get(api::files::download))
        .route("/api/takes/{id}/practise", post(api::takes::practise))
        .route("/api/models", get(api::learn::models))
        .route("/api/models/{model}/step", get(api::learn::step))
        .route("/api/learn", post(api::learn::learn))
        .route("/api/adapt", post(api::adapt::adapt))
        .route("/api/lessons", post(api::lessons::import))
        .route("/api/lessons/{id}/practise", post(api::lessons::practise))
        .route("/api/judge", post(api::judge::judge))
        .route("/api/trials", post(api::judge::trial))
        .route("/api/trials/{trial}", post(api::judge::guess))
        .route("/api/trials/{trial}/{excerpt}/stems/{part}", get(api::judge::stem))
        .route("/api/trades", post(api::trades::begin))
        .route("/api/trades/{trade}/notes", post(api::trades::hear))
        .route("/api/trades/{trade}/turns/{turn}", get(api::trades::answer))
        .route("/api/trades/{trade}/turns/{turn}/sound", get(api::trades::sound))
        .route("/api/trades/{trade}/stems/{part}", get(api::trades::stem))
        .route("/api/trades/{trade}/end", post(api::trades::end))
        .fallback(page::missing)
        .layer(middleware::from_fn_with_state(guard, guard::watch))
        .with_state(studio)
}

async fn accept(listener: TcpListener, app: Router) -> io::Result<()> {
    let room = Arc::new(Semaphore::new(CONNECTIONS));
    loop {
        // A connection that is gone before it is taken, or a moment without room for one, ends nothing.
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(20)).await;
            continue;
        };
        if let Ok(place) = Arc::clone(&room).try_acquire_owned() {
            tokio::spawn(answer(stream, app.clone(), place));
        }
    }
}

/// Answers the requests of a connection until it is closed, or sends nothing for too long.
async fn answer(stream: TcpStream, app: Router, _place: OwnedSemaphorePermit) {
    let _ = stream.set_nodelay(true);
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(HEAD_SECONDS))
        .max_buf_size(64 << 10);
    // How a connection ends is of no interest to anyone but its other side.
    let _ = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app)).await;
}
