//! Words of an expression, one after the other.

use std::collections::BTreeSet;
use std::sync::LazyLock;

/// The words that DynamoDB does not take for an attribute without a `#`, from its developer guide.
static RESERVED: LazyLock<BTreeSet<&str>> = LazyLock::new(|| include_str!("reserved.txt").lines().collect());

/// A word of an expression.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Token {
    /// A name: an attribute, a function or a keyword.
    Name(String),
    /// An attribute by way of `#`.
    Hashed(String),
    /// A value's name, with its colon.
    Value(String),
    /// A parenthesis, comma, comparator or sign.
    Symbol(&'static str),
}

const SYMBOLS: [&str; 11] = ["<>", "<=", ">=", "<", ">", "=", "(", ")", ",", "+", "-"];

fn tokens(expression: &str) -> Vec<Token> {
    let mut tokens = Vec::new();
    let mut rest = expression.trim_start();
    while let Some(first) = rest.chars().next() {
        let word_end = |from: usize| {
            let tail = &rest[from..];
            from + tail.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(tail.len())
        };
        let end = if first.is_ascii_alphabetic() || first == '_' {
            let end = word_end(0);
            tokens.push(Token::Name(rest[..end].to_owned()));
            end
        } else if first == '#' || first == ':' {
            let end = word_end(1);
            assert!(end > 1, "{expression:?}: a lone {first}");
            let word = if first == '#' {
                Token::Hashed(rest[1..end].to_owned())
            } else {
                Token::Value(rest[..end].to_owned())
            };
            tokens.push(word);
            end
        } else {
            let symbol = SYMBOLS.iter().find(|symbol| rest.starts_with(**symbol));
            let symbol = symbol.unwrap_or_else(|| panic!("{expression:?}: the model does not know {first:?}"));
            tokens.push(Token::Symbol(symbol));
            symbol.len()
        };
        rest = rest[end..].trim_start();
    }
    tokens
}

/// The names of the values in an expression.
pub(crate) fn value_names(expression: &str) -> BTreeSet<String> {
    let value = |token| if let Token::Value(name) = token { Some(name) } else { None };
    tokens(expression).into_iter().filter_map(value).collect()
}

/// Reads the words of one expression.
#[derive(Debug)]
pub(super) struct Parser<'a> {
    expression: &'a str,
    tokens: Vec<Token>,
    next: usize,
}

impl<'a> Parser<'a> {
    /// Begins at the first word.
    pub(super) fn new(expression: &'a str) -> Parser<'a> {
        Parser { expression, tokens: tokens(expression), next: 0 }
    }

    /// The word that comes next, without taking it.
    pub(super) fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.next)
    }

    /// Takes a keyword if it comes next.
    pub(super) fn keyword(&mut self, word: &str) -> bool {
        let comes = matches!(self.peek(), Some(Token::Name(name)) if name.eq_ignore_ascii_case(word));
        self.next += usize::from(comes);
        comes
    }

    /// Takes a symbol if it comes next.
    pub(super) fn symbol(&mut self, symbol: &str) -> bool {
        let comes = matches!(self.peek(), Some(Token::Symbol(other)) if *other == symbol);
        self.next += usize::from(comes);
        comes
    }

    /// Takes a symbol that must come next.
    pub(super) fn expect(&mut self, symbol: &str) {
        if !self.symbol(symbol) {
            self.refuse(&format!("`{symbol}` was expected"));
        }
    }

    /// Takes a function's name and its opening parenthesis if they come next.
    pub(super) fn function(&mut self) -> Option<String> {
        let name = match (self.peek(), self.tokens.get(self.next + 1)) {
            (Some(Token::Name(name)), Some(Token::Symbol("("))) => name.clone(),
            _ => return None,
        };
        self.next += 2;
        Some(name)
    }

    /// Takes an attribute that must come next.
    pub(super) fn attribute(&mut self) -> String {
        match self.take() {
            Some(Token::Hashed(name)) => name,
            Some(Token::Name(name)) => {
                if RESERVED.contains(name.to_ascii_uppercase().as_str()) {
                    self.refuse(&format!("`{name}` is a reserved word: write `#{name}`"));
                }
                name
            }
            _ => self.refuse("an attribute was expected"),
        }
    }

    /// Takes the name of a value if it comes next.
    pub(super) fn value(&mut self) -> Option<String> {
        let Some(Token::Value(name)) = self.peek() else { return None };
        let name = name.clone();
        self.next += 1;
        Some(name)
    }

    /// Whether everything has been read.
    pub(super) fn is_done(&self) -> bool {
        self.next == self.tokens.len()
    }

    /// Says where reading stopped.
    pub(super) fn refuse(&self, why: &str) -> ! {
        panic!(
            "{:?}: {why} at {:?}",
            self.expression,
            self.tokens.get(self.next.saturating_sub(1)..).unwrap_or_default()
        );
    }

    fn take(&mut self) -> Option<Token> {
        let token = self.tokens.get(self.next).cloned();
        self.next += 1;
        token
    }
}
