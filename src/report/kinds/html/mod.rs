//! The report as one page, complete in itself: no network, no foreign script or font.
//!
//! The templates beside this file are filled in piece by piece, so that the page is never held whole. Every value passes
//! through [`Readable`], so that a template cannot forget to. The page's own policy lets the browser run the one script
//! and use the one style sheet whose hashes it names, and fetch nothing.

mod finding;
mod numbers;
mod pictures;
mod sums;

use std::fmt;
use std::io::Write;

use askama::Template;
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest, Sha256};

use super::super::{limits_in_words, printable};
use crate::error::Result;
use crate::findings::{DeviceRow, Extract};
use crate::store::Import;
use numbers::{Number, Row};
use sums::Sums;

const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");
/// How many findings the table lists at most, and how many stand in full: what a browser still shows at once.
const ROWS_SHOWN: usize = 2_000;
const DETAILS_SHOWN: usize = 500;
const DEVICES_SHOWN: usize = 1_000;
const IMPORTS_SHOWN: usize = 500;

/// Spells out what could deceive, then escapes what HTML would read.
#[derive(Clone, Copy)]
pub struct Readable;

impl askama::filters::Escaper for Readable {
    fn write_escaped_str<W: fmt::Write>(&self, dest: W, string: &str) -> fmt::Result {
        askama::filters::Html.write_escaped_str(dest, &printable(string))
    }
}

#[derive(Template)]
#[template(path = "top.html", config = "src/report/kinds/html/askama.toml")]
struct Top<'a> {
    extract: &'a Extract<'a>,
    style_hash: String,
    script_hash: String,
    answer: String,
    news: String,
    inputs: String,
    limits: Vec<String>,
    verdicts: Vec<Number>,
    activity: pictures::Activity,
    review: pictures::Bars,
    words: pictures::Bars,
    rows: Vec<Row<'a>>,
    shown_rows: usize,
    folded_rows: usize,
    shown_details: usize,
    folded_details: usize,
}

#[derive(Template)]
#[template(path = "tail.html", config = "src/report/kinds/html/askama.toml")]
struct Tail<'a> {
    extract: &'a Extract<'a>,
    devices: &'a [DeviceRow],
    imports: &'a [Import],
    version: &'static str,
}

/// Writes the page.
pub fn write<W: Write>(out: &mut W, extract: &Extract<'_>) -> Result<()> {
    let sums = Sums::of(extract)?;
    fill(out, &top(extract, &sums))?;
    for reported in extract.findings.iter().take(DETAILS_SHOWN) {
        finding::write(out, extract, reported, &sums)?;
    }
    fill(
        out,
        &Tail {
            extract,
            devices: first(&extract.devices, DEVICES_SHOWN),
            imports: first(&extract.imports, IMPORTS_SHOWN),
            version: env!("CARGO_PKG_VERSION"),
        },
    )
}

fn top<'a>(extract: &'a Extract<'a>, sums: &Sums) -> Top<'a> {
    let count = extract.findings.len();
    Top {
        style_hash: hash(STYLE),
        script_hash: hash(SCRIPT),
        answer: numbers::answer(extract),
        news: numbers::news(extract),
        inputs: super::words::inputs(extract),
        limits: limits_in_words(&extract.limits),
        verdicts: numbers::verdicts(extract),
        activity: pictures::activity(sums),
        review: pictures::review(extract),
        words: pictures::words(sums),
        rows: numbers::rows(extract, ROWS_SHOWN, DETAILS_SHOWN),
        shown_rows: count.min(ROWS_SHOWN),
        folded_rows: count.saturating_sub(ROWS_SHOWN),
        shown_details: count.min(DETAILS_SHOWN),
        folded_details: count.saturating_sub(DETAILS_SHOWN),
        extract,
    }
}

/// Writes a template. It is rendered first, so that what the output says of itself is kept as it is.
fn fill<W: Write>(out: &mut W, template: &impl Template) -> Result<()> {
    let text = template.render().map_err(std::io::Error::other)?;
    Ok(out.write_all(text.as_bytes())?)
}

/// What a policy calls a script or a style sheet by.
fn hash(text: &str) -> String {
    STANDARD.encode(Sha256::digest(text))
}

fn first<T>(items: &[T], limit: usize) -> &[T] {
    items.get(..limit).unwrap_or(items)
}
