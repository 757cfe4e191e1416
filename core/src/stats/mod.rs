//! Streaming statistics, one per file. They know nothing of streams or frames.

mod tail;

pub(crate) use tail::Tail;
