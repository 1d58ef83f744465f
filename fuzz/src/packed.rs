//! What is packed, and archives of exports.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use huntcase::event::Reading;
use huntcase::source::{Origin, unfold};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::export;
use crate::rows::{Pipe, Seen, is_plain};

/// The exports of a file: their names, with their rows or why they are refused.
type Parts = Vec<(String, Result<Vec<Seen>, String>)>;

/// A pipe gives what a text gives, whatever is packed in it; and a text gives the same rows however it is packed or
/// encoded.
pub fn packed(bytes: &[u8]) {
    let text = read(Origin::Text(bytes.into()));
    let pipe = read(Origin::stream(Box::new(Pipe::new(bytes))));
    // Dates behind the first event may have to be told by the whole file.
    if !format!("{pipe:?}").contains("read but once") {
        assert_eq!(text, pipe, "a pipe gives other exports");
    }
    if bytes.starts_with(b"PK") || !is_plain(bytes) {
        return;
    }
    let expected = rows_of(text);
    let packed = [gzip(bytes), zstd::encode_all(bytes, 1).expect("bytes can be packed"), zip(bytes)];
    for form in packed.into_iter().chain(encoded(bytes)) {
        assert_eq!(rows_of(read(Origin::Text(form.into()))), expected);
    }
}

/// The rows of each export; None where it is refused, whatever a form is called in the reason.
fn rows_of(parts: Result<Parts, String>) -> Option<Vec<Option<Vec<Seen>>>> {
    Some(parts.ok()?.into_iter().map(|(_, rows)| rows.ok()).collect())
}

fn read(origin: Origin) -> Result<Parts, String> {
    let parts = unfold("x", origin).map_err(|error| error.to_string())?;
    let rows = |origin: huntcase::error::Result<Origin>| {
        let reason = |error: huntcase::error::Error| {
            // A member is refused by its own name.
            error.to_string().split_once(": ").map_or(String::new(), |(_, reason)| reason.to_owned())
        };
        let whole = export::read(origin.map_err(reason)?, &Reading::default());
        whole.map(|whole| whole.rows).map_err(reason)
    };
    Ok(parts.into_iter().map(|part| (part.name, rows(part.origin))).collect())
}

/// The text in other encodings, with their marks; none of what is not UTF-8, or has a mark already.
fn encoded(bytes: &[u8]) -> Vec<Vec<u8>> {
    let Some(text) = std::str::from_utf8(bytes).ok().filter(|text| !text.starts_with('\u{feff}')) else {
        return Vec::new();
    };
    let marked = || std::iter::once('\u{feff}').chain(text.chars());
    let units: Vec<u16> = marked().flat_map(|char| char.encode_utf16(&mut [0; 2]).to_vec()).collect();
    vec![
        units.iter().copied().flat_map(u16::to_le_bytes).collect(),
        units.iter().copied().flat_map(u16::to_be_bytes).collect(),
        marked().flat_map(|char| u32::from(char).to_le_bytes()).collect(),
        marked().flat_map(|char| u32::from(char).to_be_bytes()).collect(),
    ]
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::fast());
    encoder.write_all(bytes).expect("bytes can be packed");
    encoder.finish().expect("bytes can be packed")
}

fn zip(bytes: &[u8]) -> Vec<u8> {
    let mut zip = ZipWriter::new(Cursor::new(Vec::new()));
    zip.start_file("a.csv", SimpleFileOptions::default()).expect("a member can be begun");
    zip.write_all(bytes).expect("bytes can be packed");
    zip.finish().expect("an archive can be ended").into_inner()
}
