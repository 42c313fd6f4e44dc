//! The settings of the judge, checked before it is asked anything.
//!
//! To add a setting: a field with its default here, its check in [`JudgeConfig::validate`], and an argument in `cli::judge`.

use std::fmt;
use std::time::Duration;

use super::ConfigError;

/// When the judge is asked. The order is from less to more: a request may only lower what the deployment allows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum JudgeMode {
    /// Never.
    Never,
    /// Where unsure verdicts could move the score, and for open questions unless the rules are sure.
    #[default]
    Auto,
    /// For every answer.
    Always,
}

impl JudgeMode {
    /// All modes.
    pub const ALL: [Self; 3] = [Self::Never, Self::Auto, Self::Always];

    /// The mode's name in settings and requests.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Never => "never",
            Self::Auto => "auto",
            Self::Always => "always",
        }
    }

    /// The mode of that name.
    #[must_use]
    pub fn from_name(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|mode| mode.as_str() == name)
    }
}

/// How much of an answer's claims one request asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum JudgeForm {
    /// All of them: one request an answer.
    #[default]
    Answer,
    /// One claim a request: dearer, for audits.
    Claim,
}

impl JudgeForm {
    /// The form's name in settings and keys.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Answer => "answer",
            Self::Claim => "claim",
        }
    }
}

/// A text that is never shown.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(String);

impl Secret {
    /// Hides a text.
    #[must_use]
    pub fn new(text: String) -> Self {
        Self(text)
    }

    /// The text itself.
    #[must_use]
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("…")
    }
}

/// What tokens cost, in any currency, for a million of them.
#[derive(Debug, Clone, Copy, PartialEq)]
pub struct Prices {
    /// Read by the model.
    pub prompt: f64,
    /// Written by it.
    pub completion: f64,
}

/// The settings of the judge.
#[derive(Debug, Clone, PartialEq)]
pub struct JudgeConfig {
    /// Where the server's API begins, such as `http://127.0.0.1:11434/v1`.
    pub base_url: String,
    /// The model to ask; there is no default.
    pub model: String,
    /// The key, where the server wants one.
    pub api_key: Option<Secret>,
    /// When it is asked.
    pub mode: JudgeMode,
    /// How much one request asks about.
    pub form: JudgeForm,
    /// Sampling temperature, 0 to 2; none is sent where a model takes none.
    pub temperature: Option<f64>,
    /// What seeds are drawn with, beside the request: another number is another draw.
    pub seed: u32,
    /// The most tokens that a reply may have.
    pub max_tokens: u32,
    /// For everything about one grade, retries and votes included.
    pub deadline: Duration,
    /// The most requests for one exchange.
    pub tries: u32,
    /// The pause before the second try; it doubles from there to 8 s.
    pub backoff: Duration,
    /// The most requests on their way.
    pub in_flight: usize,
    /// The most requests in any minute.
    pub per_minute: Option<u32>,
    /// The most tokens on a day (UTC).
    pub tokens_per_day: Option<u64>,
    /// The most money on a day (UTC); needs prices.
    pub money_per_day: Option<f64>,
    /// What tokens cost.
    pub prices: Option<Prices>,
    /// The most votes, where a score lies near a cut.
    pub votes: u32,
    /// How near is near, in scores.
    pub near: f64,
    /// Scores at which something is decided.
    pub cuts: Vec<f64>,
    /// `auto` asks where the score is off by this much on average, going by the verdicts' probabilities; 0 to 1.
    pub swing: f64,
    /// The same for open questions; 0 asks about all of them.
    pub open_swing: f64,
    /// Replies that are kept in memory.
    pub cache: usize,
    /// Failures in a row after which the server is left alone.
    pub failures: u32,
    /// For how long it is.
    pub pause: Duration,
}

impl JudgeConfig {
    /// A judge at that address, with that model.
    #[must_use]
    pub fn new(base_url: impl Into<String>, model: impl Into<String>) -> Self {
        Self {
            base_url: base_url.into(),
            model: model.into(),
            api_key: None,
            mode: JudgeMode::Auto,
            form: JudgeForm::Answer,
            temperature: Some(0.0),
            seed: 0,
            max_tokens: 4000,
            deadline: Duration::from_secs(30),
            tries: 4,
            backoff: Duration::from_millis(500),
            in_flight: 8,
            per_minute: None,
            tokens_per_day: None,
            money_per_day: None,
            prices: None,
            votes: 3,
            near: 0.05,
            cuts: vec![0.5, 0.7],
            swing: 0.115,
            open_swing: 0.0,
            cache: 1000,
            failures: 5,
            pause: Duration::from_secs(30),
        }
    }

    /// Checks every setting whose value can be wrong by itself.
    pub fn validate(&self) -> Result<(), ConfigError> {
        let judge = |setting: &'static str, wants: &'static str| Err(ConfigError::Judge { setting, wants });
        let share = |value: f64| (0.0..=1.0).contains(&value);
        let address = self.base_url.strip_prefix("http://").or_else(|| self.base_url.strip_prefix("https://"));
        if address.is_none_or(|rest| rest.is_empty() || rest.starts_with('/') || rest.contains(char::is_whitespace)) {
            return judge("base URL", "an address such as http://127.0.0.1:11434/v1");
        }
        if self.model.trim().is_empty() {
            return judge("model", "the name of a model that the server knows");
        }
        if self.api_key.as_ref().is_some_and(|key| key.reveal().bytes().any(|b| !b.is_ascii_graphic())) {
            return judge("API key", "visible ASCII characters alone");
        }
        if self.temperature.is_some_and(|t| !(0.0..=2.0).contains(&t)) {
            return judge("temperature", "a number from 0 to 2, or `none`");
        }
        if !share(self.near)
            || !share(self.swing)
            || !share(self.open_swing)
            || !self.cuts.iter().all(|cut| share(*cut))
        {
            return judge("cuts, near and swing", "scores from 0 to 1");
        }
        let money = [self.money_per_day, self.prices.map(|p| p.prompt), self.prices.map(|p| p.completion)];
        if money.into_iter().flatten().any(|m| !m.is_finite() || m < 0.0) {
            return judge("prices and money a day", "numbers from 0");
        }
        if self.money_per_day.is_some() && self.prices.is_none() {
            return judge("prices", "to be given where money a day is limited");
        }
        let counts = [
            ("the judge's deadline", self.deadline.as_millis() as usize),
            ("the judge's tries", self.tries as usize),
            ("the judge's tokens a reply", self.max_tokens as usize),
            ("the judge's requests in flight", self.in_flight),
            ("the judge's requests a minute", self.per_minute.unwrap_or(1) as usize),
            ("the judge's votes", self.votes as usize),
            ("the judge's failures in a row", self.failures as usize),
        ];
        match counts.into_iter().find(|(_, n)| *n == 0) {
            Some((setting, _)) => Err(ConfigError::Zero { setting }),
            None => Ok(()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use rstest::rstest;

    fn config() -> JudgeConfig {
        JudgeConfig::new("http://127.0.0.1:1/v1", "m")
    }

    #[test]
    fn the_defaults_hold_and_modes_are_ordered() {
        assert_eq!(config().validate(), Ok(()));
        assert!(JudgeMode::Never < JudgeMode::Auto && JudgeMode::Auto < JudgeMode::Always);
        assert_eq!(JudgeMode::from_name("always"), Some(JudgeMode::Always));
        assert_eq!(JudgeMode::from_name("Always"), None);
    }

    #[test]
    fn a_key_is_never_shown() {
        let shown = format!("{:?}", JudgeConfig { api_key: Some(Secret::new("sk-1".to_owned())), ..config() });
        assert!(!shown.contains("sk-1"), "{shown}");
    }

    #[rstest]
    #[case::no_scheme(|c: &mut JudgeConfig| c.base_url = "localhost:11434".to_owned(), "base URL")]
    #[case::no_host(|c: &mut JudgeConfig| c.base_url = "https:///v1".to_owned(), "base URL")]
    #[case::no_model(|c: &mut JudgeConfig| c.model = " ".to_owned(), "model")]
    #[case::key_with_a_line_break(|c: &mut JudgeConfig| c.api_key = Some(Secret::new("a\nb".to_owned())), "API key")]
    #[case::too_hot(|c: &mut JudgeConfig| c.temperature = Some(2.5), "temperature")]
    #[case::not_a_score(|c: &mut JudgeConfig| c.cuts = vec![7.0], "cuts")]
    #[case::money_without_prices(|c: &mut JudgeConfig| c.money_per_day = Some(1.0), "prices")]
    #[case::no_votes(|c: &mut JudgeConfig| c.votes = 0, "votes")]
    fn says_which_setting_is_wrong(#[case] change: fn(&mut JudgeConfig), #[case] part: &str) {
        let mut bad = config();
        change(&mut bad);
        let said = bad.validate().expect_err("it cannot be used").to_string();
        assert!(said.contains(part), "{said}");
    }
}
