//! Amounts that are drawn or added up: distributions, and work by parts.

use super::{Shape, shape};

pub(super) static MAPS: &[Shape] = &[
    shape(
        "empirical",
        &["`empirical`"],
        &[("file", "text", "A CSV file."), ("column", "text", "")],
        &["file", "column"],
    ),
    shape(
        "work_by_parts",
        &[],
        &[
            ("base", "distribution", "Drawn once each time."),
            ("per_update", "duration", "For each change."),
            ("per_known", "duration", "For each update the catalogue holds."),
        ],
        &[],
    ),
    shape(
        "uniform",
        &["`uniform`"],
        &[("min", "duration", ""), ("max", "duration", "")],
        &["min", "max"],
    ),
    shape(
        "triangular",
        &["`triangular`"],
        &[("min", "duration", ""), ("mode", "duration", ""), ("max", "duration", "")],
        &["min", "mode", "max"],
    ),
    shape("exponential", &["`exponential`"], &[("mean", "duration", "")], &["mean"]),
    shape(
        "normal",
        &["`normal`"],
        &[
            ("mean", "duration", ""),
            ("sd", "duration", ""),
            ("min", "duration", ""),
            ("max", "duration", ""),
        ],
        &["mean", "sd"],
    ),
    shape(
        "lognormal",
        &["`lognormal`"],
        &[("median", "duration", ""), ("p95", "duration", "")],
        &["median", "p95"],
    ),
    shape(
        "weibull",
        &["`weibull`"],
        &[("mean", "duration", ""), ("shape", "number", "")],
        &["mean", "shape"],
    ),
    shape(
        "gamma",
        &["`gamma`"],
        &[("mean", "duration", ""), ("cv", "number", "")],
        &["mean", "cv"],
    ),
];
