use super::*;
use crate::model::{ItemKind, Key, Range};
use crate::reference::References;
use crate::report::Row;

fn read_quiz(xml: &str) -> (Quiz, Vec<Row>) {
    let document = roxmltree::Document::parse(xml).expect("is XML");
    let references = References::default();
    let mut rewriter = Rewriter::new("quiz.xml", &references);
    let (mut ids, mut report) = (Ids::default(), Report::default());
    let quiz = read(document.root_element(), &mut rewriter, &mut ids, &mut report);
    (quiz, report.rows)
}

fn question(kind: &str, presentation: &str, conditions: &str) -> (Item, Row) {
    let xml = format!(
        "<questestinterop><assessment ident='a' title='A'><section ident='root'><item ident='q' title='Q'>
        <itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>question_type</fieldlabel><fieldentry>{kind}</fieldentry>
        </qtimetadatafield><qtimetadatafield><fieldlabel>points_possible</fieldlabel><fieldentry>2.5</fieldentry></qtimetadatafield>
        </qtimetadata></itemmetadata><presentation><material><mattext texttype='text/html'>&lt;p&gt;Why?&lt;/p&gt;</mattext></material>
        {presentation}</presentation><resprocessing>{conditions}</resprocessing></item></section></assessment></questestinterop>"
    );
    let (mut quiz, mut rows) = read_quiz(&xml);
    assert_eq!((quiz.items.len(), rows.len()), (1, 1), "{kind}");
    (quiz.items.remove(0), rows.remove(0))
}

fn choices(ids: &[&str], response: &str, label: &str) -> String {
    let labels: String = ids
        .iter()
        .map(|id| {
            format!(
                "<response_label ident='{id}'><material><mattext>is &lt;{id}&gt;</mattext></material></response_label>"
            )
        })
        .collect();
    let label =
        if label.is_empty() { String::new() } else { format!("<material><mattext>{label}</mattext></material>") };
    format!("<response_lid ident='{response}'>{label}<render_choice>{labels}</render_choice></response_lid>")
}

fn scores(condition: &str) -> String {
    format!(
        "<respcondition><conditionvar>{condition}</conditionvar><setvar action='Set' varname='SCORE'>100</setvar></respcondition>"
    )
}

fn adds(condition: &str) -> String {
    format!(
        "<respcondition><conditionvar>{condition}</conditionvar><setvar action='Add' varname='SCORE'>50.00</setvar></respcondition>"
    )
}

fn is(choice: &str) -> String {
    format!("<varequal respident='r'>{choice}</varequal>")
}

fn key(ids: &[&str]) -> Option<Key> {
    Some(Key::Correct(ids.iter().map(|id| (*id).to_owned()).collect()))
}

#[test]
fn choices_become_choices_with_a_key() {
    let abc = choices(&["a", "b", "c"], "r", "");
    let several = format!("<and>{}<not>{}</not>{}</and>", is("a"), is("b"), is("c"));
    for (kind, presentation, conditions, wanted, right) in [
        ("multiple_choice_question", abc.clone(), scores(&is("b")), ItemKind::SingleChoice, key(&["b"])),
        ("true_false_question", choices(&["a", "b"], "r", ""), scores(&is("a")), ItemKind::TrueFalse, key(&["a"])),
        ("multiple_answers_question", abc.clone(), scores(&several), ItemKind::MultipleChoice, key(&["a", "c"])),
        (
            "multiple_answers_question",
            abc.clone(),
            scores(&format!("<not>{}</not>{}", is("a"), is("b"))),
            ItemKind::MultipleChoice,
            key(&["b"]),
        ),
        (
            "multiple_answers_question",
            abc.clone(),
            adds(&is("a")) + &adds(&is("b")),
            ItemKind::MultipleChoice,
            key(&["a", "b"]),
        ),
    ] {
        let (item, row) = question(kind, &presentation, &conditions);
        assert_eq!((item.kind, &item.key, item.points_max), (wanted, &right, 250), "{kind}");
        assert_eq!(item.prompt_html, "<p>Why?</p>");
        assert_eq!(item.choices[0].html, "is &lt;a&gt;");
        assert_eq!(item.original_type, None);
        assert!(!matches!(row.outcome, Outcome::Refused { .. }));
    }
}

#[test]
fn a_choice_without_one_right_answer_is_marked_by_a_person_and_keeps_its_choices() {
    let abc = choices(&["a", "b", "c"], "r", "");
    for (kind, presentation, conditions) in [
        ("multiple_choice_question", abc.clone(), String::new()),
        ("multiple_choice_question", abc.clone(), scores(&is("z"))),
        ("multiple_choice_question", abc.clone(), scores(&is("a")) + &scores(&is("b"))),
        ("multiple_choice_question", choices(&["a", "a"], "r", ""), scores(&is("a"))),
        ("multiple_choice_question", choices(&["a"], "r", ""), scores(&is("a"))),
        ("multiple_choice_question", String::new(), scores(&is("a"))),
        ("multiple_answers_question", abc.clone(), scores(&format!("<or>{}{}</or>", is("a"), is("b")))),
        ("multiple_answers_question", abc.clone(), scores(&format!("<not>{}</not>", is("a")))),
    ] {
        let (item, row) = question(kind, &presentation, &conditions);
        assert_eq!((item.kind, item.key, item.original_type.as_deref()), (ItemKind::FreeText, None, Some(kind)));
        assert_eq!(item.prompt_html.contains("is &lt;a&gt;"), !presentation.is_empty());
        assert!(matches!(row.outcome, Outcome::Degraded { .. }));
    }
}

#[test]
fn numbers_become_ranges_of_exact_decimals() {
    let number = |text: &str| format!("<varequal respident='r'>{text}</varequal>");
    let range = |low: &str, high: &str| {
        format!("<and><vargte respident='r'>{low}</vargte><varlte respident='r'>{high}</varlte></and>")
    };
    let precise = "<and><vargt respident='r'>0.1045</vargt><varlte respident='r'>0.1055</varlte></and>";
    for (condition, wanted) in [
        (scores(&number("33.330")), Some(vec![("33.33", "33.33")])),
        (scores(&format!("<or>{}{}</or>", number("33.33"), range("33.32", "33.34"))), Some(vec![("33.32", "33.34")])),
        (scores("<vargte respident='r'>-2</vargte><varlte respident='r'>1e1</varlte>"), Some(vec![("-2", "10")])),
        (scores(&format!("<or>{}{precise}</or>", number("0.105"))), Some(vec![("0.1045", "0.1055")])),
        (scores(&number("1")) + &scores(&number("2")), Some(vec![("1", "1"), ("2", "2")])),
        (scores(&number("x")), None),
        (scores("<vargte respident='r'>1</vargte>"), None),
        (scores(&range("5", "1")), None),
        (scores("<other/>"), None),
        (String::new(), None),
    ] {
        let (item, row) = question("numerical_question", "<response_str ident='r'/>", &condition);
        let ranges = |pairs: Vec<(&str, &str)>| {
            Key::Ranges(
                pairs.iter().map(|(min, max)| Range { min: (*min).to_owned(), max: (*max).to_owned() }).collect(),
            )
        };
        assert_eq!(item.key, wanted.map(ranges), "{condition}");
        assert_eq!(item.kind == ItemKind::Numeric, item.key.is_some());
        assert_eq!(condition.contains("vargt ") || item.key.is_none(), row.outcome != Outcome::Imported, "{condition}");
    }
}

#[test]
fn everything_else_is_answered_in_words_and_loses_nothing() {
    let dropdowns = choices(&["1", "2"], "response_x", "x") + &choices(&["3", "4"], "response_y", "y");
    let matching = choices(&["1", "2"], "response_m", "Left") + &choices(&["1", "2"], "response_n", "Right");
    let blank = "<response_str ident='r'><render_fib><response_label ident='answer1'/></render_fib></response_str>";
    for (kind, presentation, conditions, shown, kept) in [
        ("short_answer_question", blank.to_owned(), scores(&(is("Paris") + &is("paris"))), "Why?", "accepted: paris"),
        (
            "fill_in_multiple_blanks_question",
            dropdowns.clone(),
            adds("<varequal respident='response_x'>1</varequal>"),
            "x: is",
            "accepted for x: is <1>",
        ),
        (
            "multiple_dropdowns_question",
            dropdowns,
            adds("<varequal respident='response_y'>4</varequal>"),
            "is &lt;3&gt; / is &lt;4&gt;",
            "accepted for y: is <4>",
        ),
        (
            "matching_question",
            matching,
            adds("<varequal respident='response_m'>2</varequal>"),
            "<li>Left</li><li>Right</li>",
            "accepted for Left: is <2>",
        ),
        ("file_upload_question", String::new(), String::new(), "Why?", ""),
        ("hot_spot_question", String::new(), String::new(), "Why?", ""),
    ] {
        let (item, row) = question(kind, &presentation, &conditions);
        assert_eq!((item.kind, item.original_type.as_deref(), item.points_max), (ItemKind::FreeText, Some(kind), 250));
        assert!(item.prompt_html.contains(shown), "{kind}: {}", item.prompt_html);
        assert!(kept.is_empty() || row.kept.iter().any(|line| line == kept), "{kind}: {:?}", row.kept);
        assert!(!item.prompt_html.contains("accepted"), "a learner must not read the key");
    }
    let (item, row) = question("essay_question", blank, "");
    assert_eq!((item.kind, item.original_type, row.outcome), (ItemKind::FreeText, None, Outcome::Imported));
}

#[test]
fn a_formula_is_asked_with_its_first_numbers_and_its_solution_is_kept() {
    let xml = "<questestinterop><assessment><item ident='q'><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>question_type
        </fieldlabel><fieldentry>calculated_question</fieldentry></qtimetadatafield></qtimetadata></itemmetadata><presentation><material>
        <mattext>5 + [x]?</mattext></material></presentation><itemproc_extension><calculated><answer_tolerance>0</answer_tolerance>
        <formulas><formula>5 + x</formula></formulas><vars><var name='x'><min>1</min><max>9</max></var></vars><var_sets>
        <var_set><var name='x'>4</var><answer>9.0</answer></var_set></var_sets></calculated></itemproc_extension></item></assessment></questestinterop>";
    let (quiz, rows) = read_quiz(xml);
    assert!(quiz.items[0].prompt_html.contains("[x] = 4"));
    assert!(!quiz.items[0].prompt_html.contains("9.0"));
    assert_eq!(rows[0].kept, ["formula: 5 + x", "x was drawn from 1 to 9", "tolerance: 0", "with x = 4: 9.0"]);
}

#[test]
fn words_without_an_answer_stand_before_the_next_question_or_at_the_end() {
    let text = |words: &str| {
        format!(
            "<item ident='t{words}'><presentation><material><mattext>{words}</mattext></material></presentation></item>"
        )
    };
    let essay = "<item ident='e'><presentation><material><mattext>Write.</mattext></material><response_str ident='r'/></presentation></item>";
    let (quiz, rows) = read_quiz(&format!(
        "<questestinterop><assessment>{}{essay}{}</assessment></questestinterop>",
        text("Read."),
        text("Bye.")
    ));
    assert_eq!(quiz.items.len(), 1);
    assert_eq!(quiz.items[0].prompt_html, "Read.\nWrite.");
    assert_eq!((quiz.epilogue.as_str(), rows.len()), ("Bye.", 3));
}

#[test]
fn a_common_cartridge_profile_names_the_type_and_the_way_to_take_the_quiz() {
    let xml = "<questestinterop><assessment title='T'><qtimetadata><qtimetadatafield><fieldlabel>cc_maxattempts</fieldlabel>
        <fieldentry>2</fieldentry></qtimetadatafield><qtimetadatafield><fieldlabel>qmd_timelimit</fieldlabel><fieldentry>30</fieldentry>
        </qtimetadatafield></qtimetadata><section><item ident='q'><itemmetadata><qtimetadata><qtimetadatafield><fieldlabel>cc_profile
        </fieldlabel><fieldentry>cc.true_false.v0p1</fieldentry></qtimetadatafield></qtimetadata></itemmetadata><presentation>
        <response_lid ident='r'><render_choice><response_label ident='y'/><response_label ident='n'/></render_choice></response_lid>
        </presentation><resprocessing><respcondition><conditionvar><varequal>n</varequal></conditionvar><setvar>100</setvar>
        </respcondition></resprocessing></item></section></assessment></questestinterop>";
    let (quiz, rows) = read_quiz(xml);
    assert_eq!(quiz.settings, AssessmentSettings { attempts_max: Some(2), time_limit_minutes: Some(30) });
    assert_eq!((quiz.items[0].kind, quiz.items[0].points_max), (ItemKind::TrueFalse, 100));
    assert!(matches!(&rows[0].outcome, Outcome::Degraded { how } if how.contains("no points")));
}

#[test]
fn a_group_gives_points_and_says_what_it_would_have_drawn() {
    let item = |id: &str| {
        format!(
            "<item ident='{id}'><presentation><material><mattext>{id}</mattext></material><response_str ident='r'/></presentation></item>"
        )
    };
    let group = |inner: &str| {
        format!("<section ident='g' title='G'><selection_ordering><selection>{inner}<selection_number>1</selection_number>
        <selection_extension><points_per_item>0.335</points_per_item></selection_extension></selection></selection_ordering>{}{}</section>", item("a"), item("b"))
    };
    let (quiz, rows) = read_quiz(&format!("<questestinterop><assessment>{}</assessment></questestinterop>", group("")));
    assert_eq!(quiz.items.iter().map(|item| item.points_max).collect::<Vec<_>>(), [34, 34]);
    assert!(matches!(&rows[0].outcome, Outcome::Degraded { how } if how.contains("1 of 2")));
    let (_, rows) = read_quiz(&format!(
        "<questestinterop><assessment>{}</assessment></questestinterop>",
        group("<sourcebank_ref>b</sourcebank_ref>")
    ));
    assert!(matches!(&rows[0].outcome, Outcome::Refused { why } if why.contains("bank b")));
}

#[test]
fn questions_beyond_the_limit_are_refused_one_by_one() {
    let essays: String = (0..=ITEMS_MAX)
        .map(|n| format!("<item ident='q{n}'><presentation><response_str ident='r'/></presentation></item>"))
        .collect();
    let (quiz, rows) = read_quiz(&format!("<questestinterop><assessment>{essays}</assessment></questestinterop>"));
    assert_eq!((quiz.items.len(), rows.len()), (ITEMS_MAX, ITEMS_MAX + 1));
    assert!(matches!(rows.last().map(|row| &row.outcome), Some(Outcome::Refused { .. })));
}

#[test]
fn canvas_settings_are_read_and_what_has_no_equal_is_named() {
    let xml = "<quiz><title>T</title><description>&lt;p&gt;D&lt;/p&gt;</description><allowed_attempts>-1</allowed_attempts><time_limit>45</time_limit>
        <shuffle_answers>true</shuffle_answers><access_code>x</access_code><scoring_policy>keep_latest</scoring_policy>
        <due_at>2030-01-01T00:00:00</due_at><quiz_type>survey</quiz_type>
        <assignment><due_at>2030-01-01T00:00:00</due_at><workflow_state>unpublished</workflow_state></assignment></quiz>";
    let document = roxmltree::Document::parse(xml).expect("is XML");
    let meta = settings::canvas(document.root_element());
    assert_eq!(meta.settings, AssessmentSettings { attempts_max: None, time_limit_minutes: Some(45) });
    assert_eq!((meta.notes.len(), meta.published, meta.description.as_deref()), (5, false, Some("<p>D</p>")));
}
