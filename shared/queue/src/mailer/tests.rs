//! The real SDK against a server that answers as SES does: what goes over the wire, and what an answer is taken for.

use aws_sdk_sesv2::config::{BehaviorVersion, Credentials, Region};
use serde_json::{Value, json};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use super::*;

fn mail(unsubscribe: Option<&str>) -> Mail {
    Mail {
        to: "ada@x.test".to_owned(),
        subject: "Größe".to_owned(),
        text: "Hello".to_owned(),
        html: "<p>Hello</p>".to_owned(),
        unsubscribe: unsubscribe.map(str::to_owned),
    }
}

/// Hands one mail over to a server that answers once; what it was asked, and what that was taken for.
async fn hand_over(mail: &Mail, status: &str, error: &str, body: &str) -> (Value, Result<(), NotMailed>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let answer = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\nx-amzn-errortype: {error}\r\n\
         content-length: {}\r\nconnection: close\r\n\r\n{body}",
        body.len()
    );
    let serve = async {
        let (mut stream, _) = listener.accept().await.expect("a connection");
        let mut request = Vec::new();
        loop {
            let mut part = [0; 4_096];
            let read = stream.read(&mut part).await.expect("a request");
            request.extend_from_slice(&part[..read]);
            if read == 0 || is_whole(&request) {
                break;
            }
        }
        stream.write_all(answer.as_bytes()).await.expect("an answer");
        stream.shutdown().await.expect("the end");
        request
    };
    let config = aws_sdk_sesv2::Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .endpoint_url(format!("http://{address}"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(aws_sdk_sesv2::config::retry::RetryConfig::disabled())
        .build();
    let ses = Ses { client: Client::from_conf(config), from: "no-reply@stoa.test".to_owned() };
    let (request, handed) = futures::future::join(serve, ses.mail(mail)).await;
    let request = String::from_utf8(request).expect("text");
    assert!(request.starts_with("POST /v2/email/outbound-emails "), "{request}");
    let (_, body) = request.split_once("\r\n\r\n").expect("a body");
    (serde_json::from_str(body).expect("JSON"), handed)
}

fn is_whole(request: &[u8]) -> bool {
    let text = String::from_utf8_lossy(request);
    let Some((head, body)) = text.split_once("\r\n\r\n") else { return false };
    let length = head.lines().find_map(|line| line.to_lowercase().strip_prefix("content-length:").map(str::to_owned));
    length.and_then(|length| length.trim().parse::<usize>().ok()).is_some_and(|length| body.len() >= length)
}

#[tokio::test]
async fn a_mail_has_two_bodies_and_the_headers_of_a_one_click_end() {
    let (asked, handed) =
        hand_over(&mail(Some("https://stoa.test/api/unsubscribe/t")), "200 OK", "", r#"{"MessageId":"m1"}"#).await;
    assert_eq!(handed, Ok(()));
    assert_eq!(asked["FromEmailAddress"], "no-reply@stoa.test");
    assert_eq!(asked["Destination"]["ToAddresses"], json!(["ada@x.test"]));
    let message = &asked["Content"]["Simple"];
    assert_eq!(message["Subject"]["Data"], "Größe");
    assert_eq!(message["Body"]["Text"]["Data"], "Hello");
    assert_eq!(message["Body"]["Html"]["Data"], "<p>Hello</p>");
    assert_eq!(
        message["Headers"],
        json!([
            { "Name": "List-Unsubscribe", "Value": "<https://stoa.test/api/unsubscribe/t>" },
            { "Name": "List-Unsubscribe-Post", "Value": "List-Unsubscribe=One-Click" },
        ])
    );
}

#[tokio::test]
async fn a_mail_that_cannot_be_ended_says_nothing_about_it() {
    let (asked, _) = hand_over(&mail(None), "200 OK", "", r#"{"MessageId":"m1"}"#).await;
    assert!(asked["Content"]["Simple"].get("Headers").is_none_or(|headers| *headers == json!([])), "{asked}");
}

#[tokio::test]
async fn an_answer_is_taken_for_what_it_says_of_the_mail_and_quotes_no_address() {
    let about = "about ada@x.test";
    // As SES puts it, before the domain is verified and in the sandbox.
    let unverified =
        "Email address is not verified. The following identities failed the check in region EU-WEST-1: ada@x.test";
    let refused = |code: &str| NotMailed::Refused(code.to_owned());
    for (status, error, message, expected) in [
        ("429 Too Many Requests", "TooManyRequestsException", about, refused("TooManyRequestsException")),
        ("400 Bad Request", "SendingPausedException", about, refused("SendingPausedException")),
        ("403 Forbidden", "AccessDeniedException", about, refused("AccessDeniedException")),
        ("400 Bad Request", "MessageRejected", unverified, refused("MessageRejected: not verified")),
        ("400 Bad Request", "MessageRejected", about, NotMailed::Rejected("MessageRejected".to_owned())),
        ("500 Internal Server Error", "InternalFailure", about, NotMailed::Unclear("InternalFailure".to_owned())),
    ] {
        let (_, handed) = hand_over(&mail(None), status, error, &json!({ "message": message }).to_string()).await;
        assert_eq!(handed, Err(expected));
    }
}
