# A change of criteria takes effect at the next synchronisation (U2): Office is asked for at 09:30, while
# nothing runs. The sync of 10:00 brings the 30 updates of years ago and the release of the morning; the
# release that nobody asked for then arrives only now. A child pulls it like anything else.
scenario
supsim: 1
kind: scenario
name: criteria-change
start: 2026-01-12 00:00
duration: 1d
criteria: { products: [Windows] }
catalogue:
  baseline: { updates: 100, metadata: 6 MB, besides: { office: { updates: 30, metadata: 3 MB, product: Office } } }
  releases:
    windows: { when: { at: 2026-01-12 06:00 }, updates: 5, metadata: 1 MB }
    office: { when: { at: 2026-01-12 06:00 }, updates: 7, metadata: 1 MB, product: Office }
timing: { request: 1min, connect: 1s, pull: 5min, settle: 2min, import: 10min, insert: 4min }
sites: { CEN: { type: central }, PR1: { parent: CEN } }
operations:
  office-too: { at: 2026-01-12 09:30, do: { set_criteria: { products: [Windows, Office] } } }
sync: { schedule: { simple: { every: 2h, start: 2026-01-12 08:00 } } }
----
2 sites, 2 releases, ends 1d 00:00:00

holding CEN
----
CEN  WSUS 100 updates, database 100 (version 1), 0 differ

until 0d 09:00
----
0d 06:00:00.000000  CEN  released office
0d 06:00:00.000000  CEN  released windows
0d 08:00:00.000000  CEN  6701 started #1 full (schedule)
0d 08:00:01.000000  CEN  6704 synchronizing-wsus #1  <- 2
0d 08:00:01.000000  CEN  transferred #1 1 MB  <- 3
0d 08:05:01.000000  CEN  pulled #1 5 updates 1 MB  <- 4
0d 08:05:01.000000  CEN  arrived windows in wsus  <- 5
0d 08:07:01.000000  CEN  settled #1  <- 5
0d 08:07:01.000000  CEN  6705 synchronizing-database #1 full  <- 7
0d 08:17:01.000000  CEN  imported #1 5 updates version 2  <- 8
0d 08:17:01.000000  CEN  arrived windows in database  <- 9
0d 08:17:01.000000  CEN  package-sent to PR1 version 2 1 MB  <- 9
0d 08:17:01.000000  CEN  6702 done #1 version 2  <- 9
0d 08:17:01.000000  CEN  policy-created version 2 new body  <- 12
0d 08:17:01.000000  CEN  request-sent to PR1  <- 13
0d 08:17:01.000000  PR1  package-arrived version 2  <- 11
0d 08:17:01.000000  PR1  request-arrived  <- 14
0d 08:18:01.000000  PR1  6701 started #1 full (parent)  <- 16
0d 08:18:02.000000  PR1  6704 synchronizing-wsus #1  <- 17
0d 08:18:02.000000  PR1  transferred #1 1 MB  <- 18
0d 08:21:01.000000  PR1  package-inserted version 2  <- 15
0d 08:21:01.000000  PR1  arrived windows in database  <- 20
0d 08:23:02.000000  PR1  pulled #1 5 updates 1 MB  <- 19
0d 08:23:02.000000  PR1  arrived windows in wsus  <- 22
0d 08:25:02.000000  PR1  settled #1  <- 22
0d 08:25:02.000000  PR1  6702 done #1 version 2  <- 24
0d 08:25:02.000000  PR1  policy-created version 2 new body  <- 25

until 0d 11:30
----
0d 09:30:00.000000  CEN  operated office-too
0d 10:00:00.000000  CEN  6701 started #2 full (schedule)
0d 10:00:01.000000  CEN  6704 synchronizing-wsus #2  <- 28
0d 10:00:01.000000  CEN  transferred #2 4 MB  <- 29
0d 10:05:01.000000  CEN  pulled #2 37 updates 4 MB  <- 30
0d 10:05:01.000000  CEN  arrived office in wsus  <- 31
0d 10:07:01.000000  CEN  settled #2  <- 31
0d 10:07:01.000000  CEN  6705 synchronizing-database #2 full  <- 33
0d 10:17:01.000000  CEN  imported #2 37 updates version 3  <- 34
0d 10:17:01.000000  CEN  arrived office in database  <- 35
0d 10:17:01.000000  CEN  package-sent to PR1 version 3 4 MB  <- 35
0d 10:17:01.000000  CEN  6702 done #2 version 3  <- 35
0d 10:17:01.000000  CEN  policy-created version 3 new body  <- 38
0d 10:17:01.000000  CEN  request-sent to PR1  <- 39
0d 10:17:01.000000  PR1  package-arrived version 3  <- 37
0d 10:17:01.000000  PR1  request-arrived  <- 40
0d 10:18:01.000000  PR1  6701 started #2 full (parent)  <- 42
0d 10:18:02.000000  PR1  6704 synchronizing-wsus #2  <- 43
0d 10:18:02.000000  PR1  transferred #2 4 MB  <- 44
0d 10:21:01.000000  PR1  package-inserted version 3  <- 41
0d 10:21:01.000000  PR1  arrived office in database  <- 46
0d 10:23:02.000000  PR1  pulled #2 37 updates 4 MB  <- 45
0d 10:23:02.000000  PR1  arrived office in wsus  <- 48
0d 10:25:02.000000  PR1  settled #2  <- 48
0d 10:25:02.000000  PR1  6702 done #2 version 3  <- 50
0d 10:25:02.000000  PR1  policy-created version 3 new body  <- 51

holding CEN PR1
----
CEN  WSUS 142 updates, database 142 (version 3), 0 differ
PR1  WSUS 142 updates, database 142 (version 3), 0 differ
