//! Every map of the language: its keys, what stands behind them, and a line for the editor.

mod amounts;
mod course;
mod parts;
mod study;

pub(super) use parts::SITE;

/// A map with fixed keys.
pub(super) struct Shape {
    /// Its name in the schema.
    pub name: &'static str,
    /// What the reader calls it in its messages, and an editor in its title; several maps may have
    /// the same keys.
    pub called: &'static [&'static str],
    /// Key, kind (see `kinds::of`), description.
    pub keys: &'static [(&'static str, &'static str, &'static str)],
    pub required: &'static [&'static str],
}

const fn shape(
    name: &'static str,
    called: &'static [&'static str],
    keys: &'static [(&'static str, &'static str, &'static str)],
    required: &'static [&'static str],
) -> Shape {
    Shape { name, called, keys, required }
}

/// All of them.
pub(super) fn all() -> impl Iterator<Item = &'static Shape> {
    [TOP, parts::MAPS, course::MAPS, amounts::MAPS, study::MAPS].into_iter().flatten()
}

/// The scenario itself, and what is done with it before it is read.
static TOP: &[Shape] = &[
    shape(
        "scenario",
        &["a scenario"],
        &[
            ("supsim", "version", "The version of the language: 1."),
            ("kind", "words:scenario", "What kind of file this is."),
            ("name", "scenario_name", "Lower-case letters, digits and -; it names files too."),
            ("description", "text", "Free text."),
            ("extends", "text", "Another scenario to start from."),
            ("profile", "profile", "Where defaults come from. Default: cm2007."),
            ("params", "map:parameter", "Values that -p and studies may turn."),
            ("timezone", "text", "An IANA or a Windows name. Default: UTC."),
            ("start", "time", "The start of the run, in the scenario's zone."),
            ("duration", "duration", "How long the run lasts. Default: 14d."),
            ("initial", "words:current|empty", "What sites hold at the start. Default: current."),
            ("warmup", "duration", "Statistics start after this. Default: 0s."),
            ("seed", "count", "Which chance. Default: 1."),
            ("replications", "replications", "How many runs. Default: 1."),
            ("source", "source_kind", "Of the top-level site (U1). Default: microsoft_update."),
            ("criteria", "criteria", "Which metadata are retrieved (U2). Default: all."),
            ("catalogue", "catalogue", "What there is to synchronise, and when it appears (U4)."),
            ("links", "map:link", "Circuits."),
            ("routes", "map:route", "Addresses of senders (R4)."),
            ("templates", "map:template", "What several sites have in common."),
            ("sites", "sites", "Site code and site."),
            ("import", "import", "Sites and routes from other files."),
            ("generate", "map:generator", "Sites made by number."),
            ("overrides", "map:override", "Values of sites, laid over by selector."),
            ("sync", "sync", "What starts a synchronisation (T1)."),
            ("operations", "map:operation", "What an administrator does, and when."),
            ("timing", "timing", "How long each step takes."),
            ("clients", "clients", "What all clients have in common (C1-C5)."),
            ("sms2003", "sms2003", "The Inventory Tool for SMS 2003 clients (L1)."),
            ("faults", "map:fault", "What goes wrong (F)."),
            ("expect", "map:expectation", "What must be true."),
            ("record", "record", "How much is recorded."),
        ],
        &["supsim", "kind"],
    ),
    shape(
        "parameter",
        &["a parameter"],
        &[
            ("type", "parameter_type", ""),
            ("default", "any", ""),
            ("min", "any", ""),
            ("max", "any", ""),
            ("choices", "any", ""),
            ("doc", "text", "What it is, in one line."),
        ],
        &["type"],
    ),
    shape(
        "import",
        &["`import`"],
        &[("sites", "any", "A CSV file."), ("routes", "any", "A JSON file.")],
        &[],
    ),
    shape(
        "override",
        &["an override"],
        &[("where", "selector", "Which sites."), ("set", "paths", "Path and value, each.")],
        &[],
    ),
];
