//! What the edge serves, and to whom: Releases by cookies, files by their signed addresses.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use jiff::Timestamp;
use reqwest::Method;
use serde_json::{Value, json};

use crate::stack::Stack;

/// An enrolment in a course of one lesson, `lesson`, that consists of a picture, `picture`, whose bytes are `abc`.
async fn enrolment_with_a_picture(stack: &Stack, learner: &str) -> String {
    let admin = stack.sign_in("admin").await.access;
    let course = format!("picture-{}", uuid::Uuid::now_v7().simple());
    let put = async |path: String, body: Value| stack.send("PUT", &path, &admin, body).await.expect(200);
    put(format!("/api/courses/{course}"), json!({"title": "Picture", "language": "en"})).await;
    let abc = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
    stack.put_picture(&course, "picture", "abc", abc).await;
    let lesson = json!({"parent": null, "position": 0, "kind": "lesson", "title": "Picture", "required": true, "completion": null,
        "access": null, "minutes": null, "assessment": null, "blocks": [{"type": "html", "html": "<p><img src=\"asset:picture\" alt=\"A\"></p>"}]});
    put(format!("/api/courses/{course}/nodes/lesson"), lesson).await;
    let release = stack.send("POST", &format!("/api/courses/{course}/releases"), &admin, json!({})).await.expect(201);
    let cohort =
        json!({"name": "Picture", "course": course, "release": release["release"], "zone": "UTC", "deadlines": {}});
    put(format!("/api/cohorts/{course}"), cohort).await;
    stack.enrol_me(&course, learner).await
}

/// The address of the outline of the demo learner's Release, and the Release.
async fn demo_outline(stack: &Stack, token: &str) -> (String, String) {
    let release = stack.demo_enrolment(token).await["release"].as_str().expect("a release").to_owned();
    (format!("/t/demo/r/{release}/outline.json"), release)
}

fn decode(text: &str) -> Vec<u8> {
    STANDARD.decode(text.replace('-', "+").replace('_', "=").replace('~', "/")).expect("base 64")
}

fn encode(bytes: &[u8]) -> String {
    STANDARD.encode(bytes).replace('+', "-").replace('=', "_").replace('/', "~")
}

/// What cookies open, and until when, in seconds since 1970.
fn opened_by(cookies: &[String]) -> (String, i64) {
    let policy = cookies.iter().find_map(|cookie| cookie.strip_prefix("CloudFront-Policy=")).expect("a policy");
    let policy: Value = serde_json::from_slice(&decode(policy)).expect("JSON");
    let statement = &policy["Statement"][0];
    let until = statement["Condition"]["DateLessThan"]["AWS:EpochTime"].as_i64().expect("a time");
    (statement["Resource"].as_str().expect("a resource").to_owned(), until)
}

#[tokio::test]
async fn what_the_edge_opens_is_closed_within_a_minute_of_a_deactivation() {
    let stack = Stack::running();
    let admin = stack.sign_in("admin").await.access;
    let leaver = stack.newcomer("Leaver").await;
    let token = stack.token_of(&leaver).await;
    stack.edge_cookies(&token).await;

    let ended_at = Timestamp::now();
    let path = format!("/api/people/{}/deactivation", leaver.person);
    stack.call(Method::POST, &path, &admin, None).await.expect(200);
    let mut open_until = 0;
    let mut tries = tokio::time::interval(std::time::Duration::from_millis(250));
    let refusal = loop {
        tries.tick().await;
        match stack.edge_session(&token).await {
            Ok(cookies) => open_until = opened_by(&cookies).1,
            Err(refusal) => break refusal,
        }
    };
    assert_eq!(refusal.problem(403), "access-ended");
    assert!(open_until < ended_at.as_second() + 60, "open {} s longer", open_until - ended_at.as_second());
}

#[tokio::test]
async fn a_release_is_read_with_the_cookies_of_its_tenant_and_not_without_or_with_others() {
    let stack = Stack::running();
    let learner = stack.sign_in("learner").await.access;
    let (path, release) = demo_outline(&stack, &learner).await;
    let cookies = stack.edge_cookies(&learner).await;
    stack.with_cookies(&path, &cookies).await.expect(200);

    assert_eq!(stack.with_cookies(&path, &[]).await.status.as_u16(), 403);
    for left_out in 0..cookies.len() {
        let mut fewer = cookies.clone();
        fewer.remove(left_out);
        assert_eq!(stack.with_cookies(&path, &fewer).await.status.as_u16(), 403, "without {}", cookies[left_out]);
    }
    for elsewhere in [format!("/t/other/r/{release}/outline.json"), format!("/t/demo2/r/{release}/outline.json")] {
        assert_eq!(stack.with_cookies(&elsewhere, &cookies).await.status.as_u16(), 403, "{elsewhere}");
    }
    // A token opens nothing there.
    let bearer = reqwest::Client::new().get(format!("{}{path}", stack.api)).bearer_auth(&learner);
    assert_eq!(bearer.send().await.expect("an answer").status().as_u16(), 403);
}

#[tokio::test]
async fn cookies_that_were_tampered_with_open_nothing() {
    let stack = Stack::running();
    let learner = stack.sign_in("learner").await.access;
    let (path, _) = demo_outline(&stack, &learner).await;
    let cookies = stack.edge_cookies(&learner).await;
    let (resource, until) = opened_by(&cookies);
    assert_eq!(resource, format!("{}/t/demo/*", stack.api));
    let forged = |resource: &str, until: i64| {
        let policy =
            json!({"Statement": [{"Resource": resource, "Condition": {"DateLessThan": {"AWS:EpochTime": until}}}]});
        let mut forged = cookies.clone();
        for cookie in &mut forged {
            if cookie.starts_with("CloudFront-Policy=") {
                *cookie = format!("CloudFront-Policy={}", encode(policy.to_string().as_bytes()));
            }
        }
        forged
    };
    // The policy as it was is the one that was signed, so the way of forging works.
    stack.with_cookies(&path, &forged(&resource, until)).await.expect(200);
    for (resource, until) in [(resource.clone(), until + 3_600), (format!("{}/t/*", stack.api), until)] {
        let answer = stack.with_cookies(&path, &forged(&resource, until)).await;
        assert_eq!(answer.status.as_u16(), 403, "{resource} until {until}");
    }
}

#[tokio::test]
async fn a_file_is_had_at_its_signed_address_as_it_is_and_at_no_other() {
    let stack = Stack::running();
    let learner = stack.sign_in("learner").await.access;
    let enrolment = enrolment_with_a_picture(&stack, &learner).await;
    let urls = format!("/api/enrolments/{enrolment}/nodes/lesson/assets?ids=picture");
    let urls = stack.get(&urls, &learner).await.expect(200);
    let url = urls["urls"]["picture"].as_str().expect("an address").to_owned();
    assert!(url.starts_with(&stack.content), "{url} is not on the second origin");

    let answer = reqwest::get(&url).await.expect("an answer");
    assert_eq!(answer.status().as_u16(), 200);
    let header = |name: &str| answer.headers()[name].to_str().expect("text").to_owned();
    assert!(header("content-security-policy").starts_with("sandbox;"));
    assert_eq!(header("x-content-type-options"), "nosniff");
    assert!(header("content-disposition").contains("filename*=UTF-8''"), "{}", header("content-disposition"));
    assert_eq!(header("content-type"), "image/png");
    assert_eq!(answer.bytes().await.expect("bytes"), "abc");

    let plain = url.split('?').next().expect("a path").to_owned();
    for other in [
        plain.clone(),
        url.replace("image%2Fpng", "text%2Fhtml"),
        url.replace("/t/demo/", "/t/other/"),
        url.replace("Hash-Algorithm=SHA256", "Hash-Algorithm=SHA1"),
        format!("{url}&more=1"),
        url.replace("Expires=1", "Expires=2"),
        // The web application's origin has no files.
        url.replace(&stack.content, &stack.api),
    ] {
        let answer = stack.with_cookies(&other, &[]).await;
        assert_eq!(answer.status.as_u16(), 403, "{other}");
    }
    // Cookies for Releases open no file.
    let cookies = stack.edge_cookies(&learner).await;
    assert_eq!(stack.with_cookies(&plain, &cookies).await.status.as_u16(), 403);
}
