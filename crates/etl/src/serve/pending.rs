//! What has fallen due and is not begun: every chore at most once, however often it falls due meanwhile.

use std::{
    collections::BTreeMap,
    sync::{Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, Utc};
use tokio::sync::Notify;

use crate::tick::{Chore, When};

/// A chore that has fallen due.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Due {
    pub(super) chore: Chore,
    pub(super) when: When,
    /// When it last fell due, by the clock of the jobs.
    pub(super) since: DateTime<Utc>,
}

#[derive(Debug, Default)]
pub(super) struct Pending {
    chores: Mutex<BTreeMap<Chore, Due>>,
    added: Notify,
}

impl Pending {
    /// They fall due.
    pub(super) fn add(&self, chores: &[Chore], when: When, since: DateTime<Utc>) {
        for &chore in chores {
            self.put(Due { chore, when, since });
        }
        self.added.notify_one();
    }

    /// They stay due; whoever waits is not woken by that.
    pub(super) fn put_back(&self, dues: &[Due]) {
        for &due in dues {
            self.put(due);
        }
    }

    /// Takes what there is, in the order of chores.
    pub(super) fn take(&self) -> Vec<Due> {
        std::mem::take(&mut *self.lock()).into_values().collect()
    }

    /// Waits until something fell due since the last wait.
    pub(super) async fn added(&self) {
        self.added.notified().await;
    }

    /// What is to be done in any case stays so.
    fn put(&self, due: Due) {
        self.lock()
            .entry(due.chore)
            .and_modify(|known| {
                let since = known.since.max(due.since);
                if known.when == When::Due {
                    *known = due;
                }
                known.since = since;
            })
            .or_insert(due);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Chore, Due>> {
        self.chores.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(minute: u32) -> DateTime<Utc> {
        format!("2026-06-10T04:{minute:02}:00Z").parse().unwrap()
    }

    #[test]
    fn a_chore_that_falls_due_again_is_done_once() {
        let pending = Pending::default();
        for minute in 0..30 {
            pending.add(&[Chore::Sessions], When::Due, at(minute));
        }
        pending.add(&[Chore::Release], When::Now, at(30));
        let taken = pending.take();
        let chores: Vec<_> = taken.iter().map(|due| (due.chore, due.since)).collect();
        assert_eq!(
            chores,
            [(Chore::Release, at(30)), (Chore::Sessions, at(29))]
        );
        assert_eq!(pending.take(), []);
    }

    #[test]
    fn what_must_be_done_is_not_forgotten_for_what_may() {
        for order in [[When::Now, When::Due], [When::Due, When::Now]] {
            let pending = Pending::default();
            for (minute, when) in (0..).zip(order) {
                pending.add(&[Chore::Calendar], when, at(minute));
            }
            let taken = pending.take();
            assert_eq!((taken[0].when, taken[0].since), (When::Now, at(1)));
        }
    }
}
