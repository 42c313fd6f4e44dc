//! Numbers with their units: `10k`, `10 000`, `1.19`, `go1.19+`, `5–50 ms`, `-1`, `ninety percent`.

/// What a number counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// Nothing named.
    None,
    /// Hundredths.
    Percent,
    /// Seconds.
    Seconds,
    /// Bytes. Binary and decimal prefixes are taken for the same.
    Bytes,
}

/// A number, a range or a version.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Quantity {
    /// The smallest value meant.
    pub lo: f64,
    /// The largest value meant; the same as `lo` where it is no range.
    pub hi: f64,
    /// What it counts.
    pub unit: Unit,
    /// Major and minor number, for what is written like a version: `1.5` and `1.50` are not the same then.
    pub version: Option<(u16, u16)>,
}

impl Quantity {
    /// A single value.
    #[must_use]
    pub fn exact(value: f64, unit: Unit) -> Self {
        Self { lo: value, hi: value, unit, version: None }
    }

    /// Whether both are of one sort, two versions or two counts of the same unit: then one is right where the other is not.
    #[must_use]
    pub fn is_comparable(&self, other: &Self) -> bool {
        self.unit == other.unit && self.version.is_some() == other.version.is_some()
    }

    /// Whether `self`, as a rubric writes it, accepts `other`, as an answer writes it.
    ///
    /// Versions compare by their parts. Values compare within 3 % (nobody means to tell 1 GB from 1 GiB
    /// apart, and `10k` from 10,000), ranges where they overlap. A missing unit on either side accepts any,
    /// except that a share is never a count.
    #[must_use]
    pub fn accepts(&self, other: &Self) -> bool {
        if let (Some(a), Some(b)) = (self.version, other.version) {
            return a == b;
        }
        let units = self.unit == other.unit
            || (self.unit == Unit::None || other.unit == Unit::None)
                && self.unit != Unit::Percent
                && other.unit != Unit::Percent;
        let same_share = self.unit == Unit::Percent && other.unit == Unit::None && other.hi < 1.0 && other.hi > 0.0;
        if same_share {
            let share = Self { lo: other.lo * 100.0, hi: other.hi * 100.0, unit: Unit::Percent, version: None };
            return overlap(self, &share);
        }
        units && overlap(self, other)
    }
}

fn overlap(a: &Quantity, b: &Quantity) -> bool {
    // Shares are told apart by a point: 99 % is not 100 %.
    let slack = |v: f64| if a.unit == Unit::Percent { 0.5 } else { v.abs() * 0.03 };
    b.hi >= a.lo - slack(a.lo)
        && b.lo <= a.hi + slack(a.hi)
        && (a.lo != 0.0 || a.hi != 0.0 || (b.lo == 0.0 && b.hi == 0.0))
}

/// The unit that a word names, with its factor to the base unit.
#[must_use]
pub fn unit(word: &str) -> Option<(Unit, f64)> {
    Some(match word {
        "%" | "percent" | "pct" | "percents" => (Unit::Percent, 1.0),
        "ns" | "nanosecond" | "nanoseconds" | "nanos" => (Unit::Seconds, 1e-9),
        "us" | "µs" | "μs" | "microsecond" | "microseconds" | "micros" => (Unit::Seconds, 1e-6),
        "ms" | "msec" | "millisecond" | "milliseconds" | "millis" => (Unit::Seconds, 1e-3),
        "s" | "sec" | "secs" | "second" | "seconds" => (Unit::Seconds, 1.0),
        "min" | "mins" | "minute" | "minutes" => (Unit::Seconds, 60.0),
        "h" | "hr" | "hrs" | "hour" | "hours" => (Unit::Seconds, 3600.0),
        "day" | "days" => (Unit::Seconds, 86_400.0),
        "b" | "byte" | "bytes" => (Unit::Bytes, 1.0),
        "kb" | "kib" | "kilobyte" | "kilobytes" => (Unit::Bytes, 1e3),
        "mb" | "mib" | "megabyte" | "megabytes" | "meg" | "megs" => (Unit::Bytes, 1e6),
        "gb" | "gib" | "gigabyte" | "gigabytes" | "gig" | "gigs" => (Unit::Bytes, 1e9),
        "tb" | "tib" => (Unit::Bytes, 1e12),
        _ => return None,
    })
}

/// The value that a word names, `one` excepted: it is a pronoun more often than a number.
#[must_use]
pub fn word_value(word: &str) -> Option<f64> {
    Some(match word {
        "zero" => 0.0,
        "two" => 2.0,
        "three" => 3.0,
        "four" => 4.0,
        "five" => 5.0,
        "six" => 6.0,
        "seven" => 7.0,
        "eight" => 8.0,
        "nine" => 9.0,
        "ten" => 10.0,
        "twelve" => 12.0,
        "fifteen" => 15.0,
        "twenty" => 20.0,
        "thirty" => 30.0,
        "forty" => 40.0,
        "fifty" => 50.0,
        "sixty" => 60.0,
        "seventy" => 70.0,
        "eighty" => 80.0,
        "ninety" => 90.0,
        _ => return None,
    })
}

/// What a word after a number multiplies it by.
#[must_use]
pub fn multiplier(word: &str) -> Option<f64> {
    Some(match word {
        "k" | "thousand" => 1e3,
        "million" | "mln" => 1e6,
        "billion" => 1e9,
        "hundred" => 1e2,
        _ => return None,
    })
}

/// Reads a number at the head of `text` (which begins with a digit); gives its value, its version reading and its length.
#[must_use]
pub fn scan(text: &str) -> (f64, Option<(u16, u16)>, usize) {
    let b = text.as_bytes();
    let digits = |from: usize| b[from..].iter().take_while(|c| c.is_ascii_digit()).count();
    let mut len = digits(0);
    let mut number: String = text[..len].to_owned();
    // Groups of three: 10 000, 10,000, 10_000, 10'000, 10.000.
    if len <= 3 && !number.starts_with('0') {
        while let Some(sep) = b.get(len).filter(|c| matches!(c, b' ' | b',' | b'_' | b'\'' | b'.')) {
            let group = digits(len + 1);
            // A point groups where only noughts follow: nobody writes 10.000 for ten with three decimals.
            if *sep == b'.' && (group != 3 || &b[len + 1..len + 4] != b"000") {
                break;
            }
            let next_same = b.get(len + 4) == Some(sep) && b.get(len + 5).is_some_and(u8::is_ascii_digit);
            if group != 3 || (*sep == b' ' && b.get(len + 4).is_some_and(u8::is_ascii_alphabetic) && !next_same) {
                break;
            }
            number.push_str(&text[len + 1..len + 4]);
            len += 4;
        }
    }
    let mut version = None;
    if b.get(len) == Some(&b'.') && b.get(len + 1).is_some_and(u8::is_ascii_digit) {
        let fraction = digits(len + 1);
        let parts = (number.parse::<u16>(), text[len + 1..=len + fraction].parse::<u16>());
        if let (Ok(major @ 1..=2), Ok(minor)) = parts {
            version = Some((major, minor));
        }
        number.push_str(&text[len..=len + fraction]);
        len += 1 + fraction;
        // The patch level of a version says nothing more.
        while version.is_some() && b.get(len) == Some(&b'.') && b.get(len + 1).is_some_and(u8::is_ascii_digit) {
            len += 1 + digits(len + 1);
        }
    }
    (number.parse().unwrap_or(f64::MAX), version, len)
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    #[rstest]
    #[case("90", 90.0, 2)]
    #[case("10 000 threads", 10_000.0, 6)]
    #[case("10,000", 10_000.0, 6)]
    #[case("10.000 threads", 10_000.0, 6)]
    #[case("1.000.000", 1e6, 9)]
    #[case("1.001", 1.001, 5)]
    #[case("1_000_000", 1e6, 9)]
    #[case("200, 300", 200.0, 3)]
    #[case("0.9", 0.9, 3)]
    #[case("1.19.3+", 1.19, 6)]
    fn reads(#[case] text: &str, #[case] value: f64, #[case] len: usize) {
        let (read, _, used) = scan(text);
        assert!((read - value).abs() < 1e-9 && used == len, "{read} {used}");
    }

    #[track_caller]
    fn check(rubric: Quantity, answer: Quantity, accepted: bool) {
        assert_eq!(rubric.accepts(&answer), accepted, "{rubric:?} {answer:?}");
    }

    #[test]
    fn compares_by_value_unit_and_version() {
        let percent = |v| Quantity::exact(v, Unit::Percent);
        let plain = |v| Quantity::exact(v, Unit::None);
        let version = |a, b| Quantity { version: Some((a, b)), ..plain(1.0) };
        check(percent(90.0), percent(90.0), true);
        check(percent(90.0), percent(50.0), false);
        check(percent(90.0), plain(0.9), true);
        check(percent(5.0), plain(5.0), false);
        check(Quantity { lo: 85.0, hi: 95.0, ..percent(0.0) }, percent(90.0), true);
        check(plain(10_000.0), plain(10_000.0), true);
        check(Quantity::exact(1e9, Unit::Bytes), Quantity::exact(1.0e9, Unit::Bytes), true);
        check(Quantity::exact(1e9, Unit::Bytes), Quantity::exact(8e6, Unit::Bytes), false);
        check(version(1, 19), version(1, 19), true);
        check(version(1, 19), version(1, 21), false);
        check(version(1, 10), version(1, 1), false);
        check(plain(0.0), plain(1.0), false);
        check(plain(-1.0), plain(1.0), false);
    }
}
