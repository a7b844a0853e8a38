//! What a run has used is kept for the next.

use std::hint::black_box;
use std::sync::Once;

/// What is left unused at the end of the heap is kept up to twice this \[bytes\].
const WORTH_KEEPING: usize = 4 << 20;

/// From now on what one run gives back is there for the next.
///
/// By default the allocator of Linux's C library hands what is free at the end of its heap back to
/// the system beyond 128 KiB, and asks for it again in the next run, page by page: a third of the
/// time of a run of 200 sites. It keeps twice the largest block that it has ever mapped and been
/// given back, so it is shown one, of which no page is touched. Other allocators are not impressed.
pub(super) fn keep_between_runs() {
    static SHOWN: Once = Once::new();
    SHOWN.call_once(|| drop(black_box(Vec::<u8>::with_capacity(WORTH_KEEPING))));
}
