# One site synchronises on schedule: the phases in their order (P0-P5, P7).
# The fixed wait (P3) lies between "pulled" and 6705; phase 2 (6705 to 6702) is the top-level
# site's alone.
scenario
supsim: 1
kind: scenario
name: one-sync
start: 2026-01-12 00:00
duration: 1d
catalogue:
  baseline: { updates: 1000, metadata: 60 MB }
  releases: { news: { when: { at: 2026-01-12 06:00 }, updates: 10, revises: 3, metadata: 1 MB } }
timing: { connect: 1s, pull: 5min, settle: 2min, import: 30min }
sites:
  CEN: { type: central }
sync: { schedule: { simple: { every: 7d, start: 2026-01-12 08:00 } } }
----
1 sites, 1 releases, ends 1d 00:00:00

until 0d 07:59
----
0d 06:00:00.000000  CEN  released news

until 0d 08:06
----
0d 08:00:00.000000  CEN  6701 started #1 full (schedule)
0d 08:00:01.000000  CEN  6704 synchronizing-wsus #1  <- 1
0d 08:00:01.000000  CEN  transferred #1 1 MB  <- 2
0d 08:05:01.000000  CEN  pulled #1 13 updates 1 MB  <- 3
0d 08:05:01.000000  CEN  arrived news in wsus  <- 4

holding CEN
----
CEN  WSUS 1010 updates, database 1000 (version 1), 13 differ

until 1d 00:00
----
0d 08:07:01.000000  CEN  settled #1  <- 4
0d 08:07:01.000000  CEN  6705 synchronizing-database #1 full  <- 6
0d 08:37:01.000000  CEN  imported #1 13 updates version 2  <- 7
0d 08:37:01.000000  CEN  arrived news in database  <- 8
0d 08:37:01.000000  CEN  6702 done #1 version 2  <- 8
0d 08:37:01.000000  CEN  policy-created version 2 new body  <- 10

holding CEN
----
CEN  WSUS 1010 updates, database 1010 (version 2), 0 differ
