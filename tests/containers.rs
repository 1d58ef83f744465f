//! Exports that are packed, in other encodings, or several in one file.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on may stop")]

mod support;

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use huntcase::event::Reading;
use huntcase::source::{Encoding, Export, LONGEST_ROW, Notice, Origin, explain, unfold};
use huntcase::store::{Import, Outcome, Request, ingest};
use sha2::{Digest, Sha256};
use support::exports::{COLUMNS, Row, Spelling, generate, to_csv, to_ndjson};
use support::{CaseBuilder, NOW, assert_same, at};
use zip::write::SimpleFileOptions;
use zip::{CompressionMethod, ZipWriter};

fn rows() -> Vec<Row> {
    generate(1, 60)
}

fn csv(rows: &[Row]) -> Vec<u8> {
    to_csv(rows, &COLUMNS, Spelling::default()).into_bytes()
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

fn zstd(bytes: &[u8]) -> Vec<u8> {
    zstd::encode_all(bytes, 3).unwrap()
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn encode(encoding: Encoding, text: &str) -> Vec<u8> {
    let characters = text.chars().map(u32::from);
    match encoding {
        Encoding::Utf8 => text.as_bytes().to_vec(),
        Encoding::Utf16Le => text.encode_utf16().flat_map(u16::to_le_bytes).collect(),
        Encoding::Utf16Be => text.encode_utf16().flat_map(u16::to_be_bytes).collect(),
        Encoding::Utf32Le => characters.flat_map(u32::to_le_bytes).collect(),
        Encoding::Utf32Be => characters.flat_map(u32::to_be_bytes).collect(),
        Encoding::Windows1252 => encoding_rs::WINDOWS_1252.encode(text).0.into_owned(),
    }
}

/// Takes in what a file holds: an import, or what is said against it, for each export in it.
fn take_in(case: &mut CaseBuilder, bytes: &[u8], encoding: Option<Encoding>) -> Vec<Result<Outcome, String>> {
    let parts = match unfold("file", Origin::Text(bytes.into())) {
        Ok(parts) => parts,
        Err(error) => return vec![Err(error.to_string())],
    };
    let request = Request { by: "kim", at: at(NOW) };
    let take = |part: huntcase::source::Part| {
        let origin = part.origin?;
        let origin = match encoding {
            Some(encoding) => Origin::Encoded(Box::new(origin), encoding),
            None => origin,
        };
        let mut export = Export::open(&part.name, origin, Reading::default())?;
        ingest(&mut case.case, &mut export, request, &mut |_, _| ())
    };
    parts
        .into_iter()
        .map(take)
        .map(|outcome| outcome.map_err(|error: huntcase::error::Error| error.to_string()))
        .collect()
}

fn imports(case: &mut CaseBuilder, bytes: &[u8]) -> Vec<Import> {
    let imports = take_in(case, bytes, None).into_iter().map(|outcome| match outcome {
        Ok(Outcome::Imported(import)) => import,
        other => panic!("{other:?}"),
    });
    imports.collect()
}

/// What is said against a file of which nothing is taken in.
fn refusal(bytes: &[u8]) -> String {
    let mut case = CaseBuilder::new();
    let mut outcomes = take_in(&mut case, bytes, None);
    assert_eq!(outcomes.len(), 1);
    assert_eq!(case.cell("SELECT count(*) FROM import"), "0");
    assert_eq!(case.cell("SELECT count(*) FROM process_event"), "0");
    outcomes.remove(0).unwrap_err()
}

fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().map(|byte| format!("{byte:02x}")).collect()
}

#[test]
fn every_container_gives_the_case_of_the_text_and_the_digest_of_the_file() {
    let expected = CaseBuilder::with(csv(&rows())).dump();
    for text in [csv(&rows()), to_ndjson(&rows()).into_bytes()] {
        let half = text.len() / 2;
        let (head, tail) = text.split_at(half);
        let packed = [
            gzip(&text),
            zstd(&text),
            // Members and frames one after another are one text.
            [gzip(head), gzip(tail)].concat(),
            [zstd(head), zstd(tail)].concat(),
            gzip(&zstd(&text)),
            zip_of(&[("a.csv", &text)]),
            zip_of(&[("any name", &text)]),
            zip_of(&[("a.json.gz", &gzip(&text)), ("notes.txt", b"no export")]),
            zip_of(&[("inner.zip", &zip_of(&[("a.csv.zst", &zstd(&text))]))]),
        ];
        for bytes in packed {
            let mut case = CaseBuilder::new();
            let import = imports(&mut case, &bytes).remove(0);
            assert_eq!((import.sha256, import.size_bytes), (digest(&bytes), bytes.len() as i64));
            assert_same(&case.dump(), &expected, &import.file_name);
        }
    }
}

#[test]
fn every_encoding_gives_the_case_of_the_text() {
    let expected = CaseBuilder::with(csv(&rows())).dump();
    for text in [String::from_utf8(csv(&rows())).unwrap(), to_ndjson(&rows())] {
        for encoding in &Encoding::ALL[..5] {
            let bytes = encode(*encoding, &text);
            for bytes in [bytes.clone(), [encoding.mark(), &bytes].concat(), gzip(&bytes)] {
                let mut case = CaseBuilder::new();
                let import = imports(&mut case, &bytes).remove(0);
                assert_eq!(import.sha256, digest(&bytes));
                assert_same(&case.dump(), &expected, encoding.name());
            }
        }
        let bytes = encode(Encoding::Windows1252, &text);
        let mut case = CaseBuilder::new();
        assert!(take_in(&mut case, &bytes, Some(Encoding::Windows1252))[0].is_ok());
        assert_same(&case.dump(), &expected, "windows-1252");
    }
}

#[test]
fn another_encoding_than_the_mark_says_is_refused() {
    let bytes = [Encoding::Utf16Le.mark(), &encode(Encoding::Utf16Le, "Timestamp")].concat();
    let mut case = CaseBuilder::new();
    let refusal = take_in(&mut case, &bytes, Some(Encoding::Windows1252)).remove(0).unwrap_err();
    assert_eq!(
        refusal,
        "file: its byte order mark says that it is utf-16le; expected windows-1252, as somebody said"
    );
}

#[test]
fn what_is_no_character_is_said() {
    let mut bytes =
        encode(Encoding::Utf16Le, "Timestamp,DeviceId,ProcessId,FileName\n2026-05-04T08:00:00Z,d1,4,");
    bytes.extend(b"\0\xd8a\0\n\0");
    let mut case = CaseBuilder::new();
    let import = imports(&mut case, &bytes).remove(0);
    assert!(import.notices.contains(&Notice::Replaced { encoding: "utf-16le".to_owned() }));
    assert_eq!(case.cell("SELECT FileName FROM DeviceProcessEvents"), "\"\u{fffd}a\"");
}

#[test]
fn each_member_of_an_archive_is_an_import_of_its_own() {
    let (first, second) = (csv(&rows()[..30]), to_ndjson(&rows()[30..]));
    let members: [(&str, &[u8]); 9] = [
        ("b/second.JSON", second.as_bytes()),
        ("../../first.csv", &first),
        ("notes.txt", b"no export"),
        ("__MACOSX/first.csv", b"\0\x05\x16\x07"),
        ("b/._second.json", b"\0\x05\x16\x07"),
        (".hidden.csv", b"x"),
        ("z/broken.csv", b"Name,Size\na,1\n"),
        ("z/inner.zip", &zip_of(&[("again.csv", &first)])),
        ("z/deep.zip", &zip_of(&[("inner.zip", &zip_of(&[("a.csv", &first)]))])),
    ];
    let bytes = zip_of(&members);
    let mut case = CaseBuilder::new();
    let outcomes = take_in(&mut case, &bytes, None);
    let said: Vec<String> = outcomes
        .iter()
        .map(|outcome| match outcome {
            Ok(Outcome::Imported(import)) => format!("{} {}", import.file_name, import.events_new),
            Ok(Outcome::AlreadyImported(import)) => format!("known: {}", import.file_name),
            Err(error) => error.split(';').next().unwrap().to_owned(),
        })
        .collect();
    assert_eq!(
        said,
        [
            "file/../../first.csv 30",
            "file/b/second.JSON 30",
            "file/z/broken.csv: found the columns \"Name\", \"Size\"",
            "file/z/deep.zip/inner.zip: it is an archive in an archive in an archive",
            "file/z/inner.zip/again.csv 0",
        ]
    );
    assert_eq!(case.cell("SELECT count(DISTINCT sha256) || ' ' || count(*) FROM import"), "\"1 3\"");
    let again = take_in(&mut case, &bytes, None);
    assert_eq!(again.iter().filter(|outcome| matches!(outcome, Ok(Outcome::AlreadyImported(_)))).count(), 3);
}

#[test]
fn an_archive_without_exports_is_refused_with_what_it_holds() {
    let refused = refusal(&zip_of(&[("a.txt", b"x"), ("b.log", b"y")]));
    assert!(refused.contains("holds no export: found \"a.txt\", \"b.log\""), "{refused}");
    assert!(refusal(&zip_of(&[])).contains("found no file"));
}

#[test]
fn what_is_cut_off_or_damaged_is_refused_whole() {
    let text = csv(&rows());
    for whole in [gzip(&text), zstd(&text), zip_of(&[("a.csv", &text)])] {
        let step = whole.len() / 40 + 1;
        for length in (5..whole.len()).step_by(step) {
            refusal(&whole[..length]);
        }
        let mut turned = whole.clone();
        let middle = whole.len() / 2;
        turned[middle] ^= 0x55;
        refusal(&turned);
        let with_rest = [&whole[..], b"something else"].concat();
        // Behind an archive there may be anything.
        if !whole.starts_with(b"PK") {
            refusal(&with_rest);
        }
    }
}

#[test]
fn other_containers_are_named_with_what_unpacks_them() {
    let others: [(&[u8], &str); 4] = [
        (b"BZh91AY&SY\0\0", "a bzip2 file"),
        (b"\xfd7zXZ\0\0\x04", "an xz file"),
        (b"7z\xbc\xaf\x27\x1c\0\x04", "a 7-Zip file"),
        (b"Rar!\x1a\x07\x01\0", "a RAR file"),
    ];
    for (bytes, name) in others {
        assert!(refusal(bytes).contains(name), "{name}");
    }
    let thrice = gzip(&gzip(&gzip(&csv(&rows()))));
    assert!(refusal(&thrice).contains("packed more than twice"));
}

#[test]
fn members_packed_with_a_password_are_refused() {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    let stored = SimpleFileOptions::default().compression_method(CompressionMethod::Stored);
    zip.start_file("a.csv", stored).unwrap();
    zip.write_all(&csv(&rows())).unwrap();
    let mut bytes = zip.finish().unwrap().into_inner();
    // The bit that says so, where the member begins and in the directory.
    bytes[6] |= 1;
    let directory = memchr::memmem::find(&bytes, b"PK\x01\x02").unwrap();
    bytes[directory + 8] |= 1;
    assert!(refusal(&bytes).contains("a password"), "{}", refusal(&bytes));
}

/// Blanks without end: no row that could be refused.
fn bomb(size: usize) -> Vec<u8> {
    let mut bytes = b"[".to_vec();
    bytes.resize(size, b' ');
    bytes
}

#[test]
fn a_bomb_is_refused_and_harms_nothing() {
    let blanks = bomb(80 << 20);
    for packed in [gzip(&blanks), zstd(&blanks), zip_of(&[("a.json", &blanks)]), gzip(&gzip(&blanks))] {
        assert!(packed.len() < 1 << 20);
        let started = std::time::Instant::now();
        let refused = refusal(&packed);
        assert!(refused.contains("becomes too large"), "{refused}");
        assert!(started.elapsed().as_secs() < 60, "{:?}", started.elapsed());
    }
}

/// What members may become is shared by all of them, those of inner archives too.
#[test]
fn many_members_together_are_no_way_around_the_limit() {
    let blanks = gzip(&bomb(30 << 20));
    let names: Vec<String> = (0..8).map(|number| format!("{number}.json.gz")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), blanks.as_slice())).collect();
    let inner = zip_of(&members);
    for bytes in [inner.clone(), zip_of(&[("in.zip", &inner)])] {
        let outcomes = take_in(&mut CaseBuilder::new(), &bytes, None);
        assert_eq!(outcomes.len(), members.len());
        for outcome in outcomes {
            assert!(outcome.unwrap_err().contains("becomes too large"));
        }
    }
}

#[test]
fn members_that_cannot_be_told_apart_are_refused() {
    let (first, second) = (csv(&rows()[..30]), csv(&rows()[30..]));
    let bytes = zip_of(&[("in.zip", &zip_of(&[("a.csv", &first)])), ("in.zip/a.csv", &second)]);
    let outcomes = take_in(&mut CaseBuilder::new(), &bytes, None);
    assert!(outcomes[0].is_ok());
    assert!(outcomes[1].as_ref().unwrap_err().contains("the same whole name"), "{outcomes:?}");
    // Bytes of old Windows, and UTF-8: the same letters, told apart by nothing.
    let mut bytes = zip_of(&[("_.csv", &first), ("é.csv", &second)]);
    let places: Vec<usize> = (0..bytes.len() - 5).filter(|at| bytes[*at..].starts_with(b"_.csv")).collect();
    places.iter().for_each(|at| bytes[*at] = 0x82);
    assert!(refusal(&bytes).contains("two members of the archive have one name"), "{}", refusal(&bytes));
}

#[test]
fn names_that_would_take_all_memory_are_refused() {
    let names: Vec<String> = (0..140).map(|number| format!("{number:060000}.csv")).collect();
    let members: Vec<(&str, &[u8])> = names.iter().map(|name| (name.as_str(), &b""[..])).collect();
    let problem = refusal(&zip_of(&members));
    assert!(problem.contains("the names of the archive's members take"), "{problem}");
}

#[test]
fn a_long_line_of_a_packed_file_is_a_rejected_row() {
    let mut text = csv(&rows());
    let seed = b"0123456789abcdefghijklmnopqrstuvwxyz!";
    text.extend(seed.iter().cycle().take(LONGEST_ROW + (1 << 20)));
    text.push(b'\n');
    let counts = |bytes: &[u8]| {
        let import = imports(&mut CaseBuilder::new(), bytes).remove(0);
        (import.events_new, import.rows_rejected)
    };
    assert_eq!(counts(&gzip(&text)), counts(&text));
    assert_eq!(counts(&text).0, 60);
}

#[test]
fn a_packed_stream_is_read_like_a_file() {
    let text = csv(&rows());
    for (bytes, count) in [
        (gzip(&text), 1),
        (zip_of(&[("a.csv", &text), ("b.csv", &text)]), 2),
        (encode(Encoding::Utf16Le, std::str::from_utf8(&text).unwrap()), 1),
    ] {
        let origin = Origin::stream(Box::new(Cursor::new(bytes.clone())));
        let parts = unfold("-", origin).unwrap();
        assert_eq!(parts.len(), count);
        for part in parts {
            let mut export = Export::open(&part.name, part.origin.unwrap(), Reading::default()).unwrap();
            let mut events = 0;
            while export.next_row().unwrap().is_some() {
                events += 1;
            }
            assert_eq!(events, 60);
            assert_eq!(export.finish().unwrap(), (bytes.len() as u64, digest(&bytes)));
        }
    }
}

#[test]
fn an_explanation_names_container_and_encoding() {
    let bytes = gzip(&encode(Encoding::Utf16Be, std::str::from_utf8(&csv(&rows())).unwrap()));
    let explanation = explain("x", Origin::Text(bytes.as_slice().into()), &Reading::default()).unwrap();
    let names: Vec<&str> = explanation.form.containers.iter().map(|container| container.name()).collect();
    assert_eq!((names, explanation.form.encoding), (vec!["gzip"], Encoding::Utf16Be));
}
