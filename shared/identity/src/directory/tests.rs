//! The directory against a stand-in for Cognito that answers over HTTP, as the SDK sees it.

use std::sync::{Arc, Mutex};

use aws_sdk_cognitoidentityprovider::config::retry::RetryConfig;
use aws_sdk_cognitoidentityprovider::config::{BehaviorVersion, Config, Credentials, Region};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use super::*;

/// What the stand-in answers to an operation: a status and a body.
type Answers = &'static [(&'static str, u16, &'static str)];

const CREATED: &str =
    r#"{"User":{"Username":"u","Attributes":[{"Name":"email","Value":"a@x.test"},{"Name":"sub","Value":"s-1"}]}}"#;
const FOUND: &str = r#"{"Username":"u","UserAttributes":[{"Name":"sub","Value":"s-1"}]}"#;
const EXISTS: &str = r#"{"__type":"UsernameExistsException","message":"a@x.test exists"}"#;

/// Starts the stand-in; the list fills with `operation body` for each request.
#[expect(clippy::disallowed_methods, reason = "the stand-in answers beside the test, and ends with it")]
async fn directory(answers: Answers) -> (Directory, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let endpoint = format!("http://{}", listener.local_addr().expect("an address"));
    let requests = Arc::new(Mutex::new(Vec::new()));
    let seen = requests.clone();
    tokio::spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            tokio::spawn(serve(stream, answers, seen.clone()));
        }
    });
    let config = Config::builder()
        .behavior_version(BehaviorVersion::latest())
        .region(Region::new("eu-west-1"))
        .credentials_provider(Credentials::new("test", "test", None, None, "test"))
        .retry_config(RetryConfig::disabled())
        .endpoint_url(endpoint)
        .build();
    (Directory { client: Client::from_conf(config), user_pool_id: "pool".to_owned() }, requests)
}

async fn serve(mut stream: TcpStream, answers: Answers, seen: Arc<Mutex<Vec<String>>>) {
    let mut bytes = Vec::new();
    let (head, body) = loop {
        let mut chunk = [0; 4096];
        let Ok(count @ 1..) = stream.read(&mut chunk).await else { return };
        bytes.extend_from_slice(&chunk[..count]);
        let text = String::from_utf8_lossy(&bytes).into_owned();
        let Some((head, body)) = text.split_once("\r\n\r\n") else { continue };
        let head = head.to_ascii_lowercase();
        let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
        if body.len() >= length.and_then(|length| length.parse().ok()).unwrap_or(0) {
            break (head, body.to_owned());
        }
    };
    let answer = answers.iter().find(|(operation, _, _)| {
        head.contains(&format!(
            "x-amz-target: awscognitoidentityproviderservice.{}\r\n",
            operation.to_ascii_lowercase()
        ))
    });
    let (operation, status, answer) = answer.expect("an expected operation");
    seen.lock().expect("a list").push(format!("{operation} {body}"));
    let head = format!(
        "HTTP/1.1 {status} X\r\ncontent-type: application/x-amz-json-1.1\r\nconnection: close\r\ncontent-length: {}\r\n\r\n",
        answer.len()
    );
    let _gone = stream.write_all(format!("{head}{answer}").as_bytes()).await;
}

fn subject_text(subject: Result<Subject, DirectoryFailure>) -> String {
    subject.expect("a subject").into()
}

#[tokio::test]
async fn a_new_person_is_created_with_an_address_and_nothing_else() {
    let (directory, requests) = directory(&[("AdminCreateUser", 200, CREATED)]).await;
    assert_eq!(subject_text(directory.ensure_user("a@x.test").await), "s-1");
    let requests = requests.lock().expect("a list");
    let body: serde_json::Value = serde_json::from_str(requests[0].split_once(' ').expect("a body").1).expect("JSON");
    assert_eq!(body["Username"], "a@x.test");
    let names: Vec<&str> =
        body["UserAttributes"].as_array().expect("a list").iter().filter_map(|pair| pair["Name"].as_str()).collect();
    assert_eq!(names, ["email", "email_verified"]);
}

#[tokio::test]
async fn a_person_who_is_there_already_keeps_their_subject() {
    let (directory, requests) = directory(&[("AdminCreateUser", 400, EXISTS), ("AdminGetUser", 200, FOUND)]).await;
    assert_eq!(subject_text(directory.ensure_user("a@x.test").await), "s-1");
    assert_eq!(requests.lock().expect("a list").len(), 2);
}

#[tokio::test]
async fn a_person_without_a_subject_is_asked_for_again_later() {
    let (directory, _) = directory(&[("AdminCreateUser", 200, r#"{"User":{"Username":"u"}}"#)]).await;
    assert!(matches!(directory.ensure_user("a@x.test").await, Err(DirectoryFailure::TryAgain(_))));
}

#[tokio::test]
async fn disabling_nobody_is_done_and_enabling_nobody_is_not() {
    const UNKNOWN: &str = r#"{"__type":"UserNotFoundException","message":"no"}"#;
    let (directory, _) = directory(&[("AdminDisableUser", 400, UNKNOWN), ("AdminEnableUser", 400, UNKNOWN)]).await;
    assert_eq!(directory.disable("a@x.test").await, Ok(()));
    assert_eq!(directory.enable("a@x.test").await, Err(DirectoryFailure::Unknown));
}

#[tokio::test]
async fn what_may_pass_is_told_apart_from_what_never_will_and_no_address_is_repeated() {
    let answers: Answers = &[
        ("AdminCreateUser", 400, r#"{"__type":"InvalidParameterException","message":"a@x.test is no address"}"#),
        ("AdminDisableUser", 400, r#"{"__type":"TooManyRequestsException","message":"slow down, a@x.test"}"#),
        ("AdminEnableUser", 500, r#"{"__type":"InternalErrorException","message":"a@x.test"}"#),
    ];
    let (directory, _) = directory(answers).await;
    let refused = directory.ensure_user("a@x.test").await;
    assert_eq!(refused, Err(DirectoryFailure::Refused("InvalidParameterException".into())));
    let busy = directory.disable("a@x.test").await;
    assert_eq!(busy, Err(DirectoryFailure::TryAgain("TooManyRequestsException".into())));
    let broken = directory.enable("a@x.test").await;
    assert_eq!(broken, Err(DirectoryFailure::TryAgain("InternalErrorException".into())));
}

#[tokio::test]
async fn a_pool_out_of_reach_may_be_reached_later() {
    let (mut directory, _) = directory(&[]).await;
    let config = directory.client.config().to_builder().endpoint_url("http://127.0.0.1:1").build();
    directory.client = Client::from_conf(config);
    assert!(matches!(directory.enable("a@x.test").await, Err(DirectoryFailure::TryAgain(_))));
}

const NEVER_SIGNED_IN: &str = r#"{"Username":"u","UserStatus":"FORCE_CHANGE_PASSWORD"}"#;

#[tokio::test]
async fn who_has_never_signed_in_is_sent_the_invitation_again() {
    let answers: Answers = &[("AdminGetUser", 200, NEVER_SIGNED_IN), ("AdminCreateUser", 200, CREATED)];
    let (directory, requests) = directory(answers).await;
    assert_eq!(directory.invite_again("a@x.test").await, Ok(()));
    let requests = requests.lock().expect("a list");
    let body: serde_json::Value = serde_json::from_str(requests[1].split_once(' ').expect("a body").1).expect("JSON");
    assert_eq!((&body["MessageAction"], &body["DesiredDeliveryMediums"][0]), (&"RESEND".into(), &"EMAIL".into()));
    assert_eq!(body["Username"], "a@x.test");
}

#[tokio::test]
async fn who_has_signed_in_is_sent_nothing_whenever_that_was() {
    const SIGNED_IN: &str = r#"{"Username":"u","UserStatus":"CONFIRMED"}"#;
    let (before, requests) = directory(&[("AdminGetUser", 200, SIGNED_IN)]).await;
    assert_eq!(before.invite_again("a@x.test").await, Ok(()));
    assert_eq!(requests.lock().expect("a list").len(), 1);

    const TOO_LATE: &str = r#"{"__type":"UnsupportedUserStateException","message":"no"}"#;
    let answers: Answers = &[("AdminGetUser", 200, NEVER_SIGNED_IN), ("AdminCreateUser", 400, TOO_LATE)];
    assert_eq!(directory(answers).await.0.invite_again("a@x.test").await, Ok(()));
}
