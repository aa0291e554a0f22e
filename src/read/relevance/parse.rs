//! From the text of an expression to its tree, by recursive descent; precedence as in `XPath` 1.0.

use super::{Arithmetic, Comparison, Expression, Function, Node, Value};

/// Deeper or longer than any form is written by hand: refused, for the sake of the stack.
const DEEPEST: usize = 64;
const MOST_TOKENS: usize = 2_000;

#[derive(Debug, Clone, PartialEq)]
enum Token {
    Number(f64),
    Text(String),
    Answer(String),
    Name(String),
    /// `=`, `!=`, `<`, `<=`, `>`, `>=`, `+`, `-`, `*`, `(`, `)`, `,`, `.`
    Sign(&'static str),
    /// A path, a predicate, or what is no token at all.
    Foreign(String),
}

const SIGNS: [&str; 12] = ["!=", "<=", ">=", "=", "<", ">", "+", "-", "*", "(", ")", ","];

/// What stops the reading: the piece that is not understood.
type Parsed = Result<Node, String>;

pub(super) fn parse(text: &str) -> Expression {
    let mut parser = Parser { tokens: tokens(text), at: 0, depth: 0, references: Vec::new(), not_understood: Vec::new() };
    let read = if parser.tokens.len() > MOST_TOKENS { Err("a formula of this length".to_owned()) } else { parser.whole() };
    let root = read.unwrap_or_else(|piece| {
        parser.not_understood.push(piece);
        Node::Unknown
    });
    Expression { text: text.trim().to_owned(), references: parser.references, not_understood: parser.not_understood, root }
}

fn is_name_start(c: char) -> bool {
    c.is_alphabetic() || c == '_'
}

fn is_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | ':')
}

fn tokens(text: &str) -> Vec<Token> {
    // Word processors turn quotation marks; forms mean the plain ones.
    let text: String = text
        .chars()
        .map(|c| match c {
            '\u{2018}' | '\u{2019}' => '\'',
            '\u{201c}' | '\u{201d}' => '"',
            '\u{a0}' => ' ',
            c => c,
        })
        .collect();
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let (token, length) = next(rest, first);
        tokens.push(token);
        if tokens.len() > MOST_TOKENS {
            break;
        }
        rest = rest[length..].trim_start();
    }
    tokens
}

/// The first token of a text, and how many bytes it takes.
fn next(text: &str, first: char) -> (Token, usize) {
    let run = |of: &dyn Fn(char) -> bool| text.find(|c| !of(c)).unwrap_or(text.len());
    if let Some(reference) = text.strip_prefix("${") {
        return match reference.find('}') {
            Some(end) => {
                let name = reference[..end].trim();
                let plain = name.starts_with(is_name_start) && name.chars().all(is_name);
                let token = if plain { Token::Answer(name.to_owned()) } else { Token::Foreign(format!("${{{name}}}")) };
                (token, end + 3)
            }
            None => (Token::Foreign(text.to_owned()), text.len()),
        };
    }
    if matches!(first, '\'' | '"') {
        return match text[1..].find(first) {
            Some(end) => (Token::Text(text[1..=end].to_owned()), end + 2),
            None => (Token::Foreign(text.to_owned()), text.len()),
        };
    }
    if first.is_ascii_digit() || (first == '.' && text[1..].starts_with(|c: char| c.is_ascii_digit())) {
        let length = run(&|c| c.is_ascii_digit() || c == '.');
        let number = &text[..length];
        return (number.parse().map_or_else(|_| Token::Foreign(number.to_owned()), Token::Number), length);
    }
    if is_name_start(first) {
        let length = run(&is_name);
        return (Token::Name(text[..length].to_owned()), length);
    }
    if let Some(sign) = SIGNS.iter().find(|sign| text.starts_with(**sign)) {
        return (Token::Sign(sign), sign.len());
    }
    if first == '.' && !text[1..].starts_with(['.', '/']) {
        return (Token::Sign("."), 1);
    }
    let length = run(&|c| is_name(c) || matches!(c, '/' | '@' | '[' | ']' | '|')).max(first.len_utf8());
    (Token::Foreign(text[..length].to_owned()), length)
}

struct Parser {
    tokens: Vec<Token>,
    at: usize,
    depth: usize,
    references: Vec<String>,
    not_understood: Vec<String>,
}

impl Parser {
    fn whole(&mut self) -> Parsed {
        let node = self.either()?;
        match self.tokens.get(self.at) {
            None => Ok(node),
            Some(_) => Err(self.piece()),
        }
    }

    /// The token at hand, in words.
    fn piece(&self) -> String {
        match self.tokens.get(self.at) {
            None => "its end".to_owned(),
            Some(Token::Number(number)) => number.to_string(),
            Some(Token::Text(text)) => format!("'{text}'"),
            Some(Token::Answer(name)) => format!("${{{name}}}"),
            Some(Token::Name(text) | Token::Foreign(text)) => text.clone(),
            Some(Token::Sign(sign)) => (*sign).to_owned(),
        }
    }

    fn takes_sign(&mut self, sign: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Sign(s)) if *s == sign);
        self.at += usize::from(found);
        found
    }

    fn takes_word(&mut self, word: &str) -> bool {
        let found = matches!(self.tokens.get(self.at), Some(Token::Name(name)) if name == word);
        self.at += usize::from(found);
        found
    }

    fn either(&mut self) -> Parsed {
        let mut node = self.both()?;
        while self.takes_word("or") {
            node = Node::Or(Box::new(node), Box::new(self.both()?));
        }
        Ok(node)
    }

    fn both(&mut self) -> Parsed {
        let mut node = self.comparison(&[("=", Comparison::Equal), ("!=", Comparison::Different)], true)?;
        while self.takes_word("and") {
            let next = self.comparison(&[("=", Comparison::Equal), ("!=", Comparison::Different)], true)?;
            node = Node::And(Box::new(node), Box::new(next));
        }
        Ok(node)
    }

    /// Equality, whose sides are orders; order, whose sides are sums.
    fn comparison(&mut self, signs: &[(&str, Comparison)], equality: bool) -> Parsed {
        const ORDER: [(&str, Comparison); 4] =
            [("<=", Comparison::LessOrEqual), ("<", Comparison::Less), (">=", Comparison::GreaterOrEqual), (">", Comparison::Greater)];
        let side = |parser: &mut Self| if equality { parser.comparison(&ORDER, false) } else { parser.sum() };
        let mut node = side(self)?;
        while let Some((_, comparison)) = signs.iter().find(|(sign, _)| self.takes_sign(sign)) {
            node = Node::Compare(*comparison, Box::new(node), Box::new(side(self)?));
        }
        Ok(node)
    }

    fn sum(&mut self) -> Parsed {
        let mut node = self.product()?;
        loop {
            let operation = if self.takes_sign("+") {
                Arithmetic::Plus
            } else if self.takes_sign("-") {
                Arithmetic::Minus
            } else {
                return Ok(node);
            };
            node = Node::Compute(operation, Box::new(node), Box::new(self.product()?));
        }
    }

    fn product(&mut self) -> Parsed {
        let mut node = self.operand()?;
        loop {
            let operation = if self.takes_sign("*") {
                Arithmetic::Times
            } else if self.takes_word("div") {
                Arithmetic::Divide
            } else if self.takes_word("mod") {
                Arithmetic::Remainder
            } else {
                return Ok(node);
            };
            node = Node::Compute(operation, Box::new(node), Box::new(self.operand()?));
        }
    }

    fn operand(&mut self) -> Parsed {
        self.depth += 1;
        if self.depth > DEEPEST {
            return Err("parentheses of this depth".to_owned());
        }
        let node = self.operand_within();
        self.depth -= 1;
        node
    }

    fn operand_within(&mut self) -> Parsed {
        if self.takes_sign("-") {
            return Ok(Node::Negate(Box::new(self.operand()?)));
        }
        if self.takes_sign("(") {
            let node = self.either()?;
            return if self.takes_sign(")") { Ok(node) } else { Err(self.piece()) };
        }
        if self.takes_sign(".") {
            return Ok(Node::Own);
        }
        let node = match self.tokens.get(self.at).cloned() {
            Some(Token::Number(number)) => Node::Constant(Value::Number(number)),
            Some(Token::Text(text)) => Node::Constant(Value::Text(text)),
            Some(Token::Answer(name)) => {
                let known = self.references.iter().position(|r| *r == name);
                Node::Answer(known.unwrap_or_else(|| {
                    self.references.push(name);
                    self.references.len() - 1
                }))
            }
            Some(Token::Name(name)) if self.tokens.get(self.at + 1) == Some(&Token::Sign("(")) => {
                self.at += 2;
                return self.call(&name);
            }
            _ => return Err(self.piece()),
        };
        self.at += 1;
        Ok(node)
    }

    /// A function after its opening parenthesis. Of an unknown one the arguments are read, so that the rest still counts.
    fn call(&mut self, name: &str) -> Parsed {
        let mut arguments = Vec::new();
        if !self.takes_sign(")") {
            loop {
                arguments.push(self.either()?);
                if self.takes_sign(")") {
                    break;
                }
                if !self.takes_sign(",") {
                    return Err(self.piece());
                }
            }
        }
        match (name, arguments.len()) {
            ("true", 0) => return Ok(Node::Constant(Value::Flag(true))),
            ("false", 0) => return Ok(Node::Constant(Value::Flag(false))),
            _ => {}
        }
        let known = Function::ALL.iter().find(|(known, count, _)| *known == name && *count == arguments.len());
        if let Some((_, _, function)) = known {
            return Ok(Node::Call(*function, arguments));
        }
        self.not_understood.push(format!("{name}()"));
        Ok(Node::Unknown)
    }
}
