//! Markdown, read by pulldown-cmark.

use huntcase::findings::{Author, Classification, Determination, FindingId, undo, write_note};
use huntcase::report::kinds::Kind;
use huntcase::report::printable;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::sample::{DEVICE, Sample, TAG, event, hostile};
use crate::support::{NOW, at};

fn text(sample: &Sample) -> String {
    String::from_utf8(sample.write(Kind::Markdown)).unwrap()
}

fn parse(text: &str) -> Vec<Event<'_>> {
    Parser::new_ext(text, Options::ENABLE_TABLES).collect()
}

#[test]
fn no_text_becomes_markup() {
    let sample = Sample::hostile();
    sample.judge(1, Classification::TruePositive, Determination::Malware);
    let text = text(&sample);
    for event in parse(&text) {
        let is_markup = matches!(
            event,
            Event::Html(_)
                | Event::InlineHtml(_)
                | Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Strikethrough)
        );
        assert!(!is_markup, "{event:?}");
    }
    assert!(!text.contains(['\u{1b}', '\u{202e}', '\0']));
}

#[test]
fn command_lines_stand_in_code_and_are_readable() {
    let lines: Vec<_> =
        hostile().into_iter().take(15).chain(["```\n# x".to_owned(), "a `b` ``c``".to_owned()]).collect();
    let rows: Vec<_> = lines.iter().enumerate().map(|(number, line)| event(number, line)).collect();
    let text = text(&Sample::with(&rows));
    let (mut code, mut depth) = (String::new(), 0);
    for event in parse(&text) {
        match event {
            Event::Start(Tag::CodeBlock(_)) => depth += 1,
            Event::End(TagEnd::CodeBlock) => depth -= 1,
            Event::Text(part) if depth > 0 => code += &part,
            _ => {}
        }
    }
    for line in lines {
        assert!(code.contains(&format!("command  {}", printable(&line))), "{line:?} in {code}");
    }
}

#[test]
fn a_cell_never_ends_its_row() {
    let sample = Sample::with(&[event(1, "a | b")]);
    sample.judge(1, Classification::TruePositive, Determination::Malware);
    let text = text(&sample);
    let mut cells = 0;
    let mut in_head = false;
    let mut rows = Vec::new();
    for event in parse(&text) {
        match event {
            Event::Start(Tag::TableHead) => in_head = true,
            Event::End(TagEnd::TableHead) => in_head = false,
            Event::Start(Tag::TableRow) => cells = 0,
            Event::Start(Tag::TableCell) if !in_head => cells += 1,
            Event::End(TagEnd::TableRow) => rows.push(cells),
            _ => {}
        }
    }
    assert_eq!(rows, [9, 7, 6], "a finding, a device, an import");
    let shown = printable(DEVICE).into_owned();
    assert!(parse(&text).iter().any(|event| matches!(event, Event::Code(code) if code.as_ref() == shown)));
    let words: String = parse(&text)
        .iter()
        .filter_map(|e| if let Event::Text(t) = e { Some(t.as_ref()) } else { None })
        .collect();
    assert!(words.contains(TAG) && words.contains("=because"), "{words}");
}

#[test]
fn long_evidence_is_folded_and_the_report_says_so() {
    let rows: Vec<_> = (0..25).map(|number| event(number, "whoami")).collect();
    let text = text(&Sample::with(&rows));
    assert_eq!(text.matches("command  whoami").count(), 20);
    assert!(text.contains("\n5 events between; the whole: `huntcase report --evidence --format csv`\n"));
    assert!(text.contains("Evidence (25 events):"));
}

#[test]
fn a_process_cannot_be_named_so_that_it_forges_a_line() {
    let mut row = event(1, "whoami");
    row.insert("InitiatingProcessParentFileName", "a.exe\n\ncommand  benign".to_owned());
    let text = text(&Sample::with(&[row]));
    assert!(text.contains(r"a.exe\n\ncommand  benign"), "{text}");
    assert!(!text.contains("\ncommand  benign"));
}

#[test]
fn an_address_in_a_note_is_no_link_and_a_note_that_was_taken_back_is_not_told() {
    let sample = Sample::with(&[event(1, "whoami")]);
    let author = Author { by: "kim", at: at(NOW), command: "note", why: "", dry_run: false };
    write_note(&sample.builder.case, FindingId(1), "see http://198.51.100.7 and www.example.com", author)
        .unwrap();
    write_note(&sample.builder.case, FindingId(1), "a slip", author).unwrap();
    undo(&sample.builder.case, author).unwrap();
    let text = text(&sample);
    assert!(!text.contains("http://") && !text.contains("www.example"), "{text}");
    let words: String = parse(&text)
        .iter()
        .filter_map(|event| if let Event::Text(part) = event { Some(part.as_ref()) } else { None })
        .collect();
    assert!(words.contains("see http://198.51.100.7 and www.example.com"), "{words}");
    assert!(!words.contains("a slip"), "{words}");
}
