//! The options of the judge, for every command that may ask one.
//!
//! Names Config for the settings and Judge for what they make. To add a setting: one argument here, set in
//! [`JudgeArgs::config`].

use std::fs::File;
use std::io::{BufReader, BufWriter};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};

use super::CliError;
use crate::clock::SystemClock;
use crate::config::{JudgeConfig, JudgeForm, JudgeMode, Prices, Secret};
use crate::judge::{Panel, Replayer};

/// Stands for the server's address where a record answers instead.
const NOWHERE: &str = "http://record.invalid/v1";

/// When the judge is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(super) enum Mode {
    /// Where unsure verdicts could move the score, and for open questions unless the rules are sure.
    Auto,
    /// Never.
    Never,
    /// For every answer.
    Always,
}

impl Mode {
    pub(super) const fn mode(self) -> JudgeMode {
        match self {
            Self::Never => JudgeMode::Never,
            Self::Auto => JudgeMode::Auto,
            Self::Always => JudgeMode::Always,
        }
    }
}

/// How much one request asks about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
enum Form {
    /// All claims of an answer.
    Answer,
    /// One claim: dearer, for audits.
    Claim,
}

/// The options of the judge.
#[derive(Debug, Clone, Args)]
#[command(next_help_heading = "Judge")]
pub(super) struct JudgeArgs {
    /// When to ask the judge: an LLM behind an OpenAI-compatible server.
    #[arg(
        long = "judge",
        env = "VIVA_JUDGE",
        value_name = "WHEN",
        value_enum,
        num_args = 0..=1,
        default_missing_value = "auto",
        hide_env_values = true
    )]
    pub(super) mode: Option<Mode>,
    /// Where the server's API begins, such as <http://127.0.0.1:11434/v1>; without it there is no judge.
    #[arg(long = "judge-base-url", env = "VIVA_JUDGE_BASE_URL", value_name = "URL", hide_env_values = true)]
    base_url: Option<String>,
    /// The model to ask; there is no default.
    #[arg(long = "judge-model", env = "VIVA_JUDGE_MODEL", value_name = "NAME", hide_env_values = true)]
    model: Option<String>,
    /// The server's key, if it wants one; better set in the environment, where others do not see it.
    #[arg(long = "judge-api-key", env = "VIVA_JUDGE_API_KEY", value_name = "KEY", hide_env_values = true)]
    api_key: Option<String>,
    /// Sampling temperature, or `none` for models that take none; 0 by default.
    #[arg(long = "judge-temperature", env = "VIVA_JUDGE_TEMPERATURE", value_name = "T", hide_env_values = true)]
    temperature: Option<String>,
    /// Another number draws other seeds; 0 by default.
    #[arg(long = "judge-seed", env = "VIVA_JUDGE_SEED", value_name = "N", hide_env_values = true)]
    seed: Option<u32>,
    /// What one request asks about; `answer` by default.
    #[arg(long = "judge-form", env = "VIVA_JUDGE_FORM", value_name = "WHAT", value_enum, hide_env_values = true)]
    form: Option<Form>,
    /// The most tokens of a reply.
    #[arg(long = "judge-max-tokens", env = "VIVA_JUDGE_MAX_TOKENS", value_name = "N", hide_env_values = true)]
    max_tokens: Option<u32>,
    /// Seconds for everything about one grade, retries included; 30 by default.
    #[arg(long = "judge-deadline", env = "VIVA_JUDGE_DEADLINE", value_name = "SECONDS", hide_env_values = true)]
    deadline: Option<u64>,
    /// The most requests on their way; 8 by default.
    #[arg(long = "judge-in-flight", env = "VIVA_JUDGE_IN_FLIGHT", value_name = "N", hide_env_values = true)]
    in_flight: Option<usize>,
    /// The most requests in any minute.
    #[arg(long = "judge-per-minute", env = "VIVA_JUDGE_PER_MINUTE", value_name = "N", hide_env_values = true)]
    per_minute: Option<u32>,
    /// The most tokens on a day.
    #[arg(long = "judge-tokens-per-day", env = "VIVA_JUDGE_TOKENS_PER_DAY", value_name = "N", hide_env_values = true)]
    tokens_per_day: Option<u64>,
    /// The most money on a day, in the currency of the prices.
    #[arg(long = "judge-money-per-day", env = "VIVA_JUDGE_MONEY_PER_DAY", value_name = "SUM", hide_env_values = true)]
    money_per_day: Option<f64>,
    /// Prices of a million tokens read and written, such as `0.15,0.60`.
    #[arg(long = "judge-prices", env = "VIVA_JUDGE_PRICES", value_name = "IN,OUT", hide_env_values = true)]
    prices: Option<String>,
    /// The most votes where a score lies near a cut; 3 by default.
    #[arg(long = "judge-votes", env = "VIVA_JUDGE_VOTES", value_name = "N", hide_env_values = true)]
    votes: Option<u32>,
    /// Scores at which something is decided, such as `0.5,0.7`.
    #[arg(
        long = "judge-cuts",
        env = "VIVA_JUDGE_CUTS",
        value_name = "SCORES",
        value_delimiter = ',',
        hide_env_values = true
    )]
    cuts: Option<Vec<f64>>,
    /// `auto` asks where unsure verdicts put the score off by this much on average; 0.115 by default.
    #[arg(long = "judge-swing", env = "VIVA_JUDGE_SWING", value_name = "SCORE", hide_env_values = true)]
    swing: Option<f64>,
    /// The same for open questions; 0, to ask about all of them, by default.
    #[arg(long = "judge-open-swing", env = "VIVA_JUDGE_OPEN_SWING", value_name = "SCORE", hide_env_values = true)]
    open_swing: Option<f64>,
}

/// The options that keep exchanges, for commands that grade and end.
#[derive(Debug, Clone, Default, Args)]
#[command(next_help_heading = "Judge")]
pub(super) struct RecordArgs {
    /// Write every exchange with the judge to a file, one JSON object a line.
    #[arg(long, value_name = "FILE", conflicts_with = "replay")]
    pub(super) record: Option<PathBuf>,
    /// Take the judge's replies from a record, without a server.
    #[arg(long, value_name = "FILE")]
    pub(super) replay: Option<PathBuf>,
}

impl JudgeArgs {
    /// The settings, or nothing where no judge is configured and none is demanded. `replayed` needs no address.
    pub(super) fn config(&self, replayed: bool) -> Result<Option<JudgeConfig>, CliError> {
        let unusable = |message: &str| Err(CliError::Unusable(message.to_owned()));
        let set = |text: &Option<String>| text.clone().filter(|text| !text.is_empty());
        let (base_url, model) = (set(&self.base_url), set(&self.model));
        let base_url = base_url.or_else(|| (replayed && model.is_some()).then(|| NOWHERE.to_owned()));
        let (base_url, model) = match (base_url, model) {
            (Some(base_url), Some(model)) => (base_url, model),
            _ if self.mode == Some(Mode::Never) => return Ok(None),
            (None, None) if self.mode != Some(Mode::Always) => return Ok(None),
            (None, _) => return unusable("no judge is configured: set VIVA_JUDGE_BASE_URL (and VIVA_JUDGE_MODEL)"),
            (Some(_), None) => return unusable("the judge's model is missing: set VIVA_JUDGE_MODEL"),
        };
        let default = JudgeConfig::new(base_url, model);
        let config = JudgeConfig {
            mode: self.mode.map_or(default.mode, Mode::mode),
            api_key: set(&self.api_key).map(Secret::new),
            temperature: temperature(self.temperature.as_deref(), default.temperature)?,
            seed: self.seed.unwrap_or(default.seed),
            form: match self.form {
                Some(Form::Claim) => JudgeForm::Claim,
                Some(Form::Answer) | None => JudgeForm::Answer,
            },
            max_tokens: self.max_tokens.unwrap_or(default.max_tokens),
            deadline: self.deadline.map_or(default.deadline, Duration::from_secs),
            in_flight: self.in_flight.unwrap_or(default.in_flight),
            per_minute: self.per_minute,
            tokens_per_day: self.tokens_per_day,
            money_per_day: self.money_per_day,
            prices: self.prices.as_deref().map(prices).transpose()?,
            votes: self.votes.unwrap_or(default.votes),
            cuts: self.cuts.clone().unwrap_or_else(|| default.cuts.clone()),
            swing: self.swing.unwrap_or(default.swing),
            open_swing: self.open_swing.unwrap_or(default.open_swing),
            ..default
        };
        config.validate().map_err(|error| CliError::Unusable(error.to_string()))?;
        Ok(Some(config))
    }

    /// The judge, if one is configured.
    pub(super) fn panel(&self, files: &RecordArgs) -> Result<Option<Panel>, CliError> {
        self.panel_telling(files, None)
    }

    /// The same; with `requests` nobody is asked, and what a record lacks is written there.
    pub(super) fn panel_telling(&self, files: &RecordArgs, requests: Option<&Path>) -> Result<Option<Panel>, CliError> {
        let offline = files.replay.is_some() || requests.is_some();
        let Some(config) = self.config(offline)? else {
            if files.record.is_some() || offline {
                let message =
                    "there is no judge to record or replay: set VIVA_JUDGE_MODEL, as when the record was made";
                return Err(CliError::Unusable(message.to_owned()));
            }
            return Ok(None);
        };
        let clock = Arc::new(SystemClock);
        let panel = match (&files.record, &files.replay) {
            _ if offline => {
                let record = files.replay.as_deref().map(replayed).transpose()?.unwrap_or_default();
                let record = match requests {
                    Some(path) => record.telling(Box::new(created(path, "the requests")?)),
                    None => record,
                };
                Ok(Panel::replaying(config, record))
            }
            (Some(path), _) => Panel::recording(config, clock, Box::new(created(path, "the record")?)),
            (None, _) => Panel::open(config, clock),
        };
        panel.map(Some).map_err(|error| CliError::Unusable(error.to_string()))
    }
}

fn replayed(path: &Path) -> Result<Replayer, CliError> {
    let unusable =
        |error: &dyn std::fmt::Display| CliError::Unusable(format!("cannot replay {}: {error}", path.display()));
    let file = File::open(path).map_err(|error| unusable(&error))?;
    Replayer::read(BufReader::new(file)).map_err(|error| unusable(&error))
}

fn created(path: &Path, what: &str) -> Result<BufWriter<File>, CliError> {
    let unusable =
        |error: std::io::Error| CliError::Unusable(format!("cannot write {what} {}: {error}", path.display()));
    File::create(path).map(BufWriter::new).map_err(unusable)
}

fn temperature(text: Option<&str>, default: Option<f64>) -> Result<Option<f64>, CliError> {
    match text {
        None => Ok(default),
        Some("none") => Ok(None),
        Some(text) => text.parse().map(Some).map_err(|_| {
            CliError::Unusable("the judge's temperature is neither a number from 0 to 2 nor `none`".to_owned())
        }),
    }
}

fn prices(text: &str) -> Result<Prices, CliError> {
    let (prompt, completion) = text.split_once(',').unwrap_or((text, ""));
    match (prompt.trim().parse(), completion.trim().parse()) {
        (Ok(prompt), Ok(completion)) => Ok(Prices { prompt, completion }),
        _ => Err(CliError::Unusable("the judge's prices are not two numbers, such as 0.15,0.60".to_owned())),
    }
}

/// A runtime to wait for the judge on.
pub(super) fn runtime() -> Result<tokio::runtime::Runtime, CliError> {
    tokio::runtime::Builder::new_multi_thread()
        .worker_threads(1)
        .enable_all()
        .build()
        .map_err(|error| CliError::Failed(format!("cannot start a thread for the judge: {error}")))
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::Parser;
    use rstest::rstest;

    #[derive(Debug, Parser)]
    struct Line {
        #[command(flatten)]
        judge: JudgeArgs,
    }

    fn config(line: &str) -> Result<Option<JudgeConfig>, String> {
        let args = Line::try_parse_from(std::iter::once("viva").chain(line.split_whitespace())).unwrap();
        args.judge.config(false).map_err(|error| error.to_string())
    }

    #[rstest]
    #[case::nothing("")]
    #[case::auto_without_one("--judge auto")]
    #[case::never("--judge never --judge-base-url http://a/v1")]
    fn there_is_no_judge(#[case] line: &str) {
        assert_eq!(config(line), Ok(None));
    }

    #[rstest]
    #[case::always("--judge always", "VIVA_JUDGE_BASE_URL")]
    #[case::no_model("--judge-base-url http://a/v1", "VIVA_JUDGE_MODEL")]
    #[case::no_address("--judge-model m", "VIVA_JUDGE_BASE_URL")]
    #[case::bad_address("--judge-base-url a --judge-model m", "base URL")]
    #[case::bad_temperature("--judge-base-url http://a/v1 --judge-model m --judge-temperature hot", "temperature")]
    #[case::bad_prices("--judge-base-url http://a/v1 --judge-model m --judge-prices 1", "prices")]
    fn says_what_is_missing(#[case] line: &str, #[case] part: &str) {
        let said = config(line).expect_err("it cannot be used");
        assert!(said.contains(part), "{said}");
    }

    #[test]
    fn takes_every_setting() {
        let line = "--judge always --judge-base-url http://a/v1 --judge-model m --judge-temperature none --judge-seed 7 \
                    --judge-form claim --judge-deadline 5 --judge-prices 0.15,0.6 --judge-money-per-day 2 --judge-cuts 0.4,0.6";
        let config = config(line).unwrap().unwrap();
        assert_eq!((config.mode, config.form, config.temperature), (JudgeMode::Always, JudgeForm::Claim, None));
        assert_eq!(config.prices, Some(Prices { prompt: 0.15, completion: 0.6 }));
        assert_eq!((config.seed, config.deadline, config.cuts), (7, Duration::from_secs(5), vec![0.4, 0.6]));
    }
}
