//! One binary, one module for each question.

// Tests may read a clock: how long an answer takes is one of the questions.
#![allow(clippy::disallowed_methods)]

mod asked;
mod audit;
mod bad_scenarios;
mod blame;
mod browser;
mod catalogue_rules;
mod chart;
mod check;
mod cli;
mod client_statistics;
mod clients;
mod commands;
mod compare;
mod configmgr;
mod crash_points;
mod database_replication;
mod delivery;
mod determinism;
mod expectations;
mod explain;
mod export_import;
mod exports;
mod faults;
mod fingerprints;
mod herd;
mod house;
mod inventory;
mod kept;
mod layers;
mod logs;
mod model;
mod network_laws;
mod not_invariants;
mod operations;
mod oracle;
mod outcome;
mod overlaps;
mod profiles;
mod real_driver;
mod report;
mod report_in_a_browser;
mod rulebook;
mod rules;
mod senders;
mod shards;
mod stories;
mod study;
mod support;
mod swarm;
mod theory;
mod validation;
mod worked_instants;
mod world_rules;
