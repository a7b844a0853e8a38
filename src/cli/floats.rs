//! Which bits the functions behind chance and statistics give on this machine.

use std::sync::OnceLock;

use sha2::{Digest, Sha256};

use super::results::hex;
use crate::experiment::canary;

/// What the functions that chance and statistics are made of come to here, in 8 digits.
pub(super) fn floats() -> &'static str {
    static FLOATS: OnceLock<String> = OnceLock::new();
    FLOATS.get_or_init(|| {
        let bytes: Vec<u8> = canary().into_iter().flat_map(u64::to_le_bytes).collect();
        hex(&Sha256::digest(&bytes)).chars().take(8).collect()
    })
}
