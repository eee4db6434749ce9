//! What every request has to pass, and what every answer carries.
//!
//! 1. `Host` is this server's own address, so that no name of elsewhere that leads here is answered.
//! 2. `Sec-Fetch-Site`, where it is sent, says that the page or the user asks, no other site.
//! 3. A change (anything but GET and HEAD) comes from this server's own `Origin` and brings the token of this run.
//! 4. The body has at most so many bytes and arrives in so many seconds.

use std::sync::Arc;
use std::time::Duration;

use axum::body::{Body, Bytes, to_bytes};
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, header};
use axum::middleware::Next;
use axum::response::Response;

use crate::problem::{Answer, Problem};
use crate::wire::response;

/// The header in which a change brings the token.
pub(crate) const TOKEN: &str = "x-studio-token";
/// The largest body, in bytes: of a file, and of anything else.
const LARGEST_FILE: usize = 32 << 20;
const LARGEST: usize = 512 << 10;
/// How long a body may take.
const BODY_SECONDS: u64 = 20;
/// Where files are sent to.
const FILES: [&str; 2] = ["/api/files", "/api/lessons"];

/// Nothing is loaded from elsewhere, nothing inline runs, nobody frames the page.
const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data: blob:; \
     connect-src 'self'; media-src 'self' blob:; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
     form-action 'none'; frame-ancestors 'none'";

const HEADERS: [(HeaderName, &str); 6] = [
    (header::CONTENT_SECURITY_POLICY, POLICY),
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (header::X_FRAME_OPTIONS, "DENY"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
];

/// Statuses of what is refused.
const FORBIDDEN: u16 = 403;
const LATE: u16 = 408;
const TOO_LARGE: u16 = 413;

/// What a guard knows: what a change has to bring, and the port that is answered on.
#[derive(Clone)]
pub(crate) struct Guard {
    token: Arc<str>,
    port: u16,
}

/// Lets a request through, or refuses it.
pub(crate) async fn watch(State(guard): State<Guard>, request: Request, next: Next) -> Response {
    let mut response = match guard.admit(request).await {
        Ok(request) => next.run(request).await,
        Err(problem) => response(problem.into()),
    };
    for (name, value) in HEADERS {
        response.headers_mut().insert(name, HeaderValue::from_static(value));
    }
    let headers = response.headers_mut();
    headers.entry(header::CACHE_CONTROL).or_insert(HeaderValue::from_static("no-store"));
    response
}

impl Guard {
    /// A guard with a token of its own.
    pub(crate) fn new(port: u16) -> Result<Self, String> {
        Ok(Self { token: token()?.into(), port })
    }

    /// What the page of this run brings with a change.
    pub(crate) fn token(&self) -> &str {
        &self.token
    }

    async fn admit(&self, request: Request) -> Answer<Request> {
        let refused = |words: &str| Problem::new(FORBIDDEN, words);
        let (parts, body) = request.into_parts();
        let text = |name: &HeaderName| text(&parts.headers, name);
        if !text(&header::HOST).is_some_and(|host| self.hosts().contains(&host.to_owned())) {
            return Err(refused("this address is not answered; open the one that was printed"));
        }
        let site = text(&HeaderName::from_static("sec-fetch-site"));
        if site.is_some_and(|site| !matches!(site, "same-origin" | "none")) {
            return Err(refused("another site may not ask"));
        }
        if !matches!(parts.method, Method::GET | Method::HEAD) {
            let own = |origin: &str| self.hosts().iter().any(|host| origin == format!("http://{host}"));
            if !text(&header::ORIGIN).is_some_and(own) {
                return Err(refused("another origin may not change anything"));
            }
            let token = text(&HeaderName::from_static(TOKEN)).unwrap_or_default();
            if !same(token.as_bytes(), self.token.as_bytes()) {
                return Err(refused("this page is of an earlier run; load it again"));
            }
        }
        let most = if FILES.contains(&parts.uri.path()) { LARGEST_FILE } else { LARGEST };
        let body = whole(body, most).await?;
        Ok(Request::from_parts(parts, Body::from(body)))
    }

    /// What a browser on this machine may call this server.
    fn hosts(&self) -> [String; 2] {
        [format!("127.0.0.1:{}", self.port), format!("localhost:{}", self.port)]
    }
}

fn text<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut all = headers.get_all(name).iter();
    let (first, second) = (all.next(), all.next());
    first.filter(|_| second.is_none())?.to_str().ok()
}

/// Compares in a time that does not tell where the first difference is.
fn same(a: &[u8], b: &[u8]) -> bool {
    a.len() == b.len() && a.iter().zip(b).fold(0, |all, (x, y)| all | (x ^ y)) == 0
}

/// The body, where it is small enough and comes soon enough.
async fn whole(body: Body, most: usize) -> Answer<Bytes> {
    let large = || {
        let words = format!("this is larger than {} KiB, the most that is taken here", most >> 10);
        Problem::new(TOO_LARGE, words)
    };
    let read = tokio::time::timeout(Duration::from_secs(BODY_SECONDS), to_bytes(body, most)).await;
    let late = |_| Problem::new(LATE, "the rest of the request did not come");
    read.map_err(late)?.map_err(|_| large())
}

/// 128 bits that nobody can guess.
fn token() -> Result<String, String> {
    let mut bytes = [0; 16];
    getrandom::fill(&mut bytes).map_err(|error| format!("there is no chance on this machine: {error}"))?;
    Ok(bytes.iter().map(|byte| format!("{byte:02x}")).collect())
}
