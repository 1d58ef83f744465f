//! How exports are to be read, as far as they do not say so themselves.

use clap::Args;

use super::context::Context;
use crate::error::{Error, Result, quoted};
use crate::event::{DateOrder, Reading, TimeZone};
use crate::source::Encoding;

/// What an analyst says of exports.
#[derive(Debug, Args)]
pub struct ReadingArguments {
    /// The zone of times that name none, such as Europe/Berlin or +02:00 (else the configuration's, else UTC)
    #[arg(long = "tz", value_name = "ZONE", value_parser = parse_zone)]
    zone: Option<TimeZone>,
    /// What comes first in dates such as 05/12/2024: dmy or mdy (else the configuration's, else what the file tells)
    #[arg(long = "dates", value_name = "ORDER", value_parser = parse_order)]
    order: Option<DateOrder>,
    /// Take in answers, too, whose service says that rows are missing; the import says so for ever
    #[arg(long)]
    partial: bool,
    /// The encoding of texts, where a file does not tell it: windows-1252 for instance
    #[arg(long, value_name = "NAME", value_parser = parse_encoding)]
    encoding: Option<Encoding>,
}

/// How exports are to be read, as far as somebody says it.
#[derive(Debug, Clone, Default)]
pub struct Asked {
    /// Their values.
    pub reading: Reading,
    /// Their texts.
    pub encoding: Option<Encoding>,
}

impl ReadingArguments {
    /// How exports are read.
    ///
    /// # Errors
    /// The configuration says something else than a zone or an order.
    pub fn asked(&self, context: &Context) -> Result<Asked> {
        let zone = configured("tz", context.config.tz.as_deref(), parse_zone)?;
        let order = configured("dates", context.config.dates.as_deref(), parse_order)?;
        let reading = Reading::new(self.zone.or(zone), self.order.or(order)).with_partial(self.partial);
        Ok(Asked { reading, encoding: self.encoding })
    }
}

fn configured<T>(
    key: &str,
    text: Option<&str>,
    parse: fn(&str) -> std::result::Result<T, String>,
) -> Result<Option<T>> {
    let parsed = text.map(parse).transpose();
    parsed.map_err(|problem| Error::Usage(format!("the configuration's {key}: {problem}")))
}

fn parse_zone(text: &str) -> std::result::Result<TimeZone, String> {
    text.parse().map_err(|problem| format!("found {}, {problem}", quoted(text)))
}

fn parse_order(text: &str) -> std::result::Result<DateOrder, String> {
    text.parse().map_err(|problem| format!("found {}, {problem}", quoted(text)))
}

fn parse_encoding(text: &str) -> std::result::Result<Encoding, String> {
    text.parse().map_err(|problem| format!("found {}, {problem}", quoted(text)))
}
