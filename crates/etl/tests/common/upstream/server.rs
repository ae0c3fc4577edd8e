//! The server: one thread with a runtime of its own, so that it answers tests and the programs they start.

use std::{
    collections::HashMap,
    net::SocketAddr,
    sync::{Arc, Mutex, mpsc},
    thread::{self, JoinHandle},
};

use axum::{
    Router,
    extract::{Request, State},
    http::StatusCode,
    response::Response,
};
use chrono::{DateTime, TimeDelta, Utc};
use schema::SessionKind;
use tokio::{net::TcpListener, sync::oneshot};

use super::{
    Requests, Service, f1db,
    faults::{Answer, Faults},
    jolpica, openf1,
    world::{Change, World},
};

/// Everything the server answers from.
pub(super) struct Desk {
    /// The championship as it happens if nothing changes.
    pub(super) planned: World,
    pub(super) changes: Vec<Change>,
    /// What a service never publishes: race id and session.
    pub(super) hidden: Vec<(Service, String, SessionKind)>,
    /// How much later than the others a service hears of changes.
    pub(super) late: HashMap<Service, TimeDelta>,
    pub(super) now: DateTime<Utc>,
    pub(super) stale: Option<DateTime<Utc>>,
    pub(super) down: bool,
    pub(super) faults: Faults,
    pub(super) requests: Requests,
    worlds: HashMap<(Service, usize), Arc<World>>,
    pub(super) releases: HashMap<String, f1db::Packed>,
}

/// What a service answers from.
pub(super) struct View {
    /// The championship as it is known to come out at this instant.
    pub(super) world: Arc<World>,
    /// What is not over at this instant is not told.
    pub(super) at: DateTime<Utc>,
    /// The time, also where the answers are old.
    pub(super) now: DateTime<Utc>,
}

impl Desk {
    /// A server's beginning.
    pub(super) fn new(planned: World, now: DateTime<Utc>) -> Self {
        Self {
            planned,
            changes: Vec::new(),
            hidden: Vec::new(),
            late: HashMap::new(),
            now,
            stale: None,
            down: false,
            faults: Faults::new(0, 0.0),
            requests: Requests::default(),
            worlds: HashMap::new(),
            releases: HashMap::new(),
        }
    }

    /// The instant that answers are of.
    pub(super) fn told(&self) -> DateTime<Utc> {
        self.stale.unwrap_or(self.now)
    }

    /// The championship as a service knew at an instant that it comes out.
    pub(super) fn world(&mut self, service: Service, at: DateTime<Utc>) -> Arc<World> {
        let late = self.late.get(&service).copied().unwrap_or_default();
        let heard = |change: &&Change| change.at + late <= at;
        let known = self.changes.iter().filter(heard).count();
        let world = self.worlds.entry((service, known)).or_insert_with(|| {
            let mut world = self.planned.clone();
            for change in &self.changes[..known] {
                world.apply(change);
            }
            for (of, race, kind) in &self.hidden {
                if *of == service {
                    world.remove(race, *kind);
                }
            }
            Arc::new(world)
        });
        world.clone()
    }

    /// Adds a change; they happen in the order of time.
    pub(super) fn add(&mut self, change: Change) {
        self.changes.push(change);
        self.changes.sort_by_key(|change| change.at);
        self.forget();
    }

    /// Lets a service never publish a session.
    pub(super) fn hide(&mut self, service: Service, race: String, kind: SessionKind) {
        self.hidden.push((service, race, kind));
        self.forget();
    }

    fn forget(&mut self) {
        self.worlds.clear();
        self.releases.clear();
    }

    fn view(&mut self, service: Service) -> View {
        let at = self.told();
        View {
            world: self.world(service, at),
            at,
            now: self.now,
        }
    }

    fn answer(&mut self, request: &Request) -> Response {
        let uri = request.uri();
        let (path, query) = (uri.path(), uri.query().unwrap_or_default());
        let fate = self.faults.next(&uri.to_string());
        let answer = if let Some(path) = path.strip_prefix("/f1db/f1db/") {
            self.requests.f1db += 1;
            f1db::answer(self, path, request.headers())
        } else if let Some(path) = path.strip_prefix("/ergast/f1/") {
            self.requests.jolpica += 1;
            jolpica::answer(&self.view(Service::Jolpica), path, query)
        } else if let Some(path) = path.strip_prefix("/v1/") {
            self.requests.openf1 += 1;
            openf1::answer(&self.view(Service::OpenF1), path, query)
        } else {
            Answer::html(StatusCode::NOT_FOUND)
        };
        if self.down {
            return Answer::unavailable().meeting(None);
        }
        answer.meeting(fate)
    }
}

/// A running server; it stops when this is dropped.
pub(super) struct Server {
    pub(super) address: SocketAddr,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
}

impl Server {
    /// Starts it on a free port.
    pub(super) fn start(desk: Arc<Mutex<Desk>>) -> Self {
        let (bound, address) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let thread = thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .enable_all()
                .build();
            runtime.unwrap().block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                bound.send(listener.local_addr().unwrap()).unwrap();
                let app = Router::new().fallback(answer).with_state(desk);
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

impl Drop for Server {
    fn drop(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().ok();
        }
    }
}

async fn answer(State(desk): State<Arc<Mutex<Desk>>>, request: Request) -> Response {
    desk.lock().unwrap().answer(&request)
}
