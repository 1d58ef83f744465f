//! JSON exports.

use std::collections::BTreeMap;
use std::io::Cursor;

use huntcase::event::Column;
use huntcase::source::{Input, JsonRows, ReadRows};
use serde_json::Value;

use crate::rows::{Seen, check_places, in_steps, read_all, step_of};

/// The same rows come out of the same bytes, however few arrive at a time. They stand where they say, and their texts
/// are what another reader of JSON makes of them.
pub fn json(bytes: &[u8]) {
    let mut whole = JsonRows::new(Input::new(Box::new(Cursor::new(bytes.to_vec()))));
    let mut dripping = JsonRows::new(in_steps(bytes));
    let rows = read_all(&mut whole);
    assert_eq!(read_all(&mut dripping), rows, "by {}", step_of(bytes));
    check_places(bytes, &rows);
    rows.iter().for_each(check_texts);
    assert_eq!(whole.remarks().notices(), dripping.remarks().notices());
    let (size, _) = whole.input().finish().expect("a text in memory can be read");
    assert_eq!(size, bytes.len() as u64);
}

fn check_texts(row: &Seen) {
    let Seen::Event { raw, texts, .. } = row else { return };
    let Ok(members) = serde_json::from_slice::<BTreeMap<String, Value>>(raw) else { return };
    // az writes `None` for nothing, and this key in every row.
    let is_of_az = members.keys().any(|key| key.eq_ignore_ascii_case("TableName"));
    let text = String::from_utf8_lossy(raw).to_ascii_lowercase();
    for column in Column::ALL {
        // Where more than one key may mean the column, which of them is taken is the reader's own.
        let is_alone = text.matches(&column.name().to_ascii_lowercase()).count() == 1;
        if let (true, Some(Value::String(expected))) = (is_alone, members.get(column.name())) {
            let found = texts.iter().find(|(of, _)| of == column).map_or("", |(_, text)| text);
            let is_nothing = is_of_az && expected == "None" && found.is_empty();
            assert!(is_nothing || found == expected, "{}: {found:?}, not {expected:?}", column.name());
        }
    }
}
