//! The columns of an export that are not published ones.

use std::collections::BTreeMap;

/// Writes columns that are not published ones as a JSON object of texts with sorted keys; `""` when none is
/// filled. Of two with the same name the last one counts.
pub fn write_extra(pairs: &mut Vec<(String, String)>) -> String {
    let filled: BTreeMap<_, _> = pairs.drain(..).filter(|(_, text)| !text.is_empty()).collect();
    if filled.is_empty() {
        return String::new();
    }
    serde_json::to_string(&filled).unwrap_or_default()
}
