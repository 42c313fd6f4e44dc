//! A judge that answers by a function: for tests, and for trying bounds on a judge that obeys every attack.

use futures_util::future::BoxFuture;
use serde_json::{Value, json};

use super::{Call, Failure, Judge, Reply};

type Script = dyn Fn(&Call) -> Result<Value, Failure> + Send + Sync;

/// A judge whose replies a function makes.
pub struct Scripted(Box<Script>);

impl Scripted {
    /// A judge that replies with whole chat completions.
    #[must_use]
    pub fn new(script: impl Fn(&Call) -> Result<Value, Failure> + Send + Sync + 'static) -> Self {
        Self(Box::new(script))
    }

    /// A judge that replies with the content of a completion alone.
    #[must_use]
    pub fn saying(script: impl Fn(&Call) -> String + Send + Sync + 'static) -> Self {
        Self::new(move |call| Ok(completion(&script(call))))
    }
}

/// A chat completion with this content, as OpenAI gives it.
#[must_use]
pub fn completion(content: &str) -> Value {
    json!({
        "id": "chatcmpl-1",
        "object": "chat.completion",
        "created": 0,
        "model": "scripted",
        "system_fingerprint": "fp_1",
        "choices": [{
            "index": 0,
            "message": {"role": "assistant", "content": content, "refusal": null},
            "finish_reason": "stop"
        }],
        "usage": {"prompt_tokens": 100, "completion_tokens": 20, "total_tokens": 120}
    })
}

impl Judge for Scripted {
    fn ask<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Reply, Failure>> {
        let reply = (self.0)(call).map(|response| Reply { response, tries: 1, millis: 0, cached: false });
        Box::pin(std::future::ready(reply))
    }
}
