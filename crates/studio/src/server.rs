//! The address that a browser opens: accepts connections on the loopback and answers them.

use std::io;
use std::net::TcpListener as StdListener;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::{Request, State};
use axum::http::Method;
use axum::response::Response;
use axum::{Router, middleware};
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::service::TowerToHyperService;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::spawn_blocking;

use crate::api::{Load, Route};
use crate::ask::Ask;
use crate::guard::{self, Guard};
use crate::page;
use crate::problem::{Answer, Problem};
use crate::reply::Reply;
use crate::studio::{Setup, Studio};
use crate::wire::response;

/// Connections that are open at once; more are closed as they come.
const CONNECTIONS: usize = 256;
/// How long the head of a request may take, and a connection may idle.
const HEAD_SECONDS: u64 = 10;
/// Heavy work that goes on at once.
const AT_ONCE: usize = 2;

/// What the requests share.
struct Shared {
    studio: Arc<Studio>,
    guard: Guard,
    heavy: Semaphore,
}

/// Answers on a listener, for good.
///
/// # Errors
/// When the listener is not on the loopback, a file of the setup is nothing to play with, there is no chance to make a
/// token from, or the listener fails.
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
    let guard = Guard::new(address.port()).map_err(io::Error::other)?;
    let app = router(Shared { studio, guard, heavy: Semaphore::new(AT_ONCE) });
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
    runtime.block_on(async { accept(TcpListener::from_std(listener)?, app).await })
}

/// Reads the model and the sound beside the first page, for they are wanted next.
fn warm(studio: &Arc<Studio>) {
    let studio = Arc::clone(studio);
    std::thread::spawn(move || studio.warm());
}

fn router(shared: Shared) -> Router {
    let guard = shared.guard.clone();
    Router::new()
        .fallback(answer)
        .layer(middleware::from_fn_with_state(guard, guard::watch))
        .with_state(Arc::new(shared))
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
            tokio::spawn(attend(stream, app.clone(), place));
        }
    }
}

/// Answers the requests of a connection until it is closed, or sends nothing for too long.
async fn attend(stream: TcpStream, app: Router, _place: OwnedSemaphorePermit) {
    let _ = stream.set_nodelay(true);
    let mut http = hyper::server::conn::http1::Builder::new();
    http.timer(TokioTimer::new())
        .header_read_timeout(Duration::from_secs(HEAD_SECONDS))
        .max_buf_size(64 << 10);
    // How a connection ends is of no interest to anyone but its other side.
    let _ = http.serve_connection(TokioIo::new(stream), TowerToHyperService::new(app)).await;
}

/// A call, or a file of the page.
async fn answer(State(shared): State<Arc<Shared>>, request: Request) -> Response {
    let reply = match request.uri().path().starts_with("/api/") {
        true => called(&shared, request).await,
        false if matches!(*request.method(), Method::GET | Method::HEAD) => {
            page::answer(request.uri().path(), shared.guard.token())
        }
        false => Err(Problem::new(Problem::NO_SUCH_METHOD, "the page can be read alone")),
    };
    response(reply.unwrap_or_else(Reply::from))
}

/// Answers a call beside the others; not much that is heavy at once.
async fn called(shared: &Shared, request: Request) -> Answer<Reply> {
    let ask = read(request).await?;
    let route = Route::of(&ask)?;
    let _turn = match route.load() {
        Load::Heavy => Some(shared.heavy.acquire().await.map_err(Problem::ours)?),
        Load::Light => None,
    };
    let studio = Arc::clone(&shared.studio);
    spawn_blocking(move || route.answer(&studio, &ask)).await.map_err(Problem::ours)
}

/// A request whose body the guard has measured.
async fn read(request: Request) -> Answer<Ask> {
    let (parts, body) = request.into_parts();
    let body = axum::body::to_bytes(body, usize::MAX).await.map_err(Problem::ours)?;
    let method = if parts.method == Method::HEAD { Method::GET } else { parts.method };
    Ok(Ask {
        method: method.to_string(),
        path: parts.uri.path().to_owned(),
        query: parts.uri.query().unwrap_or_default().to_owned(),
        body: body.into(),
    })
}
