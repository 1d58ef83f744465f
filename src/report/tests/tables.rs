//! Tables, and the lists they become on narrow terminals.

use super::*;
use crate::report::wrap::width_of;
use crate::report::{CHUNK_ROWS, When};

#[test]
fn a_table_that_need_not_fit_shows_every_cell_whole() {
    let expected = r#"
Id    Status       Events  Command line
─────────────────────────────────────────────────────────────────────
F-1   In progress       7  powershell.exe -enc AAAA
F-12  New            1200  \x1b]0;title\x07cmd\u{202e}exe.\x00"a,b"\n
F-3                        =cmd|'/c calc'!A1
"#;
    let text = written(layout(Format::Table), &finding_columns(), finding_rows());
    assert_eq!(format!("\n{text}"), expected);
}

#[test]
fn the_widest_column_gives_way() {
    let expected = r#"
Id    Status       Events  Command line
──────────────────────────────────────────────────
F-1   In progress       7  powershell.exe -enc
                           AAAA
F-12  New            1200  \x1b]0;title\x07cmd\u{2
                           02e}exe.\x00"a,b"\n
F-3                        =cmd|'/c calc'!A1
"#;
    let text = written(fitted(50), &finding_columns(), finding_rows());
    assert_eq!(format!("\n{text}"), expected);
}

#[test]
fn columns_that_can_be_spared_go_before_a_table_becomes_a_list() {
    let columns = |spare: fn(Column) -> Column| {
        let mut columns = finding_columns();
        columns[1] = spare(columns[1].clone());
        columns
    };
    let heading = |width, spare| {
        let text = written(fitted(width), &columns(spare), finding_rows());
        text.lines().next().unwrap_or_default().to_owned()
    };
    assert_eq!(heading(36, Column::spare), "Id    Status      Events  Command");
    assert_eq!(heading(34, Column::spare), "Id    Events  Command line");
    assert!(!heading(34, |column| column).contains("Command"), "a list");
}

#[test]
fn a_terminal_too_narrow_for_columns_gets_a_list() {
    let expected = r#"
Id       F-1
Status   In progress
Events   7
Command  powershell.
line     exe -enc
         AAAA

Id       F-12
Status   New
Events   1200
Command  \x1b]0;titl
line     e\x07cmd\u{
         202e}exe.\x
         00"a,b"\n

Id       F-3
Status
Events
Command  =cmd|'/c
line     calc'!A1
"#;
    let text = written(fitted(20), &finding_columns(), finding_rows());
    assert_eq!(format!("\n{text}"), expected);
}

#[test]
fn wide_and_combining_characters_keep_the_columns_straight() {
    let columns = [Column::named("名前"), Column::named("n")];
    let rows = vec![
        vec!["東京都".into(), 1.into()],
        vec!["e\u{301}te\u{301}".into(), 22.into()],
        vec!["👍🏽".into(), Value::Null],
    ];
    let expected = "
名前     n
──────────
東京都   1
e\u{301}te\u{301}     22
👍🏽
";
    let text = written(layout(Format::Table), &columns, rows);
    assert_eq!(format!("\n{text}"), expected);
}

#[test]
fn a_long_cell_is_cut_where_there_is_a_width_and_only_there() {
    let columns = [Column::named("c"), Column::named("n")];
    let rows = || vec![vec!["x".repeat(8_192).into(), 1.into()]];
    let line = "x".repeat(16);
    let short = "x".repeat(15);
    let expected = format!(
        "\
c                  n
────────────────────
{line}   1
{line}
{line}
{line}
{line}
{short}…
"
    );
    assert_eq!(written(fitted(20), &columns, rows()), expected);
    let whole = written(layout(Format::Table), &columns, rows());
    assert!(whole.contains(&"x".repeat(8_192)));
}

#[test]
fn a_huge_cell_does_not_fill_the_other_rows_with_blanks() {
    let columns = [Column::named("c"), Column::named("n")];
    let huge = "x".repeat(8_192);
    let rows = vec![
        vec![huge.as_str().into(), 1.into()],
        vec!["y".into(), 2.into()],
        vec![Value::shown(3, huge.as_str()), 4.into()],
    ];
    let gap = " ".repeat(199);
    let rule = "─".repeat(204);
    let expected = format!("c{gap}   n\n{rule}\n{huge}   1\ny{gap}   2\n{huge}   4\n");
    assert_eq!(written(layout(Format::Table), &columns, rows), expected);
    let right = vec![vec![Value::shown(3, huge.as_str()), 4.into()], vec![5.into(), 6.into()]];
    let expected = format!("{gap}c   n\n{rule}\n{huge}   4\n{gap}5   6\n");
    assert_eq!(written(layout(Format::Table), &columns, right), expected);
}

#[test]
fn headings_are_made_printable() {
    let columns = [Column::named("a\u{1b}[2J\n")];
    let text = written(layout(Format::Table), &columns, vec![vec!["x".into()]]);
    assert_eq!(text, "a\\x1b[2J\\n\n──────────\nx\n");
}

#[test]
fn a_column_of_text_and_numbers_is_aligned_left() {
    let columns = [Column::named("mixed")];
    let rows = vec![vec![1.into()], vec!["a".into()]];
    let text = written(layout(Format::Table), &columns, rows);
    assert_eq!(text, "mixed\n─────\n1\na\n");
}

#[test]
fn columns_without_headings_make_no_table() {
    let columns = [Column::data_only("a")];
    assert_eq!(written(layout(Format::Table), &columns, vec![vec![1.into()]]), "");
}

#[test]
fn a_second_chunk_goes_on_without_headings_and_makes_room() {
    let columns = [Column::named("id"), Column::named("name")];
    let rows = |count: usize| (1..=count).map(|n| vec![format!("F-{n}").into(), "x".into()]);
    for layout in [layout(Format::Table), fitted(40)] {
        let whole = written(layout, &columns, rows(CHUNK_ROWS).collect());
        assert_eq!(whole.lines().count(), CHUNK_ROWS + 2);

        let mut more: Vec<_> = rows(CHUNK_ROWS).collect();
        more.push(vec!["F-1000001".into(), "x".into()]);
        more.push(vec!["F-2".into(), "x".into()]);
        let text = written(layout, &columns, more);
        assert_eq!(text, whole + "F-1000001  x\nF-2        x\n");
    }
}

#[test]
fn a_list_of_two_chunks_separates_all_its_rows() {
    let columns = ["a", "b", "c"].map(|n| Column::named(n.repeat(10)));
    let rows: Vec<_> = (0..CHUNK_ROWS + 1).map(|n| vec![(n as i64).into(), "x".into(), "y".into()]).collect();
    let text = written(fitted(20), &columns, rows);
    assert_eq!(text.split("\n\n").count(), CHUNK_ROWS + 1);
}

#[test]
fn no_line_is_wider_than_the_terminal_nor_ends_in_a_blank() {
    let cells = [
        "".to_owned(),
        "x".repeat(8_192),
        "net user /add ".repeat(40),
        "東京".repeat(100),
        "e\u{301}".repeat(300),
        HOSTILE.repeat(20),
        "👍🏽".repeat(50),
    ];
    for count in [1, 2, 3, 7, 40] {
        let columns: Vec<_> =
            (0..count).map(|n| Column::named(["id", "a long heading of words"][n % 2])).collect();
        let rows = || {
            let cell = |n: usize| Value::from(cells[n % cells.len()].as_str());
            (0..cells.len()).map(|first| (first..first + count).map(cell).collect()).collect()
        };
        for width in [0, 1, 19, 20, 40, 80, 200] {
            for line in written(fitted(width), &columns, rows()).lines() {
                assert!(width_of(line) <= width.max(20), "{count} at {width}: {line}");
                assert!(!line.ends_with(' '));
            }
            assert_eq!(written(fitted(width), &columns, Vec::new()), "");
        }
    }
}

#[test]
fn a_later_chunk_that_is_wider_still_fits() {
    let columns: Vec<_> = (0..6).map(|n| Column::named(n.to_string())).collect();
    let short = std::iter::repeat_n(vec![Value::Null; 6], CHUNK_ROWS);
    let long = vec![Value::from("東京".repeat(50)); 6];
    let rows = short.chain([long]).collect();
    for line in written(fitted(22), &columns, rows).lines() {
        assert!(width_of(line) <= 22, "{line}");
    }
}

#[test]
fn a_column_is_shown_only_when_it_says_something() {
    let columns = [
        Column::new("id", "Id").when(When::Repeated("name")),
        Column::named("name"),
        Column::named("filled").when(When::Filled),
        Column::named("varying").when(When::Varying),
    ];
    let row = |id: &str, name: &str, filled: i64, varying: &str| {
        vec![Value::from(id), name.into(), filled.into(), varying.into()]
    };
    let bare = vec![row("a", "x", 0, "same"), row("b", "y", 0, "same")];
    assert_eq!(written(layout(Format::Table), &columns, bare), "name\n────\nx\ny\n");
    let full = vec![row("a", "x", 0, "one"), row("b", "x", 7, "two")];
    let table = written(layout(Format::Table), &columns, full);
    assert_eq!(table.lines().next(), Some("Id  name  filled  varying"));
}
