//! The queries, read back by a small reader of KQL's literals that knows nothing of how they were written.

use std::collections::BTreeSet;

use huntcase::event::Timestamp;
use huntcase::findings::{Classification, Determination};
use huntcase::report::kinds::Kind;

use super::sample::{Sample, event, events, hostile};

/// A query: the columns of its table, and the rows.
struct Query {
    comment: String,
    text: String,
    columns: Vec<String>,
    rows: Vec<Vec<Literal>>,
}

#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Literal {
    Text(String),
    Time(Timestamp),
    Long(i64),
}

/// Splits a text as an editor does, at empty lines, and leaves out what is comment alone.
fn queries(text: &str) -> Vec<Query> {
    text.split("\n\n").filter_map(read_query).collect()
}

fn read_query(block: &str) -> Option<Query> {
    let (comments, code): (Vec<&str>, Vec<&str>) = block.lines().partition(|line| line.starts_with("//"));
    let code = code.join("\n");
    let rest = code.strip_prefix("let wanted = datatable(")?;
    let (columns, rest) = rest.split_once(")\n[\n").unwrap();
    let columns: Vec<String> = columns.split(", ").map(str::to_owned).collect();
    let mut reader = LiteralReader(rest);
    let mut rows = vec![Vec::new()];
    loop {
        if rows.last().unwrap().len() == columns.len() {
            rows.push(Vec::new());
        }
        rows.last_mut().unwrap().push(reader.literal());
        match reader.0.trim_start().strip_prefix(',') {
            Some(rest) => reader.0 = rest,
            None => break,
        }
    }
    let text = reader.0.trim_start().strip_prefix("];\n").unwrap().to_owned();
    Some(Query { comment: comments.join("\n"), text, columns, rows })
}

struct LiteralReader<'t>(&'t str);

impl LiteralReader<'_> {
    fn literal(&mut self) -> Literal {
        let text = self.0.trim_start();
        if let Some(rest) = text.strip_prefix('"') {
            return self.string(rest);
        }
        if let Some(rest) = text.strip_prefix("datetime(") {
            let (time, rest) = rest.split_at(rest.find(')').unwrap());
            assert_eq!(time.len(), "2026-05-04T00:00:00.0000000Z".len(), "{time}");
            self.0 = &rest[1..];
            return Literal::Time(Timestamp::parse(time).unwrap().0);
        }
        let end = text.find([',', '\n']).unwrap();
        self.0 = &text[end..];
        Literal::Long(text[..end].parse().unwrap())
    }

    fn string(&mut self, text: &str) -> Literal {
        let mut value = String::new();
        let mut characters = text.char_indices();
        while let Some((index, character)) = characters.next() {
            match character {
                '"' => {
                    let start = self.0.len() - text.len() + index + 1;
                    self.0 = &self.0[start..];
                    return Literal::Text(value);
                }
                '\\' => value.push(escaped(&mut characters)),
                other => {
                    assert!(!other.is_control(), "a control character in a literal");
                    value.push(other);
                }
            }
        }
        panic!("a literal without an end: {text}");
    }
}

fn escaped(characters: &mut std::str::CharIndices<'_>) -> char {
    let hex = |digits: usize, characters: &mut std::str::CharIndices<'_>| {
        let code: String = characters.take(digits).map(|(_, character)| character).collect();
        char::from_u32(u32::from_str_radix(&code, 16).unwrap()).unwrap()
    };
    match characters.next().unwrap().1 {
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'u' => hex(4, characters),
        'U' => hex(8, characters),
        same @ ('"' | '\\' | '\'') => same,
        other => panic!("an escape that is none: {other}"),
    }
}

fn write(sample: &Sample) -> String {
    String::from_utf8(sample.write(Kind::Kql)).unwrap()
}

#[test]
fn every_event_is_named_by_the_best_that_there_is() {
    let sample = Sample::hostile();
    let text = write(&sample);
    let extract = sample.extract();
    let mut expected = BTreeSet::new();
    for (id, event) in events(&extract) {
        let finding = &extract.findings.iter().find(|one| one.finding.id == id).unwrap().finding;
        let (device, name) = (finding.device_id.clone(), event.device_name.clone());
        expected.insert(match (device.is_empty(), event.report_id, event.process_id) {
            (false, Some(report), _) => {
                vec![Literal::Text(device), Literal::Time(event.time), Literal::Long(report)]
            }
            (_, _, Some(process)) => {
                vec![Literal::Text(name), Literal::Time(event.time), Literal::Long(process)]
            }
            _ => vec![Literal::Text(name), Literal::Time(event.time)],
        });
    }
    let queries = queries(&text);
    let found: BTreeSet<_> = queries.iter().flat_map(|query| query.rows.iter().cloned()).collect();
    assert_eq!(found, expected);
    assert_eq!(found.len() as i64, extract.events());
    let columns: Vec<_> = queries.iter().map(|query| query.columns.join(" ")).collect();
    let exact = "DeviceId:string Timestamp:datetime ReportId:long";
    let near = "DeviceName:string Timestamp:datetime ProcessId:long";
    assert_eq!(columns[0], exact);
    assert!(columns.iter().any(|one| one == near));
    for query in &queries {
        assert_eq!(
            query.comment.contains("Not exact"),
            query.columns.join(" ") != exact,
            "{}",
            query.comment
        );
    }
    assert!(text.contains("3 events without ReportId or DeviceId"), "{text}");
}

#[test]
fn a_query_looks_only_where_its_events_are() {
    let queries = queries(&write(&Sample::hostile()));
    assert!(!queries.is_empty());
    for query in queries {
        let times: Vec<_> = query
            .rows
            .iter()
            .flatten()
            .filter_map(|literal| match literal {
                Literal::Time(time) => Some(*time),
                _ => None,
            })
            .collect();
        let (first, last) = (times.iter().min().unwrap(), times.iter().max().unwrap());
        let names: Vec<&str> = query.columns.iter().map(|column| column.split_once(':').unwrap().0).collect();
        let device = names[0];
        let expected = format!(
            "DeviceProcessEvents\n| where Timestamp between (datetime({first}) .. datetime({last}))\n\
             | where {device} in ((wanted | distinct {device}))\n\
             | join kind=leftsemi wanted on {}\n| sort by Timestamp asc",
            names.join(", ")
        );
        assert_eq!(query.text.trim_end(), expected);
    }
}

#[test]
fn nothing_of_the_case_can_leave_a_comment_or_a_literal() {
    let sample = Sample::hostile();
    sample.judge(1, Classification::TruePositive, Determination::Malware);
    let text = write(&sample);
    let code = ["let wanted = ", "[", "  \"", "];", "DeviceProcessEvents", "| "];
    for line in text.lines().filter(|line| !line.is_empty() && !line.starts_with("// ")) {
        assert!(code.iter().any(|start| line.starts_with(start)), "{line}");
        assert!(line != "DeviceProcessEvents | take 1");
    }
    assert!(text.chars().all(|character| character == '\n' || !character.is_control()));
    assert!(!text.contains('\u{202e}'));
    // A shorter one may stand in a time.
    for line in hostile().iter().filter(|line| line.len() > 4) {
        assert!(!text.contains(line.as_str()), "a command line is in the queries: {line}");
    }
    assert!(text.contains("// F-1 on ") && text.contains("True positive / Malware"), "{text}");
    assert!(text.contains("first\\nDeviceProcessEvents | take 1"), "the note");
    assert!(text.contains("=because"), "the history");
    let extract = sample.extract();
    assert!(text.contains(&extract.imports[0].sha256) && text.contains(&extract.rules[0].versions[0].sha256));
}

#[test]
fn many_events_are_split_and_none_is_lost() {
    let rows: Vec<_> = (1..=2_300).map(|number| event(number, "net user")).collect();
    let sample = Sample::with(&rows);
    let text = write(&sample);
    let queries = queries(&text);
    let sizes: Vec<usize> = queries.iter().map(|query| query.rows.len()).collect();
    assert_eq!(sizes, [1_000, 1_000, 300]);
    for (number, query) in (1..).zip(&queries) {
        let head =
            format!("// Part {number} of 3: {} events of F-1", if number < 3 { "1,000" } else { "300" });
        assert!(query.comment.starts_with(&head), "{}", query.comment);
    }
    let reports: BTreeSet<_> =
        queries.iter().flat_map(|query| &query.rows).map(|row| row[2].clone()).collect();
    assert_eq!(reports, (1..=2_300).map(Literal::Long).collect());
}

#[test]
fn the_age_of_events_is_told_by_the_as_of() {
    let mut old = event(1, "net user");
    old.insert("Timestamp", "2026-04-01T00:00:00Z".to_owned());
    let text = write(&Sample::with(&[old]));
    assert!(text.contains("61 to 61 days old"), "{text}");
    assert!(text.contains("// All of it was older than 30 days at the as-of."), "{text}");
    assert!(!write(&Sample::with(&[event(1, "net user")])).contains("older than 30 days"));
}
