//! The HTTP server: one thread with a runtime of its own, so that it answers tests and the programs that they start.

use std::{
    net::SocketAddr,
    sync::{Arc, Mutex, mpsc},
    thread::{self, JoinHandle},
};

use axum::{
    Router,
    extract::{Request, State as AxumState},
    response::Response,
};
use tokio::{net::TcpListener, sync::oneshot};

use super::state::State;

/// A running server, which stops when this is dropped.
pub(crate) struct HttpServer {
    pub(crate) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl HttpServer {
    /// Starts a server on a free port.
    pub(crate) fn start(state: Arc<Mutex<State>>) -> Self {
        let (bound, address) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                bound.send(listener.local_addr().unwrap()).unwrap();
                let app = Router::new().fallback(answer).with_state(state);
                tokio::select! {
                    served = axum::serve(listener, app) => served.unwrap(),
                    _ = stopped => {}
                }
            });
        });
        Self {
            address: address.recv().unwrap(),
            stop: Some(stop),
            thread: Some(thread),
        }
    }
}

impl Drop for HttpServer {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

async fn answer(AxumState(state): AxumState<Arc<Mutex<State>>>, request: Request) -> Response {
    state.lock().unwrap().answer(&request)
}
