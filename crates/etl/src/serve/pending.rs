//! Tasks that have fallen due and are not begun. A task that falls due several times meanwhile is pending once.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::tick::{Task, Trigger};

/// A task that has fallen due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct PendingTask {
    pub(super) task: Task,
    pub(super) trigger: Trigger,
    /// When it last fell due, by the clock of the jobs.
    pub(super) since: DateTime<Utc>,
}

/// All pending tasks.
#[derive(Debug, Default)]
pub(super) struct Pending {
    tasks: Mutex<BTreeMap<Task, PendingTask>>,
    added: Notify,
}

impl Pending {
    /// Adds tasks that fall due, and wakes the worker.
    pub(super) fn add(&self, tasks: &[Task], trigger: Trigger, since: DateTime<Utc>) {
        for &task in tasks {
            self.put(PendingTask {
                task,
                trigger,
                since,
            });
        }
        self.added.notify_one();
    }

    /// Keeps tasks pending without waking the worker.
    pub(super) fn put_back(&self, tasks: &[PendingTask]) {
        for &task in tasks {
            self.put(task);
        }
    }

    /// Takes all pending tasks, in their order.
    pub(super) fn take(&self) -> Vec<PendingTask> {
        std::mem::take(&mut *self.lock()).into_values().collect()
    }

    /// Waits until a task was added since the last wait.
    pub(super) async fn added(&self) {
        self.added.notified().await;
    }

    /// A task that must run in any case stays so.
    fn put(&self, pending: PendingTask) {
        self.lock()
            .entry(pending.task)
            .and_modify(|known| {
                let since = known.since.max(pending.since);
                if known.trigger == Trigger::IfDue {
                    *known = pending;
                }
                known.since = since;
            })
            .or_insert(pending);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Task, PendingTask>> {
        self.tasks.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        format!("2026-06-10T04:{minute:02}:00Z").parse().unwrap()
    }

    #[test]
    fn a_task_that_falls_due_again_is_pending_once() {
        let pending = Pending::default();
        for minute in 0..30 {
            pending.add(&[Task::Sessions], Trigger::IfDue, at(minute));
        }
        pending.add(&[Task::Release], Trigger::Always, at(30));
        let taken = pending.take();
        let tasks: Vec<_> = taken.iter().map(|due| (due.task, due.since)).collect();
        assert_eq!(tasks, [(Task::Release, at(30)), (Task::Sessions, at(29))]);
        assert_eq!(pending.take(), []);
    }

    #[test]
    fn a_task_that_must_run_is_not_replaced_by_one_that_may() {
        for order in [
            [Trigger::Always, Trigger::IfDue],
            [Trigger::IfDue, Trigger::Always],
        ] {
            let pending = Pending::default();
            for (minute, trigger) in (0..).zip(order) {
                pending.add(&[Task::Calendar], trigger, at(minute));
            }
            let taken = pending.take();
            assert_eq!((taken[0].trigger, taken[0].since), (Trigger::Always, at(1)));
        }
    }
}
