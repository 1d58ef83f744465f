use proptest::prelude::*;
use proptest::sample::{Index, select};

use super::super::row::{Failure, Parsed, RowParser};
use super::*;

/// A row in the streaming envelope with this file name and size, both as JSON.
fn envelope(name: &str, size: &str) -> String {
    format!(
        r#"{{"time":"t","category":"{OUR_CATEGORY}","properties":{{"DeviceName":"a","FileName":{name},"FileSize":{size}}}}}"#
    )
}

/// All that can be asked of a row just parsed.
type Answers = (Vec<String>, String, Vec<Column>, String);

/// What `parser` makes of `row`.
fn answers(parser: &mut RowParser, row: &[u8]) -> Result<Option<Answers>, Failure> {
    if parser.parse(row, true)? == Parsed::OtherTable {
        return Ok(None);
    }
    let texts = Column::ALL.iter().map(|column| {
        let text = parser.text_in(*column, row);
        assert_eq!(text.as_bytes(), parser.bytes_in(*column, row));
        text.to_owned()
    });
    Ok(Some((
        texts.collect(),
        parser.extra().to_owned(),
        parser.zones().0.iter().collect(),
        parser.table().to_owned(),
    )))
}

/// Whether the shape learned from `first` reads `row`. What comes of it is the same in any case.
fn reads(first: &str, row: &str) -> bool {
    let mut parser = RowParser::new();
    assert!(parser.parse(first.as_bytes(), true).is_ok(), "{first}");
    let expected = answers(&mut RowParser::new(), row.as_bytes());
    assert_eq!(answers(&mut parser, row.as_bytes()), expected, "{row}");
    let mut columns = [Place::Nowhere; Column::COUNT];
    let shape = Shape::learn(first, &mut Names::default());
    shape.is_some_and(|shape| shape.read(row, &mut columns, &mut String::new()).is_some())
}

#[test]
fn values_of_the_plain_kinds_are_read_by_the_shape() {
    let first = envelope(r#""x""#, "1");
    let escapes = r#""\"\\\/\b\f\n\r\t\u0000\u00e9\uFFFF""#;
    for name in ["\"\"", "\"\u{e9} \u{1f600} \u{7f}\"", r#""C:\\x\\""#, escapes, "null", "true", "false", "0"]
    {
        for size in ["1", "0", "-12", "999999999999999999", "-999999999999999999", "null", "\"\""] {
            assert!(reads(&first, &envelope(name, size)), "{name} {size}");
            assert!(reads(&envelope(name, size), &first), "{name} {size}");
        }
    }
}

#[test]
fn other_values_are_left_to_serde() {
    let first = envelope(r#""x""#, "1");
    let not_plain = [
        "-0",
        "01",
        "-",
        "1.0",
        "1e5",
        "1E400",
        "9999999999999999999",
        "[]",
        "{}",
        "{\"a\":1}",
        "tru",
        "nulls",
        "",
        " 1",
        "1 ",
        r#""\ud83d\ude00""#,
        r#""\ud800""#,
        r#""\u12"#,
        r#""\u12g4""#,
        r#""\x""#,
        "\"\\\u{e9}\"",
        "\"\\",
        "\"",
        "\"a\nb\"",
        "\"a\u{1}b\"",
        "\"a\"b\"",
        "1,\"x\":2",
    ];
    for value in not_plain {
        assert!(!reads(&first, &envelope(value, "1")), "{value}");
        assert!(!reads(&first, &envelope("null", value)), "{value}");
        assert!(!reads(&first, &first.replace("\"t\"", value)), "{value}");
    }
}

#[test]
fn a_row_with_other_bytes_between_its_values_has_another_shape() {
    let first = envelope(r#""x""#, "1");
    let others = [
        first.replace("FileSize", "MD5"),
        first.replace("FileSize", "filesize"),
        first.replace(r#""FileName":"x","#, ""),
        first.replace(r#""DeviceName":"a","FileName":"x""#, r#""FileName":"x","DeviceName":"a""#),
        first.replace("DeviceProcess", "DeviceFile"),
        first.replace(OUR_CATEGORY, ""),
        first.replace("properties", "Properties"),
        first.replace(',', ", "),
        first.replace("}}", "},\"x\":1}"),
        first.replace("}}", "}"),
        format!("{first} "),
        format!("{first}{first}"),
        String::new(),
    ];
    for other in others {
        assert!(!reads(&first, &other), "{other}");
    }
}

#[test]
fn white_space_between_tokens_is_part_of_the_shape() {
    let spaced = |name: &str| {
        let row = envelope(name, "1").replace(',', " ,\r\n\t").replace(':', " : ").replace('}', "\n}");
        format!(" {row}\n")
    };
    assert!(reads(&spaced("\"x\""), &spaced("null")));
    assert!(!reads(&spaced("\"x\""), &spaced("\"a\tb\"")));
    assert!(!reads(&spaced("\"x\""), &envelope("\"x\"", "1")));
}

#[test]
fn a_row_whose_keys_do_more_than_fill_columns_teaches_no_shape() {
    let row = envelope(r#""x""#, "1");
    let table = [
        (row.replace("\"FileSize\":1", "\"FileName\":\"x\""), false),
        (row.replace("FileSize", "Timestamp [Local Time]"), false),
        (row.replace("FileSize", "Timestamp [UTC]"), false),
        (row.replace("FileSize", "new"), false),
        (row.replace("FileSize", "records"), false),
        (row.replace("FileSize", "category"), false),
        (row.replace("\"time\"", "\"tenantId\""), true),
        (row.replace("\"time\"", "\"deviceid\""), false),
        (row.replace("FileSize", "fileSize"), false),
        (row.replace("FileSize", "x@odata.type"), true),
        (row.replace("FileSize", "File\\u0053ize"), false),
        (row.replace("\"time\"", "\"Timestamp\""), false),
        (row.replace("\"time\"", "\"records\""), true),
        (row.replace("\"time\"", "\"properties\""), false),
        (row.replace(&format!(r#""category":"{OUR_CATEGORY}","#), ""), true),
        (r#"{"DeviceName":"a","x@odata.type":"y"}"#.to_owned(), true),
        (r#"{"DeviceName":"a","new":1}"#.to_owned(), false),
        (format!(r#"{{"DeviceName":"a","category":"{OUR_CATEGORY}"}}"#), false),
        (r#"{"DeviceName":"a","properties":null}"#.to_owned(), false),
        (r#"{"DeviceName":"a","properties":{"DeviceName":"b"}}"#.to_owned(), false),
        (r#"{"DeviceName":"a","AdditionalFields":{}}"#.to_owned(), false),
        (r#"{"DeviceName":"a","properties":{}}"#.to_owned(), false),
        ("{}".to_owned(), false),
    ];
    for (row, is_learned) in table {
        assert_eq!(reads(&row, &row), is_learned, "{row}");
    }
}

#[test]
fn control_characters_are_counted_in_rows_of_any_length() {
    for length in [0, 1, 127, 128, 129, 400, 70_000] {
        assert_eq!(count_controls("\u{1f}".repeat(length).as_bytes()), length);
        assert_eq!(count_controls("\u{20}\u{7f}\u{e9}".repeat(length).as_bytes()), 0);
    }
}

/// A row as it is built: its members outside and inside of `properties`, each with a value, and what stands
/// between the tokens.
#[derive(Debug, Clone)]
struct Plan {
    outside: Vec<(String, String)>,
    /// None: a bare row.
    inside: Option<Vec<(String, String)>>,
    blank: &'static str,
}

impl Plan {
    fn write(&self) -> String {
        let blank = self.blank;
        let join = |members: &[(String, String)]| {
            let members =
                members.iter().map(|(key, value)| format!("{blank}\"{key}\"{blank}:{blank}{value}{blank}"));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        };
        let mut outside = self.outside.clone();
        if let Some(inside) = &self.inside {
            outside.push(("properties".to_owned(), join(inside)));
        }
        join(&outside)
    }

    /// The plan with the values at some of the places replaced.
    fn with(&self, values: &[(Index, String)]) -> Self {
        let mut plan = self.clone();
        let inside = plan.inside.iter_mut().flatten();
        let mut held: Vec<&mut String> =
            plan.outside.iter_mut().chain(inside).map(|(_, value)| value).collect();
        for (place, value) in values {
            let at = place.index(held.len());
            value.clone_into(held[at]);
        }
        plan
    }
}

fn any_key() -> impl Strategy<Value = String> {
    let rare = select(vec![
        "category",
        "properties",
        "records",
        "results",
        "time",
        "new",
        "",
        "x@odata.type",
        "Timestamp [UTC]",
        "Timestamp [Local Time]",
        "ReportId_long",
        " FileName ",
        "File\\u004eame",
        "\u{e9}",
        "a\\\"b",
    ]);
    let published = select(Column::ALL).prop_map(|column| column.name());
    prop_oneof![6 => published, 1 => rare].prop_map(str::to_owned)
}

fn any_value() -> impl Strategy<Value = String> {
    let odd = select(vec![
        "-0",
        "0",
        "-1",
        "01",
        "-",
        "1.50",
        "-1e5",
        "1E400",
        "999999999999999999",
        "9999999999999999999",
        "18446744073709551615",
        "18446744073709551616",
        "-9223372036854775808",
        "[]",
        "{}",
        "{ \"a\" : [1] }",
        "tru",
        "nul",
        "",
        "\"",
        "\"\\",
        "\"a\nb\"",
        "\"a\tb\"",
        "\"\u{0}\"",
        r#""\ud800""#,
        r#""\ud83d\ude00""#,
        r#""\u00E9\/\b\f\n\r\t\"\\""#,
        r#""\u12""#,
        r#""\x""#,
        "\"\"",
        "\"\u{7f}\u{fffd}\"",
        "1,\"MD5\":2",
        "\"2026-05-03T00:00:00\"",
        "\"AdvancedHunting-DeviceProcessEvents\"",
        "\"AdvancedHunting-DeviceFileEvents\"",
        "\"Administrative\"",
    ]);
    prop_oneof![
        2 => any::<String>().prop_map(|text| serde_json::Value::from(text).to_string()),
        2 => "\"[a-z\\\\\\\\\"n]{0,8}\"",
        2 => any::<i64>().prop_map(|number| number.to_string()),
        2 => (-99_i64..99).prop_map(|number| number.to_string()),
        1 => any::<f64>().prop_map(|number| number.to_string()),
        2 => select(vec!["null", "true", "false"]).prop_map(str::to_owned),
        3 => odd.prop_map(str::to_owned),
    ]
}

fn any_plan() -> impl Strategy<Value = Plan> {
    let plain = prop_oneof![Just("\"x\""), Just("null"), Just("7")].prop_map(str::to_owned);
    let value = prop_oneof![20 => plain, 1 => any_value()].boxed();
    let members = |count| prop::collection::vec((any_key(), value.clone()), count);
    let ours = (Just("category".to_owned()), Just(format!("\"{OUR_CATEGORY}\"")));
    let mark = prop_oneof![Just("time"), Just("tenantId"), Just("DeviceId")].prop_map(str::to_owned);
    let outside = prop_oneof![
        4 => (prop::collection::vec((mark, value.clone()), 0..2), ours).prop_map(|(mut members, ours)| {
            members.push(ours);
            members
        }),
        1 => members(0..3),
    ];
    let blank = prop_oneof![6 => Just(""), 1 => Just(" "), 1 => Just("\r\n\t")];
    let envelope = (outside, members(1..6), blank.clone()).prop_map(|(outside, inside, blank)| Plan {
        outside,
        inside: Some(inside),
        blank,
    });
    let bare = (members(1..6), blank).prop_map(|(outside, blank)| Plan { outside, inside: None, blank });
    prop_oneof![2 => envelope, 1 => bare]
}

/// What becomes of a row's bytes on the way.
#[derive(Debug, Clone)]
enum Harm {
    None,
    Cut(Index),
    Insert(Index, Vec<u8>),
    Replace(Index, u8),
    Remove(Index),
    Append(Vec<u8>),
}

impl Harm {
    fn on(&self, mut row: Vec<u8>) -> Vec<u8> {
        match self {
            Self::None => {}
            Self::Cut(at) => row.truncate(at.index(row.len())),
            Self::Insert(at, bytes) => {
                let at = at.index(row.len());
                row.splice(at..at, bytes.iter().copied());
            }
            Self::Replace(at, byte) => {
                let at = at.index(row.len());
                row[at] = *byte;
            }
            Self::Remove(at) => _ = row.remove(at.index(row.len())),
            Self::Append(bytes) => row.extend(bytes),
        }
        row
    }
}

fn any_harm() -> impl Strategy<Value = Harm> {
    let byte = prop_oneof![any::<u8>(), select(b"\"\\{}[]:, \n\x00\x1f0-9.eu".to_vec())];
    let bytes = prop_oneof![
        prop::collection::vec(byte.clone(), 1..4),
        select(vec!["{}", " ", "\n", "\"MD5\":\"x\",", "\\u00e9", "\\ud800", "\u{e9}", "x"])
            .prop_map(|text| text.as_bytes().to_vec()),
    ];
    prop_oneof![
        4 => Just(Harm::None),
        1 => any::<Index>().prop_map(Harm::Cut),
        1 => (any::<Index>(), bytes.clone()).prop_map(|(at, bytes)| Harm::Insert(at, bytes)),
        1 => (any::<Index>(), byte).prop_map(|(at, byte)| Harm::Replace(at, byte)),
        1 => any::<Index>().prop_map(Harm::Remove),
        1 => bytes.prop_map(Harm::Append),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]

    #[test]
    fn a_row_read_by_a_shape_is_what_serde_makes_of_it(
        plan in any_plan(),
        changes in prop::collection::vec(
            (prop::collection::vec((any::<Index>(), any_value()), 0..3), any_harm()),
            1..6,
        ),
    ) {
        let mut parser = RowParser::new();
        let _ = parser.parse(plan.write().as_bytes(), true);
        for (values, harm) in changes {
            let row = harm.on(plan.with(&values).write().into_bytes());
            let expected = answers(&mut RowParser::new(), &row);
            prop_assert_eq!(answers(&mut parser, &row), expected, "{}", String::from_utf8_lossy(&row));
        }
    }
}

/// How many bytes of a row are looked at to learn its shape.
fn looked_at(row: &str) -> usize {
    let mut names = Names::default();
    let mut pupil = Pupil {
        row,
        at: 0,
        learned: 0,
        names: &mut names,
        fills_outside: false,
        ignores_outside: false,
        filled: ColumnSet::NONE,
    };
    let learned = pupil.learn_object(&mut Shape::default(), false);
    assert!(learned.is_none(), "no row has such a shape");
    pupil.at
}

#[test]
fn a_row_of_very_many_keys_is_given_up_after_a_few() {
    let row = |key: &dyn Fn(usize) -> String| {
        let members: Vec<String> = (0..100_000).map(|i| format!("\"{}\":1", key(i))).collect();
        format!("{{{}}}", members.join(","))
    };
    let unknown = row(&|i| format!("x{i:06}"));
    assert_eq!(looked_at(&unknown), 1 + (MOST_SLOTS + 1) * "\"x000000\":1,".len() - 2);
    let repeated = row(&|_| "FileSize".to_owned());
    assert_eq!(looked_at(&repeated), 1 + 2 * "\"FileSize\":1,".len() - 2);
}
