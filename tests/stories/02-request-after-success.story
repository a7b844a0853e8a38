# A child hears of it only after its parent's success (P7, P8), and retries by itself (T4).
# CEN fails once: PR1 sleeps on. PR1 fails once: CEN is not asked again.
scenario
supsim: 1
kind: scenario
name: request-after-success
start: 2026-01-12 00:00
duration: 1d
catalogue:
  baseline: { updates: 1000, metadata: 60 MB }
  releases: { news: { when: { at: 2026-01-12 06:00 }, updates: 10, metadata: 1 MB } }
timing: { request: 1min, connect: 1s, pull: 5min, settle: 2min, import: 10min, insert: 4min }
sites:
  CEN: { type: central }
  PR1: { parent: CEN }
sync: { schedule: { simple: { every: 7d, start: 2026-01-12 08:00 } } }
faults:
  first-tries: { do: { fail_sync: { after: 3min } }, when: { attempts: [1] } }
----
2 sites, 1 releases, ends 1d 00:00:00

until 0d 09:02
----
0d 06:00:00.000000  CEN  released news
0d 08:00:00.000000  CEN  6701 started #1 full (schedule)
0d 08:00:01.000000  CEN  6704 synchronizing-wsus #1  <- 1
0d 08:03:00.000000  CEN  fault-hit #1 first-tries  <- 2
0d 08:03:00.000000  CEN  6703 failed #1 pull injected first-tries again 0d 09:03:00.000000  <- 3

until 0d 09:22
----
0d 09:03:00.000000  CEN  6701 started #2 full (retry)  <- 4
0d 09:03:01.000000  CEN  6704 synchronizing-wsus #2  <- 5
0d 09:03:01.000000  CEN  transferred #2 1 MB  <- 6
0d 09:08:01.000000  CEN  pulled #2 10 updates 1 MB  <- 7
0d 09:08:01.000000  CEN  arrived news in wsus  <- 8
0d 09:10:01.000000  CEN  settled #2  <- 8
0d 09:10:01.000000  CEN  6705 synchronizing-database #2 full  <- 10
0d 09:20:01.000000  CEN  imported #2 10 updates version 2  <- 11
0d 09:20:01.000000  CEN  arrived news in database  <- 12
0d 09:20:01.000000  CEN  package-sent to PR1 version 2 1 MB  <- 12
0d 09:20:01.000000  CEN  6702 done #2 version 2  <- 12
0d 09:20:01.000000  CEN  policy-created version 2 new body  <- 15
0d 09:20:01.000000  CEN  request-sent to PR1  <- 16
0d 09:20:01.000000  PR1  package-arrived version 2  <- 14
0d 09:20:01.000000  PR1  request-arrived  <- 17
0d 09:21:01.000000  PR1  6701 started #1 full (parent)  <- 19
0d 09:21:02.000000  PR1  6704 synchronizing-wsus #1  <- 20

until 1d 00:00 at PR1
----
0d 09:24:01.000000  PR1  package-inserted version 2  <- 18
0d 09:24:01.000000  PR1  arrived news in database  <- 22
0d 09:24:01.000000  PR1  fault-hit #1 first-tries  <- 21
0d 09:24:01.000000  PR1  6703 failed #1 pull injected first-tries again 0d 10:24:01.000000  <- 24
0d 10:24:01.000000  PR1  6701 started #2 full (retry)  <- 25
0d 10:24:02.000000  PR1  6704 synchronizing-wsus #2  <- 26
0d 10:24:02.000000  PR1  transferred #2 1 MB  <- 27
0d 10:29:02.000000  PR1  pulled #2 10 updates 1 MB  <- 28
0d 10:29:02.000000  PR1  arrived news in wsus  <- 29
0d 10:31:02.000000  PR1  settled #2  <- 29
0d 10:31:02.000000  PR1  6702 done #2 version 2  <- 31
0d 10:31:02.000000  PR1  policy-created version 2 new body  <- 32
