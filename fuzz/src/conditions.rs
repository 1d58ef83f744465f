//! Conditions on findings, their numbers and their tags, as they are typed.

use huntcase::findings::{
    Filter, FindingId, HuntId, SuppressionId, TagChange, filter_findings, list_findings,
};

use crate::case::Sample;

/// Filters say together what they say one by one, and one with `!` selects what it does not without. Numbers and tags
/// that are read, printed and read again are themselves.
pub fn conditions(bytes: &[u8]) {
    let Ok(text) = std::str::from_utf8(bytes) else { return };
    for line in text.split('\n') {
        check_ids(line);
        check_tags(line);
        check_opposite(line);
    }
    if let Some((one, other)) = text.split_once('\n')
        && let (Ok(one_filter), Ok(other_filter)) = (one.parse::<Filter>(), other.parse::<Filter>())
    {
        let both = format!("{one},{other}").parse();
        assert_eq!(both, Ok(one_filter.and(&other_filter)), "{one:?} and {other:?}");
    }
}

fn check_ids(text: &str) {
    if let Ok(id) = text.parse::<FindingId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    if let Ok(id) = text.parse::<HuntId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
    if let Ok(id) = text.parse::<SuppressionId>() {
        assert_eq!(id.to_string().parse(), Ok(id));
    }
}

fn check_tags(text: &str) {
    let Ok(change) = text.parse::<TagChange>() else { return };
    let added = change.added.iter().map(|tag| format!("+{tag}"));
    let written: Vec<String> = added.chain(change.removed.iter().map(|tag| format!("-{tag}"))).collect();
    assert_eq!(written.join(",").parse(), Ok(change));
}

/// Of one condition: what it selects, and what its opposite does, are all findings.
fn check_opposite(text: &str) {
    let Ok(filter) = text.parse::<Filter>() else { return };
    assert!(!filter.is_empty());
    let Some((name, value)) = text.split_once('=').filter(|_| !text.contains(',')) else { return };
    let (name, sign) = name.strip_suffix('~').map_or((name, "="), |name| (name, "~="));
    let opposite = match name.strip_suffix('!') {
        Some(name) => format!("{name}{sign}{value}"),
        None => format!("{name}!{sign}{value}"),
    };
    let opposite: Filter =
        opposite.parse().unwrap_or_else(|error| panic!("{text:?} has no opposite: {error}"));
    Sample::with(|sample| {
        let all = list_findings(&sample.case, "kim").expect("a case can be read");
        let count = |filter: &Filter| {
            filter_findings(&sample.case, filter, all.clone()).expect("a case can be read").len()
        };
        assert_eq!(count(&filter) + count(&opposite), all.len(), "{text:?}");
    });
}
