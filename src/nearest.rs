//! The names that come nearest to one that is not known. May use `error`.

use strsim::osa_distance;

use crate::error::{Error, quoted};

/// How many names are given.
const NAMES_GIVEN: usize = 3;
/// The longest name, in characters, that is compared letter by letter.
const LONGEST_COMPARED: usize = 200;

/// Says that something named is not there, with the nearest of the names that are, or the first.
pub(crate) fn unknown<'n>(what: &'static str, given: &str, names: impl Iterator<Item = &'n str>) -> Error {
    let names: Vec<&str> = names.collect();
    unknown_among(what, given, &names, &|index| plain(names[index]))
}

/// The same for names that are shown with more than themselves.
pub(crate) fn unknown_among(
    what: &'static str,
    given: &str,
    names: &[&str],
    shown: &dyn Fn(usize) -> String,
) -> Error {
    let near = nearest(given, names);
    let listed = |indices: Vec<usize>| indices.into_iter().map(shown).collect::<Vec<_>>().join(", ");
    let known = match names.len() {
        0 => "none, since there is none yet".to_owned(),
        count if count <= NAMES_GIVEN => listed((0..count).collect()),
        count if near.is_empty() => {
            format!("one of {count}, such as {}", listed((0..NAMES_GIVEN).collect()))
        }
        count => format!("{} (the nearest of {count})", listed(near)),
    };
    Error::Unknown { what, name: given.to_owned(), known }
}

/// A name as it stands where it is one word, else in quotes.
pub(crate) fn plain(name: &str) -> String {
    let is_plain = |c: char| c.is_alphanumeric() || "-_.\\@$=!~".contains(c);
    let quoted = quoted(name);
    match !name.is_empty() && name.chars().all(is_plain) && !quoted.ends_with("…\"") {
        true => name.to_owned(),
        false => quoted,
    }
}

/// Where the nearest names stand, each name once, the nearest first; of those equally near, the first.
fn nearest(given: &str, names: &[&str]) -> Vec<usize> {
    let given = given.to_lowercase();
    let mut near: Vec<(usize, usize)> = Vec::new();
    for (index, name) in names.iter().enumerate() {
        let Some(distance) = distance(&given, &name.to_lowercase()) else { continue };
        let place = near.partition_point(|(other, _)| *other <= distance);
        if place < NAMES_GIVEN && !near.iter().any(|(_, other)| names[*other] == *name) {
            near.insert(place, (distance, index));
            near.truncate(NAMES_GIVEN);
        }
    }
    near.into_iter().map(|(_, index)| index).collect()
}

/// How far a name is from what was given, both in lower case: the least of the changes of one letter that make it of the
/// name, of its start up to a dot, or, for an account with a domain, of the account alone. A name that holds it is as
/// near as one letter. None where it is far.
fn distance(given: &str, name: &str) -> Option<usize> {
    if given.is_empty() {
        return None;
    }
    if name.contains(given) {
        return Some(usize::from(name != given));
    }
    let label = name.split('.').next().unwrap_or_default();
    let alone = behind_backslash(given).zip(behind_backslash(name));
    [Some(without_common_domain(given, name)), Some((given, label)), alone]
        .into_iter()
        .flatten()
        .filter_map(|(given, name)| letters_apart(given, name))
        .min()
}

fn behind_backslash(account: &str) -> Option<&str> {
    account.rsplit_once('\\').map(|(_, name)| name)
}

/// Two names without what both have behind the same dots: a domain that they share makes no device like another.
fn without_common_domain<'t>(mut given: &'t str, mut name: &'t str) -> (&'t str, &'t str) {
    while let (Some((given_start, given_end)), Some((name_start, name_end))) =
        (given.rsplit_once('.'), name.rsplit_once('.'))
        && given_end == name_end
    {
        (given, name) = (given_start, name_start);
    }
    (given, name)
}

/// How many letters two texts are apart; None for more than a third of them.
fn letters_apart(given: &str, name: &str) -> Option<usize> {
    let (length, other) = (given.chars().count(), name.chars().count());
    let most = (length / 3).max(1);
    // Most names are told by their length alone, and the longest are not worth the time.
    if length > LONGEST_COMPARED || length.abs_diff(other) > most {
        return None;
    }
    Some(osa_distance(given, name)).filter(|distance| *distance <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn nearest_names<'n>(given: &str, names: &[&'n str]) -> Vec<&'n str> {
        nearest(given, names).into_iter().map(|index| names[index]).collect()
    }

    #[test]
    fn the_nearest_names_are_those_with_the_fewest_letters_changed() {
        let names = ["app01.example.com", "db05", "web01.example.com", "web02.example.com", "WEB10"];
        for (given, expected) in [
            ("wbe01", vec!["web01.example.com"]),
            ("web11", vec!["web01.example.com", "WEB10"]),
            ("web", vec!["web01.example.com", "web02.example.com", "WEB10"]),
            ("web10", vec!["WEB10", "web01.example.com"]),
            ("web01.example.org", vec!["web01.example.com", "web02.example.com"]),
            ("app02.example.com", vec!["app01.example.com"]),
            ("mail", vec![]),
            ("", vec![]),
            ("é", vec![]),
        ] {
            assert_eq!(nearest_names(given, &names), expected, "{given:?}");
        }
        assert_eq!(nearest_names("web1", &["web01", "web01"]), ["web01"]);
        assert_eq!(nearest_names("corp\\kimm", &["example\\kim", "corp\\lee"]), ["example\\kim"]);
        assert_eq!(nearest_names(&"x".repeat(100_000), &[&"x".repeat(99_999)]), [""; 0]);
    }

    #[test]
    fn an_unknown_name_is_told_what_there_is() {
        let known = |given: &str, names: &[&str]| unknown("device", given, names.iter().copied()).to_string();
        assert_eq!(known("a", &[]), "no device \"a\", expected none, since there is none yet");
        assert_eq!(
            known("a", &["web 1", "db\u{1b}[2J"]),
            "no device \"a\", expected \"web 1\", \"db\\u{1b}[2J\""
        );
        let several = ["app", "db", "mail", "web"];
        assert_eq!(known("zzz", &several), "no device \"zzz\", expected one of 4, such as app, db, mail");
        assert_eq!(known("wbe", &several), "no device \"wbe\", expected web (the nearest of 4)");
    }

    #[test]
    fn among_a_hundred_thousand_names_the_nearest_is_found() {
        let names: Vec<String> = (0..100_000).map(|number| format!("web{number:05}.example.com")).collect();
        let names: Vec<&str> = names.iter().map(String::as_str).collect();
        assert_eq!(nearest_names("wbe99999.example.com", &names)[0], "web99999.example.com");
    }
}
