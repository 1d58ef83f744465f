//! `huntcase note`

use super::support::Folder;

#[test]
fn a_note_is_kept_with_its_author_and_time() {
    let folder = Folder::with_case();
    let ran = folder.run(&["note", "F-2", "asked the owner", "--as", "lee"]).code(0);
    assert_eq!((ran.stdout.as_str(), ran.stderr.as_str()), ("", "noted on F-2\n"));
    assert_eq!(folder.run(&["note", "f-2", "no answer", "--quiet"]).code(0).text(), "");
    let shown = folder.run(&["show", "F-2", "--json"]).json();
    let at = "2026-05-07T08:00:00.0000000Z";
    assert_eq!(
        shown["finding"]["notes"],
        serde_json::json!([
            { "at": at, "by": "lee", "text": "asked the owner" },
            { "at": at, "by": "kim", "text": "no answer" },
        ])
    );
    assert_eq!(shown["finding"]["noteCount"], 2);
}

#[test]
fn a_note_answers_with_the_finding_in_the_formats_for_data() {
    let folder = Folder::with_case();
    let noted = folder.run(&["note", "F-2", "asked the owner", "--json"]).code(0);
    assert_eq!((&noted.json()["findings"][0]["noteCount"], noted.stderr.as_str()), (&1.into(), ""));
}

#[test]
fn a_note_is_read_from_standard_input() {
    let folder = Folder::with_case();
    folder.run_with_input(&["note", "F-1", "-"], b"two\nlines").code(0);
    let shown = folder.run(&["show", "F-1", "--json"]).json();
    assert_eq!(shown["finding"]["notes"][0]["text"], "two\nlines");
    folder.run_with_input(&["note", "F-1", "-"], &vec![b'x'; 10_000_001]).code(2);
}

#[test]
fn an_empty_note_and_an_unknown_finding_are_refused() {
    let folder = Folder::with_case();
    for text in ["", " \n "] {
        assert_eq!(folder.run(&["note", "F-2", text]).code(2).stderr, "error: a note needs a text\n");
    }
    folder.run(&["note", "F-99", "x"]).code(2);
}
