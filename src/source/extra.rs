//! How a row's unpublished columns are kept.

use std::collections::BTreeMap;

use crate::event::stands_for_nothing;

/// What huntcase's own answers have besides the published columns: it says nothing of the event itself.
pub const OWN_COLUMNS: [&str; 3] = ["event_id", "import_id", "ticks"];

/// Leaves out what huntcase's own answers add, where all of it is there.
pub fn drop_own(pairs: &mut Vec<(String, String)>) {
    if OWN_COLUMNS.iter().all(|own| pairs.iter().any(|(name, _)| name == own)) {
        pairs.retain(|(name, _)| !OWN_COLUMNS.contains(&name.as_str()));
    }
}

/// Writes the columns that are not published ones as [`crate::event::ProcessEvent::extra`] wants them: a JSON object
/// of texts with sorted keys. Empty texts, and words that stand for nothing, are left out; of two with one name the last stays; `""` when none is
/// left. The list is emptied, so that it can be used again.
pub fn write_extra(pairs: &mut Vec<(String, String)>) -> String {
    let filled: BTreeMap<String, String> =
        pairs.drain(..).filter(|(_, text)| !text.is_empty() && !stands_for_nothing(text)).collect();
    if filled.is_empty() {
        return String::new();
    }
    serde_json::to_string(&filled).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_sorted_and_empty_ones_left_out() {
        let table: [(&[(&str, &str)], &str); 4] = [
            (&[], ""),
            (&[("a", "")], ""),
            (&[("b", "2"), ("a", "say \"hi\"\n"), ("c", "")], r#"{"a":"say \"hi\"\n","b":"2"}"#),
            (&[("a", "1"), ("b", "2"), ("a", "3")], r#"{"a":"3","b":"2"}"#),
        ];
        for (pairs, expected) in table {
            let mut pairs = pairs.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned())).collect();
            assert_eq!(write_extra(&mut pairs), expected);
            assert!(pairs.is_empty());
        }
    }
}
