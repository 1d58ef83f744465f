//! Whole outputs, compared and read back.

mod data;
mod tables;

use super::{Column, Format, Layout, Value, Writer};

/// Writes rows of the kind `findings` and gives the text.
fn written(layout: Layout, columns: &[Column], rows: Vec<Vec<Value>>) -> String {
    let mut out = Vec::new();
    let count = rows.len() as u64;
    let mut writer = Writer::begin(&mut out, layout, "findings", columns.to_vec()).unwrap();
    for row in rows {
        writer.row(row).unwrap();
    }
    assert_eq!(writer.finish().unwrap(), count);
    String::from_utf8(out).unwrap()
}

fn layout(format: Format) -> Layout {
    Layout::new(format)
}

fn fitted(width: usize) -> Layout {
    Layout { width: Some(width), ..Layout::new(Format::Table) }
}

fn finding_columns() -> Vec<Column> {
    vec![
        Column::new("findingId", "Id"),
        Column::new("status", "Status"),
        Column::new("events", "Events"),
        Column::data_only("techniques"),
        Column::new("commandLine", "Command line"),
    ]
}

fn finding_rows() -> Vec<Vec<Value>> {
    vec![
        vec![
            "F-1".into(),
            Value::shown("inProgress", "In progress"),
            7.into(),
            vec!["T1059.001".to_owned(), "T1027".to_owned()].into(),
            "powershell.exe -enc AAAA".into(),
        ],
        vec!["F-12".into(), Value::shown("new", "New"), 1200.into(), Value::Null, HOSTILE.into()],
        vec!["F-3".into(), Value::Null, Value::Null, Vec::<String>::new().into(), "=cmd|'/c calc'!A1".into()],
    ]
}

/// A command line that sets the window's title, reads backwards and ends early.
const HOSTILE: &str = "\u{1b}]0;title\u{7}cmd\u{202e}exe.\0\"a,b\"\n";
