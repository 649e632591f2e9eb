//@ error: unused_must_use
use pipeline::{Context, LeaseId, Record};

pub fn commit(ctx: &Context, lease: LeaseId, record: Record) {
    ctx.host().commit(lease, record); // wrong
    // right: drop(ctx.host().commit(lease, record));
}
