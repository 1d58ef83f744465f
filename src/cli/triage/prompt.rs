//! A line that is typed at the bottom of the screen.

use ratatui::crossterm::event::{KeyCode, KeyEvent, KeyModifiers};
use ratatui::text::Span;

use crate::report::printable;

/// A line being typed, with a cursor.
///
/// The parts are characters with the marks that combine with them, so that a cursor never stands inside of one.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Prompt {
    left: Vec<String>,
    /// Backwards: the last part is the one behind the cursor.
    right: Vec<String>,
}

impl Prompt {
    /// What was typed, without blanks around it.
    pub fn text(&self) -> String {
        let parts: String = self.left.iter().chain(self.right.iter().rev()).map(String::as_str).collect();
        parts.trim().to_owned()
    }

    /// Puts a pasted text in; it becomes one line.
    pub fn paste(&mut self, text: &str) {
        text.chars().for_each(|character| self.insert(if character.is_control() { ' ' } else { character }));
    }

    /// Does what a key does to a line; any other key does nothing.
    pub fn press(&mut self, key: KeyEvent) {
        let is_command = key.modifiers.intersects(KeyModifiers::CONTROL | KeyModifiers::ALT);
        // What AltGr types comes as Ctrl and Alt together on Windows.
        let is_alt_gr = key.modifiers.contains(KeyModifiers::CONTROL | KeyModifiers::ALT);
        match key.code {
            KeyCode::Char('u') if is_command => *self = Self::default(),
            KeyCode::Char(character) if !is_command || is_alt_gr => self.insert(character),
            KeyCode::Backspace => drop(self.left.pop()),
            KeyCode::Delete => drop(self.right.pop()),
            KeyCode::Left => self.right.extend(self.left.pop()),
            KeyCode::Right => self.left.extend(self.right.pop()),
            KeyCode::Home => self.right.extend(self.left.drain(..).rev()),
            KeyCode::End => self.left.extend(self.right.drain(..).rev()),
            _ => {}
        }
    }

    fn insert(&mut self, character: char) {
        match self.left.last_mut() {
            Some(last) if width_of(character.encode_utf8(&mut [0; 4])) == 0 => last.push(character),
            _ => self.left.push(character.to_string()),
        }
    }

    /// What of the line is shown in `room` columns, and the column of the cursor: the part around the cursor, with
    /// everything spelled out that could drive the terminal.
    pub fn view(&self, room: usize) -> (String, usize) {
        let mut column = 0;
        let mut parts = Vec::new();
        for part in self.left.iter().rev() {
            let shown = printable(part);
            // The cursor needs a column of its own.
            if column + width_of(&shown) >= room {
                break;
            }
            column += width_of(&shown);
            parts.push(shown);
        }
        parts.reverse();
        let mut used = column;
        for part in self.right.iter().rev() {
            let shown = printable(part);
            used += width_of(&shown);
            if used > room {
                break;
            }
            parts.push(shown);
        }
        (parts.concat(), column)
    }
}

fn width_of(text: &str) -> usize {
    Span::raw(text).width()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(keys: &[KeyCode]) -> Prompt {
        let mut prompt = Prompt::default();
        keys.iter().for_each(|key| prompt.press(KeyEvent::new(*key, KeyModifiers::NONE)));
        prompt
    }

    #[test]
    fn a_line_is_edited_by_whole_characters() {
        use KeyCode::{Backspace, Char, Delete, End, Home, Left, Right};
        let table: [(&[KeyCode], &str); 8] = [
            (&[], ""),
            (&[Char('a'), Char('b')], "ab"),
            (&[Char('a'), Left, Char('b'), Right, Char('c')], "bac"),
            (&[Char('a'), Char('b'), Home, Delete, End, Char('c')], "bc"),
            (&[Backspace, Delete, Left, Right, Home, End], ""),
            (&[Char('e'), Char('\u{301}'), Backspace], ""),
            (&[Char('東'), Char('京'), Left, Backspace], "京"),
            (&[Char(' '), Char('x'), Char(' ')], "x"),
        ];
        for (keys, expected) in table {
            assert_eq!(typed(keys).text(), expected, "{keys:?}");
        }
    }

    #[test]
    fn keys_held_with_control_type_nothing_and_u_clears_the_line() {
        let mut prompt = typed(&[KeyCode::Char('a')]);
        prompt.press(KeyEvent::new(KeyCode::Char('x'), KeyModifiers::CONTROL));
        assert_eq!(prompt.text(), "a");
        prompt.press(KeyEvent::new(KeyCode::Char('u'), KeyModifiers::CONTROL));
        assert_eq!(prompt.text(), "");
    }

    #[test]
    fn a_pasted_text_becomes_one_line() {
        let mut prompt = Prompt::default();
        prompt.paste("two\nlines\u{1b}");
        assert_eq!(prompt.text(), "two lines");
    }

    #[test]
    fn the_part_around_the_cursor_is_shown() {
        let mut prompt = Prompt::default();
        prompt.paste("abcdef東");
        for (room, expected) in [(20, ("abcdef東", 8)), (8, ("bcdef東", 7)), (3, ("東", 2)), (0, ("", 0))]
        {
            assert_eq!(prompt.view(room), (expected.0.to_owned(), expected.1), "{room}");
        }
        prompt.press(KeyEvent::new(KeyCode::Home, KeyModifiers::NONE));
        assert_eq!(prompt.view(4), ("abcd".to_owned(), 0));
        prompt.paste("\u{202e}");
        assert_eq!(prompt.view(20).0, "\\u{202e}abcdef東");
    }
}
