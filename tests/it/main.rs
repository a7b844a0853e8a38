//! One binary, one module for each question.

mod bad_scenarios;
mod determinism;
mod fingerprints;
mod house;
mod real_driver;
mod rules;
mod stories;
mod support;
mod worked_instants;
mod world_rules;
