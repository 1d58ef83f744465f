//! The page, read by html5ever and loaded by a browser where one is installed.

use std::process::Command;

use base64::Engine;
use huntcase::findings::{Classification, Determination};
use huntcase::report::kinds::Kind;
use huntcase::report::printable;
use scraper::{Html, Selector};
use sha2::{Digest, Sha256};

use crate::support::say_skipped;

use super::sample::{NOTE, Sample, event, events, hostile};

const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const HEADLESS: [&str; 11] = [
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--enable-logging=stderr",
    "--v=0",
    "--dump-dom",
];

fn page(sample: &Sample) -> String {
    String::from_utf8(sample.write(Kind::Html)).unwrap()
}

fn texts(page: &str, selector: &str) -> Vec<String> {
    let selector = Selector::parse(selector).unwrap();
    Html::parse_document(page).select(&selector).map(|element| element.text().collect()).collect()
}

fn judged() -> Sample {
    let sample = Sample::hostile();
    sample.judge(1, Classification::TruePositive, Determination::Malware);
    sample
}

#[test]
fn every_finding_stands_in_the_table_and_in_full() {
    let sample = judged();
    let page = page(&sample);
    let extract = sample.extract();
    assert_eq!(texts(&page, "#findings-table tbody tr").len(), extract.findings.len());
    assert_eq!(texts(&page, "details.finding").len(), extract.findings.len());
    let (shown, all) = (texts(&page, ".event").len(), events(&extract).len());
    assert_eq!(shown, all.min(20), "{all} events of one finding");
    assert!(texts(&page, "blockquote")[0].contains("first"));
    assert!(NOTE.starts_with("first"));
    assert!(texts(&page, ".history")[0].contains("=because"));
}

#[test]
fn command_lines_are_text_and_nothing_else() {
    for lines in hostile().chunks(10) {
        let rows: Vec<_> = lines.iter().enumerate().map(|(number, line)| event(number, line)).collect();
        let sample = Sample::with(&rows);
        sample.judge(1, Classification::TruePositive, Determination::Malware);
        let page = page(&sample);
        let found = texts(&page, "code.command");
        for line in lines {
            assert!(found.contains(&printable(line).into_owned()), "{line:?} in {found:?}");
        }
        assert_eq!(texts(&page, "script").len(), 1, "only the page's own");
        assert_eq!(texts(&page, "style").len(), 1, "only the page's own");
        assert!(
            texts(&page, "b, img, iframe, object, link, base, [onclick], [style], [href^=http]")
                .iter()
                .all(|text| text.parse::<i64>().is_ok()),
            "only the numbers at the top are bold"
        );
        assert!(!page.contains(['\u{1b}', '\u{202e}', '\0']));
    }
}

#[test]
fn the_policy_lets_in_its_own_script_and_style_alone() {
    let page = page(&judged());
    let html = Html::parse_document(&page);
    let selector = Selector::parse("meta[http-equiv=Content-Security-Policy]").unwrap();
    let policy = html.select(&selector).next().unwrap().attr("content").unwrap();
    let hash = |tag: &str| {
        let text =
            page.split(&format!("<{tag}>")).nth(1).unwrap().split(&format!("</{tag}>")).next().unwrap();
        base64::engine::general_purpose::STANDARD.encode(Sha256::digest(text))
    };
    let expected = format!(
        "default-src 'none'; style-src 'sha256-{}'; script-src 'sha256-{}'; base-uri 'none'; form-action 'none'",
        hash("style"),
        hash("script")
    );
    assert_eq!(policy, expected);
}

#[test]
fn matched_words_are_marked() {
    let reasons = "json_object('column', 'ProcessCommandLine', 'operator', 'has', 'needle', 'whoami')";
    let body = format!("SELECT event_id, '[' || {reasons} || ']' AS reasons FROM DeviceProcessEvents");
    let sample = Sample::with_rule(&[event(1, "cmd /c WHOAMI <x>")], &body);
    let page = page(&sample);
    assert_eq!(texts(&page, "code.command mark"), ["WHOAMI"]);
    assert_eq!(texts(&page, "code.command"), ["cmd /c WHOAMI <x>"]);
    assert!(page.contains("has whoami: 1"), "the picture of words");
}

#[test]
fn what_is_folded_away_is_said() {
    let rows: Vec<_> = (0..25).map(|number| event(number, "whoami")).collect();
    let page = page(&Sample::with(&rows));
    assert_eq!(texts(&page, ".event").len(), 20);
    assert_eq!(texts(&page, ".folded"), ["5 events between are in huntcase report --evidence --format csv."]);
}

#[test]
fn many_findings_are_listed_and_the_first_stand_in_full() {
    let row = |number: usize| {
        let mut row = event(number, "whoami");
        row.insert("DeviceId", format!("d{number}"));
        row
    };
    let rows: Vec<_> = (0..2_010).map(row).collect();
    let page = page(&Sample::with(&rows));
    assert_eq!(texts(&page, "#findings-table tbody tr").len(), 2_000);
    assert_eq!(texts(&page, "details.finding").len(), 500);
    assert!(
        texts(&page, "#findings-table caption")[0].starts_with("2000 of 2010 findings; the other 10 are in")
    );
    assert!(page.contains("The other 1510 are in"));
}

#[test]
fn a_case_without_findings_says_so() {
    let sample =
        Sample::with_rule(&[event(1, "x")], "SELECT event_id FROM DeviceProcessEvents WHERE FileName = ''");
    let page = page(&sample);
    assert!(page.contains("The rules found nothing in what was taken in."), "{page}");
    assert_eq!(texts(&page, "#findings-table").len(), 0);
}

/// What a browser complains of when it loads a page; None where none is installed.
fn complaints(page: &str) -> Option<String> {
    let is_there =
        |name: &&&str| Command::new(name).arg("--version").output().is_ok_and(|ran| ran.status.success());
    let browser = BROWSERS.iter().find(is_there)?;
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    std::fs::write(&file, page).unwrap();
    let ran = Command::new(browser)
        .args(HEADLESS)
        .arg(format!("--user-data-dir={}", folder.path().join("profile").display()))
        .arg(format!("file://{}", file.display()))
        .output()
        .unwrap();
    let dom = String::from_utf8_lossy(&ran.stdout).into_owned();
    assert!(dom.contains("</html>"), "{browser} has not loaded the page");
    let said = String::from_utf8_lossy(&ran.stderr).into_owned();
    let mut said: String =
        said.lines().filter(|line| line.contains("CONSOLE")).map(|line| format!("{line}\n")).collect();
    if page.contains("findings-table") && !dom.contains("<th scope=\"col\"><button") {
        said += "the script has not run";
    }
    Some(said)
}

#[test]
fn a_browser_has_nothing_to_complain_of() {
    let page = page(&judged());
    let Some(said) = complaints(&page) else {
        say_skipped("no browser is installed");
        return;
    };
    assert_eq!(said, "");
    let broken = page.replace("<h1>", "<h1 style=\"color:red\" onclick=\"x()\">");
    let said = complaints(&broken).unwrap();
    assert!(said.contains("Content Security Policy"), "a page that breaks its policy is noticed: {said:?}");
}
