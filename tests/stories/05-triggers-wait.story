# One sync at a time (T6): what comes meanwhile waits, equal ones merge, a full one absorbs a delta.
# While CEN's scheduled sync runs, an administrator asks twice: one delta follows. On the next day
# the schedule falls due during a delta: a full one follows.
scenario
supsim: 1
kind: scenario
name: triggers-wait
start: 2026-01-12 00:00
duration: 2d
catalogue:
  baseline: { updates: 1000, metadata: 60 MB }
  releases: { news: { when: { at: 2026-01-12 06:00 }, updates: 10, metadata: 1 MB } }
timing: { connect: 1s, pull: 5min, settle: 2min, import: 10min }
sites:
  CEN: { type: central }
operations:
  once: { at: 2026-01-12 08:05, do: run_synchronization }
  twice: { at: 2026-01-12 08:06, do: run_synchronization }
  next-day: { at: 2026-01-13 07:55, do: run_synchronization }
sync: { schedule: { simple: { every: 1d, start: 2026-01-12 08:00 } } }
----
1 sites, 1 releases, ends 2d 00:00:00

until 1d 00:00
----
0d 06:00:00.000000  CEN  released news
0d 08:00:00.000000  CEN  6701 started #1 full (schedule)
0d 08:00:01.000000  CEN  6704 synchronizing-wsus #1  <- 1
0d 08:00:01.000000  CEN  transferred #1 1 MB  <- 2
0d 08:05:00.000000  CEN  operated once
0d 08:05:00.000000  CEN  deferred delta (manual)  <- 4
0d 08:05:01.000000  CEN  pulled #1 10 updates 1 MB  <- 3
0d 08:05:01.000000  CEN  arrived news in wsus  <- 6
0d 08:06:00.000000  CEN  operated twice
0d 08:06:00.000000  CEN  deferred delta (manual)  <- 8
0d 08:07:01.000000  CEN  settled #1  <- 6
0d 08:07:01.000000  CEN  6705 synchronizing-database #1 full  <- 10
0d 08:17:01.000000  CEN  imported #1 10 updates version 2  <- 11
0d 08:17:01.000000  CEN  arrived news in database  <- 12
0d 08:17:01.000000  CEN  6702 done #1 version 2  <- 12
0d 08:17:01.000000  CEN  policy-created version 2 new body  <- 14
0d 08:17:01.000000  CEN  6701 started #2 delta (manual)  <- 5
0d 08:17:02.000000  CEN  6704 synchronizing-wsus #2  <- 16
0d 08:17:02.000000  CEN  transferred #2 0 B  <- 17
0d 08:22:02.000000  CEN  pulled #2 0 updates 0 B  <- 18
0d 08:24:02.000000  CEN  settled #2  <- 19
0d 08:24:02.000000  CEN  6705 synchronizing-database #2 delta  <- 20
0d 08:34:02.000000  CEN  imported #2 0 updates version 2  <- 21
0d 08:34:02.000000  CEN  6702 done #2 version 2  <- 22
0d 08:34:02.000000  CEN  policy-created version 2 same body  <- 23

until 2d 00:00
----
1d 07:55:00.000000  CEN  operated next-day
1d 07:55:00.000000  CEN  6701 started #3 delta (manual)  <- 25
1d 07:55:01.000000  CEN  6704 synchronizing-wsus #3  <- 26
1d 07:55:01.000000  CEN  transferred #3 0 B  <- 27
1d 08:00:00.000000  CEN  deferred full (schedule)
1d 08:00:01.000000  CEN  pulled #3 0 updates 0 B  <- 28
1d 08:02:01.000000  CEN  settled #3  <- 30
1d 08:02:01.000000  CEN  6705 synchronizing-database #3 delta  <- 31
1d 08:12:01.000000  CEN  imported #3 0 updates version 2  <- 32
1d 08:12:01.000000  CEN  6702 done #3 version 2  <- 33
1d 08:12:01.000000  CEN  policy-created version 2 same body  <- 34
1d 08:12:01.000000  CEN  6701 started #4 full (schedule)  <- 29
1d 08:12:02.000000  CEN  6704 synchronizing-wsus #4  <- 36
1d 08:12:02.000000  CEN  transferred #4 0 B  <- 37
1d 08:17:02.000000  CEN  pulled #4 0 updates 0 B  <- 38
1d 08:19:02.000000  CEN  settled #4  <- 39
1d 08:19:02.000000  CEN  6705 synchronizing-database #4 full  <- 40
1d 08:29:02.000000  CEN  imported #4 0 updates version 2  <- 41
1d 08:29:02.000000  CEN  6702 done #4 version 2  <- 42
1d 08:29:02.000000  CEN  policy-created version 2 same body  <- 43
