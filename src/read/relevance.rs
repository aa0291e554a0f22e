//! What a form's `relevant` and `constraint` say: a subset of `XPath`, read once, evaluated for each person.
//!
//! What is not in the subset is not guessed: it is *unknown*, and unknown goes through `and`, `or` and `not` as Kleene's logic
//! has it, so that `false and unknown` is still false.
//!
//! Source: `XLSForm` reference, "Formulas"; `XPath` 1.0, sections 3.4 and 3.5.

mod parse;

/// An expression of a form.
#[derive(Debug, Clone, PartialEq)]
pub struct Expression {
    /// As the form has it.
    pub text: String,
    /// The questions it refers to, each once, in order.
    pub references: Vec<String>,
    /// What of it is not understood; empty where all is.
    pub not_understood: Vec<String>,
    root: Node,
}

/// What an expression or a part of it is worth.
#[derive(Debug, Clone, PartialEq)]
pub enum Value {
    /// Text; what was not answered is empty text.
    Text(String),
    /// A number; of what is no number, `NaN`, which compares as `XPath` says.
    Number(f64),
    /// True or false.
    Flag(bool),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Equal,
    Different,
    Less,
    LessOrEqual,
    Greater,
    GreaterOrEqual,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Arithmetic {
    Plus,
    Minus,
    Times,
    Divide,
    Remainder,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Function {
    Not,
    Boolean,
    Number,
    Text,
    Whole,
    Selected,
    CountSelected,
    Length,
    If,
    Coalesce,
}

#[derive(Debug, Clone, PartialEq)]
enum Node {
    Constant(Value),
    /// The answer to a question, by position in `references`.
    Answer(usize),
    /// `.`, the question's own answer.
    Own,
    And(Box<Self>, Box<Self>),
    Or(Box<Self>, Box<Self>),
    Compare(Comparison, Box<Self>, Box<Self>),
    Compute(Arithmetic, Box<Self>, Box<Self>),
    Negate(Box<Self>),
    Call(Function, Vec<Self>),
    Unknown,
}

/// What an expression is evaluated on.
#[derive(Clone, Copy)]
pub struct Given<'a> {
    /// The answer to the question at this position of `references`; `None` where nobody knows.
    pub answer: &'a dyn Fn(usize) -> Option<Value>,
    /// The question's own answer.
    pub own: Option<&'a Value>,
}

impl std::fmt::Debug for Given<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Given(withheld)")
    }
}

impl Expression {
    /// Reads an expression. What is not understood is named, not refused.
    ///
    /// ```
    /// use optima::read::relevance::{Expression, Given, Value};
    /// let relevant = Expression::parse("${age} >= 18 and selected(${helps}, 'family')");
    /// assert_eq!(relevant.references, ["age", "helps"]);
    /// let answer = |at| Some(if at == 0 { Value::Number(40.0) } else { Value::Text("friends family".to_owned()) });
    /// assert_eq!(relevant.holds(Given { answer: &answer, own: None }), Some(true));
    /// ```
    #[must_use]
    pub fn parse(text: &str) -> Self {
        parse::parse(text)
    }

    /// Whether it holds; `None` where what is not known or not understood decides.
    #[must_use]
    pub fn holds(&self, given: Given<'_>) -> Option<bool> {
        self.root.value(given).map(|value| value.is_true())
    }
}

impl Value {
    fn is_true(&self) -> bool {
        match self {
            Self::Text(text) => !text.is_empty(),
            Self::Number(number) => *number != 0.0 && !number.is_nan(),
            Self::Flag(flag) => *flag,
        }
    }

    fn number(&self) -> f64 {
        match self {
            Self::Text(text) => {
                let text = text.trim();
                let plain = text.bytes().all(|b| b.is_ascii_digit() || matches!(b, b'-' | b'.'));
                if plain { text.parse().unwrap_or(f64::NAN) } else { f64::NAN }
            }
            Self::Number(number) => *number,
            Self::Flag(flag) => f64::from(u8::from(*flag)),
        }
    }

    fn text(&self) -> String {
        match self {
            Self::Text(text) => text.clone(),
            Self::Number(number) => number.to_string(),
            Self::Flag(flag) => flag.to_string(),
        }
    }
}

impl Comparison {
    fn holds(self, a: &Value, b: &Value) -> bool {
        let equal = match (a, b) {
            (Value::Flag(_), _) | (_, Value::Flag(_)) => a.is_true() == b.is_true(),
            (Value::Number(_), _) | (_, Value::Number(_)) => a.number() == b.number(),
            (Value::Text(a), Value::Text(b)) => a == b,
        };
        let (x, y) = (a.number(), b.number());
        match self {
            Self::Equal => equal,
            Self::Different => !equal,
            Self::Less => x < y,
            Self::LessOrEqual => x <= y,
            Self::Greater => x > y,
            Self::GreaterOrEqual => x >= y,
        }
    }
}

impl Node {
    fn value(&self, given: Given<'_>) -> Option<Value> {
        let flag = |node: &Self| node.value(given).map(|value| value.is_true());
        match self {
            Self::Constant(value) => Some(value.clone()),
            Self::Answer(at) => (given.answer)(*at),
            Self::Own => given.own.cloned(),
            Self::And(a, b) => match (flag(a), flag(b)) {
                (Some(false), _) | (_, Some(false)) => Some(Value::Flag(false)),
                (Some(true), Some(true)) => Some(Value::Flag(true)),
                _ => None,
            },
            Self::Or(a, b) => match (flag(a), flag(b)) {
                (Some(true), _) | (_, Some(true)) => Some(Value::Flag(true)),
                (Some(false), Some(false)) => Some(Value::Flag(false)),
                _ => None,
            },
            Self::Compare(comparison, a, b) => Some(Value::Flag(comparison.holds(&a.value(given)?, &b.value(given)?))),
            Self::Compute(operation, a, b) => {
                let (a, b) = (a.value(given)?.number(), b.value(given)?.number());
                Some(Value::Number(match operation {
                    Arithmetic::Plus => a + b,
                    Arithmetic::Minus => a - b,
                    Arithmetic::Times => a * b,
                    Arithmetic::Divide => a / b,
                    Arithmetic::Remainder => a % b,
                }))
            }
            Self::Negate(node) => Some(Value::Number(-node.value(given)?.number())),
            Self::Call(function, arguments) => function.call(arguments, given),
            Self::Unknown => None,
        }
    }
}

impl Function {
    /// Its name in forms, and how many arguments it takes.
    const ALL: [(&'static str, usize, Self); 10] = [
        ("not", 1, Self::Not),
        ("boolean", 1, Self::Boolean),
        ("number", 1, Self::Number),
        ("string", 1, Self::Text),
        ("int", 1, Self::Whole),
        ("selected", 2, Self::Selected),
        ("count-selected", 1, Self::CountSelected),
        ("string-length", 1, Self::Length),
        ("if", 3, Self::If),
        ("coalesce", 2, Self::Coalesce),
    ];

    fn call(self, arguments: &[Node], given: Given<'_>) -> Option<Value> {
        let value = |at: usize| arguments.get(at).and_then(|node| node.value(given));
        #[expect(clippy::cast_precision_loss, reason = "lengths of answers")]
        let count = |n: usize| Value::Number(n as f64);
        Some(match self {
            Self::Not => Value::Flag(!value(0)?.is_true()),
            Self::Boolean => Value::Flag(value(0)?.is_true()),
            Self::Number => Value::Number(value(0)?.number()),
            Self::Text => Value::Text(value(0)?.text()),
            Self::Whole => Value::Number(value(0)?.number().trunc()),
            // A choice is searched as a whole word among those ticked.
            Self::Selected => Value::Flag(format!(" {} ", value(0)?.text()).contains(&format!(" {} ", value(1)?.text().trim()))),
            Self::CountSelected => count(value(0)?.text().split_whitespace().count()),
            Self::Length => count(value(0)?.text().chars().count()),
            Self::If => value(if value(0)?.is_true() { 1 } else { 2 })?,
            Self::Coalesce => {
                let first = value(0)?;
                if first.text().is_empty() { value(1)? } else { first }
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The value of an expression on these answers; `?` is one that nobody knows.
    fn holds(text: &str, answers: &[(&str, &str)]) -> Option<bool> {
        let expression = Expression::parse(text);
        let answer = |at: usize| {
            let name = &expression.references[at];
            let found = answers.iter().find(|(question, _)| question == name).map_or("", |(_, answer)| *answer);
            (found != "?").then(|| Value::Text(found.to_owned()))
        };
        expression.holds(Given { answer: &answer, own: None })
    }

    #[test]
    fn a_table_of_expressions_and_what_they_are_worth() {
        let answers = [("a", "yes"), ("n", "5"), ("m", "x yz w"), ("lost", "?")];
        let table: &[(&str, Option<bool>)] = &[
            ("${a} = 'yes'", Some(true)),
            ("${a} = \"no\"", Some(false)),
            ("${a} != 'no'", Some(true)),
            ("'yes' = ${ a }", Some(true)),
            ("${a}='yes'and ${n}>4", Some(true)),
            ("${n} <= 5 and ${n} >= 5", Some(true)),
            ("${n} < 5 or ${n} > 5", Some(false)),
            ("${n} = 5.0", Some(true)),
            ("${n} = '5.0'", Some(false)),
            ("-${n} + 6 = 1", Some(true)),
            ("2 + 3 * 4 = 14", Some(true)),
            ("(2 + 3) * 4 = 20", Some(true)),
            ("10 - 2 - 3 = 5", Some(true)),
            ("7 mod 4 = 3 and 7 div 2 = 3.5", Some(true)),
            ("1 < 2 = true()", Some(true)),
            ("${blank} = ''", Some(true)),
            ("${blank} != ''", Some(false)),
            ("${blank} > 3", Some(false)),
            ("not(${blank} > 3)", Some(true)),
            ("${blank}", Some(false)),
            ("selected(${m}, 'yz')", Some(true)),
            ("selected(${m}, 'y')", Some(false)),
            ("selected(${m}, 'w') and not(selected(${m}, 'v'))", Some(true)),
            ("count-selected(${m}) = 3", Some(true)),
            ("count-selected(${blank}) = 0", Some(true)),
            ("string-length(${m}) = 6", Some(true)),
            ("true() and not(false())", Some(true)),
            // `and` binds stronger than `or`.
            ("true() or true() and false()", Some(true)),
            ("(true() or true()) and false()", Some(false)),
            ("if(${n} > 3, 'yes', 'no') = 'yes'", Some(true)),
            ("coalesce(${blank}, ${a}) = 'yes'", Some(true)),
            ("${lost} = 'yes'", None),
            ("${lost} = 'yes' and ${a} = 'no'", Some(false)),
            ("${lost} = 'yes' or ${a} = 'yes'", Some(true)),
            ("not(${lost} = 'yes')", None),
            ("regex(${a}, '^y') and ${a} = 'no'", Some(false)),
            ("regex(${a}, '^y')", None),
            ("../other = 'x'", None),
            ("${a} = ", None),
            ("(${a} = 'yes'", None),
            ("", None),
        ];
        for (text, expected) in table {
            assert_eq!(holds(text, &answers), *expected, "{text}");
        }
    }

    #[test]
    fn what_is_not_understood_is_named() {
        assert_eq!(Expression::parse("regex(${a}, 'x') or today() > 3").not_understood, ["regex()", "today()"]);
        assert_eq!(Expression::parse("selected(${a})").not_understood, ["selected()"]);
        assert!(!Expression::parse("${a} = 'x' )").not_understood.is_empty());
        assert!(Expression::parse("${a} = 'x'").not_understood.is_empty());
    }

    #[test]
    fn a_form_cannot_nest_its_way_out_of_the_stack() {
        for text in ["(".repeat(100_000), "not(".repeat(50_000), "-".repeat(100_000), "1+".repeat(100_000) + "1"] {
            let expression = Expression::parse(&text);
            assert!(!expression.not_understood.is_empty());
            assert_eq!(expression.holds(Given { answer: &|_| None, own: None }), None);
        }
    }

    /// A formula of three answers, each of which holds, does not hold, or is not known.
    #[derive(Debug, Clone)]
    enum Formula {
        Atom(usize),
        Not(Box<Self>),
        And(Box<Self>, Box<Self>),
        Or(Box<Self>, Box<Self>),
    }

    impl Formula {
        /// As a form would have it: parentheses only where precedence asks for them.
        fn text(&self, within_and: bool) -> String {
            match self {
                Self::Atom(at) => format!("${{q{at}}} = 'yes'"),
                Self::Not(inner) => format!("not({})", inner.text(false)),
                Self::And(a, b) => format!("{} and {}", a.text(true), b.text(true)),
                Self::Or(a, b) if within_and => format!("({} or {})", a.text(false), b.text(false)),
                Self::Or(a, b) => format!("{} or {}", a.text(false), b.text(false)),
            }
        }

        /// Kleene's tables, by trying both values of each unknown: known where they agree.
        fn brute_force(&self, answers: [Option<bool>; 3]) -> [bool; 2] {
            // [can be false, can be true], part by part.
            match self {
                Self::Atom(at) => answers[*at].map_or([true, true], |known| [!known, known]),
                Self::Not(inner) => {
                    let [f, t] = inner.brute_force(answers);
                    [t, f]
                }
                Self::And(a, b) => {
                    let ([fa, ta], [fb, tb]) = (a.brute_force(answers), b.brute_force(answers));
                    [fa || fb, ta && tb]
                }
                Self::Or(a, b) => {
                    let ([fa, ta], [fb, tb]) = (a.brute_force(answers), b.brute_force(answers));
                    [fa && fb, ta || tb]
                }
            }
        }
    }

    fn formulas() -> impl Strategy<Value = Formula> {
        (0..3usize).prop_map(Formula::Atom).prop_recursive(5, 24, 2, |inner| {
            let two = (inner.clone(), inner.clone());
            prop_oneof![
                inner.prop_map(|a| Formula::Not(Box::new(a))),
                two.clone().prop_map(|(a, b)| Formula::And(Box::new(a), Box::new(b))),
                two.prop_map(|(a, b)| Formula::Or(Box::new(a), Box::new(b))),
            ]
        })
    }

    proptest! {
        #[test]
        fn every_formula_is_worth_what_the_truth_table_says(formula in formulas()) {
            let text = formula.text(false);
            for case in 0..27usize {
                let three = [case % 3, case / 3 % 3, case / 9];
                let answers = three.map(|v| [Some(false), Some(true), None][v]);
                let words: Vec<(String, &str)> = (0..3).map(|q| (format!("q{q}"), ["no", "yes", "?"][three[q]])).collect();
                let words: Vec<(&str, &str)> = words.iter().map(|(q, a)| (q.as_str(), *a)).collect();
                let expected = match formula.brute_force(answers) {
                    [true, true] => None,
                    [_, holds] => Some(holds),
                };
                prop_assert_eq!(holds(&text, &words), expected, "{} on {:?}", text, answers);
            }
        }

        #[test]
        fn no_text_makes_the_parser_panic(text in "[ -~é’]{0,40}") {
            let _ = Expression::parse(&text).holds(Given { answer: &|_| None, own: None });
        }
    }
}
