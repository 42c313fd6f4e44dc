//! Plots as SVG: a frame with two axes, and what is drawn into it.
//!
//! Colours are classes of the page's style, so that one drawing serves light and dark. Everything that is drawn has a
//! `<title>`, which browsers show under the pointer and readers read out.

use std::fmt::Write as _;

/// Text as it may stand in HTML, between tags and in attributes.
#[must_use]
pub(super) fn escape(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' => out.push_str("&quot;"),
            '\'' => out.push_str("&#39;"),
            _ => out.push(c),
        }
    }
    out
}

/// What an axis shows.
#[derive(Debug, Clone, Copy)]
pub(super) struct Axis<'a> {
    /// What it measures.
    pub(super) label: &'a str,
    /// Its least value.
    pub(super) from: f64,
    /// Its highest value.
    pub(super) to: f64,
    /// How far its ticks lie apart; 0 for none.
    pub(super) step: f64,
    /// Decimal places of its ticks.
    pub(super) places: usize,
}

impl<'a> Axis<'a> {
    /// From 0 to 1.
    pub(super) const fn share(label: &'a str) -> Self {
        Self { label, from: 0.0, to: 1.0, step: 0.2, places: 1 }
    }

    /// From 0 to a round number not below `most`, with about five ticks.
    pub(super) fn up_to(label: &'a str, most: f64, places: usize) -> Self {
        let most = most.max(1e-9);
        let power = 10_f64.powf((most / 5.0).log10().floor());
        let step = [1.0, 2.0, 5.0, 10.0].map(|s| s * power).into_iter().find(|s| s * 5.0 >= most).unwrap_or(most);
        Self { label, from: 0.0, to: (most / step).ceil() * step, step, places }
    }
}

/// Room around the frame: for the ticks and labels of the axes.
const LEFT: f64 = 56.0;
const BOTTOM: f64 = 58.0;
const TOP: f64 = 20.0;
const RIGHT: f64 = 14.0;

/// A drawing that is being made.
#[derive(Debug)]
pub(super) struct Plot<'a> {
    width: f64,
    height: f64,
    x: Axis<'a>,
    y: Axis<'a>,
    out: String,
}

impl<'a> Plot<'a> {
    /// A frame with its axes; `title` says what it shows to those who do not see it.
    pub(super) fn new(title: &str, size: (f64, f64), x: Axis<'a>, y: Axis<'a>) -> Self {
        let (width, height) = size;
        let mut plot = Self { width, height, x, y, out: String::new() };
        let title = escape(title);
        plot.add(format_args!(
            "<svg viewBox=\"0 0 {width} {height}\" width=\"{width}\" height=\"{height}\" role=\"img\" aria-label=\"{title}\">"
        ));
        plot.ticks();
        let (middle_x, middle_y) = ((LEFT + width - RIGHT) / 2.0, (TOP + height - BOTTOM) / 2.0);
        let (x, y) = (escape(plot.x.label), escape(plot.y.label));
        plot.add(format_args!(
            "<text class=\"label\" x=\"{middle_x:.1}\" y=\"{:.1}\" text-anchor=\"middle\">{x}</text>",
            height - 8.0
        ));
        plot.add(format_args!(
            "<text class=\"label\" transform=\"translate(14 {middle_y:.1}) rotate(-90)\" text-anchor=\"middle\">{y}</text>"
        ));
        plot
    }

    fn add(&mut self, piece: std::fmt::Arguments<'_>) {
        // Writing to a string never fails.
        let _ = self.out.write_fmt(piece);
        self.out.push('\n');
    }

    fn ticks(&mut self) {
        let (x, y) = (self.x, self.y);
        for value in steps(y) {
            let at = self.at_y(value);
            let end = self.width - RIGHT;
            self.add(format_args!(
                "<line class=\"grid\" x1=\"{LEFT}\" y1=\"{at:.1}\" x2=\"{end:.1}\" y2=\"{at:.1}\"/>"
            ));
            self.add(format_args!(
                "<text class=\"tick\" x=\"{:.1}\" y=\"{:.1}\" text-anchor=\"end\">{value:.*}</text>",
                LEFT - 6.0,
                at + 4.0,
                y.places
            ));
        }
        for value in steps(x) {
            let at = self.at_x(value);
            let foot = self.height - BOTTOM;
            self.add(format_args!(
                "<line class=\"grid\" x1=\"{at:.1}\" y1=\"{TOP}\" x2=\"{at:.1}\" y2=\"{foot:.1}\"/>"
            ));
            self.tick_below(value, &format!("{value:.*}", x.places));
        }
    }

    /// A text under the x axis.
    pub(super) fn tick_below(&mut self, x: f64, text: &str) {
        let (at, foot) = (self.at_x(x), self.height - BOTTOM + 16.0);
        let text = escape(text);
        self.add(format_args!(
            "<text class=\"tick\" x=\"{at:.1}\" y=\"{foot:.1}\" text-anchor=\"middle\">{text}</text>"
        ));
    }

    /// A text under the x axis, turned so that many fit.
    pub(super) fn turned_below(&mut self, x: f64, text: &str) {
        let (at, foot) = (self.at_x(x) + 4.0, self.height - BOTTOM + 6.0);
        let text = escape(text);
        self.add(format_args!(
            "<text class=\"tick\" transform=\"translate({at:.1} {foot:.1}) rotate(-90)\" text-anchor=\"end\">{text}</text>"
        ));
    }

    fn at_x(&self, value: f64) -> f64 {
        place(value, self.x, LEFT, self.width - RIGHT)
    }

    fn at_y(&self, value: f64) -> f64 {
        place(value, self.y, self.height - BOTTOM, TOP)
    }

    /// A straight line between two points.
    pub(super) fn line(&mut self, class: &str, from: (f64, f64), to: (f64, f64)) {
        let (x1, y1, x2, y2) = (self.at_x(from.0), self.at_y(from.1), self.at_x(to.0), self.at_y(to.1));
        self.add(format_args!("<line class=\"{class}\" x1=\"{x1:.1}\" y1=\"{y1:.1}\" x2=\"{x2:.1}\" y2=\"{y2:.1}\"/>"));
    }

    /// A round dot.
    pub(super) fn dot(&mut self, class: &str, at: (f64, f64), radius: f64, title: &str) {
        let (x, y, title) = (self.at_x(at.0), self.at_y(at.1), escape(title));
        self.add(format_args!(
            "<circle class=\"{class}\" cx=\"{x:.1}\" cy=\"{y:.1}\" r=\"{radius:.1}\"><title>{title}</title></circle>"
        ));
    }

    /// A dot with corners, to be told apart without colour.
    pub(super) fn diamond(&mut self, class: &str, at: (f64, f64), radius: f64, title: &str) {
        let (x, y, title) = (self.at_x(at.0), self.at_y(at.1), escape(title));
        let (left, right, up, down) = (x - radius, x + radius, y - radius, y + radius);
        self.add(format_args!(
            "<path class=\"{class}\" d=\"M{left:.1} {y:.1}L{x:.1} {up:.1}L{right:.1} {y:.1}L{x:.1} {down:.1}Z\"><title>{title}</title></path>"
        ));
    }

    /// A bar from the x axis up, `wide` on the x axis' scale, around `x`.
    pub(super) fn bar(&mut self, class: &str, x: f64, wide: f64, value: f64, title: &str) {
        let (left, right) = (self.at_x(x - wide / 2.0), self.at_x(x + wide / 2.0));
        let (top, foot, title) = (self.at_y(value), self.height - BOTTOM, escape(title));
        self.add(format_args!(
            "<rect class=\"{class}\" x=\"{left:.1}\" y=\"{top:.1}\" width=\"{:.1}\" height=\"{:.1}\"><title>{title}</title></rect>",
            (right - left).max(0.5),
            (foot - top).max(0.0)
        ));
    }

    /// A small text above a point.
    pub(super) fn note(&mut self, at: (f64, f64), text: &str) {
        let (x, y, text) = (self.at_x(at.0), self.at_y(at.1) - 5.0, escape(text));
        self.add(format_args!("<text class=\"note\" x=\"{x:.1}\" y=\"{y:.1}\" text-anchor=\"middle\">{text}</text>"));
    }

    /// The drawing.
    pub(super) fn finish(mut self) -> String {
        self.out.push_str("</svg>\n");
        self.out
    }
}

fn place(value: f64, axis: Axis<'_>, first: f64, last: f64) -> f64 {
    let span = axis.to - axis.from;
    let share = if span > 0.0 { (value - axis.from) / span } else { 0.0 };
    first + share.clamp(0.0, 1.0) * (last - first)
}

fn steps(axis: Axis<'_>) -> Vec<f64> {
    if axis.step <= 0.0 {
        return Vec::new();
    }
    let mut values = Vec::new();
    let mut step = 0_u32;
    while let value = f64::from(step).mul_add(axis.step, axis.from)
        && value <= axis.to + axis.step * 1e-6
    {
        values.push(value);
        step += 1;
    }
    values
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn markup_in_texts_is_text() {
        assert_eq!(escape("<a href=\"x\">&'"), "&lt;a href=&quot;x&quot;&gt;&amp;&#39;");
    }

    #[test]
    fn axes_end_at_round_numbers() {
        for (most, to, step) in [(0.37, 0.4, 0.1), (93.0, 100.0, 20.0), (1000.0, 1000.0, 200.0), (0.0, 1e-9, 2e-10)] {
            let axis = Axis::up_to("n", most, 1);
            assert!((axis.to - to).abs() < 1e-9 && (axis.step - step).abs() < 1e-9, "{most}: {axis:?}");
        }
        assert_eq!(steps(Axis::share("x")).len(), 6);
    }

    #[test]
    fn what_lies_outside_is_drawn_at_the_edge() {
        let mut plot = Plot::new("t", (200.0, 100.0), Axis::share("x"), Axis::share("y"));
        plot.dot("ok", (7.0, -3.0), 2.0, "far");
        let svg = plot.finish();
        assert!(svg.contains("cx=\"186.0\" cy=\"42.0\""), "{svg}");
    }
}
