//! `stoa import`: a package becomes a course's draft, and everything in it is accounted for.

mod convert;

use std::collections::BTreeSet;
use std::fs::File;
use std::io::BufReader;
use std::process::ExitCode;

use anyhow::{Context, Result, bail};
use serde_json::json;
use stoa_api::bodies::{AssetUpload, DraftView};
use stoa_cartridge::{Cartridge, Package};
use stoa_domain::content::Asset;
use stoa_domain::id::{AssetId, CourseId};

use crate::cli::Import;
use crate::course;
use crate::output::Output;
use crate::refused::Failed;
use crate::report::ImportReport;
use crate::session::Session;

type OpenPackage = Package<BufReader<File>>;

/// Imports a package, and reports.
pub async fn import(session: &Session, import: &Import, output: &Output) -> Result<ExitCode> {
    let name = import.file.display();
    let file = File::open(&import.file).with_context(|| format!("{name} cannot be opened"))?;
    let bar = output.waiting(&format!("reading {name}"));
    let opened = Package::open(BufReader::new(file)).and_then(|mut package| Ok((package.cartridge()?, package)));
    bar.finish_and_clear();
    let (cartridge, package) = match opened {
        Ok(opened) => opened,
        Err(refused) => {
            output.say(format_args!("{name} cannot be imported: {refused}."));
            output.result(&json!({"outcome": "refused", "why": refused.to_string()}))?;
            return Ok(ExitCode::FAILURE);
        }
    };
    let report = write(session, import.course.clone(), cartridge, package, output).await?;
    report.show(output);
    output.result(&report)?;
    Ok(if report.is_anything_there() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// Writes what a package holds into a draft: files first, since lessons refer to them.
async fn write(
    session: &Session,
    id: Option<CourseId>,
    mut cartridge: Cartridge,
    mut package: OpenPackage,
    output: &Output,
) -> Result<ImportReport> {
    let is_chosen = id.is_some();
    let id = match id {
        Some(id) => id,
        None => CourseId::parse(cartridge.id.clone())
            .context("the package's identifier is no id; choose one with --course")?,
    };
    let hidden = convert::show_titles(&mut cartridge);
    let others = others(session, &id, is_chosen, &cartridge).await?;
    let body = convert::head(&cartridge);
    course::put_course(session, &id, &body).await?;
    let mut report = ImportReport::new(id.clone(), &cartridge, others);

    let bar = output.bar("sending files", cartridge.files.len());
    let mut absent = BTreeSet::new();
    for file in &cartridge.files {
        if let Some(why) = send(session, &id, &mut package, file).await? {
            report.refuse_file(&file.path, &why);
            absent.insert(file.id.clone());
        }
        bar.inc(1);
    }
    bar.finish_and_clear();

    for id in hidden {
        report.degrade_node(&id, "characters that hid how its title or a caption reads were taken out");
    }
    for lost in convert::drop_blocks_of(&mut cartridge, &absent) {
        report.degrade_node(&lost, "a file in it was refused");
    }
    let (nodes, unreadable) = convert::nodes(&cartridge.nodes);
    for (node, why) in unreadable {
        report.refuse_node(&node, &why);
    }
    let bar = output.bar("writing learning objects", nodes.len());
    let unwritten = course::write(session, &course::Course { id, body, nodes }, &bar).await?;
    bar.finish_and_clear();
    for one in unwritten {
        match one.item {
            None => report.refuse_node(one.node.as_str(), &one.why),
            Some(item) => report.refuse_item(item.as_str(), &one.why),
        }
    }
    report.count();
    Ok(report)
}

/// How many learning objects the draft has that the package does not know. They stay. Packages of different courses may
/// have one identifier, so a course that somebody did not choose is written only if it is the same one.
async fn others(session: &Session, id: &CourseId, is_chosen: bool, cartridge: &Cartridge) -> Result<usize> {
    let draft: DraftView = match session.get(&format!("/api/courses/{id}")).await {
        Ok(draft) => draft,
        Err(failed) if failed.is_not_found() => return Ok(0),
        Err(failed) => return Err(failed.into()),
    };
    if !is_chosen && draft.course.title != cartridge.title {
        bail!(
            "the package would go to course {id}, which is {:?} already. Choose another one for {:?} with --course.",
            draft.course.title,
            cartridge.title
        );
    }
    let known: BTreeSet<&str> = cartridge.nodes.iter().map(|node| node.id.as_str()).collect();
    Ok(draft.nodes.iter().filter(|node| !known.contains(node.id.as_str())).count())
}

/// Declares a file and sends its bytes. Says why it is not there, if it is not.
async fn send(
    session: &Session,
    course: &CourseId,
    package: &mut OpenPackage,
    file: &stoa_cartridge::File,
) -> Result<Option<String>, Failed> {
    let Ok(id) = AssetId::parse(file.id.clone()) else {
        return Ok(Some(format!("{:?} is no id", file.id)));
    };
    let asset = Asset {
        name: file.name.clone(),
        content_type: file.content_type.clone(),
        size: file.size,
        sha256: file.sha256.clone(),
    };
    let declared = session.put::<AssetUpload>(&format!("/api/courses/{course}/assets/{id}"), &asset).await;
    let upload = match declared {
        Ok(AssetUpload { upload: Some(upload) }) => upload,
        Ok(AssetUpload { upload: None }) => return Ok(None),
        refused @ Err(_) => return course::refusal(refused),
    };
    let bytes = match package.bytes(file) {
        Ok(bytes) => bytes,
        Err(refused) => return Ok(Some(refused.to_string())),
    };
    course::refusal(session.api().upload(&upload.url, &upload.headers, &bytes).await)
}
