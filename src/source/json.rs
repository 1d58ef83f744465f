//! stub
use super::*;
/// stub
pub struct JsonRows(Input);
impl JsonRows {
    /// stub
    pub fn new(i: Input) -> Self {
        Self(i)
    }
}
impl ReadRows for JsonRows {
    fn next_row(&mut self) -> io::Result<Option<Row<'_>>> {
        Ok(None)
    }
    fn unread_row(&mut self) {}
    fn input(&mut self) -> &mut Input {
        &mut self.0
    }
}
