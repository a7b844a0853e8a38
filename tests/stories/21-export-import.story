# An internet-based point without an upstream (P10): at 08:30 CEN's active point is exported with what it
# holds then, carried for two hours and imported. The synchronisation knows nothing of it; there is no
# 6706. German is asked for at 09:00 and takes effect with the sync of 20:00: what is exported at 20:30
# comes with other languages than the point is set to, and its import fails.
scenario
supsim: 1
kind: scenario
name: export-import
start: 2026-01-12 00:00
duration: 2d
criteria: { languages: [en] }
catalogue:
  baseline: { updates: 100, metadata: 6 MB }
  releases: { news: { when: { at: 2026-01-12 06:00 }, updates: 5, metadata: 1 MB } }
timing: { connect: 1s, pull: 5min, settle: 2min, import: 10min }
sites:
  CEN:
    type: central
    internet_sup: { mode: { export_import: { first: 8h30min, every: 12h, export: 15min, carry: 2h, import: 1h, languages: [en] } } }
operations:
  german-too: { at: 2026-01-12 09:00, do: { set_criteria: { languages: [de, en] } } }
sync: { schedule: { simple: { every: 12h, start: 2026-01-12 08:00 } } }
----
1 sites, 1 releases, ends 2d 00:00:00

until 0d 12:00
----
0d 06:00:00.000000  CEN  released news
0d 08:00:00.000000  CEN  6701 started #1 full (schedule)
0d 08:00:01.000000  CEN  6704 synchronizing-wsus #1  <- 1
0d 08:00:01.000000  CEN  transferred #1 1 MB  <- 2
0d 08:05:01.000000  CEN  pulled #1 5 updates 1 MB  <- 3
0d 08:05:01.000000  CEN  arrived news in wsus  <- 4
0d 08:07:01.000000  CEN  settled #1  <- 4
0d 08:07:01.000000  CEN  6705 synchronizing-database #1 full  <- 6
0d 08:17:01.000000  CEN  imported #1 5 updates version 2  <- 7
0d 08:17:01.000000  CEN  arrived news in database  <- 8
0d 08:17:01.000000  CEN  6702 done #1 version 2  <- 8
0d 08:17:01.000000  CEN  policy-created version 2 new body  <- 10
0d 08:30:00.000000  CEN  export-started #1
0d 08:45:00.000000  CEN  exported #1 5 updates 1 MB  <- 12
0d 09:00:00.000000  CEN  operated german-too
0d 10:45:00.000000  CEN  carried-over #1  <- 13
0d 11:45:00.000000  CEN  point-imported #1 5 updates 1 MB  <- 15
0d 11:45:00.000000  CEN  arrived news in internet  <- 16

until 1d 00:00
----
0d 20:00:00.000000  CEN  6701 started #2 full (schedule)
0d 20:00:01.000000  CEN  6704 synchronizing-wsus #2  <- 18
0d 20:00:01.000000  CEN  transferred #2 0 B  <- 19
0d 20:05:01.000000  CEN  pulled #2 0 updates 0 B  <- 20
0d 20:07:01.000000  CEN  settled #2  <- 21
0d 20:07:01.000000  CEN  6705 synchronizing-database #2 full  <- 22
0d 20:17:01.000000  CEN  imported #2 0 updates version 2  <- 23
0d 20:17:01.000000  CEN  6702 done #2 version 2  <- 24
0d 20:17:01.000000  CEN  policy-created version 2 same body  <- 25
0d 20:30:00.000000  CEN  export-started #2
0d 20:45:00.000000  CEN  exported #2 0 updates 0 B  <- 27
0d 22:45:00.000000  CEN  carried-over #2  <- 28
0d 22:45:00.000000  CEN  point-run-failed #2 languages-differ  <- 29
