//! What a study says: on the screen, and as files beside its blocks.

use std::io::{BufWriter, Write};
use std::path::Path;
use std::{fs, io, process};

use serde_json::json;

use super::super::exit::{Exit, Stop};
use super::super::floats::floats;
use super::super::results::sync_folder;
use super::super::screen::Screen;
use super::super::whole::put;
use super::charts;
use super::ready::{Kept, Ready, world};
use super::run::trouble;
use super::shard::{Shard, seal};
use super::sources::{FILE, Sources};
use super::{Form, Plan, merge};
use crate::experiment::{Failure, Replication, answers_to, contrasts, swings};
use crate::report::{
    AskedThere, Look, PointTold, StudyTable, StudyTold, study_json, study_page, write_study_table,
};
use crate::scenario::{Change, Known, Point, Study, changes};

/// Tells what a study says that is complete, and writes its tables and charts.
pub(super) fn tell(
    study: &Study,
    ready: &Ready,
    plan: &Plan,
    screen: &mut Screen,
) -> Result<Exit, Stop> {
    with_told(study, ready, plan, |told| {
        store(ready, told)?;
        charts::store(ready, told, plan.charts)?;
        if !plan.quiet {
            let folder = ready.folder.display();
            match plan.form {
                Form::Json => screen.say(&study_json(told)),
                Form::Human => {
                    screen.say(&study_page(told, &format!("{folder}/"), plan.look));
                    screen.say(&format!("\nstored as {folder}\n"));
                }
            }
        }
        let failures = told.points.iter().flat_map(|one| one.tried.iter().map(|one| &one.result));
        Ok(failures.fold(Exit::Ok, |exit, result| match result {
            Ok(_) => exit,
            Err(Failure::Limit(_)) => exit.or_worse(Exit::StoppedEarly),
            Err(Failure::Defect(_)) => exit.or_worse(Exit::Defect),
        }))
    })
}

/// Does something with what a study says that is complete.
pub(super) fn with_told<T>(
    study: &Study,
    ready: &Ready,
    plan: &Plan,
    tell: impl FnOnce(&StudyTold<'_>) -> Result<T, Stop>,
) -> Result<T, Stop> {
    let kept: Vec<Kept> = (0..ready.points.len()).map(|number| ready.kept(number)).collect();
    let complete = kept.iter().filter(|kept| kept.complete).count();
    if complete < kept.len() {
        let resume = plan.again("resume");
        let text = format!(
            "supsim: {complete} of {} points are complete\n  go on with: {resume}",
            kept.len()
        );
        return Err(Stop { exit: Exit::StoppedEarly, text });
    }
    let asked: Vec<Vec<AskedThere>> =
        kept.iter().enumerate().map(|(number, kept)| asked_there(ready, number, kept)).collect();
    let points =
        ready.points.iter().zip(&kept).zip(&asked).map(|((point, kept), asked)| PointTold {
            point: point.point,
            key: point.key.clone(),
            tried: &kept.tried,
            expectations: asked,
            certain: point.certain,
        });
    let points: Vec<PointTold<'_>> = points.collect();
    let runs: Vec<_> = points.iter().map(PointTold::runs).collect();
    tell(&StudyTold {
        study,
        contrasts: contrasts(study, &runs),
        swings: swings(study, &runs),
        assumed: assumed(study)?,
        changes: designs_changes(study)?,
        seed: ready.seed,
        points,
    })
}

/// Of each knob of `sensitivity`: is what it stands on only an assumed default?
fn assumed(study: &Study) -> Result<Vec<bool>, Stop> {
    let Some(asked) = &study.sensitivity else { return Ok(Vec::new()) };
    let alone = study.points.iter().find(|point| point.is_alone(asked.at));
    let Some(point) = alone else { return Ok(Vec::new()) };
    let scenario = world(study, *point)?;
    let is_assumed = |knob: &str| {
        let mut used = scenario.defaults_used.iter().filter(|one| one.status == Known::Assumed);
        // a default that is a map stands for every key below it
        used.any(|one| {
            knob.strip_prefix(one.key)
                .is_some_and(|rest| matches!(rest.chars().next(), None | Some('.')))
        })
    };
    Ok(asked.knobs.iter().map(|knob| is_assumed(&knob.name)).collect())
}

fn asked_there(ready: &Ready, number: usize, kept: &Kept) -> Vec<AskedThere> {
    let point = &ready.points[number];
    let runs = kept.tried.iter().filter_map(|one| one.result.as_ref().ok());
    let runs: Vec<Replication> = runs.cloned().collect();
    let answers = answers_to(&point.expectations, point.certain, &runs);
    let asked = point.expectations.iter().zip(answers);
    asked
        .map(|(asked, answer)| AskedThere {
            name: asked.name.clone(),
            metric: asked.metric,
            unit: asked.metric.unit(),
            only_warns: asked.only_warns,
            answer,
        })
        .collect()
}

/// What each design has otherwise than the baseline, in the first setting that both have.
fn designs_changes(study: &Study) -> Result<Vec<Option<Vec<Change>>>, Stop> {
    let Some(baseline) = study.compare.baseline else {
        return Ok(vec![None; study.designs.len()]);
    };
    let mut all = Vec::new();
    for design in 0..study.designs.len() {
        let of = |design: usize, setting: usize| {
            let is_it = |point: &&Point| (point.design, point.setting) == (design, Some(setting));
            study.points.iter().find(is_it).copied()
        };
        let mut settings = 0..study.settings.len();
        let pair = settings.find_map(|it| Some((of(baseline, it)?, of(design, it)?)));
        all.push(match pair {
            Some((base, other)) => Some(changes(&world(study, base)?, &world(study, other)?)),
            None => None,
        });
    }
    Ok(all)
}

/// Every file beside the blocks; each is there as a whole or not at all.
fn store(ready: &Ready, told: &StudyTold<'_>) -> Result<(), Stop> {
    for table in StudyTable::ALL {
        if !table.is_of(told.study) {
            continue;
        }
        let path = ready.folder.join(table.file());
        streamed(&path, |out| write_study_table(told, table, out))
            .map_err(|error| trouble(&path, &error))?;
    }
    let plain = Look { ascii: false, colour: false };
    let summary = study_page(told, "", plain);
    let path = ready.folder.join("summary.txt");
    put(&path, summary.as_bytes()).map_err(|error| trouble(&path, &error))
}

/// As `put`, of a file that need not fit into memory.
fn streamed(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let name = path.file_name().unwrap_or_default().to_string_lossy();
    let part = path.with_file_name(format!(".{name}.{}.part", process::id()));
    let written = || -> io::Result<()> {
        let mut out = BufWriter::new(fs::File::create(&part)?);
        write(&mut out)?;
        out.into_inner().map_err(io::IntoInnerError::into_error)?.sync_all()?;
        fs::rename(&part, path)
    };
    if let Err(error) = written() {
        let _ = fs::remove_file(&part);
        return Err(error);
    }
    path.parent().map_or(Ok(()), sync_folder)
}

/// `study.json`: what this folder is. Nothing in it says when or by whom it was made.
pub(super) fn describe(study: &Study, ready: &Ready, sources: &Sources) -> Result<(), Stop> {
    let points = ready.points.iter().enumerate().map(|(number, one)| {
        json!({
            "point": number + 1,
            "design": study.designs[one.point.design],
            "levels": study.levels(one.point),
            "knob": study.knob(one.point).map(|(knob, value)| json!({ "name": knob, "value": value })),
            "scenario": one.key,
            "measured": one.measured,
        })
    });
    let document = json!({
        "study": 1,
        "version": env!("CARGO_PKG_VERSION"),
        "id": ready.id,
        "floats": floats(),
        "name": study.name,
        "question": study.question,
        "base": study.base,
        "seed": ready.seed,
        "factors": study.factors.iter().map(|factor| &factor.name).collect::<Vec<_>>(),
        "points": points.collect::<Vec<_>>(),
    });
    let text = serde_json::to_string_pretty(&document).unwrap_or_default() + "\n";
    fs::create_dir_all(&ready.folder).map_err(|error| trouble(&ready.folder, &error))?;
    // who finds `study.json` finds the sources as well
    for (name, text) in [(FILE, sources.write()), ("study.json", text)] {
        let path = ready.folder.join(name);
        put(&path, text.as_bytes()).map_err(|error| trouble(&path, &error))?;
    }
    Ok(())
}

/// What a shard has done.
pub(super) fn shard(
    ready: &Ready,
    plan: &Plan,
    shard: Shard,
    screen: &mut Screen,
) -> Result<Exit, Stop> {
    let done = seal(ready, shard)?;
    if !plan.quiet {
        let Shard { number, of } = shard;
        screen.say(&format!(
            "{}: shard {number}/{of} is complete: {} of {} units, {} runs\n\
             stored as {}\nput all together with: supsim study merge {}\n",
            ready.name,
            done.units,
            ready.units().len(),
            done.runs,
            done.manifest.display(),
            plan.results.display(),
        ));
    }
    Ok(Exit::Ok)
}

/// How far a study is.
pub(super) fn status(ready: &Ready, plan: &Plan, screen: &mut Screen) -> Result<Exit, Stop> {
    if plan.missing {
        return merge::missing(ready, plan, screen);
    }
    let different = ready.different();
    let (mut runs, mut most, mut begun, mut complete) = (0_u64, 0_u64, 0, 0);
    for &number in &different {
        let kept = ready.kept(number);
        let count = kept.tried.len() as u64;
        runs += count;
        most += if kept.complete { count } else { u64::from(ready.points[number].rule.max) };
        complete += usize::from(kept.complete);
        begun += usize::from(!kept.complete && count > 0);
    }
    let worlds = different.len();
    let next = match complete == worlds {
        true => format!("tell what it says: {}", plan.again("report")),
        false => format!("go on with: {}", plan.again("resume")),
    };
    if !plan.quiet {
        screen.say(&format!(
            "{}   {}\n{complete} of {worlds} different points complete, {begun} begun\n\
             {runs} runs kept, of at most {most}\n{next}\n",
            ready.name,
            ready.folder.display(),
        ));
    }
    Ok(if complete == worlds { Exit::Ok } else { Exit::StoppedEarly })
}
