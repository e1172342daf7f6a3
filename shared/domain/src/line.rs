//! One line of text that people read as what it is: titles, captions, names.
//!
//! Some characters make a line read other than it is written: they turn its direction, break it, or are not seen at all. With
//! them one title can be made to look like another, so no line has them.

/// Whether a character breaks a line, turns its direction, or hides in it: control characters, separators of lines and
/// paragraphs, overrides, embeddings and isolates of direction, and characters of no width or of an empty shape.
///
/// The marks of direction (U+200E, U+200F) turn nothing around, and joiners (U+200C, U+200D) shape what stands beside them:
/// text of several scripts needs them.
pub fn is_hidden(character: char) -> bool {
    character.is_control() || matches!(character, '\u{2028}' | '\u{2029}') || is_unseen(character)
}

/// Whether a hidden character takes no place, so that nothing has to stand for it.
fn is_unseen(character: char) -> bool {
    let turns = matches!(character, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}');
    let is_empty = matches!(character, '\u{200b}' | '\u{2060}'..='\u{2064}' | '\u{feff}' | '\u{180e}');
    turns || is_empty || matches!(character, '\u{115f}' | '\u{1160}' | '\u{3164}' | '\u{ffa0}')
}

/// Whether a character is seen where it stands alone.
fn is_seen(character: char) -> bool {
    !character.is_whitespace() && !matches!(character, '\u{200c}'..='\u{200f}' | '\u{ad}' | '\u{fe00}'..='\u{fe0f}')
}

/// What is wrong with a line of at most `chars_max` characters that has to say something; `None` if nothing is.
pub fn flaw(text: &str, chars_max: usize) -> Option<String> {
    hidden_flaw(text).or_else(|| {
        let chars = text.chars().count();
        let is_something = text.chars().any(is_seen) && chars <= chars_max;
        (!is_something).then(|| format!("It has 1 to {chars_max} characters; this has {chars}."))
    })
}

/// What is wrong with a line that may be empty and of any length: the first hidden character in it.
pub fn hidden_flaw(text: &str) -> Option<String> {
    let hidden = text.chars().find(|character| is_hidden(*character))?;
    Some(format!("U+{:04X} must not stand in it: it breaks the line, or hides how it reads.", u32::from(hidden)))
}

/// The line without what [`is_hidden`]. Control characters and separators may stand for a space, so they become one.
pub fn shown(text: &str) -> String {
    let kept = text.chars().filter(|character| !is_unseen(*character));
    kept.map(|character| if is_hidden(character) { ' ' } else { character }).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const HIDDEN: [char; 21] = [
        '\0', '\t', '\n', '\u{7f}', '\u{85}', '\u{2028}', '\u{2029}', '\u{202a}', '\u{202d}', '\u{202e}', '\u{2066}',
        '\u{2067}', '\u{2068}', '\u{2069}', '\u{feff}', '\u{200b}', '\u{2060}', '\u{2064}', '\u{180e}', '\u{115f}',
        '\u{3164}',
    ];

    #[test]
    fn what_breaks_turns_or_hides_is_named() {
        for hidden in HIDDEN {
            let said = flaw(&format!("A{hidden}b"), 10).expect("a flaw");
            assert!(said.starts_with(&format!("U+{:04X} must not", u32::from(hidden))), "{said}");
            assert_eq!(hidden_flaw(&hidden.to_string()), Some(said));
        }
    }

    #[test]
    fn every_script_and_its_joiners_and_marks_of_direction_are_a_line() {
        for text in
            ["Größe", "שלום \u{200f}(1)", "می\u{200c}خواهم", "👩\u{200d}🔬", "क्\u{200d}ष", "数学", "a\u{a0}b\u{ad}c"]
        {
            assert_eq!((flaw(text, 20), hidden_flaw(text)), (None, None), "{text:?}");
        }
    }

    #[test]
    fn a_line_says_something_and_ends() {
        let said = |text: &str| flaw(text, 3);
        assert_eq!((said("abc"), said("äöü")), (None, None));
        assert_eq!(said("abcd"), Some("It has 1 to 3 characters; this has 4.".to_owned()));
        assert_eq!(said("  "), Some("It has 1 to 3 characters; this has 2.".to_owned()));
        assert!(said("\u{200d}\u{ad}\u{200f}").is_some(), "nobody sees it");
        assert_eq!(said(""), Some("It has 1 to 3 characters; this has 0.".to_owned()));
        assert_eq!(hidden_flaw(""), None);
    }

    #[test]
    fn what_is_shown_has_no_flaw_and_a_line_without_one_stays() {
        let all: String = HIDDEN.into_iter().flat_map(|hidden| ['a', hidden]).collect();
        assert_eq!(hidden_flaw(&shown(&all)), None);
        assert_eq!(shown("One\ntwo \u{202e}eerht\u{202c}"), "One two eerht");
        assert_eq!(shown("שלום \u{200f}(1)"), "שלום \u{200f}(1)");
    }
}
