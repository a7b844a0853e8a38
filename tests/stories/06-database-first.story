# Two flows that do not wait for each other (R1). NOP has no software update point: only its database
# is filled (H4). PR2's console is missing: every sync fails at the gate (H5, P1), its database does
# not care. What lies below NOP in the tree of databases is reached through NOP (R2).
scenario
supsim: 1
kind: scenario
name: database-first
start: 2026-01-12 00:00
duration: 10h
catalogue:
  baseline: { updates: 1000, metadata: 60 MB }
  releases: { news: { when: { at: 2026-01-12 06:00 }, updates: 10, metadata: 1 MB } }
timing: { request: 1min, connect: 1s, pull: 5min, settle: 2min, import: 10min, insert: 4min }
sites:
  CEN: { type: central }
  PR2: { parent: CEN, sup: { server: remote, console: missing } }
  NOP: { parent: CEN, sup: none }
  LOW: { parent: NOP, sup: none }
sync: { schedule: { simple: { every: 7d, start: 2026-01-12 08:00 } } }
----
4 sites, 1 releases, ends 0d 10:00:00

until 0d 10:00 at PR2 NOP LOW
----
0d 08:17:01.000000  PR2  package-arrived version 2  <- 10
0d 08:17:01.000000  NOP  package-arrived version 2  <- 11
0d 08:17:01.000000  PR2  request-arrived  <- 14
0d 08:18:01.000000  PR2  6701 started #1 full (parent)  <- 17
0d 08:18:01.000000  PR2  6703 failed #1 gate not-configured again 0d 09:18:01.000000  <- 18
0d 08:21:01.000000  PR2  package-inserted version 2  <- 15
0d 08:21:01.000000  PR2  arrived news in database  <- 20
0d 08:21:01.000000  NOP  package-inserted version 2  <- 16
0d 08:21:01.000000  NOP  arrived news in database  <- 22
0d 08:21:01.000000  NOP  package-sent to LOW version 2 1 MB  <- 22
0d 08:21:01.000000  LOW  package-arrived version 2  <- 24
0d 08:25:01.000000  LOW  package-inserted version 2  <- 25
0d 08:25:01.000000  LOW  arrived news in database  <- 26
0d 09:18:01.000000  PR2  6701 started #2 full (retry)  <- 19
0d 09:18:01.000000  PR2  6703 failed #2 gate not-configured again 0d 10:18:01.000000  <- 28

holding CEN PR2 NOP LOW
----
CEN  WSUS 1010 updates, database 1010 (version 2), 0 differ
PR2  WSUS 1000 updates, database 1010 (version 2), 10 differ
NOP  WSUS 1000 updates, database 1010 (version 2), 10 differ
LOW  WSUS 1000 updates, database 1010 (version 2), 10 differ
