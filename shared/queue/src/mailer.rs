//! Mail through SES: two bodies, the headers of a one-click end, and what an answer means.

use aws_config::SdkConfig;
use aws_sdk_sesv2::Client;
use aws_sdk_sesv2::error::{BuildError, DisplayErrorContext, ProvideErrorMetadata, SdkError};
use aws_sdk_sesv2::operation::send_email::SendEmailError;
use aws_sdk_sesv2::types::{Body, Content, Destination, EmailContent, Message, MessageHeader};
use futures::FutureExt;
use stoa_service::notifying::mail::Mail;
use stoa_service::notifying::sending::{Mailer, NotMailed};

/// Hands mail over to SES. Build one in `main`: it holds connections.
#[derive(Debug, Clone)]
pub struct Ses {
    client: Client,
    from: String,
}

impl Ses {
    /// A mailer with the settings all clients share, that sends from this address.
    pub fn new(config: &SdkConfig, from: impl Into<String>) -> Ses {
        Ses { client: Client::new(config), from: from.into() }
    }
}

impl Mailer for Ses {
    async fn mail(&self, mail: &Mail) -> Result<(), NotMailed> {
        let message = message(mail).map_err(|error| NotMailed::Rejected(error.to_string()))?;
        let request = self
            .client
            .send_email()
            .from_email_address(&self.from)
            .destination(Destination::builder().to_addresses(&mail.to).build())
            .content(EmailContent::builder().simple(message).build());
        // Boxed, since the futures of the SDK are nested so deeply that the compiler gives up on more.
        request.send().boxed_local().await.map(drop).map_err(meaning)
    }
}

fn message(mail: &Mail) -> Result<Message, BuildError> {
    let content = |text: &str| Content::builder().data(text).charset("UTF-8").build();
    let body = Body::builder().text(content(&mail.text)?).html(content(&mail.html)?).build();
    let mut message = Message::builder().subject(content(&mail.subject)?).body(body);
    for (name, value) in headers(mail) {
        message = message.headers(MessageHeader::builder().name(name).value(value).build()?);
    }
    Ok(message.build())
}

/// What tells mail programs how to end mails like this with one click (RFC 2369 and 8058).
fn headers(mail: &Mail) -> Vec<(&'static str, String)> {
    match &mail.unsubscribe {
        None => Vec::new(),
        Some(url) => vec![
            ("List-Unsubscribe", format!("<{url}>")),
            ("List-Unsubscribe-Post", "List-Unsubscribe=One-Click".to_owned()),
        ],
    }
}

/// Answers that no repetition changes: the address or the message itself is not acceptable.
const FOR_GOOD: [&str; 2] = ["BadRequestException", "MessageRejected"];

/// What SES answered, in the words of whoever sends. An answer may quote the address, so only its code is kept.
fn meaning(error: SdkError<SendEmailError>) -> NotMailed {
    if matches!(error, SdkError::ConstructionFailure(_)) {
        return NotMailed::Refused("the request could not be made".to_owned());
    }
    let Some(response) = error.raw_response() else {
        return NotMailed::Unclear(DisplayErrorContext(error).to_string());
    };
    let code = error.code().unwrap_or("without a code").to_owned();
    // SES has one code for what is never acceptable and for who may not send or be sent to yet: before the domain is
    // verified, and in its sandbox.
    if error.message().is_some_and(|message| message.contains("not verified")) {
        return NotMailed::Refused(format!("{code}: not verified"));
    }
    match response.status().as_u16() {
        400..500 if FOR_GOOD.contains(&code.as_str()) => NotMailed::Rejected(code),
        // Too many, paused, suspended, not verified, not permitted: it was not taken, and somebody or time puts it right.
        400..500 => NotMailed::Refused(code),
        _ => NotMailed::Unclear(code),
    }
}

#[cfg(test)]
mod tests;
