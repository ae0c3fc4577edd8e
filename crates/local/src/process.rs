//! Other processes, by their id: are they there, who started whom, make them end.

use std::{
    collections::HashMap,
    fs,
    process::{Command, Stdio},
    thread,
    time::{Duration, Instant},
};

/// One step of ending a process: the signal to send, and how long to wait for its effect.
pub type Step = (&'static str, Duration);

/// Ends a program, and all that it started, when dropped: for programs whose end we await in a
/// future that may be dropped itself.
#[derive(Debug)]
pub struct Leash {
    pid: Option<u32>,
    step: Step,
}

impl Leash {
    /// Holds a program by its process id, if it still has one. The step must end it.
    #[must_use]
    pub fn new(pid: Option<u32>, step: Step) -> Self {
        Self { pid, step }
    }

    /// Lets go of a program that has ended.
    pub fn release(mut self) {
        self.pid = None;
    }
}

impl Drop for Leash {
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

/// Whether a process runs; one that has ended and that its parent has not collected does not.
#[must_use]
pub fn is_alive(pid: u32) -> bool {
    let state = if cfg!(target_os = "linux") {
        stat(pid).map(|(state, _)| state)
    } else {
        ps(&["-o", "stat=", "-p", &pid.to_string()]).chars().next()
    };
    state.is_some_and(|state| !matches!(state, 'Z' | 'X'))
}

/// A process and all that it started, directly or not.
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

/// A process and all that it started, stopped where they stand: a family that runs on while it is
/// being listed can have one more child than the list. They go on at a `CONT`.
#[must_use]
pub fn held_tree(root: u32) -> Vec<u32> {
    let mut held: Vec<u32> = Vec::new();
    loop {
        let fresh: Vec<u32> = tree(root)
            .into_iter()
            .filter(|pid| !held.contains(pid))
            .collect();
        if fresh.is_empty() {
            return held;
        }
        send("STOP", &fresh);
        held.extend(fresh);
    }
}

/// Sends a signal, named like `TERM`. Those that are gone already are passed over.
pub fn send(signal: &str, pids: &[u32]) {
    // Only the shell is sure to have `kill`: slim images lack the program, and the standard
    // library lacks the call.
    let result = Command::new("sh")
        .args(["-c", r#"for pid; do kill -s "$0" "$pid"; done"#, signal])
        .args(pids.iter().map(ToString::to_string))
        .stdin(Stdio::null())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status();
    if let Err(error) = result {
        eprintln!("f1: cannot send SIG{signal} to {pids:?}: {error}");
    }
}

/// Ends processes step by step until they are gone. Says whether they are.
pub fn end(pids: &[u32], steps: &[Step], mut is_gone: impl FnMut() -> bool) -> bool {
    for (signal, patience) in steps {
        if is_gone() {
            return true;
        }
        send(signal, pids);
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

/// The state of a process and its parent, as Linux has it.
fn stat(pid: u32) -> Option<(char, u32)> {
    let text = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    // `pid (name) state parent …`, and the name may hold anything.
    let (_, after_name) = text.rsplit_once(')')?;
    let mut fields = after_name.split_whitespace();
    let state = fields.next()?.chars().next()?;
    Some((state, fields.next()?.parse().ok()?))
}

/// What `ps` prints: the way to ask on systems without `/proc`.
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

    #[test]
    fn we_are_alive_and_in_our_own_tree() {
        let me = std::process::id();
        assert!(is_alive(me));
        let mut child = Command::new("sh")
            .args(["-c", "sleep 60 & wait"])
            .spawn()
            .unwrap();
        assert!(tree(me).contains(&child.id()));
        let patience = Duration::from_secs(10);
        assert!(wait_until(patience, &mut || tree(child.id()).len() == 2));

        let family = tree(child.id());
        send("TERM", &family);
        child.wait().unwrap();
        assert!(wait_until(patience, &mut || !family
            .iter()
            .any(|pid| is_alive(*pid))));
    }

    #[test]
    fn a_family_that_grows_is_held_whole() {
        // Starts children as fast as it can; each would outlive it by a minute.
        let mut parent = Command::new("sh")
            .args([
                "-c",
                "i=0; while [ $i -lt 300 ]; do sleep 60 & i=$((i+1)); done; wait",
            ])
            .spawn()
            .unwrap();
        let family = held_tree(parent.id());
        assert_eq!(tree(parent.id()).len(), family.len());
        send("KILL", &family);
        parent.wait().unwrap();
        assert!(wait_until(Duration::from_secs(10), &mut || !family
            .iter()
            .any(|pid| is_alive(*pid))));
    }

    #[test]
    fn a_process_that_ignores_the_first_step_ends_at_the_second() {
        let mut child = Command::new("sh")
            .args(["-c", "trap '' INT; while :; do sleep 0.1; done"])
            .spawn()
            .unwrap();
        let steps = [
            ("INT", Duration::from_millis(200)),
            ("KILL", Duration::from_secs(10)),
        ];
        let id = child.id();
        assert!(end(&[id], &steps, || matches!(
            child.try_wait(),
            Ok(Some(_))
        )));
        assert!(!is_alive(id));
    }

    #[test]
    fn a_leash_that_is_dropped_ends_the_whole_tree() {
        const STEP: Step = ("KILL", Duration::from_secs(10));
        let mut child = Command::new("sh")
            .args(["-c", "sleep 60 & wait"])
            .spawn()
            .unwrap();
        Leash::new(Some(child.id()), STEP).release();
        assert!(is_alive(child.id()));

        let patience = Duration::from_secs(10);
        assert!(wait_until(patience, &mut || tree(child.id()).len() == 2));
        let family = tree(child.id());
        drop(Leash::new(Some(child.id()), STEP));
        assert!(!family.iter().any(|pid| is_alive(*pid)));
        child.wait().unwrap();
    }
}
