//! SQL of an analyst's own.

use huntcase::error::Result;
use huntcase::store::{Answer, Cell};

use crate::bounded::{Fate, try_out};
use crate::case::Sample;

/// Whatever is asked, the case stays as it is. What SQLite refuses is refused; rows are as wide as they are said to be.
pub fn query(bytes: &[u8]) {
    let Ok(sql) = std::str::from_utf8(bytes) else { return };
    Sample::with(|sample| {
        let before = sample.mark();
        let fate = try_out(&sample.case, sql);
        if fate != Fate::Fails {
            let answered = sample.case.query(sql, &mut Widths(0)).is_ok();
            assert!(!answered || fate == Fate::Answers, "answered, though it is no statement");
        }
        assert_eq!(sample.mark(), before, "the case was changed");
    });
}

/// How many columns there are.
struct Widths(usize);

impl Answer for Widths {
    fn columns(&mut self, names: Vec<String>) -> Result<()> {
        self.0 = names.len();
        Ok(())
    }

    fn row(&mut self, cells: Vec<Cell>) -> Result<()> {
        assert_eq!(cells.len(), self.0);
        Ok(())
    }
}
