//! A secret that can be changed while requests that use the old one are still on their way.

/// The current value and, while it is being changed, the previous one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Rotation<T> {
    current: T,
    previous: Option<T>,
}

/// Which of the two matched a request. The answer is made with the same one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Which {
    /// The value that is configured now.
    Current,
    /// The value that was configured before.
    Previous,
}

impl<T> Rotation<T> {
    /// Only a current value.
    pub fn new(current: T) -> Self {
        Self { current, previous: None }
    }

    /// The same with a previous value, which is accepted as well.
    #[must_use]
    pub fn with_previous(self, previous: T) -> Self {
        Self { previous: Some(previous), ..self }
    }

    /// The current value, then the previous one.
    pub fn iter(&self) -> impl Iterator<Item = (Which, &T)> {
        let previous = self.previous.iter().map(|value| (Which::Previous, value));
        std::iter::once((Which::Current, &self.current)).chain(previous)
    }

    /// The value that matched. If there is no longer a previous value, it is the current one.
    #[must_use]
    pub fn get(&self, which: Which) -> &T {
        match (which, &self.previous) {
            (Which::Previous, Some(previous)) => previous,
            _ => &self.current,
        }
    }
}

impl<T> From<T> for Rotation<T> {
    fn from(current: T) -> Self {
        Self::new(current)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_current_value_is_asked_first() {
        let rotation = Rotation::new(1).with_previous(2);
        let asked: Vec<_> = rotation.iter().collect();
        assert_eq!(asked, [(Which::Current, &1), (Which::Previous, &2)]);
        assert_eq!(
            (rotation.get(Which::Previous), Rotation::new(1).get(Which::Previous)),
            (&2, &1)
        );
    }
}
