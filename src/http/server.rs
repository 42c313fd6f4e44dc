//! The socket: bind, accept, answer, stop.
//!
//! `axum::serve` is not used: it waits for ever for a head that never ends, and on stopping, for clients
//! that never leave. Here each wait has an end.

use std::convert::Infallible;
use std::future::Future;
use std::io::{self, Write as _};
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::{Request, Response};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;
use tower::ServiceExt as _;

use super::reload::{self, Current};
use super::stall::Stalling;
use super::state::{App, Shared};
use crate::clock::Clock;
use crate::config::{ConfigError, ServeConfig};
use crate::grader::Grader;
use crate::judge::Panel;

/// The most that a request's head may have, and the most that is read from a connection at once, in bytes.
const READ_BUFFER_BYTES: usize = 64 * 1024;

/// How long to wait before trying again where the system refuses to accept (too many files open, mostly).
const ACCEPT_PAUSE: Duration = Duration::from_millis(100);

/// Why the service does not start.
#[derive(Debug, thiserror::Error)]
pub enum ServeError {
    /// A setting cannot be used.
    #[error(transparent)]
    Config(#[from] ConfigError),
    /// Somebody else listens there.
    #[error(
        "Port {port} is in use. Is Viva already running? Choose another with --bind {ip}:PORT.",
        port = .0.port(), ip = .0.ip()
    )]
    PortInUse(SocketAddr),
    /// The system does not let us.
    #[error("Not allowed to listen on {0}: ports below 1024 need privileges. Choose another with --bind.")]
    NotAllowed(SocketAddr),
    /// The address is not one of this machine's.
    #[error("{0} is not an address of this machine. Choose one with --bind, such as 127.0.0.1:8080.")]
    NotOurs(SocketAddr),
    /// Anything else about the socket.
    #[error("Cannot listen on {0}: {1}.")]
    Listen(SocketAddr, #[source] io::Error),
}

impl ServeError {
    fn new(bind: SocketAddr, error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::AddrInUse => Self::PortInUse(bind),
            io::ErrorKind::PermissionDenied => Self::NotAllowed(bind),
            io::ErrorKind::AddrNotAvailable => Self::NotOurs(bind),
            _ => Self::Listen(bind, error),
        }
    }
}

/// A service whose socket is open.
pub struct Server {
    listener: TcpListener,
    address: SocketAddr,
    app: App,
    current: Arc<Current>,
}

impl Server {
    /// Checks the settings and opens the socket; nothing is answered before [`Server::run`].
    pub async fn bind(config: ServeConfig, grader: Grader, clock: &dyn Clock) -> Result<Self, ServeError> {
        Self::bind_with(config, grader, clock, None).await
    }

    /// The same with a judge.
    pub async fn bind_with(
        config: ServeConfig,
        grader: Grader,
        clock: &dyn Clock,
        judge: Option<Arc<Panel>>,
    ) -> Result<Self, ServeError> {
        config.validate()?;
        let app = Shared::with_judge(config, grader, clock, judge);
        let router = super::router(Arc::clone(&app));
        Self::bind_router(app, router).await
    }

    /// Opens the socket for a router of the caller's, with the settings as they are.
    pub async fn bind_router(app: App, router: Router) -> Result<Self, ServeError> {
        let bind = app.config.bind;
        let listener = TcpListener::bind(bind).await.map_err(|error| ServeError::new(bind, error))?;
        let address = listener.local_addr().map_err(|error| ServeError::new(bind, error))?;
        let current = Arc::new(Current::new(Arc::clone(&app), router));
        Ok(Self { listener, address, app, current })
    }

    /// Where it listens, with the port that the system chose if it was asked for port 0.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// What its handlers share.
    #[must_use]
    pub fn app(&self) -> &App {
        &self.app
    }

    /// Answers until `shutdown` completes, then gives running requests the configured grace and ends.
    pub async fn run(self, shutdown: impl Future<Output = ()>) {
        let app = Arc::clone(&self.app);
        tokio::task::spawn_blocking(move || app.warm_up());
        // The folders alone can change.
        let every = self.app.config.reload.filter(|_| !self.app.config.banks.is_empty());
        let watching = every.map(|every| tokio::spawn(reload::watch(Arc::clone(&self.current), every)));
        let (stop, stopped) = watch::channel(false);
        let mut connections = JoinSet::new();
        let slots = Arc::new(Semaphore::new(self.app.config.limits.connections));
        let mut shutdown = pin!(shutdown);
        loop {
            let accepted = tokio::select! {
                () = &mut shutdown => break,
                accepted = accept(&self.listener, &slots) => accepted,
                Some(_) = connections.join_next() => continue,
            };
            let (stream, slot) = accepted;
            let (app, current, stopped) = (Arc::clone(&self.app), Arc::clone(&self.current), stopped.clone());
            connections.spawn(async move {
                answer(stream, &app, current, stopped).await;
                drop(slot);
            });
        }
        drop(self.listener);
        if let Some(watching) = watching {
            watching.abort();
        }
        stop.send_replace(true);
        let all_ended = async { while connections.join_next().await.is_some() {} };
        if tokio::time::timeout(self.app.config.timeouts.grace, all_ended).await.is_err() {
            tracing::warn!(connections = connections.len(), "cut off connections that did not end in time");
        }
        connections.shutdown().await;
    }
}

/// The next connection, with its place among those that are open.
async fn accept(
    listener: &TcpListener,
    slots: &Arc<Semaphore>,
) -> (TcpStream, Option<tokio::sync::OwnedSemaphorePermit>) {
    let slot = Arc::clone(slots).acquire_owned().await.ok();
    loop {
        match listener.accept().await {
            Ok((stream, _)) => return (stream, slot),
            Err(error) => {
                tracing::warn!(%error, "cannot accept a connection");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

/// Answers the requests of one connection, until it ends or the service stops.
async fn answer(stream: TcpStream, app: &Shared, current: Arc<Current>, mut stopped: watch::Receiver<bool>) {
    // Grades of a batch are small writes that somebody waits for.
    let _ = stream.set_nodelay(true);
    let timeouts = app.config.timeouts;
    let service = hyper::service::service_fn(move |request: Request<Incoming>| {
        // Each request goes by the banks as they are when it begins.
        let router = current.router();
        async move {
            let response: Response<Body> = match router.oneshot(request.map(Body::new)).await {
                Ok(response) => response,
                Err(never) => match never {},
            };
            Ok::<_, Infallible>(response)
        }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(timeouts.header)
        .max_buf_size(READ_BUFFER_BYTES)
        .serve_connection(TokioIo::new(Stalling::new(stream, timeouts.stall)), service);
    let mut connection = pin!(connection);
    // What a client does to its connection is its own affair: errors are not worth a log line.
    tokio::select! {
        _ = connection.as_mut() => return,
        _ = stopped.wait_for(|stopped| *stopped) => {}
    }
    connection.as_mut().graceful_shutdown();
    let _ = connection.await;
}

/// Runs the service until `shutdown` completes; tells where it listens on standard output and in the log.
pub async fn serve(
    config: ServeConfig,
    grader: Grader,
    clock: &dyn Clock,
    judge: Option<Arc<Panel>>,
    shutdown: impl Future<Output = ()>,
) -> Result<(), ServeError> {
    let server = Server::bind_with(config, grader, clock, judge).await?;
    let address = server.address();
    let judge = server.app().judge.as_ref().map_or("off", |panel| panel.config().mode.as_str());
    tracing::info!(reviewing = server.app().config.reviewing(), judge, "listening on http://{address}");
    // Whoever started us may have closed the pipe; that is no reason not to serve.
    let _ = writeln!(io::stdout(), "listening on http://{address}");
    server.run(shutdown).await;
    tracing::info!("stopped");
    Ok(())
}

/// Completes on ctrl-c or SIGTERM.
pub async fn shutdown_signal() {
    let interrupt = async {
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    let terminate = async {
        match tokio::signal::unix::signal(tokio::signal::unix::SignalKind::terminate()) {
            Ok(mut signal) => drop(signal.recv().await),
            Err(_) => std::future::pending().await,
        }
    };
    #[cfg(not(unix))]
    let terminate = std::future::pending::<()>();
    tokio::select! {
        () = interrupt => {}
        () = terminate => {}
    }
}
