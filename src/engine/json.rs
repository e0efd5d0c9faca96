//! Writing JSON (RFC 8259).

/// One JSON text, written from its beginning to its end.
#[derive(Debug, Default)]
pub struct Json {
    text: String,
    // A value stands before: a comma is due.
    follows: bool,
}

impl Json {
    /// The text.
    #[must_use]
    pub fn finish(self) -> String {
        self.text
    }

    /// Ends a line, for JSON Lines.
    pub fn end_line(&mut self) {
        self.text.push('\n');
        self.follows = false;
    }

    /// An object without a key.
    pub fn object(&mut self, members: impl FnOnce(&mut Json)) {
        self.begin('{');
        members(self);
        self.end('}');
    }

    /// A member that is a number.
    pub fn number(&mut self, key: &str, value: u64) {
        self.key(key);
        self.text.push_str(&value.to_string());
        self.follows = true;
    }

    /// A member that is true or false.
    pub fn truth(&mut self, key: &str, value: bool) {
        self.key(key);
        self.text.push_str(if value { "true" } else { "false" });
        self.follows = true;
    }

    /// A member that is a text.
    pub fn text(&mut self, key: &str, value: &str) {
        self.key(key);
        self.string(value);
    }

    /// A member that is an array of texts.
    pub fn texts(&mut self, key: &str, values: &[String]) {
        self.key(key);
        self.begin('[');
        for value in values {
            self.comma();
            self.string(value);
        }
        self.end(']');
    }

    /// A member that is an array of objects.
    pub fn array<T>(&mut self, key: &str, items: &[T], mut members: impl FnMut(&mut Json, &T)) {
        self.key(key);
        self.begin('[');
        for item in items {
            self.comma();
            self.object(|json| members(json, item));
        }
        self.end(']');
    }

    fn begin(&mut self, open: char) {
        self.text.push(open);
        self.follows = false;
    }

    fn end(&mut self, close: char) {
        self.text.push(close);
        self.follows = true;
    }

    fn comma(&mut self) {
        if core::mem::take(&mut self.follows) {
            self.text.push(',');
        }
    }

    fn key(&mut self, key: &str) {
        self.comma();
        self.string(key);
        self.text.push(':');
        self.follows = false;
    }

    fn string(&mut self, value: &str) {
        self.text.push('"');
        for character in value.chars() {
            match character {
                '"' => self.text.push_str("\\\""),
                '\\' => self.text.push_str("\\\\"),
                control if control < ' ' => self.text.push_str(&format!("\\u{:04x}", control as u32)),
                other => self.text.push(other),
            }
        }
        self.text.push('"');
        self.follows = true;
    }
}

#[cfg(test)]
mod tests {
    use super::Json;

    #[test]
    fn what_needs_an_escape_gets_one_and_commas_stand_between_values() {
        let mut json = Json::default();
        json.object(|json| {
            json.text("a\"b", "c\\d\ne\u{1}\u{e4}");
            json.texts("list", &["x".to_owned(), "y".to_owned()]);
            json.array("objects", &[1u64, 2], |json, n| json.number("n", *n));
            json.truth("end", true);
        });
        let expected = r#"{"a\"b":"c\\d\u000ae\u0001ä","list":["x","y"],"objects":[{"n":1},{"n":2}],"end":true}"#;
        assert_eq!(json.finish(), expected);
    }
}
