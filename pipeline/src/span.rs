//! A layer under way, for the trace.

use std::sync::Arc;

use crate::error::Class;
use crate::event::Event;
use crate::origin::Origin;

/// A layer under way. Its end is recorded exactly once, whatever happens. If the span is dropped
/// without [`Span::leave`], a panic or a cancellation has ended the layer.
#[derive(Debug)]
pub struct Span {
    origin: Arc<Origin>,
    layer: &'static str,
    left: bool,
}

impl Span {
    /// Records that `layer` begins. `None` when there is no trace; then it costs only one branch.
    #[must_use]
    pub fn enter(origin: &Arc<Origin>, layer: &'static str) -> Option<Self> {
        if !origin.is_traced() {
            return None;
        }
        origin.host().record(Event::Entered(layer));
        Some(Self { origin: Arc::clone(origin), layer, left: false })
    }

    /// Records that the layer ended.
    pub fn leave(mut self, class: Class) {
        self.left = true;
        self.origin.host().record(Event::Left(self.layer, class));
    }
}

impl Drop for Span {
    fn drop(&mut self) {
        if !self.left {
            self.origin.host().record(Event::Left(self.layer, Class::Dropped));
        }
    }
}
