//! `retry`: what a site does after a failure, as it is written and as it is meant (T4).

use super::reader::Reader;
use super::yaml::Node;
use super::{Retry, quantity};
use crate::units::Duration;

/// `retry` as written; its parts are inherited one by one.
#[derive(Clone, Copy, Default)]
pub(super) struct RetryWritten {
    pub every: Option<Duration>,
    pub limit: Option<Option<u32>>,
    pub jitter: Option<Duration>,
}

impl Reader {
    pub fn retry(&mut self, node: &Node<'_>) -> RetryWritten {
        let Some(fields) = self.fields(node, "`retry`", &["every", "limit", "jitter"], &[]) else {
            return RetryWritten::default();
        };
        let limit = fields.get("limit").and_then(|node| match self.scalar(node, "`limit`")? {
            "none" => Some(None),
            _ => self.count32(node, "`limit` (a number or `none`)", 0, 1_000_000).map(Some),
        });
        RetryWritten {
            every: fields.get("every").and_then(|node| self.positive_duration(node, "`every`")),
            limit,
            jitter: fields.get("jitter").and_then(|node| self.duration(node, "`jitter`")),
        }
    }
}

impl RetryWritten {
    /// What is meant when this says nothing and `above` does, part by part.
    pub fn over(self, above: RetryWritten) -> RetryWritten {
        RetryWritten {
            every: self.every.or(above.every),
            limit: self.limit.or(above.limit),
            jitter: self.jitter.or(above.jitter),
        }
    }

    /// T4, with the defaults where nobody says anything.
    pub fn resolved(self, reader: &mut Reader) -> Retry {
        let mut default = |key| quantity::duration(reader.default(key)).unwrap_or_default();
        let every = self.every.unwrap_or_else(|| default("sync.retry.every"));
        let jitter = self.jitter.unwrap_or_else(|| default("sync.retry.jitter"));
        // `none` is no number
        let limit = self.limit.unwrap_or_else(|| reader.default("sync.retry.limit").parse().ok());
        Retry { every, limit, jitter }
    }
}
