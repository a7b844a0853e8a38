//! A study: what is asked, and what is varied for it.

use super::{Shape, shape};

pub(super) static MAPS: &[Shape] = &[
    shape(
        "study",
        &["a study"],
        &[
            ("supsim", "version", "The version of the language: 1."),
            ("kind", "words:study", "What kind of file this is."),
            ("name", "scenario_name", "Lower-case letters, digits and -; it names files too."),
            ("question", "text", "What the study shall answer."),
            ("description", "text", "Free text."),
            ("base", "text", "The scenario that is varied."),
            ("seed", "count", "Which chance. Default: the base's."),
            ("designs", "map:design", "Named alternatives. Default: the base alone."),
            ("vary", "vary", "Crossed with every design."),
            ("replications", "either:replications/precision", "How often each point is run."),
            ("common_random_numbers", "truth", "The same chance for every point. Default: true."),
            ("compare", "compare", "What designs are compared in."),
            ("sensitivity", "sensitivity", "One knob at a time."),
        ],
        &["supsim", "kind", "name", "base"],
    ),
    shape(
        "design",
        &["a design"],
        &[
            ("description", "text", "Free text."),
            ("base", "text", "Another scenario altogether."),
            ("params", "any_map", "Parameter and value."),
            ("set", "any_map", "Path and value; null removes."),
            ("overrides", "map:override", "Values of sites, laid over by selector."),
        ],
        &[],
    ),
    shape(
        "vary",
        &["`vary`"],
        &[
            ("grid", "levels", "Parameter or path and its values; every combination."),
            ("zip", "levels", "Lists of one length, whose values go together."),
            ("exclude", "exclusions", "Combinations that are left out."),
        ],
        &[],
    ),
    shape(
        "precision",
        &["`replications`"],
        &[
            ("pilot", "replications", "So many at least, and as many more each time. Default: 20."),
            ("until", "until", "How well something is to be known."),
            ("max", "replications", "Never more. Default: 1000."),
        ],
        &["until"],
    ),
    shape(
        "until",
        &["`until`"],
        &[
            ("metric", "metric", ""),
            ("stat", "stat", ""),
            ("where", "selector", "At which sites."),
            ("release", "many:text", ""),
            ("part", "part", ""),
            ("after", "duration", "So long after publication."),
            ("during", "text", "Only while this fault holds any site."),
            ("half_width", "any", "Half the width of the interval, in the unit of the metric."),
            ("confidence", "share", "Of the interval. Default: 95%."),
        ],
        &["metric", "half_width"],
    ),
    shape(
        "compare",
        &["`compare`"],
        &[
            ("baseline", "text", "The design that the others are compared with."),
            ("metrics", "map:study_metric", "What they are compared in."),
            ("method", "words:paired_t|welch_t", "Default: paired_t."),
            ("adjust", "words:holm|none", "For how many comparisons there are. Default: holm."),
            ("confidence", "share", "Of intervals and judgements. Default: 95%."),
        ],
        &["metrics"],
    ),
    shape(
        "study_metric",
        &["a metric of a study"],
        &[
            ("metric", "metric", ""),
            ("stat", "stat", ""),
            ("where", "selector", "At which sites."),
            ("release", "many:text", ""),
            ("part", "part", ""),
            ("after", "duration", "So long after publication."),
            ("during", "text", "Only while this fault holds any site."),
            ("better", "words:lower|higher|neither", "Which way is better."),
            ("matters_from", "any", "The smallest difference that matters. Default: any."),
        ],
        &["metric"],
    ),
    shape(
        "sensitivity",
        &["`sensitivity`"],
        &[
            ("of", "text", "A metric of `compare`."),
            ("at", "text", "A design. Default: the baseline."),
            ("knobs", "levels", "Parameter or path and its values; one at a time."),
        ],
        &["of", "knobs"],
    ),
];
