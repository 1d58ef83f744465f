use std::io::Cursor;

use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::*;
use crate::source::{HEAD, Row};

/// What a reader made of a file, one line a row.
fn outcomes_of(mut rows: JsonRows) -> Vec<String> {
    let mut outcomes = Vec::new();
    while let Some(row) = rows.next_row().unwrap().map(Row::checked) {
        outcomes.push(match row {
            Row::Event { line, fields, .. } => format!("{line} {}", fields.to_event().unwrap().device.name),
            Row::Rejected { line, reason, raw } => {
                format!("{line} {reason} | {}", String::from_utf8_lossy(&raw[..raw.len().min(200)]))
            }
            Row::OtherTable(_) => "other".to_owned(),
        });
    }
    outcomes
}

fn rows_of(bytes: &[u8]) -> JsonRows {
    let mut input = Input::new(Box::new(Cursor::new(bytes.to_vec())));
    input.more().unwrap();
    JsonRows::new(input)
}

/// Reads `text` whole and by 1 and 7 bytes at a time, which must make no difference.
fn read(text: impl AsRef<[u8]>) -> Vec<String> {
    let bytes = text.as_ref();
    let whole = outcomes_of(rows_of(bytes));
    for step in [1, 7] {
        let dripping = Input::in_chunks(Box::new(Cursor::new(bytes.to_vec())), step);
        assert_eq!(outcomes_of(JsonRows::new(dripping)), whole, "by {step}");
    }
    whole
}

fn row(device: &str) -> String {
    format!(r#"{{"Timestamp":"2026-05-03T00:00:00Z","DeviceName":"{device}"}}"#)
}

fn envelope(device: &str, category: &str) -> String {
    format!(r#"{{"time":"x","category":"{category}","properties":{}}}"#, row(device))
}

const OURS: &str = "AdvancedHunting-DeviceProcessEvents";

/// The event of one row with `members` besides time and device, as its debugging text allows to look at it.
fn with_event<T>(members: &str, look: impl FnOnce(&crate::event::ProcessEvent<'_>) -> T) -> T {
    let text =
        format!(r#"{{"Timestamp":"2026-05-03T00:00:00Z","DeviceName":"a"{members}}}"#).replace('\'', "\"");
    match rows_of(text.as_bytes()).next_row().unwrap().map(Row::checked) {
        Some(Row::Event { fields, .. }) => look(&fields.to_event().unwrap()),
        other => panic!("{text}: {other:?}"),
    }
}

#[test]
fn rows_are_found_in_every_shape() {
    let (a, b, c) = (row("a"), row("b"), row("c"));
    let (ea, eb) = (envelope("a", OURS), envelope("b", OURS));
    let other = envelope("x", "AdvancedHunting-DeviceFileEvents");
    let pretty =
        |text: &str| serde_json::to_string_pretty(&serde_json::from_str::<Value>(text).unwrap()).unwrap();
    let lines = |text: &str| text.lines().count();
    let table: Vec<(String, Vec<String>)> = vec![
        (String::new(), vec![]),
        (" \r\n\n".into(), vec![]),
        (format!("{a}\n{b}\n"), vec!["1 a".into(), "2 b".into()]),
        (format!("\u{feff}{a}\r\n\r\n{b}"), vec!["1 a".into(), "3 b".into()]),
        (format!("{a}{b} {c}"), vec!["1 a".into(), "1 b".into(), "1 c".into()]),
        (format!("{a},\n{b},\n"), vec!["1 a".into(), "2 b".into()]),
        (format!("{a},{b}\n{c}"), vec!["1 a".into(), "1 b".into(), "2 c".into()]),
        (format!("{ea}\n{other}\n{b}"), vec!["1 a".into(), "other".into(), "3 b".into()]),
        (format!(r#"{{"records":[{ea},{other},{b}]}}"#), vec!["1 a".into(), "other".into(), "1 b".into()]),
        (
            format!(
                "{{\"records\":[{ea}]}}\n{{\"records\":[]}}\n{{ \"records\" :\n[\n{b}]}}{{\"records\":[{c}]}}"
            ),
            vec!["1 a".into(), "5 b".into(), "5 c".into()],
        ),
        (format!("[{a},\n{eb}]"), vec!["1 a".into(), "2 b".into()]),
        (format!("[\n  {a},\n  {b}\n]\n"), vec!["2 a".into(), "3 b".into()]),
        (format!(r#"[{{"records":[{ea}]}},{{"records":[{b},{c}],"x":1}},{a}]"#), {
            vec!["1 a".into(), "1 b".into(), "1 c".into(), "1 a".into()]
        }),
        (
            format!(r#"{{"@odata.context":"c","schema":[{{"name":"Timestamp"}}],"results":[{a},{b}]}}"#),
            vec!["1 a".into(), "1 b".into()],
        ),
        (
            format!(r#"{{"Results":[{a}],"Stats":{{"x":[{{}}]}},"Schema":[{{"Name":"Timestamp"}}]}}"#),
            vec!["1 a".into()],
        ),
        (r#"{"Schema":[],"Results":[]}"#.into(), vec![]),
        ("[]".into(), vec![]),
        (pretty(&a) + "\n" + &pretty(&b), vec!["1 a".into(), format!("{} b", 1 + lines(&pretty(&a)))]),
        (pretty(&a) + ",\r\n" + &pretty(&ea), vec!["1 a".into(), format!("{} a", 1 + lines(&pretty(&a)))]),
        (pretty(&format!(r#"{{"records":[{ea},{b}]}}"#)), vec!["3 a".into(), "11 b".into()]),
        (pretty(&format!(r#"{{"schema":[{{}}],"results":[{a}]}}"#)), vec!["3 a".into()]),
    ];
    for (text, expected) in table {
        assert_eq!(read(&text), expected, "{text}");
    }
}

#[test]
fn an_envelope_is_known_whatever_the_order_of_its_keys() {
    let after = format!(r#"{{"properties":{},"tenantId":"t","category":"{OURS}"}}"#, row("a"));
    let other = format!(r#"{{"properties":{},"category":"AdvancedHunting-EmailEvents"}}"#, row("a"));
    let foreign = format!(r#"{{"properties":{},"category":"Administrative"}}"#, row("a"));
    let none = format!(r#"{{"operationName":"Publish","properties":{}}}"#, row("b"));
    let text = [after, other, foreign, none].join("\n");
    // A category that is no table's name says nothing of the row.
    assert_eq!(read(text), ["1 a", "other", "3 a", "4 b"]);
    let bare = r#"{"Timestamp":"2026-05-03T00:00:00Z","DeviceName":"a","category":"mine","properties":null}"#;
    assert_eq!(read(bare), ["1 a"]);
    let empty = format!(r#"{{"category":"{OURS}","properties":{{}}}}"#);
    assert!(read(empty)[0].starts_with("1 Timestamp is empty"));
}

#[test]
fn values_become_their_texts() {
    let members = ",'FileName':'a\\nb\\u0000\\ud83d\\ude00','FolderPath':'C:\\\\x','ReportId':-7,\
        'ProcessUniqueId':18446744073709551615,'FileSize':72192.0,'IsProcessRemoteSession':true,'SHA1':null,\
        'ProcessTokenElevation':false,'AccountSid':1e300";
    with_event(members, |event| {
        assert_eq!(event.created.image.file_name, "a\nb\0\u{1f600}");
        assert_eq!(event.created.image.folder_path, "C:\\x");
        assert_eq!(event.report_id, Some(-7));
        assert_eq!(event.created.unique_id, "18446744073709551615");
        assert_eq!(event.created.image.size_bytes, Some(72192));
        assert_eq!(event.created.logon.is_remote, Some(true));
        assert_eq!(event.created.image.sha1, "");
        assert_eq!(event.created.logon.token_elevation, "false");
        assert_eq!(event.created.logon.account.sid, "1e+300");
    });
    let additional = |members| with_event(members, |event| event.additional_fields.to_owned());
    assert_eq!(additional(",'AdditionalFields':'[]'"), "[]");
    assert_eq!(additional(",'AdditionalFields':{ }"), "{}");
    assert_eq!(
        additional(",'AdditionalFields':{ 'b' : [1.50 , {'c':'\\u0041 x'}], 'a\\n':null }"),
        r#"{"b":[1.50,{"c":"\u0041 x"}],"a\n":null}"#
    );
    assert_eq!(additional(",'AdditionalFields':[ [] , 1 ]"), "[[],1]");
    assert_eq!(additional(",'AdditionalFields':'x','AdditionalFields':null"), "x");
}

#[test]
fn unknown_columns_are_kept_sorted() {
    let extra = |members| with_event(members, |event| event.extra.to_owned());
    assert_eq!(extra(",'x@odata.type':'#Int64','z':null,'y':''"), "");
    assert_eq!(
        extra(",'z':{'k': 1},' LogonID ':12,'b':true,'category':'c','records':[ 1],'\\u00e9':'\\u00e9'"),
        r#"{"LogonID":"12","b":"true","category":"c","records":"[1]","z":"{\"k\":1}","é":"é"}"#
    );
    let text = envelope("a", OURS).replace("\"DeviceName\"", "\"new\":1,\"properties\":\"p\",\"DeviceName\"");
    match rows_of(text.as_bytes()).next_row().unwrap().map(Row::checked) {
        Some(Row::Event { fields, .. }) => {
            assert_eq!(fields.to_event().unwrap().extra, r#"{"new":"1","properties":"p"}"#)
        }
        other => panic!("{other:?}"),
    };
}

#[test]
fn local_times_need_a_zone_only_where_they_are_filled() {
    let text =
        r#"{"Timestamp [UTC]":"2026-05-03T00:00:00","DeviceName":"a","ProcessCreationTime [Local Time]":"#;
    assert_eq!(read(format!("{text}null}}")), ["1 a"]);
    assert_eq!(read(format!("{text}\"\"}}")), ["1 a"]);
    assert!(read(format!("{text}\"2026-05-03T00:00:00\"}}"))[0].contains("a time with its zone"));
}

#[test]
fn half_a_surrogate_pair_does_not_lose_the_row() {
    for (escape, expected) in
        [("\\ud800", "\u{fffd}"), ("\\udc00x", "\u{fffd}x"), ("\\ud800\\n", "\u{fffd}\n")]
    {
        let members = format!(",'FileName':'{escape}','FolderPath':'p'");
        with_event(&members, |event| {
            assert_eq!(event.created.image.file_name, expected);
            assert_eq!(event.created.image.folder_path, "p");
        });
    }
}

#[test]
fn properties_beside_a_time_or_device_are_a_column() {
    for text in [
        r#"{"Timestamp":"2026-05-03T00:00:00Z","DeviceName":"a","properties":{"DeviceName":"x", "y":1}}"#,
        r#"{"properties":{"DeviceName":"x", "y":1},"DeviceName":"a","Timestamp":"2026-05-03T00:00:00Z"}"#,
    ] {
        match rows_of(text.as_bytes()).next_row().unwrap().map(Row::checked) {
            Some(Row::Event { fields, .. }) => {
                assert_eq!(fields.to_event().unwrap().device.name, "a");
                assert_eq!(
                    fields.to_event().unwrap().extra,
                    r#"{"properties":"{\"DeviceName\":\"x\",\"y\":1}"}"#
                );
            }
            other => panic!("{text}: {other:?}"),
        };
    }
}

#[test]
fn a_column_twice_with_different_values_is_rejected() {
    let text = |members: &str| row("a").replace("\"Dev", &format!("{members},\"Dev"));
    for same in [r#""FileName":"x","FileName":"x""#, r#""FileName":"x","FileName":null"#] {
        assert_eq!(read(text(same)), ["1 a"]);
    }
    let outcomes = read(text(r#""FileName":"x","FileName":"y""#));
    assert!(outcomes[0].starts_with("1 FileName appears twice with different values | "), "{outcomes:?}");
    for local in ["", "2026-05-03 02:00"] {
        with_event(&format!(",'Timestamp [Local Time]':'{local}'"), |event| {
            assert_eq!(event.time.to_string(), "2026-05-03T00:00:00.0000000Z");
        });
    }
}

#[test]
fn a_bad_line_is_rejected_alone() {
    let (a, b) = (row("a"), row("b"));
    let table = [
        ("garbage", "expected a JSON object, found \"garbage\" (expected value at line 1 column 1)"),
        ("12", "expected a JSON object, found a number"),
        ("\"x\"", "expected a JSON object, found a string"),
        ("null", "expected a JSON object, found null"),
        ("]", "expected a JSON object, found \"]\" (expected value at line 1 column 1)"),
        ("{\"a\":tru}", "expected ident at column 9"),
        ("{\"a\":1}}", "trailing characters at column 8"),
        ("{\"a\":1} x", "trailing characters at column 9"),
        ("{\"a\":\"x}", "EOF while parsing a string at column 8"),
        ("{\"a\":{\"b\":1}", "EOF while parsing an object at column 12"),
        ("{\"a\":", "EOF while parsing a value at column 5"),
        ("{\"a\":[1,2}", "expected `,` or `]` at column 10"),
        ("{\"a\" 1}", "expected `:` at column 6"),
    ];
    for (line, reason) in table {
        let expected = ["1 a".to_owned(), format!("2 {reason} | {line}"), "3 b".to_owned()];
        assert_eq!(read(format!("{a}\n{line}\n{b}\n")), expected, "{line}");
    }
    let outcomes = read(format!("{a}\n[1,\"x\",[{{}}],{b}]\n{{\"x\":1}}"));
    assert_eq!(outcomes.len(), 6);
    assert_eq!(outcomes[3], "2 expected a JSON object, found an array | [{}]");
    assert_eq!(outcomes[4], "2 b");
    assert!(outcomes[5].starts_with("3 Timestamp is empty"));
}

#[test]
fn bytes_that_are_not_utf_8_are_pointed_at() {
    let mut text = row("a\u{1}").into_bytes();
    let at = text.iter().position(|byte| *byte == 1).unwrap();
    text[at] = 0xff;
    text.extend_from_slice(format!("\n{}", row("b")).as_bytes());
    let outcomes = read(&text);
    assert!(outcomes[0].starts_with(&format!("1 not UTF-8 at byte {} of the row", at + 1)), "{outcomes:?}");
    assert_eq!(outcomes[1], "2 b");
}

#[test]
fn a_broken_document_goes_on_at_the_next_object() {
    let (a, b, c) = (row("a"), row("b"), row("c"));
    let after = |text: String| {
        let outcomes = read(text);
        let events = outcomes.iter().filter(|o| !o.contains('|')).cloned().collect::<Vec<_>>();
        (events.join(" "), outcomes.len() - events.len())
    };
    assert_eq!(after(format!("[\n{a},\n{{\"x\":\"y,\n{b},\n{c}\n]\n")), ("2 a 4 b 5 c".into(), 1));
    assert_eq!(after(format!("[\n  {a},\n  {{\"x\":[1}},\n  {b}\n]}}\n")), ("2 a 4 b".into(), 1));
    assert_eq!(after(format!("{{\"records\":[\n{a},\n{{\"x\":\n{b},\n{c}\n]}}")), ("2 a 4 b 5 c".into(), 1));
    assert_eq!(after(format!("{{\"records\":[{a},{{]}}\n{{\"records\":[{b}]}}")), ("1 a 2 b".into(), 1));
    assert_eq!(after(format!("{{\"records\":[{a}]\n{{\"records\":[{b}]}}")), ("1 a 2 b".into(), 0));
    assert_eq!(after(format!("{{\n  \"x\": 1\n  \"y\": 2\n}}\n{b}\n12")), ("5 b".into(), 2));
    assert_eq!(after(format!("[{a},{{\"x\":tru}},{b}]")), ("1 a 1 b".into(), 1));
}

#[test]
fn a_file_that_ends_inside_a_row_says_so() {
    let a = row("a");
    let cut = &a[..20];
    for text in [format!("{a}\n{cut}"), format!("{a}\n[{cut}"), format!("{a}\n{{\"records\":[{cut}")] {
        assert_eq!(read(text), ["1 a".to_owned(), format!("2 {CUT_OFF} | {cut}")]);
    }
    for text in [format!("[\n{a},"), format!("{{\"records\":[\n{a},"), format!("{{\"records\":[\n{a}")] {
        assert_eq!(read(text), ["2 a".to_owned(), format!("2 {CUT_OFF} | ")]);
    }
}

#[test]
fn a_row_too_long_is_rejected_without_being_held() {
    let long = |size: usize| row("long").replace("\"Dev", &format!("\"x\":\"{}\",\"Dev", "y".repeat(size)));
    let too_long = long(17 << 20);
    let fitting = long(15 << 20);
    for (before, between, after) in [("", "\n", "\n"), ("[", ",", "]"), ("{\"records\":[", ",", "]}")] {
        let text =
            [before, &row("a"), between, &too_long, between, &fitting, between, &row("b"), after].concat();
        let mut rows = rows_of(text.as_bytes());
        let mut outcomes = Vec::new();
        while let Some(row) = rows.next_row().unwrap().map(Row::checked) {
            outcomes.push(match row {
                Row::Event { fields, .. } => fields.to_event().unwrap().device.name.to_owned(),
                Row::Rejected { reason, raw, .. } => {
                    assert_eq!(raw, &too_long.as_bytes()[..HEAD]);
                    reason
                }
                Row::OtherTable(_) => "other".to_owned(),
            });
            assert!(rows.cursor.window().len() < LONGEST_ROW * 2);
        }
        assert_eq!(outcomes, ["a", TOO_LONG, "long", "b"]);
    }
    let unending = format!("{{\"x\":\"{}\n{}\n", "y".repeat(17 << 20), row("b"));
    assert_eq!(outcomes_of(rows_of(unending.as_bytes()))[1], "2 b");
    let noise = format!("{}\n{}\n", "y".repeat(17 << 20), row("b"));
    assert_eq!(outcomes_of(rows_of(noise.as_bytes()))[1], "2 b");
    let message = format!("{{\"x\":\"{}\",\"results\":[{}]}}", "y".repeat(17 << 20), row("b"));
    assert_eq!(outcomes_of(rows_of(message.as_bytes())), ["1 b"]);
    let swallowing = format!("{{\"x\":[\n{}", format!("{},\n", row("b")).repeat(300_000));
    assert_eq!(outcomes_of(rows_of(swallowing.as_bytes())).len(), 300_001);
}

#[test]
fn deep_nesting_is_rejected() {
    let deep = "[".repeat(100_000) + &"]".repeat(100_000);
    let row_with = |value: &str| row("deep").replace("\"Dev", &format!("\"AdditionalFields\":{value},\"Dev"));
    let mixed = "[{\"a\":".repeat(100_000) + "1" + &"}]".repeat(100_000);
    for value in [&deep, &mixed, &"[".repeat(100_000)] {
        let text = format!("{}\n{}", row_with(value), row("b"));
        let outcomes = outcomes_of(rows_of(text.as_bytes()));
        assert_eq!(outcomes.len(), 2);
        assert_eq!(outcomes[1], "2 b");
    }
    let text = format!("[{},{}]", row_with(&deep), row("b"));
    let outcomes = outcomes_of(rows_of(text.as_bytes()));
    assert!(outcomes[0].starts_with("1 nested more than 128 levels deep"));
    assert_eq!(outcomes[1], "1 b");
    let steps = "{\"a\":\n".repeat(20_000);
    assert_eq!(outcomes_of(rows_of(steps.as_bytes())).len(), 20_000);
    assert_eq!(outcomes_of(rows_of(deep.as_bytes())).len(), 1);
    let records = "{\"records\":[".repeat(50_000);
    assert_eq!(outcomes_of(rows_of(records.as_bytes())).len(), 1);
}

#[test]
fn the_last_row_can_be_had_again() {
    let text = format!("{}\nnoise\n{}\n", row("a"), row("b"));
    let mut rows = rows_of(text.as_bytes());
    rows.unread_row();
    let mut seen = Vec::new();
    for i in 0..7 {
        seen.push(rows.next_row().unwrap().map(Row::checked).map(|row| format!("{row:?}")));
        if i % 2 == 0 {
            rows.unread_row();
        }
    }
    assert_eq!(seen[0], seen[1]);
    assert_eq!(seen[2], seen[3]);
    assert_eq!(seen[4], seen[5]);
    assert_eq!(seen.iter().flatten().count(), 6);
    assert_ne!(seen[0], seen[4]);
}

/// The events of a file without their lines; a rejected row is an error.
fn events_of(text: &str) -> Vec<String> {
    let mut rows = rows_of(text.as_bytes());
    let mut events = Vec::new();
    while let Some(row) = rows.next_row().unwrap().map(Row::checked) {
        match row {
            Row::Event { fields, .. } => events.push(format!("{fields:?}")),
            other => panic!("{text}: {other:?}"),
        }
    }
    events
}

fn any_row() -> impl Strategy<Value = Value> {
    let key = prop_oneof![
        prop::sample::select(vec![
            "FileName",
            "ProcessCommandLine",
            "AdditionalFields",
            "AccountSid",
            "SHA1"
        ])
        .prop_map(str::to_owned),
        "[a-z\u{e9}\"\\\\ ]{1,6}",
    ];
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<String>().prop_map(Value::from),
        Just(json!("\\ \" { } [ ] , \n \u{0}")),
    ];
    let value = leaf.prop_recursive(3, 8, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::hash_map(".{0,3}", inner, 0..3)
                .prop_map(|map| Value::from(map.into_iter().collect::<Map<_, _>>())),
        ]
    });
    prop::collection::vec((key, value), 0..6).prop_map(|members| {
        let mut row: Map<String, Value> = members.into_iter().collect();
        row.insert("Timestamp".into(), json!("2026-05-03T00:00:00Z"));
        row.insert("DeviceName".into(), json!("a"));
        Value::from(row)
    })
}

/// Bytes that look enough like an export to get far.
fn any_tokens() -> impl Strategy<Value = Vec<u8>> {
    let token = prop::sample::select(vec![
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\n",
        " ",
        "\r\n",
        "\"a\"",
        "\"records\":[",
        "\"results\"",
        "\"Timestamp\":",
        "\"properties\":{",
        "\"category\":",
        "1",
        "-",
        "null",
        "tru",
        "\u{feff}",
        "{}",
        "\\ud800",
        "{\"Timestamp\":\"2026-05-03T00:00:00Z\",\"DeviceName\":\"a\"}",
        "\n{",
        "\n  {",
        "\u{e9}",
    ]);
    prop::collection::vec(token, 0..40).prop_map(|tokens| tokens.concat().into_bytes())
}

proptest! {
    #[test]
    fn any_bytes_are_read_to_their_end(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        prop_assert!(read(&bytes).len() <= bytes.len());
    }

    #[test]
    fn anything_like_an_export_is_read_to_its_end(bytes in any_tokens()) {
        prop_assert!(read(&bytes).len() <= bytes.len());
    }

    #[test]
    fn rows_are_the_same_in_every_shape(rows in prop::collection::vec(any_row(), 0..5)) {
        let join = |rows: &[Value], by: &str| rows.iter().map(Value::to_string).collect::<Vec<_>>().join(by);
        let pretty = |value: &Value| serde_json::to_string_pretty(value).unwrap();
        let envelopes: Vec<Value> =
            rows.iter().map(|row| json!({"category": OURS, "properties": row, "time": "t"})).collect();
        let expected = events_of(&join(&rows, "\n"));
        prop_assert_eq!(expected.len(), rows.len());
        let records = json!({"records": envelopes});
        let answer = json!({"@odata.context": "c", "schema": [{"name": "x"}], "results": rows});
        let older = json!({"Schema": [], "Results": rows, "Stats": {"rows": [1]}});
        let messages = json!([records, answer]);
        let shapes = [
            join(&rows, "\r\n"), join(&rows, ", "), join(&envelopes, "\n"),
            format!("{records}\n"), pretty(&records), format!("[{}]", join(&rows, ",\n")),
            format!("[{}]", join(&envelopes, ",")), answer.to_string(), pretty(&answer), older.to_string(),
            pretty(&older), rows.iter().map(pretty).collect(), envelopes.iter().map(pretty).collect(),
            pretty(&Value::from(rows.clone())),
        ];
        for shape in shapes {
            prop_assert_eq!(&events_of(&shape), &expected, "{}", shape);
        }
        prop_assert_eq!(events_of(&messages.to_string()).len(), 2 * rows.len());
    }
}

#[test]
fn of_keys_of_one_column_the_nearest_counts_and_several_equally_near_are_columns_of_their_own() {
    let extra_of = |members: &str| with_event(members, |event| event.extra.to_owned());
    let file_of = |members: &str| with_event(members, |event| event.created.image.file_name.to_owned());
    assert_eq!(file_of(",'filename':'x'"), "x");
    for members in [",'filename':'x','FileName':'y'", ",'FileName':'y','filename':'x'"] {
        assert_eq!(file_of(members), "y");
        assert_eq!(extra_of(members), r#"{"filename":"x"}"#);
    }
    assert_eq!(file_of(",'filename':'x','FileName':null"), "");
    let several = ",'filename':'x','FILENAME':'y','fileName':'z'";
    assert_eq!(file_of(several), "");
    assert_eq!(extra_of(several), r#"{"FILENAME":"y","fileName":"z","filename":"x"}"#);
    let ranked = ",'computername':'c','DEVICENAME':'d'";
    assert_eq!(extra_of(ranked), r#"{"DEVICENAME":"d","computername":"c"}"#);
    let report_of = |members: &str| with_event(members, |event| event.report_id);
    for members in [
        ",'ReportId_long':5,'ReportId':7",
        ",'ReportId':7,'ReportId_long':5",
        ",'reportid':5,'ReportId_long':7",
    ] {
        assert_eq!(report_of(members), Some(7), "{members}");
    }
}

/// A table of two columns with rows for these devices.
fn table_of(devices: &[&str]) -> String {
    let columns = json!([{ "name": "Timestamp" }, { "name": "DeviceName" }]);
    let rows: Vec<Value> = devices.iter().map(|device| json!(["2026-05-03T00:00:00Z", device])).collect();
    format!(r#"{{"columns":{columns},"rows":{}}}"#, Value::from(rows))
}

#[test]
fn cells_are_read_by_the_columns_before_them() {
    let columns = r#""columns":[{"name":"Timestamp"},{"name":"DeviceName"}]"#;
    let cells = r#""rows":[["2026-05-03T00:00:00Z","a"]]"#;
    let unsaid = r#"1 a row of cells whose columns are not said before it | ["2026-05-03T00:00:00Z","a"]"#;
    let table = [
        (
            format!(r#"{{"tables":[{},{}]}}"#, table_of(&["a", "b"]), table_of(&["c"])),
            vec!["1 a", "1 b", "1 c"],
        ),
        (format!("{{\"tables\":[{}]}}\n{}", table_of(&["a"]), row("b")), vec!["1 a", "2 b"]),
        (format!("[{{\"tables\":[{}]}},{}]", table_of(&["a"]), row("b")), vec!["1 a", "1 b"]),
        (format!("{{{cells},{columns}}}"), vec![unsaid]),
        (format!("{{{columns},{columns},{cells}}}"), vec![unsaid]),
        (format!("{{{columns},{cells},{cells}}}"), vec!["1 a", unsaid]),
        (format!("{{\"rows\":[{}]}}", row("a")), vec!["1 a"]),
    ];
    for (text, expected) in table {
        assert_eq!(read(&text), expected, "{text}");
    }
}

#[test]
fn an_answer_cut_off_anywhere_loses_no_row_unsaid() {
    let answer = format!(r#"{{"tables":[{}]}}"#, table_of(&["a", "b"]));
    for length in 1..answer.len() - 1 {
        let outcomes = outcomes_of(rows_of(&answer.as_bytes()[..length]));
        assert!(
            outcomes.iter().any(|outcome| outcome.contains("the file ends inside")),
            "{length}: {outcomes:?}"
        );
    }
}

#[test]
fn what_a_service_says_of_missing_rows_is_remarked_wherever_it_stands() {
    let error = r#""error":{"code":"x"}"#;
    let tables = format!(r#""tables":[{}]"#, table_of(&["a"]));
    let frame = r#"{"FrameType":"DataSetCompletion","HasErrors":true}"#;
    let table = [
        (format!("{{{tables},{error}}}"), true),
        (format!("{{{error},{tables}}}"), true),
        (format!("{{{tables},\"error\":null}}"), false),
        (format!("{{\n{error}\n}}"), true),
        (format!("{}\n{frame}", row("a")), true),
        (format!("[{},{frame}]", row("a")), true),
        (table_of(&["a"]).replace("]]", r#"],{"Exceptions":["x"]}]"#), true),
        (row("a").replace('}', &format!(",{error}}}")), false),
        // A file that ends, or breaks, in what follows the rows.
        (format!("{{{tables},{error}"), true),
        (format!("{{{tables},\"error\":{{\"code\":\"Part"), true),
        (format!("{{{tables},\"stats\":{{\"cpu\":1"), false),
        (format!("{{{tables},\"stats\":NaN,{error}}}"), true),
        (format!("{{{tables},\"stats\":NaN}}"), false),
        (format!("{{{tables},{error}]}}"), true),
        // A row whose columns have the names of messages, in any letter case.
        (row("a").replace('{', "{\"Rows\":[],"), true),
        (row("a").replace("Time", "time").replace('}', ",\"value\":[]}"), false),
        (format!("[{}]", row("a").replace("Time", "time").replace('}', ",\"error\":{}}")), false),
    ];
    for (text, expected) in table {
        let mut rows = rows_of(text.as_bytes());
        while rows.next_row().unwrap().is_some() {}
        assert_eq!(rows.remarks().partial().is_some(), expected, "{text}");
    }
}

#[test]
fn columns_of_one_name_are_kept_apart_as_in_csv() {
    let columns = r#"[{"name":"Timestamp"},{"name":"DeviceName"},{"name":"Site"},{"name":"Site"}]"#;
    let text = format!(
        r#"{{"tables":[{{"columns":{columns},"rows":[["2026-05-03T00:00:00Z","a","one","two"]]}}]}}"#
    );
    let mut rows = rows_of(text.as_bytes());
    let Some(Row::Event { fields, .. }) = rows.next_row().unwrap() else { panic!("there is no event") };
    assert_eq!(fields.to_event().unwrap().extra, r#"{"Site":"one","Site_2":"two"}"#);
}

#[test]
fn rows_that_take_the_place_of_others_are_not_read() {
    let header = r#"{"FrameType":"TableHeader","TableId":1,"Columns":[{"ColumnName":"DeviceName"}]}"#;
    let fragment = |kind: &str| {
        format!(r#"{{"FrameType":"TableFragment","TableFragmentType":"{kind}","TableId":1,"Rows":[["a"]]}}"#)
    };
    let is_read = |kinds: [&str; 2]| {
        let mut rows =
            rows_of(format!("[{header},{},{}]", fragment(kinds[0]), fragment(kinds[1])).as_bytes());
        loop {
            match rows.next_row() {
                Ok(Some(_)) => {}
                Ok(None) => return true,
                Err(_) => return false,
            }
        }
    };
    assert!(is_read(["DataAppend", "DataAppend"]));
    assert!(is_read(["DataReplace", "DataAppend"]));
    assert!(!is_read(["DataAppend", "DataReplace"]));
}

#[test]
fn none_is_missing_only_where_the_az_command_line_wrote_it() {
    let device =
        |members: &str| with_event(members, |event| event.initiating.process.image.file_name.to_owned());
    let none = ",'InitiatingProcessFileName':'None'";
    assert_eq!(device(&format!("{none},'TableName':'PrimaryResult'")), "");
    assert_eq!(device(none), "None");
    assert_eq!(device(&format!("{none},'TableName':'PrimaryResult','ProcessId':4")), "None");
}
