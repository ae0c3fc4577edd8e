//! Other processes, by their id: whether they run, what they started, and how to end them.

use std::{
    collections::HashMap,
    fs,
    process::Command,
    thread,
    time::{Duration, Instant},
};

use rustix::{
    io::Errno,
    process::{Pid, Signal, kill_process},
};

/// One step of ending a process: the signal to send, and how long to wait for its effect.
pub type Step = (Signal, Duration);

/// Ends a program and all its descendants when dropped, for a future that waits for the program
/// and may itself be dropped.
#[derive(Debug)]
pub struct EndOnDrop {
    pid: Option<u32>,
    step: Step,
}

impl EndOnDrop {
    /// Watches the program with this process id, if it still has one. `step` must end it.
    #[must_use]
    pub fn new(pid: Option<u32>, step: Step) -> Self {
        Self { pid, step }
    }

    /// Does nothing on drop: the program has ended.
    pub fn disarm(mut self) {
        self.pid = None;
    }
}

impl Drop for EndOnDrop {
    fn drop(&mut self) {
        let Some(pid) = self.pid else { return };
        let family = tree(pid);
        end(&family, &[self.step], || {
            !family.iter().any(|pid| is_alive(*pid))
        });
    }
}

/// The command line of a running process.
#[must_use]
pub fn command_line(pid: u32) -> Option<String> {
    let line = if cfg!(target_os = "linux") {
        let words = fs::read(format!("/proc/{pid}/cmdline")).ok()?;
        String::from_utf8_lossy(&words).replace('\0', " ")
    } else {
        ps(&["-ww", "-o", "args=", "-p", &pid.to_string()])
    };
    let line = line.trim();
    (!line.is_empty()).then(|| line.to_owned())
}

/// Whether a process runs. A zombie, which has ended and was not collected by its parent, does
/// not.
#[must_use]
pub fn is_alive(pid: u32) -> bool {
    let state = if cfg!(target_os = "linux") {
        stat(pid).map(|(state, _)| state)
    } else {
        ps(&["-o", "stat=", "-p", &pid.to_string()]).chars().next()
    };
    state.is_some_and(|state| !matches!(state, 'Z' | 'X'))
}

/// A process and all its descendants.
#[must_use]
pub fn tree(root: u32) -> Vec<u32> {
    let mut children: HashMap<u32, Vec<u32>> = HashMap::new();
    for (pid, parent) in all_with_parents() {
        children.entry(parent).or_default().push(pid);
    }
    let mut tree = vec![root];
    let mut next = 0;
    while let Some(pid) = tree.get(next) {
        tree.extend(children.remove(pid).unwrap_or_default());
        next += 1;
    }
    tree
}

/// Suspends a process and all its descendants, and lists them. `SIGCONT` resumes them.
///
/// Processes that run while they are listed can start a child that the list lacks.
#[must_use]
pub fn suspend_tree(root: u32) -> Vec<u32> {
    let mut suspended: Vec<u32> = Vec::new();
    loop {
        let fresh: Vec<u32> = tree(root)
            .into_iter()
            .filter(|pid| !suspended.contains(pid))
            .collect();
        if fresh.is_empty() {
            return suspended;
        }
        send(Signal::STOP, &fresh);
        suspended.extend(fresh);
    }
}

/// Sends a signal. Processes that have ended are skipped.
pub fn send(signal: Signal, pids: &[u32]) {
    for pid in pids {
        // Process 0 would be our own process group.
        let Some(target) = i32::try_from(*pid).ok().and_then(Pid::from_raw) else {
            continue;
        };
        match kill_process(target, signal) {
            Ok(()) | Err(Errno::SRCH) => {}
            Err(error) => {
                let number = signal.as_raw();
                eprintln!("f1: cannot send signal {number} to process {pid}: {error}");
            }
        }
    }
}

/// Ends processes step by step until they are gone. Returns whether they are.
pub fn end(pids: &[u32], steps: &[Step], mut is_gone: impl FnMut() -> bool) -> bool {
    for (signal, patience) in steps {
        if is_gone() {
            return true;
        }
        send(*signal, pids);
        if wait_until(*patience, &mut is_gone) {
            return true;
        }
    }
    false
}

fn wait_until(patience: Duration, condition: &mut impl FnMut() -> bool) -> bool {
    let deadline = Instant::now() + patience;
    while !condition() {
        if Instant::now() >= deadline {
            return false;
        }
        thread::sleep(Duration::from_millis(10));
    }
    true
}

fn all_with_parents() -> Vec<(u32, u32)> {
    if !cfg!(target_os = "linux") {
        return ps(&["-A", "-o", "pid=,ppid="])
            .lines()
            .filter_map(|line| {
                let (pid, parent) = line.trim().split_once(' ')?;
                Some((pid.parse().ok()?, parent.trim().parse().ok()?))
            })
            .collect();
    }
    let Ok(entries) = fs::read_dir("/proc") else {
        return Vec::new();
    };
    entries
        .filter_map(|entry| {
            let pid = entry.ok()?.file_name().to_str()?.parse().ok()?;
            stat(pid).map(|(_, parent)| (pid, parent))
        })
        .collect()
}

/// The state and the parent of a process, from Linux' `/proc`.
fn stat(pid: u32) -> Option<(char, u32)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // `pid (name) state parent …`; the name may contain any character.
    let (_, after_name) = text.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    let state = fields.next()?.chars().next()?;
    Some((state, fields.next()?.parse().ok()?))
}

/// The output of `ps`, for systems without `/proc`.
fn ps(arguments: &[&str]) -> String {
    Command::new("ps")
        .args(arguments)
        .output()
        .map(|output| String::from_utf8_lossy(&output.stdout).into_owned())
        .unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(10);

    fn shell(script: &str) -> std::process::Child {
        Command::new("sh").args(["-c", script]).spawn().unwrap()
    }

    fn all_end(pids: &[u32]) -> bool {
        wait_until(PATIENCE, &mut || !pids.iter().any(|pid| is_alive(*pid)))
    }

    #[test]
    fn a_tree_holds_children_and_grandchildren() {
        let me = std::process::id();
        assert!(is_alive(me));
        let mut child = shell("sleep 60 & wait");
        assert!(tree(me).contains(&child.id()));
        assert!(wait_until(PATIENCE, &mut || tree(child.id()).len() == 2));

        let family = tree(child.id());
        send(Signal::TERM, &family);
        child.wait().unwrap();
        assert!(all_end(&family));
    }

    #[test]
    fn a_signal_to_nobody_is_no_error() {
        send(Signal::KILL, &[0, u32::MAX, u32::MAX >> 2]);
        assert!(is_alive(std::process::id()));
    }

    #[test]
    fn a_growing_tree_is_suspended_whole() {
        // Starts children as fast as it can; each would outlive it by a minute.
        let mut parent = shell("i=0; while [ $i -lt 300 ]; do sleep 60 & i=$((i+1)); done; wait");
        let family = suspend_tree(parent.id());
        assert_eq!(tree(parent.id()).len(), family.len());
        send(Signal::KILL, &family);
        parent.wait().unwrap();
        assert!(all_end(&family));
    }

    #[test]
    fn a_process_that_ignores_the_first_step_ends_at_the_second() {
        let mut child = shell("trap '' INT; while :; do sleep 0.1; done");
        let steps = [
            (Signal::INT, Duration::from_millis(200)),
            (Signal::KILL, PATIENCE),
        ];
        let id = child.id();
        assert!(end(&[id], &steps, || matches!(
            child.try_wait(),
            Ok(Some(_))
        )));
        assert!(!is_alive(id));
    }

    #[test]
    fn end_on_drop_ends_the_whole_tree() {
        const STEP: Step = (Signal::KILL, PATIENCE);
        let mut child = shell("sleep 60 & wait");
        EndOnDrop::new(Some(child.id()), STEP).disarm();
        assert!(is_alive(child.id()));

        assert!(wait_until(PATIENCE, &mut || tree(child.id()).len() == 2));
        let family = tree(child.id());
        drop(EndOnDrop::new(Some(child.id()), STEP));
        assert!(!family.iter().any(|pid| is_alive(*pid)));
        child.wait().unwrap();
    }
}
