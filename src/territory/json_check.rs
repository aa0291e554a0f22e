//! JSON is looked through before GDAL reads it: GDAL takes the last of two values of one name, stops a text at a NUL, and
//! turns long whole numbers into decimal ones, all without a word.

use std::collections::BTreeSet;
use std::fmt;
use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde::de::{DeserializeSeed, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::error::Category;

use crate::error::{Error, Result};

const TWICE: &str = "the name occurs twice in one object";
const NUL: &str = "a text holds a NUL character";
const LONG: &str = "a whole number has more digits than can be kept";
/// Whole numbers from here on (2^63) are read as decimal ones.
const LONGEST: f64 = 9_223_372_036_854_775_808.0;

/// Looks a JSON file through, in constant memory.
///
/// What only GDAL judges (NaN as a coordinate, a number beyond the doubles) is left to it and to the audit of outlines.
///
/// # Errors
/// A file that ends in the middle, goes on after its end, is nested more than 128 deep, is no UTF-8, names a member twice,
/// or holds a NUL or a whole number beyond 2^63 in its properties; with the line.
pub(super) fn look_through(path: &Path) -> Result<()> {
    let file = File::open(path).map_err(|e| Error::reading(path, &e))?;
    let mut reader = BufReader::with_capacity(1 << 18, file);
    let start = std::io::BufRead::fill_buf(&mut reader).map_err(|e| Error::reading(path, &e))?;
    if start.starts_with(b"\xEF\xBB\xBF") {
        std::io::BufRead::consume(&mut reader, 3);
    }
    let mut json = serde_json::Deserializer::from_reader(reader);
    let Err(error) = (Look { in_properties: false }).deserialize(&mut json).and_then(|()| json.end()) else { return Ok(()) };
    let told = error.to_string();
    let said = |message: &str| Error::input(message).at_row(error.line().max(1) as u64);
    let again = "get the file again: the transfer may have failed";
    let known = [TWICE, NUL, LONG].into_iter().find(|message| told.starts_with(message));
    Err(match error.classify() {
        Category::Io => return Err(Error::input("the file cannot be read to its end").help(again)),
        Category::Eof => said("the JSON ends in the middle").help(again),
        Category::Data => match known {
            Some(LONG) => said(LONG).help("write codes as texts, in quotation marks"),
            Some(message) => said(message).help("write the file again with the program that made it"),
            None => return Ok(()),
        },
        Category::Syntax if told.starts_with("trailing characters") => said("something follows the end of the JSON").help(again),
        Category::Syntax if told.starts_with("recursion limit") => {
            said("the JSON is nested more than 128 deep").help("no outline needs that")
        }
        Category::Syntax if told.starts_with("invalid unicode code point") => said("the text is not UTF-8").help("save it again as UTF-8"),
        Category::Syntax => return Ok(()),
    })
}

/// One value: looked at and forgotten.
#[derive(Clone, Copy)]
struct Look {
    in_properties: bool,
}

impl<'de> DeserializeSeed<'de> for Look {
    type Value = ();

    fn deserialize<D: serde::Deserializer<'de>>(self, deserializer: D) -> Result<(), D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl<'de> Visitor<'de> for Look {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<(), E> {
        Ok(())
    }

    fn visit_i64<E>(self, _: i64) -> Result<(), E> {
        Ok(())
    }

    fn visit_u64<E: serde::de::Error>(self, number: u64) -> Result<(), E> {
        if self.in_properties && i64::try_from(number).is_err() { Err(E::custom(LONG)) } else { Ok(()) }
    }

    fn visit_f64<E: serde::de::Error>(self, number: f64) -> Result<(), E> {
        if self.in_properties && number.abs() >= LONGEST && number.fract() == 0.0 { Err(E::custom(LONG)) } else { Ok(()) }
    }

    fn visit_str<E: serde::de::Error>(self, text: &str) -> Result<(), E> {
        if text.contains('\0') { Err(E::custom(NUL)) } else { Ok(()) }
    }

    fn visit_unit<E>(self) -> Result<(), E> {
        Ok(())
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<(), A::Error> {
        while items.next_element_seed(self)?.is_some() {}
        Ok(())
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<(), A::Error> {
        let mut names = BTreeSet::new();
        while let Some(name) = members.next_key::<String>()? {
            if name.contains('\0') {
                return Err(A::Error::custom(NUL));
            }
            let in_properties = self.in_properties || name == "properties";
            if !names.insert(name) {
                return Err(A::Error::custom(TWICE));
            }
            members.next_value_seed(Self { in_properties })?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(text: &str) -> Option<String> {
        let mut file = tempfile::NamedTempFile::new().unwrap();
        std::io::Write::write_all(&mut file, text.as_bytes()).unwrap();
        look_through(file.path()).err().map(|e| format!("{}:{}", e.row().unwrap_or(0), e.message()))
    }

    #[test]
    fn what_gdal_would_swallow_is_told_with_its_line() {
        assert_eq!(told("{\"a\": 1,\n\"a\": 2}").as_deref(), Some(&*format!("2:{TWICE}")));
        assert_eq!(told("{\"a\": {\"b\": [{\"c\": 1, \"c\": 1}]}}").as_deref(), Some(&*format!("1:{TWICE}")));
        assert_eq!(told("{\"a\": \"x\\u0000y\"}").as_deref(), Some(&*format!("1:{NUL}")));
        assert_eq!(told("{\"properties\": {\"code\": 123456789012345678901234567890}}").as_deref(), Some(&*format!("1:{LONG}")));
        assert_eq!(told("{\"a\": [1, 2").as_deref(), Some("1:the JSON ends in the middle"));
        assert_eq!(told("{}\n{}").as_deref(), Some("2:something follows the end of the JSON"));
        assert_eq!(told(&"[".repeat(100_000)).as_deref(), Some("1:the JSON is nested more than 128 deep"));
    }

    #[test]
    fn what_is_right_or_for_gdal_to_judge_passes() {
        for text in
            ["\u{feff}{\"a\": [1.5, -2, null, true, \"x\"]}", "{\"coordinates\": [1e300, 123456789012345678901234567890]}", "{\"a\": NaN}"]
        {
            assert_eq!(told(text), None, "{text}");
        }
    }
}
