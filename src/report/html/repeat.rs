//! How to have the same run again, with nothing but this file.

use super::Told;
use super::sheet::Sheet;
use crate::trace::Fingerprint;

/// A scenario is given in full up to so many bytes.
const MOST_BYTES: usize = 400_000;

/// The command, the fingerprint to hold it against, and the scenario itself.
pub(super) fn repeat(told: &Told<'_>, sheet: &mut Sheet) {
    let run = &told.run;
    let written = run.scenario.to_yaml();
    let number = match (told.many.replications.len(), run.replication) {
        (0 | 1, 1..) => format!(" --rep {}", run.replication),
        _ => String::new(),
    };
    if written.len() <= MOST_BYTES {
        sheet.raw(
            "<p>Save the scenario below as <code>scenario.yaml</code> and run it with supsim ",
        );
    } else {
        sheet.raw(
            "<p>The scenario is too long to stand here; it is <code>scenario.yaml</code> in the folder \
             of the stored run. Run it with supsim ",
        );
    }
    sheet.raw(env!("CARGO_PKG_VERSION"));
    sheet.raw(":</p>\n<pre>");
    sheet.text(&format!("supsim run scenario.yaml{number}"));
    sheet.raw("</pre>\n");
    sheet.para(&format!(
        "It is the same run when the fingerprint of replication {} in its manifest is this one:",
        run.replication
    ));
    let print = Fingerprint::of(run.trace, &run.names());
    let print: Vec<String> =
        print.ingredients().iter().map(|(name, value)| format!("{name} {value:08x}")).collect();
    sheet.element("pre", &print.join("   "));
    if written.len() <= MOST_BYTES {
        sheet.raw("<details><summary>The scenario in full</summary>\n");
        sheet.element("pre id=\"scenario\"", &written);
        sheet.raw("</details>\n");
    }
}
