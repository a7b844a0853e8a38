# PR1 goes down while its WSUS pulls. At the restart it finds an open attempt: 6703, and a retry 60
# minutes later (T7). Its database was being filled at the same time: that insertion begins again.
# The request that its parent's second sync sends while it is down is sent again (R5).
scenario
supsim: 1
kind: scenario
name: site-down
start: 2026-01-12 00:00
duration: 1d
catalogue:
  baseline: { updates: 1000, metadata: 60 MB }
  releases: { news: { when: { at: 2026-01-12 06:00 }, updates: 10, metadata: 1 MB } }
timing: { request: 1min, connect: 1s, pull: 5min, settle: 2min, import: 10min, insert: 4min }
sites:
  CEN: { type: central }
  PR1: { parent: CEN }
operations:
  by-hand: { at: 2026-01-12 08:25, do: run_synchronization }
sync: { schedule: { simple: { every: 7d, start: 2026-01-12 08:00 } } }
faults:
  power-cut:
    where: { code: PR1 }
    do: site_down
    when: { window: { from: 2026-01-12 08:20, for: 45min } }
----
2 sites, 1 releases, ends 1d 00:00:00

until 0d 08:30 at PR1
----
0d 08:17:01.000000  PR1  package-arrived version 2  <- 10
0d 08:17:01.000000  PR1  request-arrived  <- 13
0d 08:18:01.000000  PR1  6701 started #1 full (parent)  <- 15
0d 08:18:02.000000  PR1  6704 synchronizing-wsus #1  <- 16
0d 08:18:02.000000  PR1  transferred #1 1 MB  <- 17
0d 08:20:00.000000  PR1  fault-began power-cut
0d 08:20:00.000000  PR1  fault-hit #1 power-cut  <- 19
0d 08:20:00.000000  PR1  went-down  <- 20

until 0d 09:30
----
0d 08:30:01.000000  CEN  pulled #2 0 updates 0 B  <- 25
0d 08:32:01.000000  CEN  settled #2  <- 26
0d 08:32:01.000000  CEN  6705 synchronizing-database #2 delta  <- 27
0d 08:42:01.000000  CEN  imported #2 0 updates version 2  <- 28
0d 08:42:01.000000  CEN  6702 done #2 version 2  <- 29
0d 08:42:01.000000  CEN  policy-created version 2 same body  <- 30
0d 08:42:01.000000  CEN  request-sent to PR1  <- 31
0d 08:42:01.000000  CEN  sending-failed to PR1 again 0d 08:43:01.000000  <- 32
0d 08:43:01.000000  CEN  sending-failed to PR1 again 0d 08:44:01.000000  <- 33
0d 08:44:01.000000  CEN  sending-failed to PR1 again 0d 09:39:01.000000  <- 34
0d 09:05:00.000000  PR1  fault-ended power-cut
0d 09:05:00.000000  PR1  came-up  <- 36
0d 09:05:00.000000  PR1  6703 failed #1 restart restarted again 0d 10:05:00.000000  <- 37
0d 09:09:00.000000  PR1  package-inserted version 2  <- 38
0d 09:09:00.000000  PR1  arrived news in database  <- 39

until 1d 00:00
----
0d 09:39:01.000000  PR1  request-arrived  <- 35
0d 09:40:01.000000  PR1  6701 started #2 full (parent)  <- 41
0d 09:40:02.000000  PR1  6704 synchronizing-wsus #2  <- 42
0d 09:40:02.000000  PR1  transferred #2 1 MB  <- 43
0d 09:45:02.000000  PR1  pulled #2 10 updates 1 MB  <- 44
0d 09:45:02.000000  PR1  arrived news in wsus  <- 45
0d 09:47:02.000000  PR1  settled #2  <- 45
0d 09:47:02.000000  PR1  6702 done #2 version 2  <- 47
0d 09:47:02.000000  PR1  policy-created version 2 new body  <- 48
