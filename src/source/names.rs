//! The names of files that may be exports. What one is, its content tells.

use std::ffi::OsStr;
use std::path::Path;

/// The endings of texts, which may be packed.
const TEXTS: [&str; 5] = ["csv", "tsv", "json", "jsonl", "ndjson"];
/// The endings of packed files.
const PACKED: [&str; 4] = ["gz", "gzip", "zst", "zstd"];
/// The endings of files that hold several parts.
const OTHERS: [&str; 3] = ["zip", "xlsx", "xlsm"];
/// The same in the words of an error.
pub const EXPORT_NAMES: &str =
    ".csv, .tsv, .json, .jsonl, .ndjson, the same with .gz or .zst, .xlsx, .xlsm or .zip";

/// Whether a file is named like an export, in capitals or not.
pub fn is_named_like_export(path: &Path) -> bool {
    let (ending, is_packed) = match ending_of(path) {
        Some(ending) if is_one_of(&PACKED, ending) => {
            (path.file_stem().and_then(|stem| ending_of(Path::new(stem))), true)
        }
        ending => (ending, false),
    };
    ending.is_some_and(|ending| is_one_of(&TEXTS, ending) || (!is_packed && is_one_of(&OTHERS, ending)))
}

fn ending_of(path: &Path) -> Option<&str> {
    path.extension().and_then(OsStr::to_str)
}

fn is_one_of(endings: &[&str], ending: &str) -> bool {
    endings.iter().any(|known| ending.eq_ignore_ascii_case(known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_export_is_told_by_its_endings() {
        for name in ["a.csv", "B.JSON", "c.ndjson.GZ", "x/d.tsv.zst", "e.zip", "f.XLSX", "PT05M.json"] {
            assert!(is_named_like_export(name.as_ref()), "{name}");
        }
        for name in ["a.txt", "csv", "a.gz", "notes.txt.gz", "b.xlsx.gz", "c.bak", ".csv", "d.csv~"] {
            assert!(!is_named_like_export(name.as_ref()), "{name}");
        }
    }
}
