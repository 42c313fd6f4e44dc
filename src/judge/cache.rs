//! Replies that were given before, by the keys of their requests.
//!
//! Names nothing of ours. A store that outlives the process implements [`Cache`].

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Mutex, PoisonError};

use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{Call, Failure, Judge, Reply};

/// Keeps replies.
pub trait Cache: Send + Sync {
    /// The reply to the request of that key.
    fn get(&self, key: &str) -> Option<Value>;
    /// Keeps a reply.
    fn put(&self, key: &str, response: &Value);
}

/// Keeps the last replies in memory.
#[derive(Debug)]
pub struct MemoryCache {
    most: usize,
    held: Mutex<Held>,
}

#[derive(Debug, Default)]
struct Held {
    replies: BTreeMap<String, Value>,
    order: VecDeque<String>,
}

impl MemoryCache {
    /// Keeps the last `most` replies.
    #[must_use]
    pub fn new(most: usize) -> Self {
        Self { most, held: Mutex::default() }
    }
}

impl Cache for MemoryCache {
    fn get(&self, key: &str) -> Option<Value> {
        self.held.lock().unwrap_or_else(PoisonError::into_inner).replies.get(key).cloned()
    }

    fn put(&self, key: &str, response: &Value) {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        if held.replies.insert(key.to_owned(), response.clone()).is_none() {
            held.order.push_back(key.to_owned());
        }
        while held.order.len() > self.most {
            if let Some(oldest) = held.order.pop_front() {
                held.replies.remove(&oldest);
            }
        }
    }
}

/// A judge whose replies are kept.
pub struct Cached {
    inner: Box<dyn Judge>,
    cache: Box<dyn Cache>,
}

impl Cached {
    /// Keeps the replies of `inner`.
    #[must_use]
    pub fn new(inner: Box<dyn Judge>, cache: Box<dyn Cache>) -> Self {
        Self { inner, cache }
    }
}

impl Judge for Cached {
    fn ask<'a>(&'a self, call: &'a Call) -> BoxFuture<'a, Result<Reply, Failure>> {
        Box::pin(async move {
            if let Some(response) = self.cache.get(&call.key) {
                return Ok(Reply { response, tries: 0, millis: 0, cached: true });
            }
            let reply = self.inner.ask(call).await?;
            self.cache.put(&call.key, &reply.response);
            Ok(reply)
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_oldest_goes_first() {
        let cache = MemoryCache::new(2);
        for key in ["a", "b", "a", "c"] {
            cache.put(key, &Value::from(key));
        }
        assert_eq!(cache.get("a"), None);
        assert_eq!(cache.get("b"), Some(Value::from("b")));
        assert_eq!(cache.get("c"), Some(Value::from("c")));
    }
}
