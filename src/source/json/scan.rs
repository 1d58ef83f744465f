//! Finds where one JSON value ends, without reading it: strings and brackets only.
//!
//! The scanner keeps its place while the window grows, so that no byte is looked at twice, and does not recurse.

use memchr::memchr3;

use super::text::DEEPEST;

/// Names of the array that holds a message's rows.
const ROWS_KEYS: [&str; 5] = ["records", "results", "value", "tables", "rows"];
/// Names of what an answer says besides rows.
const WRAPPER_KEYS: [&str; 2] = ["error", "FrameType"];
/// Names that only a row or its envelope has: such an object is no message, whatever else it holds.
pub const ROW_KEYS: [&str; 9] = [
    "Timestamp",
    "TimeGenerated",
    "DeviceId",
    "DeviceName",
    "ActionType",
    "ReportId",
    "FileName",
    "properties",
    "category",
];
const LONGEST_KEY: usize = 16;

/// How far a scan got.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// To the end of the window, inside the value.
    More,
    /// To the value's end, which is [`Scan::offset`].
    Complete,
    /// Into a message's array of rows: [`Scan::offset`] is behind its `[`.
    Rows,
    /// To a byte, at [`Scan::offset`], that cannot stand there.
    Broken,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Expect {
    Value,
    ValueOrEnd,
    /// The first row of an array that may be a message's.
    Row,
    Key,
    KeyOrEnd,
    Colon,
    CommaOrEnd,
    Scalar,
    String {
        key: bool,
        escaped: bool,
    },
}

/// A scan of one value.
#[derive(Debug)]
pub struct Scan {
    /// Bytes scanned, from the window's start.
    pub offset: usize,
    /// Whether a line end was passed.
    pub has_lines: bool,
    expect: Expect,
    depth: usize,
    /// One bit a level: whether it is an object.
    objects: u128,
    /// The start of the last key of the outermost object.
    key: Vec<u8>,
    /// Whether the value may be a message.
    messages: bool,
    /// Whether it has a key by which it may be a message without rows.
    has_wrapper_key: bool,
    /// Whether nesting too deep to check is an error once it goes over a line end.
    is_top: bool,
}

impl Scan {
    /// A scan from a value's first byte. `messages`: it may be a message, whose rows are wanted one by one.
    /// `is_top`: it stands in no array.
    pub fn new(messages: bool, is_top: bool) -> Self {
        Self {
            offset: 0,
            has_lines: false,
            expect: Expect::Value,
            depth: 0,
            objects: 0,
            key: Vec::new(),
            messages,
            has_wrapper_key: false,
            is_top,
        }
    }

    /// A scan of what follows a message's array of rows.
    pub fn behind_rows() -> Self {
        Self { expect: Expect::CommaOrEnd, depth: 1, objects: 1, ..Self::new(true, false) }
    }

    /// The start of the last key of the outermost object.
    pub fn key(&self) -> &[u8] {
        &self.key
    }

    /// Whether the value, which is no row by its keys, may say something of rows without holding any.
    pub fn may_be_wrapper(&self) -> bool {
        self.messages && self.has_wrapper_key
    }

    /// Whether the value is nested deeper than can be checked.
    pub fn is_deep(&self) -> bool {
        self.depth > DEEPEST
    }

    /// Scans on. `window` begins where it did before, or `offset` was set to 0 and it begins where the last one
    /// ended.
    pub fn run(&mut self, window: &[u8]) -> Step {
        while let Some(&byte) = window.get(self.offset) {
            let step = match self.expect {
                Expect::String { key, escaped } => self.string(&window[self.offset..], key, escaped),
                Expect::Scalar => self.scalar(byte),
                _ => self.token(byte),
            };
            if step != Step::More {
                return step;
            }
        }
        Step::More
    }

    fn string(&mut self, rest: &[u8], key: bool, escaped: bool) -> Step {
        if escaped {
            self.offset += 1;
            self.expect = Expect::String { key, escaped: false };
            return if rest[0] == b'\n' { self.broken_before(1) } else { Step::More };
        }
        let found = memchr3(b'"', b'\\', b'\n', rest);
        let length = found.unwrap_or(rest.len());
        if key && self.depth == 1 {
            let room = LONGEST_KEY.saturating_sub(self.key.len());
            self.key.extend_from_slice(&rest[..length.min(room)]);
        }
        self.offset += length;
        match found.map(|at| rest[at]) {
            None => return Step::More,
            Some(b'\n') => return Step::Broken,
            Some(b'\\') => self.expect = Expect::String { key, escaped: true },
            Some(_) if key => self.expect = Expect::Colon,
            Some(_) => {
                self.offset += 1;
                return self.end_value();
            }
        }
        self.offset += 1;
        Step::More
    }

    fn broken_before(&mut self, count: usize) -> Step {
        self.offset -= count;
        Step::Broken
    }

    /// A number, `true`, `false` or `null`: whether it is one is for the parser to say.
    fn scalar(&mut self, byte: u8) -> Step {
        match byte {
            b',' | b':' | b'[' | b']' | b'{' | b'}' | b'"' | b' ' | b'\t' | b'\r' | b'\n' => self.end_value(),
            _ => {
                self.offset += 1;
                Step::More
            }
        }
    }

    fn token(&mut self, byte: u8) -> Step {
        use Expect::*;
        let at = self.offset;
        self.offset += 1;
        match (byte, self.expect) {
            (b' ' | b'\t' | b'\r', _) => {}
            (b'\n', _) => self.has_lines = true,
            (b'"', Key | KeyOrEnd) => {
                self.key.clear();
                self.expect = String { key: true, escaped: false };
            }
            (b'"', Value | ValueOrEnd) => self.expect = String { key: false, escaped: false },
            (b':', Colon) => {
                self.see_key();
                self.expect = Value;
            }
            (b',', CommaOrEnd) if self.depth > 0 => self.expect = if self.in_object() { Key } else { Value },
            (b'[', Value) if self.is_rows_key() => {
                let step = self.open(false);
                self.expect = Row;
                return step;
            }
            (b'{' | b'[' | b']', Row) => {
                self.offset = at;
                return Step::Rows;
            }
            // An array of something else, in a column of this name.
            (_, Row) => {
                self.offset = at;
                self.expect = ValueOrEnd;
            }
            (b'[' | b'{', Value | ValueOrEnd) => return self.open(byte == b'{'),
            (b']', ValueOrEnd | CommaOrEnd) if self.depth > 0 && !self.in_object() => return self.close(),
            (b'}', KeyOrEnd | CommaOrEnd) if self.depth > 0 && self.in_object() => return self.close(),
            // Past the deepest level the kinds of the brackets are not known: they are only counted.
            (b']' | b'}', _) if self.is_deep() => return self.close(),
            (b',' | b':', _) if self.is_deep() => self.expect = Value,
            (b',' | b':' | b'[' | b']' | b'{' | b'}', _) => return self.broken_before(self.offset - at),
            (_, Value | ValueOrEnd) => self.expect = Scalar,
            _ => return self.broken_before(self.offset - at),
        }
        Step::More
    }

    fn is_rows_key(&self) -> bool {
        self.messages && self.depth == 1 && self.in_object() && is_rows_key(&self.key)
    }

    fn see_key(&mut self) {
        if self.messages && self.depth == 1 {
            self.messages = !ROW_KEYS.iter().any(|key| key.as_bytes().eq_ignore_ascii_case(&self.key));
            self.has_wrapper_key |= is_wrapper_key(&self.key);
        }
    }

    fn in_object(&self) -> bool {
        self.depth <= DEEPEST && self.objects >> (self.depth.saturating_sub(1)) & 1 == 1
    }

    fn open(&mut self, is_object: bool) -> Step {
        if self.depth >= DEEPEST && self.is_top && self.has_lines {
            self.depth += 1;
            return self.broken_before(1);
        }
        if self.depth < DEEPEST {
            let bit = 1 << self.depth;
            self.objects = if is_object { self.objects | bit } else { self.objects & !bit };
        }
        self.depth += 1;
        self.expect = match is_object {
            _ if self.is_deep() => Expect::ValueOrEnd,
            true => Expect::KeyOrEnd,
            false => Expect::ValueOrEnd,
        };
        Step::More
    }

    fn close(&mut self) -> Step {
        self.depth -= 1;
        self.end_value()
    }

    fn end_value(&mut self) -> Step {
        self.expect = Expect::CommaOrEnd;
        if self.depth == 0 { Step::Complete } else { Step::More }
    }
}

/// Whether an array of this name may hold a message's rows.
pub fn is_rows_key(key: &[u8]) -> bool {
    ROWS_KEYS.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(key))
}

/// Whether a message without rows may have such a key.
pub fn is_wrapper_key(key: &[u8]) -> bool {
    WRAPPER_KEYS.iter().any(|name| name.as_bytes().eq_ignore_ascii_case(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn scan(text: &str) -> (Step, usize) {
        let mut whole = Scan::new(true, true);
        let step = whole.run(text.as_bytes());
        let mut split = Scan::new(true, true);
        let by_bytes = (0..=text.len()).map(|end| split.run(&text.as_bytes()[..end]));
        let last = by_bytes.into_iter().find(|step| *step != Step::More).unwrap_or(Step::More);
        assert_eq!((last, split.offset), (step, whole.offset), "{text}");
        (step, whole.offset)
    }

    #[test]
    fn values_end_where_their_brackets_close() {
        let table = [
            (r#"{"a":"}","b":[1,{"c":null}]} {"#, Step::Complete, 28),
            (r#"{"a":"\"}\\"}x"#, Step::Complete, 13),
            ("{\n}", Step::Complete, 3),
            ("[[],[]]", Step::Complete, 7),
            ("12,", Step::Complete, 2),
            (r#""a","#, Step::Complete, 3),
            (r#"{"a":1"#, Step::More, 6),
            (r#"{"x":[{}],"records" : [{"#, Step::Rows, 23),
            (r#"{"Results":[]}"#, Step::Rows, 12),
            (r#"{"VALUE": [ {"#, Step::Rows, 12),
            (r#"{"tables":[["#, Step::Rows, 11),
            (r#"{"value":[ 1,[2]],"rows":["x"]}"#, Step::Complete, 31),
            (r#"{"value":[,"#, Step::Broken, 10),
            (r#"{"x":{"records":[]}}"#, Step::Complete, 20),
            (r#"{"records":{}}"#, Step::Complete, 14),
            (r#"{"Timestamp":"","records":[]}"#, Step::Complete, 29),
            ("{\"a\":1,\n{", Step::Broken, 8),
            ("{\"a\":\n{}\n{", Step::Broken, 9),
            ("{\"a\":\"x\n", Step::Broken, 7),
            ("{\"a\":\"\\\n", Step::Broken, 7),
            ("{]", Step::Broken, 1),
            ("[}", Step::Broken, 1),
            ("}", Step::Broken, 0),
            (r#"{"a" 1"#, Step::Broken, 5),
        ];
        for (text, step, offset) in table {
            assert_eq!(scan(text), (step, offset), "{text}");
        }
    }

    #[test]
    fn deep_nesting_is_counted_on_one_line_and_broken_over_many() {
        let text = format!("{{\"a\":{}{}}}", "[{\"a\":".repeat(50_000) + "1", "}]".repeat(50_000));
        assert_eq!(scan(&text[..text.len()]).0, Step::Complete);
        assert_eq!(scan(&"{\"a\":\n".repeat(1000)).0, Step::Broken);
    }
}
