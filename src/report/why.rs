//! Why an event matches, in words.

use super::finding::plain;
use crate::findings::Why;
use crate::rules::Reason;

/// Each condition that holds, such as `has whoami`, and each other column of the rule, such as `score: 3`, on its own.
pub fn why_items(why: &Why) -> Vec<String> {
    let reasons = why.reasons.iter().map(|reason| format!("{}{}", place(&reason.column), condition(reason)));
    let columns = why.columns.iter().map(|(name, value)| format!("{name}: {}", plain(value)));
    reasons.chain(columns).collect()
}

/// The same on one line, conditions on one column together: `parent w3wp.exe; has whoami, has ping; score: 3`.
pub fn why_in_words(why: &Why) -> String {
    let of_column = why.reasons.chunk_by(|a, b| a.column == b.column).map(|reasons| {
        let conditions: Vec<String> = reasons.iter().map(condition).collect();
        format!("{}{}", place(&reasons[0].column), conditions.join(", "))
    });
    let columns = why.columns.iter().map(|(name, value)| format!("{name}: {}", plain(value)));
    of_column.chain(columns).collect::<Vec<_>>().join("; ")
}

/// What a column is of, as an analyst says it; nothing for the command line, which most conditions are on.
fn place(column: &str) -> String {
    match column {
        "ProcessCommandLine" => String::new(),
        "FileName" => "process ".to_owned(),
        "InitiatingProcessFileName" => "parent ".to_owned(),
        "InitiatingProcessParentFileName" => "grandparent ".to_owned(),
        other => format!("{other} "),
    }
}

/// What holds: a value that is found whole stands for itself.
fn condition(reason: &Reason) -> String {
    match reason.operator.as_str() {
        "==" | "=~" | "in" | "in~" => reason.needle.clone(),
        operator => format!("{operator} {}", reason.needle),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn reason(column: &str, operator: &str, needle: &str) -> Reason {
        Reason { column: column.to_owned(), operator: operator.to_owned(), needle: needle.to_owned() }
    }

    #[test]
    fn conditions_on_one_column_stand_together() {
        let reasons = vec![
            reason("InitiatingProcessFileName", "in", "w3wp.exe"),
            reason("ProcessCommandLine", "has", "whoami"),
            reason("ProcessCommandLine", "contains", "a, b"),
        ];
        let columns = json!({ "score": 3 }).as_object().cloned().unwrap_or_default();
        let why = Why { reasons, columns };
        assert_eq!(why_in_words(&why), "parent w3wp.exe; has whoami, contains a, b; score: 3");
        assert_eq!(why_items(&why)[2..], ["contains a, b", "score: 3"]);
        assert_eq!(why_in_words(&Why::default()), "");
    }
}
