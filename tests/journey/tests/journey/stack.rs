//! The running stack: where it is, who can sign in, and how to ask it.

use std::path::PathBuf;
use std::process::{Child, Command, Stdio};

use aws_sdk_cognitoidentityprovider::Client as Cognito;
use aws_sdk_cognitoidentityprovider::config::{BehaviorVersion, Credentials, Region};
use aws_sdk_cognitoidentityprovider::types::AuthFlowType;
use reqwest::{Method, StatusCode};
use serde::Deserialize;
use serde_json::{Value, json};
use stoa_domain::id::{PersonKey, TenantId};
use stoa_store::dynamo::{Dynamo, TableNames};
use stoa_store::engine::{Engine, Table};
use stoa_store::schema;

/// Whom Stoa's own mails are from.
const OUR_ADDRESS: &str = "no-reply@stoa.example";

/// The endpoints file.
#[derive(Debug, Clone, Deserialize)]
pub struct Stack {
    /// Where the API answers.
    pub api: String,
    /// The second origin, for foreign bytes.
    pub content: String,
    user_pool_id: String,
    operator_client_id: String,
    region: String,
    aws_endpoint: String,
    accounts: Vec<Account>,
    mailbox: String,
    tables: Tables,
    #[serde(skip)]
    file: PathBuf,
    #[serde(skip)]
    http: reqwest::Client,
}

#[derive(Debug, Clone, Deserialize)]
struct Tables {
    learning: String,
    people: String,
}

#[derive(Debug, Clone, Deserialize)]
struct Account {
    email: String,
    password: String,
    role: String,
}

/// An e-mail that the local SES has taken.
#[derive(Debug, Clone, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub struct Mail {
    /// From whom.
    pub source: String,
    /// To whom.
    pub to: Vec<String>,
    /// Its subject.
    pub subject: String,
    /// The plain body.
    pub body_text: String,
    /// The HTML body.
    pub body_html: Option<String>,
}

/// Somebody whom only one test knows.
#[derive(Debug, Clone)]
pub struct Newcomer {
    /// Their address.
    pub email: String,
    /// Their key.
    pub person: String,
    password: String,
}

/// The tokens of one sign-in.
#[derive(Debug, Clone)]
pub struct Tokens {
    /// For the API.
    pub access: String,
    /// Says who somebody is; it opens nothing.
    pub id: String,
}

/// An answer.
#[derive(Debug, Clone)]
pub struct Answer {
    /// Its status.
    pub status: StatusCode,
    /// Its text.
    pub text: String,
}

impl Answer {
    /// The body as JSON.
    #[track_caller]
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// The body, if the status is the expected one.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        assert_eq!(self.status.as_u16(), status, "{}", self.text);
        if self.text.is_empty() { Value::Null } else { self.json() }
    }

    /// The kind of problem, if the status is the expected one.
    #[track_caller]
    pub fn problem(&self, status: u16) -> String {
        let problem = self.expect(status);
        let kind = problem["type"].as_str().and_then(|kind| kind.rsplit('/').next());
        kind.unwrap_or_else(|| panic!("no problem: {}", self.text)).to_owned()
    }
}

impl Stack {
    /// The stack that `STOA_ENDPOINTS` names.
    pub fn running() -> Stack {
        let file =
            std::env::var_os("STOA_ENDPOINTS").expect("STOA_ENDPOINTS names the endpoints file of a running stack");
        let file = PathBuf::from(file);
        let text = std::fs::read_to_string(&file).expect("the endpoints file can be read");
        let stack: Stack = serde_json::from_str(&text).expect("the endpoints file is whole");
        Stack { file, ..stack }
    }

    /// Signs the demo account of a role in.
    pub async fn sign_in(&self, role: &str) -> Tokens {
        let account = self.accounts.iter().find(|account| account.role == role).expect("an account of that role");
        self.sign_in_as(&account.email, &account.password).await.expect("the demo account can sign in")
    }

    /// Signs somebody in with operator credentials.
    pub async fn sign_in_as(&self, email: &str, password: &str) -> Result<Tokens, String> {
        let answer = self
            .cognito()
            .admin_initiate_auth()
            .user_pool_id(&self.user_pool_id)
            .client_id(&self.operator_client_id)
            .auth_flow(AuthFlowType::AdminUserPasswordAuth)
            .auth_parameters("USERNAME", email)
            .auth_parameters("PASSWORD", password)
            .send()
            .await;
        let result = answer.map_err(|error| format!("{error:?}"))?.authentication_result.ok_or("no tokens")?;
        Ok(Tokens { access: result.access_token.unwrap_or_default(), id: result.id_token.unwrap_or_default() })
    }

    /// Gives somebody a password and signs them in, as soon as they are provisioned.
    pub async fn provisioned(&self, email: &str, password: &str) -> Tokens {
        let mut tries = tokio::time::interval(std::time::Duration::from_millis(250));
        for _ in 0..240 {
            tries.tick().await;
            let set = self.cognito().admin_set_user_password().user_pool_id(&self.user_pool_id);
            let set = set.username(email).password(password).permanent(true).send().await;
            if set.is_ok()
                && let Ok(tokens) = self.sign_in_as(email, password).await
                && self.get("/api/me", &tokens.access).await.status == StatusCode::OK
            {
                return tokens;
            }
        }
        panic!("{email} was not provisioned within a minute");
    }

    /// Invites a learner whom nobody else uses, and waits until they can sign in.
    pub async fn newcomer(&self, name: &str) -> Newcomer {
        let admin = self.sign_in("admin").await.access;
        let email = format!("{}-{}@demo.example", name.to_lowercase(), uuid::Uuid::now_v7().simple());
        let person = json!({"people": [{"email": email, "name": name, "roles": ["learner"]}]});
        let invited = self.send("POST", "/api/people", &admin, person).await.expect(200);
        let person = invited["people"][0]["person"].as_str().expect("a person").to_owned();
        let password = "New-here-today-1".to_owned();
        self.provisioned(&email, &password).await;
        Newcomer { email, person, password }
    }

    /// A fresh access token of somebody: they live five minutes.
    pub async fn token_of(&self, somebody: &Newcomer) -> String {
        self.sign_in_as(&somebody.email, &somebody.password).await.expect("they can sign in").access
    }

    /// The e-mails to somebody so far, oldest first.
    pub async fn mails_to(&self, somebody: &Newcomer) -> Vec<Mail> {
        let mails = self.mails().await.into_iter();
        // The user pool's own mail, with a first password, is not ours.
        mails.filter(|mail| mail.source == OUR_ADDRESS && mail.to.contains(&somebody.email)).collect()
    }

    async fn mails(&self) -> Vec<Mail> {
        let answer = self.http.get(&self.mailbox).send().await.expect("the mailbox answers");
        let all: Value = serde_json::from_str(&answer.text().await.expect("text")).expect("JSON");
        let accounts = all["messages"].as_object().expect("messages by account");
        let mails = accounts.values().flat_map(|mails| mails.as_array().expect("a list").clone());
        mails.map(|mail| serde_json::from_value::<Mail>(mail).expect("a mail")).collect()
    }

    /// Waits until the user pool has sent so many invitations to an address, and not one more.
    pub async fn invitations_to(&self, email: &str, count: usize) {
        let mut tries = tokio::time::interval(std::time::Duration::from_millis(250));
        let mut seen = 0;
        for _ in 0..240 {
            tries.tick().await;
            let mails = self.mails().await;
            let is_invitation = |mail: &&Mail| mail.source != OUR_ADDRESS && mail.to.iter().any(|to| to == email);
            seen = mails.iter().filter(is_invitation).count();
            if seen >= count {
                break;
            }
        }
        assert_eq!(seen, count, "invitations to {email}");
    }

    /// Waits until provisioning has nothing to do for a person of the demo organisation.
    pub async fn until_followed(&self, person: &str) {
        let (tenant, person) = (TenantId::parse("demo").expect("an id"), PersonKey::parse(person).expect("an id"));
        let (tables, key) = (self.tables(), schema::person(&tenant, &person));
        let mut tries = tokio::time::interval(std::time::Duration::from_millis(250));
        for _ in 0..240 {
            tries.tick().await;
            let item = tables.get(Table::People, &key, true).await.expect("read").expect("there");
            if !item.contains_key("work_pk") {
                return;
            }
        }
        panic!("{person} was not followed within a minute");
    }

    /// Waits for an e-mail with these words in its subject: news are collected for two minutes, and a sweep comes once a
    /// minute.
    pub async fn mailed(&self, somebody: &Newcomer, words: &str) -> Mail {
        let mut tries = tokio::time::interval(std::time::Duration::from_millis(500));
        for _ in 0..600 {
            tries.tick().await;
            if let Some(mail) = self.mails_to(somebody).await.into_iter().find(|mail| mail.subject.contains(words)) {
                return mail;
            }
        }
        let subjects: Vec<String> = self.mails_to(somebody).await.into_iter().map(|mail| mail.subject).collect();
        panic!("no mail with {words:?} came in five minutes; there are {subjects:?}");
    }

    /// Where the local AWS answers.
    pub fn aws_endpoint(&self) -> &str {
        &self.aws_endpoint
    }

    /// Its region.
    pub fn region(&self) -> &str {
        &self.region
    }

    /// Every account of the pool, as text.
    pub async fn accounts_text(&self) -> String {
        let mut pages = self.cognito().list_users().user_pool_id(&self.user_pool_id).into_paginator().send();
        let mut text = String::new();
        while let Some(page) = pages.next().await {
            text.push_str(&format!("{:?}", page.expect("a page of accounts").users));
        }
        text
    }

    /// Asks CloudWatch Logs, for which there is no client here.
    pub async fn logs(&self, operation: &str, body: Value) -> Value {
        // The local AWS knows its operator by the key's name.
        let scope = format!("test/20260101/{}/logs/aws4_request", self.region);
        let signed = format!("AWS4-HMAC-SHA256 Credential={scope}, SignedHeaders=host, Signature=0");
        let request = self.http.post(&self.aws_endpoint).header("authorization", signed);
        let request = request.header("x-amz-target", format!("Logs_20140328.{operation}"));
        let request = request.header("content-type", "application/x-amz-json-1.1").body(body.to_string());
        let response = request.send().await.expect("CloudWatch Logs answer");
        assert!(response.status().is_success(), "{operation}: {}", response.status());
        serde_json::from_str(&response.text().await.expect("text")).expect("JSON")
    }

    fn cognito(&self) -> Cognito {
        let config = aws_sdk_cognitoidentityprovider::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .endpoint_url(&self.aws_endpoint)
            .credentials_provider(Credentials::new("test", "test", None, None, "local"))
            .build();
        Cognito::from_conf(config)
    }

    /// Reads.
    pub async fn get(&self, path: &str, token: &str) -> Answer {
        self.call(Method::GET, path, token, None).await
    }

    /// Sends JSON.
    pub async fn send(&self, method: &str, path: &str, token: &str, body: Value) -> Answer {
        let method = Method::from_bytes(method.as_bytes()).expect("a method");
        self.call(method, path, token, Some(body.to_string())).await
    }

    /// Asks anything; the edge with the cookies that it gives for the token.
    pub async fn call(&self, method: Method, path: &str, token: &str, body: Option<String>) -> Answer {
        let mut request = self.http.request(method, format!("{}{path}", self.api));
        if path.starts_with("/t/") {
            request = request.header("cookie", self.edge_cookies(token).await.join("; "));
        } else if !token.is_empty() {
            request = request.bearer_auth(token);
        }
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body);
        }
        let response = request.send().await.expect("the stack answers");
        Answer { status: response.status(), text: response.text().await.expect("a body of text") }
    }

    /// The cookies that open the edge, each as `name=value`.
    pub async fn edge_cookies(&self, token: &str) -> Vec<String> {
        self.edge_session(token).await.expect("cookies")
    }

    /// The same, or what was answered instead.
    pub async fn edge_session(&self, token: &str) -> Result<Vec<String>, Answer> {
        let request = self.http.post(format!("{}/api/session", self.api)).bearer_auth(token);
        let response = request.send().await.expect("the stack answers");
        if response.status() != StatusCode::OK {
            return Err(Answer { status: response.status(), text: response.text().await.expect("a body of text") });
        }
        let set = response.headers().get_all("set-cookie").iter();
        Ok(set.map(|cookie| cookie.to_str().expect("text").split(';').next().expect("a pair").to_owned()).collect())
    }

    /// Asks for a path, or a whole address, with these cookies and nothing else.
    pub async fn with_cookies(&self, path: &str, cookies: &[String]) -> Answer {
        let url = if path.starts_with('/') { format!("{}{path}", self.api) } else { path.to_owned() };
        let request = self.http.get(url).header("cookie", cookies.join("; "));
        let response = request.send().await.expect("the stack answers");
        Answer { status: response.status(), text: response.text().await.expect("a body of text") }
    }

    /// Asks until the answer is as wanted, for what follows from a queue.
    pub async fn eventually(&self, path: &str, token: &str, wanted: impl Fn(&Answer) -> bool) -> Answer {
        let mut tries = tokio::time::interval(std::time::Duration::from_millis(250));
        let mut last = None;
        for _ in 0..240 {
            tries.tick().await;
            let answer = self.get(path, token).await;
            if wanted(&answer) {
                return answer;
            }
            last = Some(answer.text);
        }
        panic!("{path} did not become as wanted within a minute; last: {last:?}");
    }

    /// The deployed tables, with an operator's credentials.
    pub fn tables(&self) -> Dynamo {
        let config = aws_sdk_dynamodb::Config::builder()
            .behavior_version(BehaviorVersion::latest())
            .region(Region::new(self.region.clone()))
            .endpoint_url(&self.aws_endpoint)
            .credentials_provider(Credentials::new("test", "test", None, None, "local"))
            .build();
        let names = TableNames {
            learning: self.tables.learning.clone(),
            people: self.tables.people.clone(),
            ..TableNames::default()
        };
        Dynamo::new(aws_sdk_dynamodb::Client::from_conf(config), names)
    }

    /// Runs the operator's command line against the stack.
    pub fn stoa(&self, arguments: &[&str]) -> std::process::Output {
        self.command(arguments).output().expect("stoa is built: cargo build --workspace --bins")
    }

    /// Begins the operator's command line against the stack.
    pub fn begin_stoa(&self, arguments: &[&str]) -> Child {
        let command = self.command(arguments).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn();
        command.expect("stoa is built: cargo build --workspace --bins")
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let me = std::env::current_exe().expect("a path");
        let target = me.parent().and_then(|deps| deps.parent()).expect("target/debug/deps");
        let mut command = Command::new(target.join("stoa"));
        command.args(arguments).env("STOA_ENDPOINTS", &self.file);
        command
    }

    /// The enrolment that the demo learner was seeded with, as the home page sees it. Other tests enrol the learner too,
    /// and enrolments come in no order that means anything.
    pub async fn demo_enrolment(&self, token: &str) -> Value {
        let mine = self.get("/api/me/enrolments", token).await.expect(200);
        let mine = mine["enrolments"].as_array().expect("a list");
        mine.iter()
            .find(|each| each["cohort"]["id"] == "first")
            .expect("the demo learner is in the demo cohort")
            .clone()
    }

    /// Makes a course of one lesson and one quiz with a numeric item, publishes it, makes a cohort and enrols the demo
    /// learner. Returns the enrolment.
    pub async fn course_of_one_quiz(&self, name: &str, settings: Value) -> Value {
        let admin = self.sign_in("admin").await.access;
        let course = format!("{name}-{}", uuid::Uuid::now_v7().simple());
        let put = async |path: String, body: Value| self.send("PUT", &path, &admin, body).await.expect(200);
        put(format!("/api/courses/{course}"), json!({"title": name, "language": "en"})).await;
        let node = |kind: &str, position: u32, blocks: Value, assessment: Value| {
            json!({"parent": null, "position": position, "kind": kind, "title": format!("{name} {kind}"), "required": true,
                "completion": null, "access": null, "minutes": null, "blocks": blocks, "assessment": assessment})
        };
        let lesson = json!([{"type": "html", "html": "<p>Seven is a number.</p>"}]);
        put(format!("/api/courses/{course}/nodes/lesson"), node("lesson", 0, lesson, Value::Null)).await;
        put(format!("/api/courses/{course}/nodes/quiz"), node("assessment", 1, json!([]), settings)).await;
        let item = json!({"position": 0, "kind": "numeric", "prompt_html": "<p>Three and four?</p>", "points_max": 100,
            "choices": [], "key": {"ranges": [{"min": "7", "max": "7"}]}, "original_type": null});
        put(format!("/api/courses/{course}/nodes/quiz/items/sum"), item).await;
        let published =
            self.send("POST", &format!("/api/courses/{course}/releases"), &admin, json!({})).await.expect(201);
        let cohort = json!({"name": name, "course": course, "release": published["release"], "zone": "Europe/Berlin", "deadlines": {}});
        put(format!("/api/cohorts/{course}"), cohort).await;
        let learner = self.sign_in("learner").await.access;
        let me = self.get("/api/me", &learner).await.expect(200);
        let enrol = self
            .send("POST", &format!("/api/cohorts/{course}/enrolments"), &admin, json!({"people": [me["person"]]}))
            .await;
        let mut enrolled = enrol.expect(200)["enrolments"][0].clone();
        enrolled["cohort"] = json!(course);
        enrolled
    }

    /// Enrols somebody in a cohort; the enrolment's id.
    pub async fn enrol(&self, cohort: &str, somebody: &Newcomer) -> String {
        self.enrol_person(cohort, &json!(somebody.person)).await
    }

    /// Gives a course a picture, with its bytes and their digest.
    pub async fn put_picture(&self, course: &str, asset: &str, bytes: &'static str, sha256: &str) {
        let admin = self.sign_in("admin").await.access;
        let file = json!({"name": format!("a {asset}.png"), "content_type": "image/png", "size": bytes.len(), "sha256": sha256});
        let path = format!("/api/courses/{course}/assets/{asset}");
        let place = self.send("PUT", &path, &admin, file).await.expect(200)["upload"].clone();
        // The bytes may be there already.
        let Some(url) = place["url"].as_str() else { return };
        let headers = place["headers"].as_object().expect("headers").iter();
        let request = headers.fold(self.http.put(url).body(bytes), |request, (name, value)| {
            request.header(name, value.as_str().expect("text"))
        });
        assert!(request.send().await.expect("an answer").status().is_success());
    }

    /// Enrols whose token this is. Returns the enrolment.
    pub async fn enrol_me(&self, cohort: &str, token: &str) -> String {
        let me = self.get("/api/me", token).await.expect(200);
        self.enrol_person(cohort, &me["person"]).await
    }

    async fn enrol_person(&self, cohort: &str, person: &Value) -> String {
        let admin = self.sign_in("admin").await.access;
        let people = json!({"people": [person]});
        let enrolled =
            self.send("POST", &format!("/api/cohorts/{cohort}/enrolments"), &admin, people).await.expect(200);
        enrolled["enrolments"][0]["enrolment"].as_str().expect("an id").to_owned()
    }

    /// Opens an attempt at the quiz of [`Stack::course_of_one_quiz`] and hands it in.
    pub async fn hand_in(&self, enrolment: &str, number: u32, token: &str) {
        let attempt = format!("/api/enrolments/{enrolment}/assessments/quiz/attempts/{number}");
        self.send("PUT", &attempt, token, json!({})).await.expect(201);
        let answers = json!({"sum": {"type": "number", "value": "7"}});
        let body = json!({"submission_id": format!("s{number}"), "answers": answers});
        self.send("PUT", &format!("{attempt}/submission"), token, body).await.expect(201);
    }
}
