//! The desk drawn on a screen: a bar, the page of the finding, a line for messages, the keys.

use ratatui::Frame;
use ratatui::layout::Constraint::{Fill, Length};
use ratatui::layout::{Layout, Position};
use ratatui::style::Style;
use ratatui::text::{Line, Span, Text};
use ratatui::widgets::Clear;

use super::desk::{Desk, KEYS, Outcome, View};
use super::fold::{Entry, cut, pack};
use super::look::Look;
use super::page::rows;
use super::question::Question;
use crate::report::counted;
use crate::report::printable;

/// The smallest screen on which something can be judged.
const SMALLEST: (u16, u16) = (36, 8);

/// Draws the desk, and says what of the page can be seen.
pub fn draw(frame: &mut Frame<'_>, desk: &Desk<'_>, look: Look) -> View {
    let area = frame.area();
    frame.render_widget(Clear, area);
    if area.width < SMALLEST.0 || area.height < SMALLEST.1 {
        return draw_too_small(frame);
    }
    let width = usize::from(area.width);
    let mut said = said(desk, look, width);
    let foot = foot(desk, look, width, usize::from(area.height));
    let heights = [Length(1), Fill(1), Length(said.len().max(1) as u16), Length(foot.len() as u16)];
    let [top, body, middle, bottom] = Layout::vertical(heights).areas(area);
    let height = usize::from(body.height);
    let page = page(desk, look, width, height);
    let view = View { height, last: page.len().saturating_sub(height), is_too_small: false };
    let begin = desk.scroll().min(view.last);
    if said.is_empty() && view.last > 0 {
        said.push(Line::from(format!("rows {} to {} of {}", begin + 1, begin + height, page.len())));
    }
    let seen: Vec<Line<'_>> = page.into_iter().skip(begin).take(height).collect();
    frame.render_widget(bar(desk, width).style(look.bar()), top);
    frame.render_widget(Text::from(seen), body);
    frame.render_widget(Text::from(said), middle);
    frame.render_widget(Text::from(foot), bottom);
    if let Some(Question::Text(_, prompt)) = desk.question() {
        let (_, column) = prompt.view(width - PROMPT.len());
        frame.set_cursor_position(Position { x: (PROMPT.len() + column) as u16, y: bottom.y });
    }
    view
}

/// The most rows for what a key did.
const MOST_SAID: usize = 3;
/// What stands before a line that is typed.
const PROMPT: &str = "> ";

fn draw_too_small(frame: &mut Frame<'_>) -> View {
    let text = format!("too small: {} x {} is needed; q quits", SMALLEST.0, SMALLEST.1);
    let width = usize::from(frame.area().width.max(1));
    let rows = Entry { text: vec![Span::raw(text)], ..Entry::default() }.fold(width);
    frame.render_widget(Text::from(rows), frame.area());
    View { is_too_small: true, ..View::default() }
}

/// The finding, its device and state, and how far the queue is.
fn bar(desk: &Desk<'_>, width: usize) -> Line<'static> {
    let (position, all) = (desk.position(), desk.queue().len());
    let right = match position < all {
        true => format!(" {} of {all} ", position + 1),
        false => format!(" {all} of {all} "),
    };
    let left = match desk.shown() {
        Some(shown) => {
            let finding = &shown.finding;
            let device =
                if finding.device_name.is_empty() { &finding.device_id } else { &finding.device_name };
            let state = finding.status.shown();
            format!(" {}  {state}  {}  {}", finding.id, finding.severity, printable(device))
        }
        None => " huntcase triage".to_owned(),
    };
    let room = width.saturating_sub(right.len());
    let left = cut(&left, room);
    let blanks = room.saturating_sub(Span::raw(&left).width());
    Line::from(format!("{left}{:blanks$}{right}", ""))
}

fn page(desk: &Desk<'_>, look: Look, width: usize, height: usize) -> Vec<Line<'static>> {
    match desk.shown() {
        _ if desk.has_help() => help(look),
        Some(shown) => rows(shown, look, width, height),
        None if desk.position() < desk.queue().len() => Vec::new(),
        None => end(desk, look, width),
    }
}

/// Every key on a row of its own.
fn help(look: Look) -> Vec<Line<'static>> {
    let row = |(key, meaning): &(&str, &str)| {
        Line::from(vec![
            Span::styled(format!(" {key:<11}"), look.heading()),
            Span::raw((*meaning).to_owned()),
        ])
    };
    let more = [
        ("PgUp PgDn", "scroll a page"),
        ("Home End", "scroll to the beginning, the end"),
        ("?", "this list; any other key leaves it"),
    ];
    KEYS.iter().chain(&more).map(row).collect()
}

/// What is said when no finding is left.
fn end(desk: &Desk<'_>, look: Look, width: usize) -> Vec<Line<'static>> {
    let (decided, skipped) = (desk.count(Outcome::Decided), desk.count(Outcome::Skipped));
    let all = counted(desk.queue().len() as i64, "finding", "findings");
    let passed = desk.queue().iter().filter(|queued| queued.outcome == Outcome::Skipped);
    let names: Vec<String> = passed.map(|queued| queued.id.to_string()).collect();
    let mut texts = vec![
        Span::styled(
            format!("The end of the queue: {all}, {decided} decided, {skipped} skipped."),
            look.heading(),
        ),
        Span::raw(""),
    ];
    if !names.is_empty() {
        texts.push(Span::raw(format!("Skipped: {}", names.join(", "))));
    }
    texts.push(Span::raw("Every decision is in the case. < goes back, q quits."));
    let entries = texts.into_iter().map(|text| Entry { text: vec![text], ..Entry::default() });
    entries.flat_map(|entry| entry.fold(width)).collect()
}

/// The rows at the bottom: the line that is typed, and the keys that can be pressed.
fn foot(desk: &Desk<'_>, look: Look, width: usize, height: usize) -> Vec<Line<'static>> {
    let piece = |key: &str, meaning: &str| {
        vec![Span::styled(key.to_owned(), look.heading()), Span::raw(format!(" {meaning}"))]
    };
    let Some(question) = desk.question() else {
        let keys: Vec<_> = desk.keys().map(|(key, meaning)| piece(key, meaning)).collect();
        let rows = pack(keys.clone(), width);
        return if rows.len() * 5 <= height * 2 {
            rows
        } else {
            short_keys(keys, piece("?", "all keys"), width)
        };
    };
    let mut foot = Vec::new();
    if let Question::Text(_, prompt) = question {
        let (text, _) = prompt.view(width - PROMPT.len());
        foot.push(Line::from(format!("{PROMPT}{text}")));
    }
    foot.extend(pack(question.keys().iter().map(|(key, meaning)| piece(key, meaning)).collect(), width));
    foot
}

/// The keys that fit on one row, and behind them the one that lists them all.
fn short_keys(keys: Vec<Vec<Span<'static>>>, all: Vec<Span<'static>>, width: usize) -> Vec<Line<'static>> {
    let room = width.saturating_sub(2 + all.iter().map(Span::width).sum::<usize>());
    let mut row = pack(keys, room).into_iter().next().unwrap_or_default();
    row.spans.push(Span::raw("  "));
    row.spans.extend(all);
    vec![row]
}

/// What went wrong or was done, in at most [`MOST_SAID`] rows, or what is asked, in one.
fn said(desk: &Desk<'_>, look: Look, width: usize) -> Vec<Line<'static>> {
    let (text, style) = match (desk.message(), desk.question()) {
        (Some(message), _) if message.is_problem => (message.text.clone(), look.problem()),
        (_, Some(question)) => {
            let title = question.title(desk.analyst());
            let title = desk.preview().map_or_else(|| title.clone(), |preview| format!("{preview}. {title}"));
            (cut(&printable(&title), width), look.heading())
        }
        (Some(message), _) => (message.text.clone(), Style::default()),
        (None, None) => return Vec::new(),
    };
    let text = vec![Span::styled(printable(&text).into_owned(), style)];
    let mut rows = Entry { text, ..Entry::default() }.fold(width);
    rows.truncate(MOST_SAID);
    rows
}
