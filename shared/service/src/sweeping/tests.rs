use std::cell::{Cell, RefCell};

use futures::FutureExt;
use stoa_domain::due::AHEAD_MS;

use super::*;

const NOW_MS: i64 = 1_000_000_000;
/// How many marks a page has.
const PAGE: usize = 2;

fn at(ms: i64) -> Timestamp {
    Timestamp::from_millisecond(ms).expect("a time")
}

/// An index of marks, and the bells that rang. Every page takes its time.
#[derive(Default)]
struct Index {
    marks: Vec<(u32, Work, Marked)>,
    page_ms: i64,
    passed_ms: Cell<i64>,
    unreadable_lane: Option<u32>,
    broken: Option<&'static str>,
    rung: RefCell<Vec<(Work, String)>>,
}

impl Index {
    fn of(marks: impl IntoIterator<Item = (u32, Work, &'static str, i64)>) -> Index {
        let marked = |sk: &str, at_ms| Marked { pk: "pk".to_owned(), sk: sk.to_owned(), at_ms, trace: None };
        let marks = marks.into_iter().map(|(lane, work, sk, at_ms)| (lane, work, marked(sk, at_ms)));
        Index { marks: marks.collect(), ..Index::default() }
    }

    fn sweep(&self, stops: &Stops<usize>) -> Result<Swept, StoreError> {
        let clock = || at(NOW_MS + self.passed_ms.get());
        sweep(self, self, stops, clock).now_or_never().expect("nothing waits")
    }

    /// What rang since this was last asked, in order.
    fn rung(&self) -> Vec<String> {
        let mut rung: Vec<String> = self.rung.take().into_iter().map(|(_, sk)| sk).collect();
        rung.sort();
        rung
    }
}

impl WorkStore for Index {
    type Place = usize;
    const LANES: u32 = 2;

    async fn page(&self, stretch: &Stretch, from: Option<&usize>) -> Result<Page<usize>, StoreError> {
        self.passed_ms.set(self.passed_ms.get() + self.page_ms);
        if self.unreadable_lane == Some(stretch.lane) {
            return Err(StoreError::Throttled);
        }
        let is_in = |(lane, work, marked): &&(u32, Work, Marked)| {
            let time = stretch.from_ms..stretch.before_ms;
            (*lane, *work) == (stretch.lane, stretch.work) && time.contains(&marked.at_ms)
        };
        let mut marks: Vec<Marked> = self.marks.iter().filter(is_in).map(|(.., marked)| marked.clone()).collect();
        marks.sort_by_key(|marked| marked.at_ms);
        let begin = from.copied().unwrap_or(0);
        let next = (marks.len() > begin + PAGE).then_some(begin + PAGE);
        Ok(Page { marks: marks.into_iter().skip(begin).take(PAGE).collect(), next })
    }
}

impl Bell for Index {
    async fn ring(&self, work: Work, marks: &[Marked], _: Timestamp) -> Result<usize, StoreError> {
        if self.broken.is_some_and(|broken| marks.iter().any(|marked| marked.sk == broken)) {
            return Err(StoreError::Throttled);
        }
        self.rung.borrow_mut().extend(marks.iter().map(|marked| (work, marked.sk.clone())));
        Ok(marks.len())
    }
}

#[test]
fn work_is_rung_again_after_a_minute_and_what_is_due_two_minutes_ahead() {
    let index = Index::of([
        (0, Work::Pending, "old", NOW_MS - PENDING_AGE_MS - 1),
        (1, Work::Pending, "young", NOW_MS - PENDING_AGE_MS),
        (0, Work::Due, "long over", 5),
        (1, Work::Due, "just over", NOW_MS - 1),
        (1, Work::Due, "now", NOW_MS),
        (0, Work::Due, "soon", NOW_MS + AHEAD_MS - 1),
        (0, Work::Due, "later", NOW_MS + AHEAD_MS),
    ]);
    let swept = index.sweep(&Stops::default());
    assert_eq!(swept, Ok(Swept { due: 4, rung: 1, pending_age_seconds: 60, overdue_seconds: 999_999, cut: 0 }));
    assert_eq!(index.rung(), ["just over", "long over", "now", "old", "soon"]);
}

#[test]
fn a_stretch_is_read_to_its_end_however_many_pages_it_has() {
    let names = ["a", "b", "c", "d", "e", "f", "g"];
    let index = Index::of(names.map(|name| (0, Work::Due, name, NOW_MS)));
    assert_eq!(index.sweep(&Stops::default()).map(|swept| swept.due), Ok(7));
    assert_eq!(index.rung(), names);
}

#[test]
fn what_a_sweep_has_no_time_for_the_next_one_begins_with_and_no_backlog_keeps_back_what_is_due_soon() {
    let backlog = ["a", "b", "c", "d", "e"];
    let mut index = Index::of(backlog.map(|name| (0, Work::Due, name, 7)));
    index.marks.extend(Index::of([(0, Work::Due, "soon", NOW_MS + 5), (1, Work::Pending, "waits", 7)]).marks);
    // The first page of every stretch takes all the time there is.
    index.page_ms = SWEEP_MAX.as_millis() as i64;
    let stops = Stops::default();
    let sweeps = || {
        let swept = index.sweep(&stops).expect("it goes well");
        (swept.cut, index.rung().join(" "))
    };
    assert_eq!(sweeps(), (1, "a b soon waits".to_owned()));
    assert_eq!(sweeps(), (1, "c d waits".to_owned()), "what was due soon is over, and behind the stop");
    assert_eq!(sweeps(), (0, "e soon waits".to_owned()));
    assert_eq!(sweeps(), (1, "a b waits".to_owned()), "what is still there gets its turn again");
}

#[test]
fn a_sweep_that_knows_nothing_of_the_one_before_leaves_nothing_out() {
    let index = Index::of(["a", "b", "c"].map(|name| (0, Work::Pending, name, 7)));
    for _ in 0..2 {
        index.sweep(&Stops::default()).expect("it goes well");
        assert_eq!(index.rung(), ["a", "b", "c"]);
    }
}

#[test]
fn what_cannot_be_read_or_rung_keeps_nothing_else_back_and_somebody_is_told() {
    let marks = [
        (0, Work::Due, "a", 1),
        (0, Work::Due, "b", 2),
        (0, Work::Due, "c", 3),
        (1, Work::Due, "other lane", 1),
        (1, Work::Pending, "waits", 1),
    ];
    let index = Index { broken: Some("b"), ..Index::of(marks) };
    assert_eq!(index.sweep(&Stops::default()), Err(StoreError::Throttled));
    assert_eq!(index.rung(), ["c", "other lane", "waits"]);

    let index = Index { unreadable_lane: Some(0), ..Index::of(marks) };
    assert_eq!(index.sweep(&Stops::default()), Err(StoreError::Throttled));
    assert_eq!(index.rung(), ["other lane", "waits"]);
}

#[test]
fn a_place_that_cannot_be_read_from_is_forgotten() {
    let mut index = Index::of(["a", "b", "c"].map(|name| (0, Work::Due, name, 7)));
    let stops = Stops(RefCell::new(BTreeMap::from([((0, Work::Due), 2)])));
    index.unreadable_lane = Some(0);
    assert!(index.sweep(&stops).is_err());
    index.unreadable_lane = None;
    index.sweep(&stops).expect("it goes well");
    assert_eq!(index.rung(), ["a", "b", "c"]);
}
