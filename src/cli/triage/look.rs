//! How things stand out: by bold and reversed letters, and by colour where that is wanted.

use ratatui::style::{Color, Modifier, Style};

/// Whether colours are used. Nothing is told by colour alone.
#[derive(Debug, Clone, Copy)]
pub struct Look {
    /// Whether colours are used.
    pub has_colour: bool,
}

impl Look {
    /// What begins a part of the page, and keys in the list of keys.
    pub fn heading(self) -> Style {
        Style::new().add_modifier(Modifier::BOLD)
    }

    /// The bar at the top.
    pub fn bar(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED)
    }

    /// A word that made the rule match.
    pub fn mark(self) -> Style {
        Style::new().add_modifier(Modifier::REVERSED | Modifier::BOLD)
    }

    /// What the analyst has not seen before.
    pub fn news(self) -> Style {
        self.coloured(Color::Yellow)
    }

    /// What went wrong.
    pub fn problem(self) -> Style {
        self.coloured(Color::Red)
    }

    fn coloured(self, colour: Color) -> Style {
        let bold = self.heading();
        if self.has_colour { bold.fg(colour) } else { bold }
    }
}
