//! The Runtime API of Lambda, as much of it as one function needs: hands out one event at a time and notes the answers.
//! Whatever else it is asked, it answers as an AWS that has nothing.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Child;
use std::sync::{Arc, Mutex, mpsc};
use std::time::{Duration, Instant};

/// How often a function that does not answer is looked at.
const LOOK_EVERY: Duration = Duration::from_secs(1);
/// How long it may say nothing.
const SILENCE_MAX: Duration = Duration::from_secs(30);

/// The stub.
pub struct RuntimeStub {
    listener: TcpListener,
}

/// When an event was handed out and when its answer came.
#[derive(Clone, Copy)]
pub struct Round {
    /// When the function had the event.
    pub handed_out: Instant,
    /// When the function's answer was there.
    pub answered: Instant,
}

/// Where rounds go; an event that the function failed at goes there too.
type Rounds = mpsc::Sender<Result<Round, String>>;

impl RuntimeStub {
    /// A stub on a free port of this machine.
    pub fn new() -> RuntimeStub {
        RuntimeStub { listener: TcpListener::bind("127.0.0.1:0").expect("a free port") }
    }

    /// What `AWS_LAMBDA_RUNTIME_API` names.
    pub fn address(&self) -> String {
        self.listener.local_addr().expect("it is bound").to_string()
    }

    /// Hands out `event` until `function` has answered it `count` times; a function that ends before that ends the
    /// measurement. The runtime's client may open a second connection for its
    /// answers, so each connection has a thread, which ends with the connection.
    pub fn serve(self, event: &str, count: usize, function: &mut Child) -> Vec<Round> {
        let (event, handed_out) = (event.to_owned(), Arc::new(Mutex::new(Instant::now())));
        let (rounds, answered) = mpsc::channel();
        std::thread::spawn(move || {
            for stream in self.listener.incoming().map_while(Result::ok) {
                let (event, handed_out, rounds) = (event.clone(), handed_out.clone(), rounds.clone());
                std::thread::spawn(move || converse(&stream, &event, &handed_out, &rounds));
            }
        });
        let mut next = || {
            let asked = Instant::now();
            loop {
                match answered.recv_timeout(LOOK_EVERY) {
                    Ok(round) => return round.unwrap_or_else(|event| panic!("the function fails at {event}")),
                    Err(_) => {
                        let ended = function.try_wait().expect("it can be looked at");
                        assert!(ended.is_none(), "the function ends before it has answered: {ended:?}");
                        assert!(asked.elapsed() < SILENCE_MAX, "the function does not answer");
                    }
                }
            }
        };
        (0..count).map(|_| next()).collect()
    }
}

/// Answers one connection until it closes.
fn converse(stream: &TcpStream, event: &str, handed_out: &Mutex<Instant>, rounds: &Rounds) {
    let mut reader = BufReader::new(stream.try_clone().expect("a second handle"));
    while let Some(path) = request(&mut reader) {
        let mut last = handed_out.lock().expect("nobody panics while noting a time");
        if path.ends_with("/next") {
            *last = Instant::now();
            drop(last);
            respond(stream, "200 OK", event);
        } else if !path.contains("/invocation/") {
            drop(last);
            respond(stream, "200 OK", "{}");
        } else {
            let round = Round { handed_out: *last, answered: Instant::now() };
            // Nobody listens any more once enough events are answered.
            let _ = rounds.send(if path.ends_with("/error") { Err(event.to_owned()) } else { Ok(round) });
            drop(last);
            respond(stream, "202 Accepted", "");
        }
    }
}

/// Reads one request to its end and gives its path; `None` when the connection is closed.
fn request(reader: &mut BufReader<TcpStream>) -> Option<String> {
    let mut first = String::new();
    if reader.read_line(&mut first).ok()? == 0 {
        return None;
    }
    let path = first.split(' ').nth(1)?.to_owned();
    let (mut length, mut is_chunked) = (0, false);
    loop {
        let mut line = String::new();
        reader.read_line(&mut line).ok()?;
        let line = line.trim().to_ascii_lowercase();
        if line.is_empty() {
            break;
        }
        if let Some(value) = line.strip_prefix("content-length:") {
            length = value.trim().parse().ok()?;
        }
        is_chunked |= line.starts_with("transfer-encoding:") && line.contains("chunked");
    }
    if is_chunked {
        loop {
            let mut size = String::new();
            reader.read_line(&mut size).ok()?;
            let size = usize::from_str_radix(size.trim(), 16).ok()?;
            let mut chunk = vec![0; size + 2];
            reader.read_exact(&mut chunk).ok()?;
            if size == 0 {
                break;
            }
        }
    } else {
        let mut body = vec![0; length];
        reader.read_exact(&mut body).ok()?;
    }
    Some(path)
}

fn respond(mut stream: &TcpStream, status: &str, body: &str) {
    let head = format!(
        "HTTP/1.1 {status}\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\
         lambda-runtime-aws-request-id: 8476a536-e9f4-11e8-9739-2dfe598c3fcd\r\n\
         lambda-runtime-deadline-ms: 4102444800000\r\n\
         lambda-runtime-invoked-function-arn: arn:aws:lambda:eu-west-1:123456789012:function:bench\r\n\r\n",
        body.len()
    );
    // One write, so that no answer waits for an acknowledgement; a function that was ended does not listen.
    let _ = stream.write_all(format!("{head}{body}").as_bytes());
}
