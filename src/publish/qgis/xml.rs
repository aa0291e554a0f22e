//! The few forms of XML that QGIS files are made of.

/// Text as XML character data or attribute value; characters that XML 1.0 cannot hold are left out.
///
/// ```text
/// L'Espérance <1> & "co"  →  L&apos;Espérance &lt;1&gt; &amp; &quot;co&quot;
/// ```
pub(crate) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&apos;"),
            '\n' | '\t' => out.push(c),
            c if c < ' ' || c == '\u{fffe}' || c == '\u{ffff}' => {}
            c => out.push(c),
        }
    }
    out
}

/// `<Option type="Map">` of text options.
pub(crate) fn options(pairs: &[(&str, &str)]) -> String {
    let mut out = String::from("<Option type=\"Map\">");
    for (name, value) in pairs {
        out.push_str(&option(name, value));
    }
    out + "</Option>"
}

/// One text option.
pub(crate) fn option(name: &str, value: &str) -> String {
    format!("<Option type=\"QString\" name=\"{}\" value=\"{}\"/>", escape(name), escape(value))
}

/// A property that an expression gives, feature by feature.
pub(crate) fn data_defined(element: &str, property: &str, expression: &str) -> String {
    format!(
        "<{element}><Option type=\"Map\">{}<Option type=\"Map\" name=\"properties\"><Option type=\"Map\" name=\"{property}\">\
         <Option type=\"bool\" name=\"active\" value=\"true\"/>{}<Option type=\"int\" name=\"type\" value=\"3\"/></Option></Option>{}\
         </Option></{element}>",
        option("name", ""),
        option("expression", expression),
        option("type", "collection"),
    )
}

/// `#rrggbb` as QGIS writes colors: `r,g,b,255`.
pub(crate) fn rgba(color: &str) -> String {
    let channel = |at: usize| color.get(at..at + 2).and_then(|hex| u8::from_str_radix(hex, 16).ok()).unwrap_or(0);
    format!("{},{},{},255", channel(1), channel(3), channel(5))
}

/// A text inside a QGIS expression: quotes doubled.
pub(crate) fn expression_text(text: &str) -> String {
    format!("'{}'", text.replace('\\', "\\\\").replace('\'', "''"))
}

/// A column inside a QGIS expression.
pub(crate) fn expression_column(name: &str) -> String {
    format!("\"{}\"", name.replace('"', "\"\""))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hostile_names_stay_text() {
        assert_eq!(escape("</rule>\u{0}\u{1b}\"'&"), "&lt;/rule&gt;&quot;&apos;&amp;");
        assert_eq!(expression_text("L'Espérance"), "'L''Espérance'");
        assert_eq!(expression_column("a\"b"), "\"a\"\"b\"");
        assert_eq!(rgba("#ff8001"), "255,128,1,255");
    }
}
