//! One binary, one module for each question.

mod determinism;
mod house;
mod real_driver;
mod rules;
mod support;
mod worked_instants;
mod world_rules;
