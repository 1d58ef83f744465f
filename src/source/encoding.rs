//! In which encoding a text is, and how it becomes UTF-8.

use std::fmt;
use std::str::FromStr;

use encoding_rs::{UTF_16BE, UTF_16LE, WINDOWS_1252};

/// Bytes that are looked at to tell an encoding.
pub const LOOKED_AT: usize = 16;
/// Characters that are: headings and JSON begin with some of ASCII.
const LETTERS: usize = 4;

/// The encoding of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Encoding {
    /// UTF-8, which needs no decoding: rows that are not say so.
    #[default]
    Utf8,
    /// UTF-16, the low byte first, as Windows writes it.
    Utf16Le,
    /// UTF-16, the high byte first.
    Utf16Be,
    /// UTF-32, the low byte first.
    Utf32Le,
    /// UTF-32, the high byte first.
    Utf32Be,
    /// What Windows writes in Western Europe where it knows no better. Nothing in a text tells it.
    Windows1252,
}

impl Encoding {
    /// Every one.
    pub const ALL: [Self; 6] =
        [Self::Utf8, Self::Utf16Le, Self::Utf16Be, Self::Utf32Le, Self::Utf32Be, Self::Windows1252];

    /// Its name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Utf8 => "utf-8",
            Self::Utf16Le => "utf-16le",
            Self::Utf16Be => "utf-16be",
            Self::Utf32Le => "utf-32le",
            Self::Utf32Be => "utf-32be",
            Self::Windows1252 => "windows-1252",
        }
    }

    /// The byte order mark with which such a text may begin.
    pub const fn mark(self) -> &'static [u8] {
        match self {
            Self::Utf8 => b"\xef\xbb\xbf",
            Self::Utf16Le => b"\xff\xfe",
            Self::Utf16Be => b"\xfe\xff",
            Self::Utf32Le => b"\xff\xfe\0\0",
            Self::Utf32Be => b"\0\0\xfe\xff",
            Self::Windows1252 => b"",
        }
    }

    /// The encoding whose byte order mark a text begins with.
    pub fn marked(start: &[u8]) -> Option<Self> {
        // The mark of UTF-32 begins with that of UTF-16.
        let longest_first = [Self::Utf32Le, Self::Utf32Be, Self::Utf16Le, Self::Utf16Be, Self::Utf8];
        longest_first.into_iter().find(|encoding| start.starts_with(encoding.mark()))
    }

    /// The encoding of a text, told by its byte order mark or by where its zero bytes stand.
    pub fn of(start: &[u8]) -> Self {
        Self::marked(start).or_else(|| Self::by_zeros(start)).unwrap_or_default()
    }

    /// Of a letter of ASCII all bytes but one are 0.
    fn by_zeros(start: &[u8]) -> Option<Self> {
        let is = |width: usize, letter: usize| {
            let units = start[..start.len().min(LETTERS * width)].chunks_exact(width);
            units.len() > 1
                && units.into_iter().all(|unit| {
                    unit.iter().enumerate().all(|(index, byte)| (*byte == 0) == (index != letter))
                })
        };
        match () {
            () if is(4, 0) => Some(Self::Utf32Le),
            () if is(4, 3) => Some(Self::Utf32Be),
            () if is(2, 0) => Some(Self::Utf16Le),
            () if is(2, 1) => Some(Self::Utf16Be),
            () => None,
        }
    }
}

impl fmt::Display for Encoding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl FromStr for Encoding {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let found = Self::ALL.into_iter().find(|encoding| encoding.name().eq_ignore_ascii_case(text));
        found.ok_or_else(|| format!("expected one of {}", Self::ALL.map(Self::name).join(", ")))
    }
}

/// Makes UTF-8 of a text that comes in pieces.
pub enum Decoder {
    /// It is UTF-8.
    Utf8,
    /// By a table, or by pairs.
    Table(Box<encoding_rs::Decoder>),
    /// Four bytes a character.
    Wide {
        /// Whether the high byte comes first.
        is_big: bool,
        /// The bytes of a character that is not whole yet.
        rest: Vec<u8>,
    },
}

impl Decoder {
    /// For a text in this encoding, behind its byte order mark.
    pub fn new(encoding: Encoding) -> Self {
        let table = |encoding: &'static encoding_rs::Encoding| {
            Self::Table(Box::new(encoding.new_decoder_without_bom_handling()))
        };
        match encoding {
            Encoding::Utf8 => Self::Utf8,
            Encoding::Utf16Le => table(UTF_16LE),
            Encoding::Utf16Be => table(UTF_16BE),
            Encoding::Windows1252 => table(WINDOWS_1252),
            Encoding::Utf32Le => Self::Wide { is_big: false, rest: Vec::new() },
            Encoding::Utf32Be => Self::Wide { is_big: true, rest: Vec::new() },
        }
    }

    /// Appends a piece to `text`. True where something in it was no character and was replaced by U+FFFD.
    pub fn decode(&mut self, piece: &[u8], is_last: bool, text: &mut Vec<u8>) -> bool {
        match self {
            Self::Utf8 => {
                text.extend_from_slice(piece);
                false
            }
            Self::Table(decoder) => decode_by_table(decoder, piece, is_last, text),
            Self::Wide { is_big, rest } => decode_wide(*is_big, rest, piece, is_last, text),
        }
    }
}

fn decode_by_table(
    decoder: &mut encoding_rs::Decoder,
    piece: &[u8],
    is_last: bool,
    text: &mut Vec<u8>,
) -> bool {
    // The piece is short, so that the longest text that it can give is no number too large.
    let longest = decoder.max_utf8_buffer_length(piece.len()).unwrap_or(3 * piece.len() + 16);
    let start = text.len();
    text.resize(start + longest, 0);
    let (_, _, written, is_replaced) = decoder.decode_to_utf8(piece, &mut text[start..], is_last);
    text.truncate(start + written);
    is_replaced
}

fn decode_wide(is_big: bool, rest: &mut Vec<u8>, piece: &[u8], is_last: bool, text: &mut Vec<u8>) -> bool {
    rest.extend_from_slice(piece);
    let (units, left) = rest.as_chunks::<4>();
    let mut is_replaced = is_last && !left.is_empty();
    for unit in units {
        let number = if is_big { u32::from_be_bytes(*unit) } else { u32::from_le_bytes(*unit) };
        let character = char::from_u32(number);
        is_replaced |= character.is_none();
        let character = character.unwrap_or(char::REPLACEMENT_CHARACTER);
        text.extend_from_slice(character.encode_utf8(&mut [0; 4]).as_bytes());
    }
    let taken = units.len() * 4;
    rest.drain(..taken);
    is_replaced
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "Timestamp,FileName\n2026-05-04,é€𝄞.exe\n";

    fn encode(encoding: Encoding, text: &str) -> Vec<u8> {
        let units = || text.encode_utf16();
        let characters = || text.chars().map(u32::from);
        match encoding {
            Encoding::Utf8 => text.as_bytes().to_vec(),
            Encoding::Utf16Le => units().flat_map(u16::to_le_bytes).collect(),
            Encoding::Utf16Be => units().flat_map(u16::to_be_bytes).collect(),
            Encoding::Utf32Le => characters().flat_map(u32::to_le_bytes).collect(),
            Encoding::Utf32Be => characters().flat_map(u32::to_be_bytes).collect(),
            Encoding::Windows1252 => text.chars().map(|c| c as u8).collect(),
        }
    }

    #[test]
    fn an_encoding_is_told_with_and_without_mark_and_read_in_pieces_of_any_length() {
        for encoding in &Encoding::ALL[..5] {
            let bytes = encode(*encoding, TEXT);
            assert_eq!(Encoding::of(&bytes), *encoding);
            assert_eq!(Encoding::of(&[encoding.mark(), &bytes].concat()), *encoding);
            for length in [1, 2, 3, 5, 7, 1000] {
                let (mut decoder, mut text) = (Decoder::new(*encoding), Vec::new());
                let is_replaced = bytes.chunks(length).any(|piece| decoder.decode(piece, false, &mut text));
                assert!(!is_replaced && !decoder.decode(b"", true, &mut text));
                assert_eq!(String::from_utf8(text).unwrap(), TEXT, "{encoding} by {length}");
            }
        }
    }

    #[test]
    fn what_is_no_character_is_replaced_and_told() {
        let broken: [(Encoding, &[u8]); 4] = [
            (Encoding::Utf16Le, b"a\0\0\xd8b\0"),
            (Encoding::Utf16Be, b"\0a\xd8"),
            (Encoding::Utf32Le, b"a\0\0\0\0\0\x11\0"),
            (Encoding::Utf32Be, b"\0\0\0a\0"),
        ];
        for (encoding, bytes) in broken {
            let (mut decoder, mut text) = (Decoder::new(encoding), Vec::new());
            let is_replaced = decoder.decode(bytes, false, &mut text);
            assert!(decoder.decode(b"", true, &mut text) || is_replaced, "{encoding}");
            assert!(std::str::from_utf8(&text).unwrap().starts_with('a'), "{encoding}");
        }
    }

    #[test]
    fn a_western_text_is_read_where_it_is_asked_for() {
        let (mut decoder, mut text) = (Decoder::new(Encoding::Windows1252), Vec::new());
        assert!(!decoder.decode(b"caf\xe9 \x80", true, &mut text));
        assert_eq!(String::from_utf8(text).unwrap(), "café €");
    }
}
