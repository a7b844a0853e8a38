//! A golden file, read; it was perhaps edited, merged, or cut short.

use super::{ARRIVED, EXPECTED, GOLDEN_VERSION, Golden, INGREDIENTS};

impl Golden {
    /// Reads the text of a golden file.
    ///
    /// # Errors
    /// What is wrong with it, and in which line.
    pub fn read(text: &str) -> Result<Golden, String> {
        let mut lines = text.lines().enumerate().map(|(at, line)| (at + 1, line.trim_end()));
        let version = lines.next().map_or("", |(_, line)| line);
        let number = version.strip_prefix("supsim-golden ");
        match number.map(str::parse::<u32>) {
            Some(Ok(GOLDEN_VERSION)) => {}
            Some(Ok(other)) => {
                return Err(format!("it is of form {other}; this supsim reads {GOLDEN_VERSION}"));
            }
            _ => return Err("line 1: a golden file begins with supsim-golden 1".to_owned()),
        }
        let (_, about) = lines.next().unwrap_or_default();
        let (scenario, seed, replications) = described(about)
            .ok_or("line 2: this should be: scenario NAME  seed N  replications N")?;
        let (_, printed) = lines.next().unwrap_or_default();
        let fingerprint = fingerprint(printed).ok_or_else(|| {
            format!(
                "line 3: this should be: fingerprint, then {} each with eight digits",
                INGREDIENTS.join(", ")
            )
        })?;
        let mut golden = Golden {
            scenario,
            seed,
            replications,
            fingerprint,
            expected: Vec::new(),
            arrived: Vec::new(),
        };
        let mut expected = false;
        let mut headed = false;
        for (at, line) in lines.filter(|(_, line)| !line.is_empty()) {
            if cells(line) == Some(EXPECTED.map(str::to_owned)) {
                (expected, headed) = (true, true);
            } else if cells(line) == Some(ARRIVED.map(str::to_owned)) {
                (expected, headed) = (false, true);
            } else if let (true, true, Some(row)) = (headed, expected, cells(line)) {
                golden.expected.push(row);
            } else if let (true, false, Some(row)) = (headed, expected, cells(line)) {
                golden.arrived.push(row);
            } else {
                return Err(format!("line {at}: this is no row of a golden file"));
            }
        }
        Ok(golden)
    }
}

fn described(line: &str) -> Option<(String, u64, u32)> {
    let words: Vec<&str> = line.split_whitespace().collect();
    match words[..] {
        ["scenario", name, "seed", seed, "replications", count] => {
            Some((name.to_owned(), seed.parse().ok()?, count.parse().ok()?))
        }
        _ => None,
    }
}

fn fingerprint(line: &str) -> Option<[u32; 5]> {
    let mut words = line.split_whitespace();
    let mut values = [0; 5];
    if words.next() != Some("fingerprint") {
        return None;
    }
    for (name, value) in INGREDIENTS.iter().zip(&mut values) {
        let named = words.next() == Some(name);
        let digits = words.next().filter(|digits| named && digits.len() == 8)?;
        *value = u32::from_str_radix(digits, 16).ok()?;
    }
    words.next().is_none().then_some(values)
}

/// The cells of a row: what stands between two blanks or more.
fn cells<const N: usize>(line: &str) -> Option<[String; N]> {
    let cells = line.split("  ").map(str::trim).filter(|cell| !cell.is_empty());
    cells.map(str::to_owned).collect::<Vec<_>>().try_into().ok()
}
