# Senders by the hour (R3-R6). The addresses of PR1 and PR3 open at night: what is handed to the
# sender at 08:17:01 waits until 20:00; then PR3's request goes before its package, which came first
# (R5). PR2 is slow: what is made while its first package is under way goes together, when that has
# arrived (R6).
scenario
supsim: 1
kind: scenario
name: senders
start: 2026-01-12 00:00
duration: 1d
catalogue:
  baseline: { updates: 1000, metadata: 60 MB }
  releases:
    first: { when: { at: 2026-01-12 06:00 }, updates: 10, metadata: 6 MB }
    second: { when: { at: 2026-01-12 08:20 }, updates: 10, metadata: 1 MB }
    third: { when: { at: 2026-01-12 08:50 }, updates: 10, metadata: 1 MB }
links: { slow: { bandwidth: 8 Kbit/s, latency: 1s } }
routes: { nights: { open: { Mon-Fri: "20:00-06:00" } } }
timing: { request: 1min, connect: 1s, pull: 5min, settle: 2min, import: 10min, insert: 4min }
sites:
  CEN: { type: central }
  PR1: { parent: CEN, sup: none, route: nights }
  PR2: { parent: CEN, sup: none, link: slow }
  PR3: { parent: CEN, route: nights }
sync: { schedule: { simple: { every: 7d, start: 2026-01-12 08:00 } } }
operations:
  b: { at: 2026-01-12 08:30, do: run_synchronization }
  c: { at: 2026-01-12 09:00, do: run_synchronization }
----
4 sites, 3 releases, ends 1d 00:00:00

until 0d 12:00 at CEN PR2
----
0d 06:00:00.000000  CEN  released first
0d 08:00:00.000000  CEN  6701 started #1 full (schedule)
0d 08:00:01.000000  CEN  6704 synchronizing-wsus #1  <- 1
0d 08:00:01.000000  CEN  transferred #1 6 MB  <- 2
0d 08:05:01.000000  CEN  pulled #1 10 updates 6 MB  <- 3
0d 08:05:01.000000  CEN  arrived first in wsus  <- 4
0d 08:07:01.000000  CEN  settled #1  <- 4
0d 08:07:01.000000  CEN  6705 synchronizing-database #1 full  <- 6
0d 08:17:01.000000  CEN  imported #1 10 updates version 2  <- 7
0d 08:17:01.000000  CEN  arrived first in database  <- 8
0d 08:17:01.000000  CEN  package-sent to PR1 version 2 6 MB  <- 8
0d 08:17:01.000000  CEN  sending-waited to PR1 normal closed-until 0d 20:00:00.000000  <- 10
0d 08:17:01.000000  CEN  package-sent to PR2 version 2 6 MB  <- 8
0d 08:17:01.000000  CEN  package-sent to PR3 version 2 6 MB  <- 8
0d 08:17:01.000000  CEN  sending-waited to PR3 normal closed-until 0d 20:00:00.000000  <- 13
0d 08:17:01.000000  CEN  6702 done #1 version 2  <- 8
0d 08:17:01.000000  CEN  policy-created version 2 new body  <- 15
0d 08:17:01.000000  CEN  request-sent to PR3  <- 16
0d 08:17:01.000000  CEN  sending-waited to PR3 high closed-until 0d 20:00:00.000000  <- 17
0d 08:20:00.000000  CEN  released second
0d 08:30:00.000000  CEN  operated b
0d 08:30:00.000000  CEN  6701 started #2 delta (manual)  <- 20
0d 08:30:01.000000  CEN  6704 synchronizing-wsus #2  <- 21
0d 08:30:01.000000  CEN  transferred #2 1 MB  <- 22
0d 08:35:01.000000  CEN  pulled #2 10 updates 1 MB  <- 23
0d 08:35:01.000000  CEN  arrived second in wsus  <- 24
0d 08:37:01.000000  CEN  settled #2  <- 24
0d 08:37:01.000000  CEN  6705 synchronizing-database #2 delta  <- 26
0d 08:47:01.000000  CEN  imported #2 10 updates version 3  <- 27
0d 08:47:01.000000  CEN  arrived second in database  <- 28
0d 08:47:01.000000  CEN  package-sent to PR1 version 3 1 MB  <- 28
0d 08:47:01.000000  CEN  sending-waited to PR1 normal together-until 0d 14:47:01.000000  <- 30
0d 08:47:01.000000  CEN  package-sent to PR2 version 3 1 MB  <- 28
0d 08:47:01.000000  CEN  sending-waited to PR2 normal together-until 0d 14:47:01.000000  <- 32
0d 08:47:01.000000  CEN  package-sent to PR3 version 3 1 MB  <- 28
0d 08:47:01.000000  CEN  sending-waited to PR3 normal together-until 0d 14:47:01.000000  <- 34
0d 08:47:01.000000  CEN  6702 done #2 version 3  <- 28
0d 08:47:01.000000  CEN  policy-created version 3 new body  <- 36
0d 08:47:01.000000  CEN  request-sent to PR3  <- 37
0d 08:50:00.000000  CEN  released third
0d 09:00:00.000000  CEN  operated c
0d 09:00:00.000000  CEN  6701 started #3 delta (manual)  <- 40
0d 09:00:01.000000  CEN  6704 synchronizing-wsus #3  <- 41
0d 09:00:01.000000  CEN  transferred #3 1 MB  <- 42
0d 09:05:01.000000  CEN  pulled #3 10 updates 1 MB  <- 43
0d 09:05:01.000000  CEN  arrived third in wsus  <- 44
0d 09:07:01.000000  CEN  settled #3  <- 44
0d 09:07:01.000000  CEN  6705 synchronizing-database #3 delta  <- 46
0d 09:17:01.000000  CEN  imported #3 10 updates version 4  <- 47
0d 09:17:01.000000  CEN  arrived third in database  <- 48
0d 09:17:01.000000  CEN  package-sent to PR1 version 4 1 MB  <- 48
0d 09:17:01.000000  CEN  sending-waited to PR1 normal together-until 0d 14:47:01.000000  <- 50
0d 09:17:01.000000  CEN  package-sent to PR2 version 4 1 MB  <- 48
0d 09:17:01.000000  CEN  sending-waited to PR2 normal together-until 0d 14:47:01.000000  <- 52
0d 09:17:01.000000  CEN  package-sent to PR3 version 4 1 MB  <- 48
0d 09:17:01.000000  CEN  sending-waited to PR3 normal together-until 0d 14:47:01.000000  <- 54
0d 09:17:01.000000  CEN  6702 done #3 version 4  <- 48
0d 09:17:01.000000  CEN  policy-created version 4 new body  <- 56
0d 09:17:01.000000  CEN  request-sent to PR3  <- 57
0d 09:57:02.000000  PR2  crossed 6 MB since 0d 08:17:01.000000 until 0d 09:57:01.000000 alone  <- 12
0d 09:57:02.000000  PR2  package-arrived version 2  <- 12
0d 09:57:02.000000  CEN  sending-started to PR2 normal unlimited  <- 33
0d 10:01:02.000000  PR2  package-inserted version 2  <- 60
0d 10:01:02.000000  PR2  arrived first in database  <- 62
0d 10:30:23.000000  PR2  crossed 2 MB since 0d 09:57:02.000000 until 0d 10:30:22.000000 alone  <- 61
0d 10:30:23.000000  PR2  package-arrived version 3  <- 61
0d 10:30:23.000000  PR2  package-arrived version 4  <- 61
0d 10:34:23.000000  PR2  package-inserted version 3  <- 65
0d 10:34:23.000000  PR2  arrived second in database  <- 67
0d 10:38:23.000000  PR2  package-inserted version 4  <- 67
0d 10:38:23.000000  PR2  arrived third in database  <- 69

until 0d 21:00 at CEN PR1 PR2 PR3
----
0d 14:47:01.000000  CEN  sending-waited to PR1 normal closed-until 0d 20:00:00.000000  <- 31
0d 14:47:01.000000  CEN  sending-waited to PR3 normal closed-until 0d 20:00:00.000000  <- 35
0d 20:00:00.000000  CEN  sending-started to PR1 normal unlimited  <- 11
0d 20:00:00.000000  CEN  sending-started to PR1 normal unlimited  <- 71
0d 20:00:00.000000  CEN  sending-started to PR3 high unlimited  <- 18
0d 20:00:00.000000  CEN  sending-started to PR3 normal unlimited  <- 14
0d 20:00:00.000000  CEN  sending-started to PR3 normal unlimited  <- 72
0d 20:00:00.000000  PR1  package-arrived version 2  <- 73
0d 20:00:00.000000  PR1  package-arrived version 3  <- 74
0d 20:00:00.000000  PR1  package-arrived version 4  <- 74
0d 20:00:00.000000  PR3  request-arrived  <- 75
0d 20:00:00.000000  PR3  package-arrived version 2  <- 76
0d 20:00:00.000000  PR3  package-arrived version 3  <- 77
0d 20:00:00.000000  PR3  package-arrived version 4  <- 77
0d 20:01:00.000000  PR3  6701 started #1 full (parent)  <- 81
0d 20:01:01.000000  PR3  6704 synchronizing-wsus #1  <- 85
0d 20:01:01.000000  PR3  transferred #1 8 MB  <- 86
0d 20:04:00.000000  PR1  package-inserted version 2  <- 78
0d 20:04:00.000000  PR1  arrived first in database  <- 88
0d 20:04:00.000000  PR3  package-inserted version 2  <- 82
0d 20:04:00.000000  PR3  arrived first in database  <- 90
0d 20:06:01.000000  PR3  pulled #1 30 updates 8 MB  <- 87
0d 20:06:01.000000  PR3  arrived first in wsus  <- 92
0d 20:06:01.000000  PR3  arrived second in wsus  <- 92
0d 20:06:01.000000  PR3  arrived third in wsus  <- 92
0d 20:08:00.000000  PR1  package-inserted version 3  <- 88
0d 20:08:00.000000  PR1  arrived second in database  <- 96
0d 20:08:00.000000  PR3  package-inserted version 3  <- 90
0d 20:08:00.000000  PR3  arrived second in database  <- 98
0d 20:08:01.000000  PR3  settled #1  <- 92
0d 20:08:01.000000  PR3  6702 done #1 version 4  <- 100
0d 20:08:01.000000  PR3  policy-created version 4 new body  <- 101
0d 20:12:00.000000  PR1  package-inserted version 4  <- 96
0d 20:12:00.000000  PR1  arrived third in database  <- 103
0d 20:12:00.000000  PR3  package-inserted version 4  <- 98
0d 20:12:00.000000  PR3  arrived third in database  <- 105
