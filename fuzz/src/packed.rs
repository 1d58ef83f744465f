//! What is packed, and archives of exports.

use std::io::{Cursor, Write};

use flate2::Compression;
use flate2::write::GzEncoder;
use huntcase::event::Reading;
use huntcase::source::{Export, Origin, unfold};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::rows::{Pipe, Seen, is_plain};

/// The exports of a file: their names, with their rows or why they are refused.
type Parts = Vec<(String, Result<Vec<Seen>, String>)>;

/// A pipe gives what a text gives, whatever is packed in it; and a text gives the same rows however it is packed.
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
    let expected = text.map(|parts| parts.into_iter().map(|(_, rows)| rows).collect::<Vec<_>>());
    for packed in [gzip(bytes), zstd::encode_all(bytes, 1).expect("bytes can be packed"), zip(bytes)] {
        let found = read(Origin::Text(packed.into()));
        assert_eq!(found.map(|parts| parts.into_iter().map(|(_, rows)| rows).collect::<Vec<_>>()), expected);
    }
}

fn read(origin: Origin) -> Result<Parts, String> {
    let parts = unfold("x", origin).map_err(|error| error.to_string())?;
    let rows = |origin: huntcase::error::Result<Origin>| {
        let reason = |error: huntcase::error::Error| {
            // A member is refused by its own name.
            error.to_string().split_once(": ").map_or(String::new(), |(_, reason)| reason.to_owned())
        };
        read_rows(origin.map_err(reason)?).map_err(reason)
    };
    Ok(parts.into_iter().map(|part| (part.name, rows(part.origin))).collect())
}

fn read_rows(origin: Origin) -> huntcase::error::Result<Vec<Seen>> {
    let mut export = Export::open("x", origin, Reading::default())?;
    let mut rows = Vec::new();
    while let Some(row) = export.next_row()?.map(Seen::new) {
        rows.push(row);
    }
    export.finish()?;
    Ok(rows)
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
