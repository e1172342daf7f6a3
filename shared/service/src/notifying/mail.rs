//! What an e-mail says, as text and as HTML. Made when it is sent, from the kind and what belongs to it.

use jiff::tz::TimeZone;
use stoa_domain::attempt::instant;
use stoa_domain::line;
use stoa_domain::notification::{Channel, DueDate, Notice, Part};
use stoa_domain::person::Person;

use super::Message;
use super::link::{self, Ending};

/// What every mail of a deployment has in common.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Letterhead {
    /// The origin of the web application, without a slash at its end.
    pub web_origin: String,
    /// What seals the links that end a kind of mail.
    pub link_secret: String,
}

/// A mail, ready to be handed over.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mail {
    /// The address.
    pub to: String,
    /// The subject, on one line.
    pub subject: String,
    /// The body as plain text.
    pub text: String,
    /// The body as HTML.
    pub html: String,
    /// Where a mail program ends mails of this kind with one POST (RFC 8058); `None` if they cannot be ended.
    pub unsubscribe: Option<String>,
}

/// What a mail is made of before it becomes text or HTML.
struct Words {
    subject: String,
    lines: Vec<String>,
    list: Vec<String>,
    action: (&'static str, String),
}

/// Writes the mail of a message to somebody.
pub fn write(message: &Message, person: &Person, organisation: &str, letterhead: &Letterhead) -> Mail {
    let Letterhead { web_origin, link_secret } = letterhead;
    let kind = message.notice.kind();
    let words = words(&message.notice, web_origin);
    let token = (!kind.is_mandatory()).then(|| {
        let (tenant, person) = (message.tenant.clone(), message.person.clone());
        link::seal(link_secret, &Ending { tenant, person, kind, channel: Channel::Email })
    });
    let why = format!("{organisation} sends you this because you are enrolled in “{}”.", message.notice.course().title);
    let end = token.as_ref().map(|token| format!("{web_origin}/unsubscribe/{token}"));
    let choices = format!("{web_origin}/preferences");
    Mail {
        to: person.email.clone(),
        // Whatever is in it, a subject is one line.
        subject: line::shown(&words.subject),
        text: text(&words, &person.name, &why, end.as_deref(), &choices),
        html: html(&words, &person.name, &why, end.as_deref(), &choices),
        unsubscribe: token.map(|token| format!("{web_origin}/api/unsubscribe/{token}")),
    }
}

fn words(notice: &Notice, web_origin: &str) -> Words {
    let course = notice.course();
    let path = format!("{web_origin}/courses/{}", course.enrolment);
    let title = &course.title;
    match notice {
        Notice::Enrolled { .. } => Words {
            subject: format!("You are enrolled in “{title}”"),
            lines: vec![format!("You are enrolled in “{title}”. You can begin at any time.")],
            list: vec![],
            action: ("Open the course", path),
        },
        Notice::GradePosted { assessments, more, .. } => {
            let subject = match (assessments.as_slice(), more) {
                ([only], 0) => format!("Graded: {}", only.title),
                _ => format!("{} new grades in “{title}”", assessments.len() + *more as usize),
            };
            Words {
                subject,
                lines: vec![format!("There is something new under your grades in “{title}”:")],
                list: listed(assessments.iter().map(|part: &Part| part.title.clone()), *more),
                action: ("See your grades", format!("{path}/grades")),
            }
        }
        Notice::AssessmentDue { due, zone, .. } => Words {
            subject: format!("Due {}: {}", when(due, zone), due.part.title),
            lines: vec![
                format!("“{}” in “{title}” is due {} ({zone}).", due.part.title, when(due, zone)),
                "As far as we know you have not handed it in yet.".to_owned(),
            ],
            list: vec![],
            action: ("Open it", format!("{path}/quizzes/{}", due.part.node)),
        },
        Notice::CourseUpdated { due, more, contents, zone, .. } => {
            let mut lines = Vec::new();
            if *contents {
                lines.push(format!("The contents of “{title}” were changed."));
            }
            if !due.is_empty() {
                lines.push(format!("Dates of “{title}” were changed ({zone}):"));
            }
            let date = |date: &DueDate| match date.at {
                Some(_) => format!("{}: due {}", date.part.title, when(date, zone)),
                None => format!("{}: no deadline any more", date.part.title),
            };
            Words {
                subject: format!("Changed: {title}"),
                lines,
                list: listed(due.iter().map(date), *more),
                action: ("Open the course", path),
            }
        }
    }
}

fn listed(names: impl Iterator<Item = String>, more: u32) -> Vec<String> {
    names.chain((more > 0).then(|| format!("and {more} more"))).collect()
}

/// A deadline by the clock of its cohort.
fn when(due: &DueDate, zone: &str) -> String {
    let zone = TimeZone::get(zone).unwrap_or(TimeZone::UTC);
    due.at.map_or_else(String::new, |at| zone.to_datetime(instant(at)).strftime("%A, %-d %B %Y, %H:%M").to_string())
}

fn text(words: &Words, name: &str, why: &str, end: Option<&str>, choices: &str) -> String {
    let mut parts = vec![format!("Hello {name},"), words.lines.join("\n")];
    if !words.list.is_empty() {
        parts.push(words.list.iter().map(|line| format!("- {line}")).collect::<Vec<_>>().join("\n"));
    }
    parts.push(format!("{}: {}", words.action.0, words.action.1));
    let end = end.map(|end| format!("\nNo more e-mails of this kind: {end}")).unwrap_or_default();
    parts.push(format!("-- \n{why}{end}\nChoose what you are told: {choices}"));
    parts.join("\n\n") + "\n"
}

/// Text as HTML shows it, in an element or between double quotes.
fn escaped(text: &str) -> String {
    let mut html = String::with_capacity(text.len());
    for character in text.chars() {
        match character {
            '&' => html.push_str("&amp;"),
            '<' => html.push_str("&lt;"),
            '>' => html.push_str("&gt;"),
            '"' => html.push_str("&quot;"),
            other => html.push(other),
        }
    }
    html
}

fn html(words: &Words, name: &str, why: &str, end: Option<&str>, choices: &str) -> String {
    let clean = escaped;
    let link =
        |href: &str, words: &str, style: &str| format!(r#"<a href="{}" style="{style}">{words}</a>"#, clean(href));
    let lines: String = words.lines.iter().map(|line| format!("<p>{}</p>", clean(line))).collect();
    let items: String = words.list.iter().map(|line| format!("<li>{}</li>", clean(line))).collect();
    let list = if items.is_empty() { String::new() } else { format!("<ul>{items}</ul>") };
    let action = link(&words.action.1, words.action.0, "color:#7a2f1d;font-weight:bold");
    let small = "color:#6b6257";
    let end = end.map(|end| format!(" {}.", link(end, "No more e-mails of this kind", small))).unwrap_or_default();
    let choices = link(choices, "Choose what you are told", small);
    format!(
        concat!(
            r#"<!doctype html><html lang="en"><head><meta charset="utf-8"><meta name="color-scheme" content="light dark">"#,
            r#"<title>{subject}</title></head>"#,
            r#"<body style="margin:0 auto;max-width:36em;padding:1.5em;font:16px/1.5 Georgia,serif">"#,
            r#"<p>Hello {name},</p>{lines}{list}<p>{action}</p>"#,
            r#"<hr style="border:0;border-top:1px solid #d8d0c4;margin:2em 0 1em">"#,
            r#"<p style="font-size:13px;color:#6b6257">{why}{end} {choices}.</p></body></html>"#,
        ),
        subject = clean(&words.subject),
        name = clean(name),
        lines = lines,
        list = list,
        action = action,
        why = clean(why),
        end = end,
        choices = choices,
    )
}

#[cfg(test)]
mod tests;
