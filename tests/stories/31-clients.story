# A policy reaches three clients, one by one, each at its next poll (C1-C3). CEN's point serves one scan
# at a time. At 09:00 it goes down, and the scan that it serves fails with it; that client tries again at
# its next poll (C4). The third would have polled at 09:07, when nothing answered: it comes an hour later,
# and waits until the place is free.
scenario
supsim: 1
kind: scenario
name: three-clients
start: 2026-01-12 00:00
duration: 12h
catalogue:
  baseline: { updates: 1000, metadata: 60 MB }
  releases: { news: { when: { at: 2026-01-12 06:00 }, updates: 10, metadata: 1 MB } }
timing: { connect: 1s, pull: 5min, settle: 2min, import: 10min }
clients: { individually: true, scan: 25min }
sites:
  CEN: { clients: { intranet: 3 }, sup: { scans_at_once: 1 } }
sync: { schedule: { simple: { every: 7d, start: 2026-01-12 08:00 } } }
faults:
  down: { do: sup_down, when: { window: { from: 2026-01-12 09:00, for: 20min } } }
----
1 sites, 1 releases, ends 0d 12:00:00

until 0d 12:00 at CEN
----
0d 06:00:00.000000  CEN  released news
0d 08:00:00.000000  CEN  6701 started #1 full (schedule)
0d 08:00:01.000000  CEN  6704 synchronizing-wsus #1  <- 1
0d 08:00:01.000000  CEN  transferred #1 1 MB  <- 2
0d 08:05:01.000000  CEN  pulled #1 10 updates 1 MB  <- 3
0d 08:05:01.000000  CEN  arrived news in wsus  <- 4
0d 08:07:01.000000  CEN  settled #1  <- 4
0d 08:07:01.000000  CEN  6705 synchronizing-database #1 full  <- 6
0d 08:17:01.000000  CEN  imported #1 10 updates version 2  <- 7
0d 08:17:01.000000  CEN  arrived news in database  <- 8
0d 08:17:01.000000  CEN  6702 done #1 version 2  <- 8
0d 08:17:01.000000  CEN  policy-created version 2 new body  <- 10
0d 08:17:20.544367  CEN  policy-fetched by 1 intranet  <- 11
0d 08:42:20.544367  CEN  scanned news by 1 intranet earlier 0.000000s  <- 11
0d 08:47:37.795730  CEN  policy-fetched by 1 intranet  <- 11
0d 09:00:00.000000  CEN  fault-began down
0d 09:00:00.000000  CEN  scans-failed by 1 intranet  <- 11
0d 09:20:00.000000  CEN  fault-ended down
0d 09:47:37.795730  CEN  policy-fetched by 1 intranet  <- 11
0d 10:07:10.007299  CEN  policy-fetched by 1 intranet  <- 11
0d 10:12:37.795730  CEN  scanned news by 1 intranet earlier 0.000000s  <- 11
0d 10:37:37.795730  CEN  scanned news by 1 intranet earlier 0.000000s  <- 11
