//! What `serde_json` is to do with each key and value of a row.

use std::fmt::{self, Write};

use serde::Deserialize;
use serde::de::{DeserializeSeed, Deserializer, Error, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::super::names::{Name, is_row_key};
use super::super::text::{DEEPEST, push_compact};
use super::{Category, PRIMARY_RESULT, Place, RowParser};
use crate::event::Kind;
use crate::source::headings::{Published, Spelling};
use crate::source::tables::owner_by_name;

/// Reads an object's keys and values into the parser.
pub struct ObjectVisitor<'p> {
    /// Where they go.
    pub parser: &'p mut RowParser,
    /// Whether it is an envelope's row.
    pub is_inner: bool,
}

impl<'de> Visitor<'de> for ObjectVisitor<'_> {
    type Value = ();

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<(), A::Error> {
        let Self { parser, is_inner } = self;
        while let Some((name, key)) = map.next_key_seed(KeySeed { parser: &mut *parser, is_inner })? {
            let skips = is_envelope(name) && !parser.is_bare && matches!(parser.category, Category::Other(_));
            if name == Name::Nameless || skips {
                map.next_value::<IgnoredAny>()?;
                continue;
            }
            parser.messages = parser.messages && !is_row_key(name);
            let value = map.next_value_seed(ValueSeed { parser: &mut *parser, name })?;
            // A column without a value is one all the same, and others give way to it.
            if value.is_some() || matches!(name, Name::Column(_)) {
                parser.keep(is_inner, name, key, value.unwrap_or_default());
            }
        }
        Ok(())
    }
}

/// Reads a key: what it stands for and, for a column that is not a published one, its name.
struct KeySeed<'p> {
    parser: &'p mut RowParser,
    is_inner: bool,
}

impl<'de> DeserializeSeed<'de> for KeySeed<'_> {
    type Value = (Name, Place);

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_str(self)
    }
}

impl Visitor<'_> for KeySeed<'_> {
    type Value = (Name, Place);

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a key")
    }

    fn visit_str<E>(self, key: &str) -> Result<Self::Value, E> {
        let parser = self.parser;
        let name = match parser.names.look_up(key) {
            Name::Properties | Name::Additional | Name::Category | Name::Rows | Name::Wrapper
                if self.is_inner =>
            {
                Name::Other
            }
            name => name,
        };
        let is_sure = match name {
            Name::Column(published) => published.spelling == Spelling::Exact,
            name => name == Name::Nameless,
        };
        let start = parser.buffer.len();
        if !is_sure {
            parser.buffer.push_str(parser.names.kept_as());
        }
        Ok((name, parser.buffer_from(start)))
    }
}

/// Reads a value: where its text stands, or None when it has none.
struct ValueSeed<'p> {
    parser: &'p mut RowParser,
    name: Name,
}

impl<'de> DeserializeSeed<'de> for ValueSeed<'_> {
    type Value = Option<Place>;

    fn deserialize<D: Deserializer<'de>>(self, deserializer: D) -> Result<Self::Value, D::Error> {
        deserializer.deserialize_any(self)
    }
}

impl ValueSeed<'_> {
    fn number<E>(self, number: impl fmt::Display) -> Result<Option<Place>, E> {
        self.parser.are_texts = false;
        let start = self.parser.buffer.len();
        // Writing to a String cannot fail.
        let _ = write!(self.parser.buffer, "{number}");
        Ok(Some(self.parser.buffer_from(start)))
    }

    /// A message is read elsewhere.
    fn check<E: Error>(&mut self, named: Name) -> Result<(), E> {
        let is_message = self.name == named && self.parser.messages;
        self.parser.is_message |= is_message;
        if is_message { Err(E::custom("a message")) } else { Ok(()) }
    }

    fn see<E: Error>(&mut self, text: &str) -> Result<(), E> {
        match self.name {
            Name::Category => self.parser.category = Category::read(text),
            Name::Table if owner_by_name(text).is_some() => text.clone_into(&mut self.parser.table),
            Name::Table => self.parser.is_primary |= text == PRIMARY_RESULT,
            _ => {}
        }
        self.check(Name::Wrapper)
    }
}

impl<'de> Visitor<'de> for ValueSeed<'_> {
    type Value = Option<Place>;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("a value")
    }

    fn visit_borrowed_str<E: Error>(mut self, text: &'de str) -> Result<Self::Value, E> {
        self.see(text)?;
        let start = text.as_ptr().addr() - self.parser.base;
        Ok(Some(Place::Row(start, start + text.len())))
    }

    fn visit_str<E: Error>(mut self, text: &str) -> Result<Self::Value, E> {
        self.see(text)?;
        Ok(Some(self.parser.push(text)))
    }

    fn visit_bool<E>(self, value: bool) -> Result<Self::Value, E> {
        self.parser.are_texts = false;
        Ok(Some(self.parser.push(if value { "true" } else { "false" })))
    }

    fn visit_i64<E>(self, number: i64) -> Result<Self::Value, E> {
        self.number(number)
    }

    fn visit_u64<E>(self, number: u64) -> Result<Self::Value, E> {
        self.number(number)
    }

    fn visit_f64<E>(self, number: f64) -> Result<Self::Value, E> {
        match serde_json::Number::from_f64(number) {
            Some(number) => self.number(number),
            None => self.number(number),
        }
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        self.parser.are_texts = false;
        Ok(None)
    }

    fn visit_map<A: MapAccess<'de>>(mut self, mut map: A) -> Result<Self::Value, A::Error> {
        self.check(Name::Wrapper)?;
        let Self { parser, name } = self;
        parser.are_texts = false;
        if is_envelope(name) && !parser.is_bare {
            parser.is_envelope = true;
            ObjectVisitor { parser, is_inner: true }.visit_map(map)?;
            return Ok(None);
        }
        let start = parser.buffer.len();
        parser.buffer.push('{');
        while let Some((key, value)) = map.next_entry::<&RawValue, &RawValue>()? {
            push_member(&mut parser.buffer, start, &[key.get(), ":", value.get()])
                .map_err(A::Error::custom)?;
        }
        parser.buffer.push('}');
        if let Name::Column(Published { column, .. }) = name
            && column.kind() == Kind::Datetime
            && let Some(value) = time_in(&parser.buffer[start..])
        {
            parser.buffer.truncate(start);
            parser.buffer.push_str(&value);
        }
        Ok(Some(parser.buffer_from(start)))
    }

    fn visit_seq<A: SeqAccess<'de>>(mut self, mut seq: A) -> Result<Self::Value, A::Error> {
        self.check(Name::Rows)?;
        let Self { parser, .. } = self;
        parser.are_texts = false;
        let start = parser.buffer.len();
        parser.buffer.push('[');
        while let Some(value) = seq.next_element::<&RawValue>()? {
            push_member(&mut parser.buffer, start, &[value.get()]).map_err(A::Error::custom)?;
        }
        parser.buffer.push(']');
        Ok(Some(parser.buffer_from(start)))
    }
}

/// Whether a row may stand in the value of such a key.
fn is_envelope(name: Name) -> bool {
    matches!(name, Name::Properties | Name::Additional)
}

/// The time in an object such as `{"value":"/Date(1777881603192)/","DisplayHint":2}`, as Windows PowerShell writes one.
fn time_in(object: &str) -> Option<String> {
    #[derive(Deserialize)]
    struct Written {
        value: String,
    }
    serde_json::from_str(object).ok().map(|Written { value }| value)
}

/// Appends one member of the object or array that began at `start`.
fn push_member(buffer: &mut String, start: usize, parts: &[&str]) -> Result<(), String> {
    if buffer.len() > start + 1 {
        buffer.push(',');
    }
    if parts.iter().all(|part| push_compact(part, buffer)) {
        return Ok(());
    }
    Err(format!("nested more than {DEEPEST} levels deep"))
}
