//! The real engine: Slurm with two nodes on this machine, one of which dies in the middle of a study.
//!
//! The job files are those of `examples/slurm`, as users get them. Where Slurm is not installed
//! (Debian's `slurm-wlm`), the test says *skipped*. Its daemons are this test's own: they run as whoever runs the
//! test, listen on the loopback only, know no other user, and end with the test.

use std::fs;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::commands::{folder, supsim};
use crate::study::{files, kept};
use crate::support;

const SHARDS: usize = 8;
/// Longer than this nothing is waited for.
const PATIENCE: Duration = Duration::from_secs(120);

const STUDY: &str = "\
supsim: 1
kind: study
name: shared
base: drawn-asked.yaml
designs: { today: {}, half-hour: { set: { sync.retry.every: 30min } } }
vary: { grid: { duration: [15d, 21d] } }
replications: 900
compare:
  baseline: today
  metrics: { worst: { metric: time_to_current, stat: max, where: { type: secondary } } }
";

/// A cluster of two nodes, which ends when it is dropped.
struct Cluster {
    place: PathBuf,
    daemons: Vec<Child>,
}

fn said(command: &str, words: &[&str]) -> Option<String> {
    let output = Command::new(command).args(words).output().ok()?;
    Some(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// The first of three ports in a row that nobody listens on.
fn ports() -> u16 {
    let first = 20_000 + (std::process::id() % 20_000) as u16;
    let free = |port: u16| TcpListener::bind(("127.0.0.1", port)).is_ok();
    (first..u16::MAX - 3).step_by(3).find(|port| (0..3).all(|it| free(port + it))).unwrap()
}

impl Cluster {
    /// Starts a controller and two nodes, and waits until both are idle. `None`, with the reason, where
    /// there is no Slurm.
    fn start(place: &Path) -> Result<Cluster, String> {
        for daemon in ["slurmctld", "slurmd", "sbatch"] {
            if said(daemon, &["--version"]).is_none() && said(daemon, &["-V"]).is_none() {
                return Err(format!("there is no {daemon} here"));
            }
        }
        let host = said("hostname", &["-s"]).unwrap_or_default();
        let user = said("id", &["-un"]).unwrap_or_default();
        let (port, folder) = (ports(), place.display());
        fs::create_dir_all(place.join("state")).unwrap();
        let conf = format!(
            "ClusterName=supsim\nSlurmctldHost={host}(127.0.0.1)\nSlurmctldPort={port}\n\
             SlurmUser={user}\nSlurmdUser={user}\nAuthType=auth/none\nCredType=cred/none\n\
             StateSaveLocation={folder}/state\nSlurmdSpoolDir={folder}/spool-%n\n\
             SlurmctldPidFile={folder}/controller.pid\nSlurmdPidFile={folder}/%n.pid\n\
             SlurmctldLogFile={folder}/controller.log\nSlurmdLogFile={folder}/%n.log\n\
             ProctrackType=proctrack/linuxproc\nTaskPlugin=task/none\nMpiDefault=none\n\
             SelectType=select/cons_tres\nSelectTypeParameters=CR_Core\n\
             JobAcctGatherType=jobacct_gather/none\nAccountingStorageType=accounting_storage/none\n\
             ReturnToService=2\nSlurmdTimeout=10\nSlurmdParameters=config_overrides\n\
             SchedulerParameters=sched_interval=2,batch_sched_delay=0\n\
             NodeName=n[1-2] NodeHostname={host} NodeAddr=127.0.0.1 Port=[{}-{}] CPUs=2 RealMemory=100\n\
             PartitionName=all Nodes=n[1-2] Default=YES State=UP\n",
            port + 1,
            port + 2,
        );
        fs::write(place.join("slurm.conf"), conf).unwrap();
        let mut cluster = Cluster { place: place.to_owned(), daemons: Vec::new() };
        for words in
            [&["slurmctld", "-D"][..], &["slurmd", "-D", "-N", "n1"], &["slurmd", "-D", "-N", "n2"]]
        {
            let started = cluster.command(words[0]).args(&words[1..]).spawn();
            cluster.daemons.push(started.map_err(|why| format!("{}: {why}", words[0]))?);
        }
        let idle = cluster.wait("two idle nodes", |it| {
            let states = it.ask("sinfo", &["-h", "-N", "-o", "%T"]);
            states.lines().filter(|state| *state == "idle").count() == 2
        });
        idle.then_some(cluster).ok_or_else(|| "Slurm does not start here".to_owned())
    }

    fn command(&self, name: &str) -> Command {
        let mut command = Command::new(name);
        command.env("SLURM_CONF", self.place.join("slurm.conf")).current_dir(&self.place);
        command.env("SUPSIM", env!("CARGO_BIN_EXE_supsim"));
        command.stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    fn output(&self, name: &str, words: &[&str]) -> Output {
        let mut command = self.command(name);
        command.args(words).stdout(Stdio::piped()).stderr(Stdio::piped()).output().unwrap()
    }

    fn ask(&self, name: &str, words: &[&str]) -> String {
        String::from_utf8_lossy(&self.output(name, words).stdout).trim().to_owned()
    }

    /// Waits until something holds; `false`: it never did.
    fn wait(&self, what: &str, holds: impl Fn(&Cluster) -> bool) -> bool {
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if holds(self) {
                return true;
            }
            sleep(Duration::from_millis(100));
        }
        eprintln!("waited in vain for {what}");
        false
    }

    /// Everything that runs on a node: whatever knows that it is there, and what watches over it.
    fn processes_of(&self, node: &str) -> Vec<String> {
        let here = format!("SLURMD_NODENAME={node}\0");
        let ours = format!("SLURM_CONF={}\0", self.place.join("slurm.conf").display());
        let mut found = Vec::new();
        for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
            let id = entry.file_name().to_string_lossy().into_owned();
            let Ok(environment) = fs::read(entry.path().join("environ")) else { continue };
            let environment = String::from_utf8_lossy(&environment).into_owned();
            if !environment.contains(&here) || !environment.contains(&ours) {
                continue;
            }
            let status = fs::read_to_string(entry.path().join("status")).unwrap_or_default();
            let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"));
            found.extend(parent.map(|parent| parent.trim().to_owned()).filter(|it| {
                fs::read_to_string(format!("/proc/{it}/comm"))
                    .is_ok_and(|it| it.trim() == "slurmstepd")
            }));
            found.push(id);
        }
        found
    }

    /// The node dies with everything on it: no daemon says goodbye.
    fn kill(&mut self, node: usize) {
        let daemon = &mut self.daemons[node];
        daemon.kill().unwrap();
        daemon.wait().unwrap();
        for id in self.processes_of(&format!("n{node}")) {
            let _ = Command::new("kill").args(["-9", &id]).stderr(Stdio::null()).status();
        }
        // what Slurm would find out by itself, after a while
        let name = format!("NodeName=n{node}");
        self.output("scontrol", &["update", &name, "State=DOWN", "Reason=killed"]);
    }

    /// Jobs in the queue: their number, state and reason, those of `job` only.
    fn queue(&self, job: &str) -> Vec<[String; 4]> {
        let lines = self.ask("squeue", &["-h", "-r", "-j", job, "-o", "%i|%T|%r|%N"]);
        let cells = |line: &str| {
            let mut cells = line.split('|').map(str::to_owned);
            [(); 4].map(|()| cells.next().unwrap_or_default())
        };
        lines.lines().map(cells).collect()
    }
}

impl Drop for Cluster {
    fn drop(&mut self) {
        // nodes before the controller, so that nobody asks in vain
        for node in ["n1", "n2"] {
            for id in self.processes_of(node) {
                let _ = Command::new("kill").args(["-9", &id]).stderr(Stdio::null()).status();
            }
        }
        for daemon in self.daemons.iter_mut().rev() {
            let _ = daemon.kill();
            let _ = daemon.wait();
        }
    }
}

#[test]
fn a_node_dies_in_the_middle_of_a_study_and_the_result_is_that_of_one_machine() {
    let place = folder(&["tests/commands/drawn-asked.yaml", "tests/commands/drawn.yaml"]);
    let place = place.path().canonicalize().unwrap();
    fs::write(place.join("shared.yaml"), STUDY).unwrap();
    for file in ["shards.sbatch", "merge.sbatch"] {
        fs::copy(support::project("examples/slurm").join(file), place.join(file)).unwrap();
    }
    let mut cluster = match Cluster::start(&place) {
        Ok(cluster) => cluster,
        Err(why) => {
            eprintln!("skipped: {why}");
            return;
        }
    };
    let (array, shards) = (format!("--array=1-{SHARDS}"), SHARDS.to_string());
    let words = ["--parsable", &array, "shards.sbatch", "shared.yaml", "shared", &shards];
    let job = cluster.ask("sbatch", &words);
    assert!(job.parse::<u32>().is_ok(), "sbatch: {job}");
    let after = format!("--dependency=afterany:{job}");
    let merge = cluster.ask("sbatch", &["--parsable", &after, "merge.sbatch", "shared", "results"]);
    let runs_there = |it: &Cluster| {
        let some = |one: &[String; 4]| one[1] == "RUNNING" && one[3] == "n2";
        it.queue(&job).iter().any(some) && it.place.join("shared").is_dir() && {
            let names = files(&kept(&it.place.join("shared"))).into_keys();
            names.filter(|name| name.extension().is_some_and(|it| it == "block")).count() > 2
        }
    };
    assert!(cluster.wait("a shard on the second node", runs_there), "{}", logs(&place));
    let there: Vec<[String; 4]> =
        cluster.queue(&job).into_iter().filter(|one| one[3] == "n2").collect();
    cluster.kill(2);
    assert!(!there.is_empty());
    let done = cluster.wait("all shards", |it| {
        let queue = it.queue(&job);
        // Slurm holds what it runs again for two minutes
        for [id, state, reason, _] in &queue {
            if state == "PENDING" && reason == "BeginTime" {
                it.output("scontrol", &["update", &format!("JobId={id}"), "StartTime=now"]);
            }
        }
        queue.is_empty() && it.queue(&merge).is_empty()
    });
    assert!(done, "{}", logs(&place));
    let again = fs::read_to_string(place.join("controller.log")).unwrap_or_default();
    assert!(again.to_lowercase().contains("requeue"), "nothing was run again: {}", logs(&place));
    drop(cluster);
    let output = supsim(&place, &["study", "shared.yaml", "--out", "one", "-q"]);
    assert!(output.status.success(), "{output:?}");
    assert!(place.join("results").is_dir(), "{}", logs(&place));
    let (one, all) = (files(&kept(&place.join("one"))), files(&kept(&place.join("results"))));
    assert!(one.keys().eq(all.keys()), "{}", logs(&place));
    for (name, bytes) in &one {
        assert!(all[name] == *bytes, "{} differs", name.display());
    }
    let text = fs::read_to_string(place.join("merge.log")).unwrap();
    assert!(text.contains("shared: 2 designs in 2 settings"), "{text}");
}

/// What there is to read when something went wrong.
fn logs(place: &Path) -> String {
    let mut text = String::new();
    for entry in fs::read_dir(place).unwrap().flatten() {
        let path = entry.path();
        if path.extension().is_some_and(|it| it == "log") {
            let log = fs::read_to_string(&path).unwrap_or_default();
            let end: Vec<&str> = log.lines().rev().take(25).collect();
            let end: Vec<&str> = end.into_iter().rev().collect();
            text += &format!("--- {}\n{}\n", path.display(), end.join("\n"));
        }
    }
    text
}
