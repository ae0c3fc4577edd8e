//! A full disk.

use std::{
    fs::{self, File},
    io::Write as _,
    path::PathBuf,
    process::{Command, Output},
};

use rustix::process::Signal;

use crate::{
    harness::{Scratch, assert_fails, run, stderr},
    trouble::{Season, assert_same, dump, query, succeed, watcher::Watcher},
};

/// A scratch folder whose data folder is a small disk.
struct SmallDisk {
    scratch: Scratch,
}

/// Enough for the cluster, the loaded data, and a few segments of the write-ahead log.
const SIZE: &str = "size=160m";
/// The size of a segment of the write-ahead log, in bytes.
const SEGMENT: i64 = 16 << 20;

impl SmallDisk {
    /// Mounts the disk; `None` where that is not permitted.
    fn mount(test: &str) -> Option<Self> {
        let disk = Self {
            scratch: Scratch::new(),
        };
        fs::create_dir(disk.scratch.data()).unwrap();
        let output = disk.run("mount", &["-t", "tmpfs", "-o", SIZE, "f1-test"]);
        if output.status.success() {
            return Some(disk);
        }
        eprintln!("SKIPPED, cannot mount: {test}: {}", stderr(&output));
        None
    }

    /// Runs a program with the data folder as its last argument.
    fn run(&self, program: &str, arguments: &[&str]) -> Output {
        let mut command = Command::new(program);
        command.args(arguments).arg(self.scratch.data());
        run(command)
    }

    fn ballast(&self) -> PathBuf {
        self.scratch.data().join("ballast")
    }

    /// Fills the disk until `left` bytes are free.
    fn fill(&self, left: u64) {
        let mut file = File::create(self.ballast()).unwrap();
        let chunk = [0; 4096];
        while file.write_all(&chunk).is_ok() {}
        let length = file.metadata().unwrap().len();
        file.set_len(length - left).unwrap();
    }

    fn free_space(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        self.scratch.stop_everything();
        self.run("umount", &["--lazy", "--quiet"]);
    }
}

/// Writes to the write-ahead log until its last segment is nearly full.
fn use_up_the_log(watcher: &mut Watcher) {
    loop {
        let mut left = SEGMENT;
        while left > 4096 {
            let length = left * 9 / 10;
            watcher.execute(&format!(
                "SELECT pg_logical_emit_message(false, '', repeat('x', {length}))"
            ));
            left = watcher.number(&format!(
                "SELECT {SEGMENT} - (pg_current_wal_insert_lsn() - '0/0') % {SEGMENT}"
            ));
        }
        let spare = "SELECT count(*) FROM pg_ls_waldir() WHERE name > pg_walfile_name(pg_current_wal_insert_lsn())";
        if watcher.number(spare) == 0 {
            return;
        }
        watcher.execute("SELECT pg_switch_wal()");
    }
}

#[test]
fn a_full_disk_loses_nothing() {
    let Some(disk) = SmallDisk::mount("a_full_disk_loses_nothing") else {
        return;
    };
    let scratch = &disk.scratch;
    let season = Season::new();
    let undisturbed = season.undisturbed();
    succeed(season.tick(scratch, season.before));

    // The server can run, but no table can grow.
    query(scratch, "SELECT pg_switch_wal()");
    disk.fill(16 << 10);
    let reason = "could not extend file";
    assert_fails(season.tick(scratch, season.after), &[reason]);
    disk.free_space();
    let failed = "SELECT job, error FROM job_runs WHERE outcome = 'failed'";
    let entry = query(scratch, failed);
    assert!(
        entry.starts_with("ingest_") && entry.contains(reason),
        "{entry}"
    );
    // How far the tick gets depends on the free space inside tables. Each stage is stored completely or not at all.
    let stages = "SELECT (r.status = 'qualifying_done') = q.is_stored, q.is_stored = (q.cars > 0),
                         (SELECT count(*) FROM published_lists p, job_runs j WHERE p.race_id = r.id AND j.outcome = 'failed'
                          AND j.job LIKE 'ingest%' AND p.list = ANY (lists_of_job(j.job)))
                  FROM races r CROSS JOIN LATERAL (
                      SELECT EXISTS (SELECT FROM published_lists p WHERE p.race_id = r.id AND p.list = 'qualifying') AS is_stored,
                             (SELECT count(*) FROM qualifying WHERE race_id = r.id) AS cars) q
                  WHERE year = 2026 AND round = 1";
    assert_eq!(query(scratch, stages), "t|t|0");

    // Nothing can be written.
    disk.fill(0);
    assert_fails(
        season.tick(scratch, season.after),
        &["owner.lock", "No space left on device"],
    );
    disk.free_space();

    // The write-ahead log cannot grow: the server crashes, and cannot recover until there is space.
    let mut owner = scratch.start(scratch.f1("exec -- sleep 600"));
    let mut watcher = Watcher::of(scratch);
    disk.fill(0);
    use_up_the_log(&mut watcher);
    assert_fails(season.tick(scratch, season.after), &["database"]);
    owner.send(Signal::TERM);
    owner.end();
    disk.fill(16 << 10);
    let reasons = ["PostgreSQL did not start", "No space left on device"];
    assert_fails(season.tick(scratch, season.after), &reasons);

    disk.free_space();
    succeed(season.tick(scratch, season.after));
    assert_same(&undisturbed[1], &dump(scratch));
    let open = "SELECT count(*) FROM job_runs WHERE finished_at IS NULL";
    assert_eq!(query(scratch, open), "0");
}
