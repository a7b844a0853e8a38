# Run Synchronization is a delta (T2): it brings new updates into the database and leaves revised
# and expired ones as they were (P4). WSUS itself always takes everything (P2).
# After the delta, 30 updates differ between CEN's WSUS and its database: 25 revised, 5 expired.
# The scheduled sync on the next day is full, and none differ.
scenario
supsim: 1
kind: scenario
name: delta-and-full
start: 2026-01-12 00:00
duration: 2d
catalogue:
  baseline: { updates: 1000, metadata: 60 MB }
  releases:
    news: { when: { at: 2026-01-12 06:00 }, updates: 10, revises: 25, expires: 5, metadata: 1 MB }
timing: { request: 1min, connect: 1s, pull: 5min, settle: 2min, import: 10min, insert: 4min }
sites:
  CEN: { type: central }
  PR1: { parent: CEN }
operations:
  by-hand: { at: 2026-01-12 09:00, do: run_synchronization }
  at-a-child: { at: 2026-01-12 10:00, do: { run_synchronization: { site: PR1 } } }
sync: { schedule: { simple: { every: 7d, start: 2026-01-13 08:00 } } }
----
2 sites, 1 releases, ends 2d 00:00:00

until 0d 12:00
----
0d 06:00:00.000000  CEN  released news
0d 09:00:00.000000  CEN  operated by-hand
0d 09:00:00.000000  CEN  6701 started #1 delta (manual)  <- 1
0d 09:00:01.000000  CEN  6704 synchronizing-wsus #1  <- 2
0d 09:00:01.000000  CEN  transferred #1 1 MB  <- 3
0d 09:05:01.000000  CEN  pulled #1 40 updates 1 MB  <- 4
0d 09:05:01.000000  CEN  arrived news in wsus  <- 5
0d 09:07:01.000000  CEN  settled #1  <- 5
0d 09:07:01.000000  CEN  6705 synchronizing-database #1 delta  <- 7
0d 09:17:01.000000  CEN  imported #1 10 updates version 2  <- 8
0d 09:17:01.000000  CEN  package-sent to PR1 version 2 250 KB  <- 9
0d 09:17:01.000000  CEN  6702 done #1 version 2  <- 9
0d 09:17:01.000000  CEN  policy-created version 2 new body  <- 11
0d 09:17:01.000000  CEN  request-sent to PR1  <- 12
0d 09:17:01.000000  PR1  package-arrived version 2  <- 10
0d 09:17:01.000000  PR1  request-arrived  <- 13
0d 09:18:01.000000  PR1  6701 started #1 full (parent)  <- 15
0d 09:18:02.000000  PR1  6704 synchronizing-wsus #1  <- 16
0d 09:18:02.000000  PR1  transferred #1 1 MB  <- 17
0d 09:21:01.000000  PR1  package-inserted version 2  <- 14
0d 09:23:02.000000  PR1  pulled #1 40 updates 1 MB  <- 18
0d 09:23:02.000000  PR1  arrived news in wsus  <- 20
0d 09:25:02.000000  PR1  settled #1  <- 20
0d 09:25:02.000000  PR1  6702 done #1 version 2  <- 22
0d 09:25:02.000000  PR1  policy-created version 2 new body  <- 23
0d 10:00:00.000000  PR1  operated at-a-child
0d 10:00:00.000000  PR1  refused (manual)  <- 25

holding CEN PR1
----
CEN  WSUS 1010 updates, database 1010 (version 2), 30 differ
PR1  WSUS 1010 updates, database 1010 (version 2), 30 differ

until 2d 00:00 at CEN
----
1d 08:00:00.000000  CEN  6701 started #2 full (schedule)
1d 08:00:01.000000  CEN  6704 synchronizing-wsus #2  <- 27
1d 08:00:01.000000  CEN  transferred #2 0 B  <- 28
1d 08:05:01.000000  CEN  pulled #2 0 updates 0 B  <- 29
1d 08:07:01.000000  CEN  settled #2  <- 30
1d 08:07:01.000000  CEN  6705 synchronizing-database #2 full  <- 31
1d 08:17:01.000000  CEN  imported #2 30 updates version 3  <- 32
1d 08:17:01.000000  CEN  arrived news in database  <- 33
1d 08:17:01.000000  CEN  package-sent to PR1 version 3 750 KB  <- 33
1d 08:17:01.000000  CEN  6702 done #2 version 3  <- 33
1d 08:17:01.000000  CEN  policy-created version 3 new body  <- 36
1d 08:17:01.000000  CEN  request-sent to PR1  <- 37

holding CEN PR1
----
CEN  WSUS 1010 updates, database 1010 (version 3), 0 differ
PR1  WSUS 1010 updates, database 1010 (version 3), 0 differ
