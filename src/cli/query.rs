//! `huntcase query`

use std::io::{Read, Write};

use clap::Args;

use super::context::Context;
use super::global::Format;
use super::output::say;
use crate::error::{Result, exit};
use crate::report::{Column, Layout, Value, Writer};
use crate::store::{Answer, Case, Cell};

/// `huntcase query`
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  huntcase query \"SELECT FileName, count(*) FROM DeviceProcessEvents GROUP BY 1\"\n  \
                        huntcase query \"SELECT * FROM DeviceProcessEvents WHERE has(ProcessCommandLine, 'whoami')\" \\\n    \
                        --format csv\n  huntcase query - < question.sql"
)]
pub struct Arguments {
    /// One statement that only reads; - reads it from standard input
    sql: String,
}

/// Runs `huntcase query`.
pub fn run(arguments: &Arguments, context: &Context) -> Result<u8> {
    let mut sql = arguments.sql.clone();
    if sql == "-" {
        sql.clear();
        std::io::stdin().read_to_string(&mut sql)?;
    }
    let case = context.open_case()?;
    let mut output = context.output()?;
    let rows = print_answer(&case, &sql, &mut output, context.layout())?;
    output.finish()?;
    if rows == 0 && context.format() == Format::Table && !context.global.quiet {
        say("no rows");
    }
    Ok(exit::DONE)
}

fn print_answer<W: Write>(case: &Case, sql: &str, out: &mut W, layout: Layout) -> Result<u64> {
    let mut answer = Printer::new(out, layout, "rows");
    case.query(sql, &mut answer)?;
    answer.finish()
}

/// Writes an answer as it comes.
pub struct Printer<'o, W: Write> {
    /// Taken when the columns are known.
    out: Option<&'o mut W>,
    layout: Layout,
    /// What the rows are called.
    kind: &'static str,
    /// The columns that hold lists, as Kusto names what `make_set` and `make_list` give.
    lists: Vec<bool>,
    writer: Option<Writer<'o, W>>,
}

impl<'o, W: Write> Printer<'o, W> {
    /// For an answer whose rows are called `kind`.
    pub fn new(out: &'o mut W, layout: Layout, kind: &'static str) -> Self {
        Self { out: Some(out), layout, kind, lists: Vec::new(), writer: None }
    }

    /// Ends the answer; gives how many rows it had.
    pub fn finish(self) -> Result<u64> {
        Ok(self.writer.map_or(Ok(0), Writer::finish)?)
    }
}

impl<W: Write> Answer for Printer<'_, W> {
    fn columns(&mut self, names: Vec<String>) -> Result<()> {
        if let Some(out) = self.out.take() {
            let is_list = |name: &String| name.starts_with("set_") || name.starts_with("list_");
            self.lists = names.iter().map(is_list).collect();
            let columns = names.into_iter().map(Column::named).collect();
            self.writer = Some(Writer::begin(out, self.layout, self.kind, columns)?);
        }
        Ok(())
    }

    fn row(&mut self, cells: Vec<Cell>) -> Result<()> {
        if let Some(writer) = &mut self.writer {
            let values = cells.into_iter().zip(&self.lists).map(|(cell, is_list)| match cell {
                Cell::Text(text) if *is_list => list_of(text),
                cell => value_of(cell),
            });
            writer.row(values.collect())?;
        }
        Ok(())
    }
}

fn value_of(cell: Cell) -> Value {
    match cell {
        Cell::Null => Value::Null,
        Cell::Integer(integer) => Value::Integer(integer),
        Cell::Real(real) => Value::Real(real),
        Cell::Text(text) => Value::Text(text),
    }
}

/// The list that a JSON array of texts stands for; any other text as it is.
fn list_of(text: String) -> Value {
    serde_json::from_str(&text).map_or(Value::Text(text), Value::List)
}
